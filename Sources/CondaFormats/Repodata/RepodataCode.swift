// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// The refusals about an index of packages and its records, as JSON or in shards.
@nonexhaustive
public enum RepodataCode: String, RefusalCode {
    case version = "repodata.version"
    case wrongSubdir = "repodata.wrong-subdir"
    case tooManyKeys = "repodata.too-many-keys"
    case fileName = "repodata.file-name"
    case wrongSection = "repodata.wrong-section"
    case duplicateFile = "repodata.duplicate-file"
    case recordName = "repodata.record-name"
    case recordVersion = "repodata.record-version"
    case recordBuild = "repodata.record-build"
    case recordSubdir = "repodata.record-subdir"
    case recordDigest = "repodata.record-digest"
    case recordAttestations = "repodata.record-attestations"
    case recordNumber = "repodata.record-number"
    case recordNoarch = "repodata.record-noarch"
    case sitePackages = "repodata.site-packages-path"
    case baseURL = "repodata.base-url"
    case baseURLScheme = "repodata.base-url-scheme"
    case baseURLEscape = "repodata.base-url-escape"

    /// What the code means to people.
    public var entry: RefusalEntry {
        switch self {
        case .version, .wrongSubdir, .tooManyKeys, .fileName, .wrongSection, .duplicateFile: indexEntry
        case .baseURL, .baseURLScheme, .baseURLEscape: locationEntry
        default: recordEntry
        }
    }

    private static let owner = "tell the channel's owner"
    private static let mirror = "try another mirror; if it repeats, tell the channel's owner"

    private var indexEntry: RefusalEntry {
        switch self {
        case .version:
            RefusalEntry(
                .invalid,
                "the index is of a version that is not known",
                explanation:
                    "A later version may give old fields a new meaning; reading it by the old rules is a "
                    + "guess.",
                remedy: "update kingsnake"
            )
        case .wrongSubdir:
            RefusalEntry(
                .invalid,
                "the index is of another subdirectory than the one asked for",
                explanation:
                    "A mirror that serves one platform's index for another would get packages chosen "
                    + "that the user never asked for.",
                remedy: Self.mirror
            )
        case .tooManyKeys:
            RefusalEntry(
                .invalid,
                "the index has more top-level keys than any honest one",
                explanation:
                    "Unknown keys are ignored, but they have to be remembered to find one that is there "
                    + "twice.",
                remedy: Self.mirror
            )
        case .fileName:
            RefusalEntry(
                .invalid,
                "a package's file name is not NAME-VERSION-BUILD with a known ending",
                explanation: "File names become parts of URLs and paths; one with slashes, escapes, control "
                    + "characters or text beyond ASCII could lead elsewhere or look like another.",
                remedy: Self.owner
            )
        case .wrongSection:
            RefusalEntry(
                .invalid,
                "a package is listed among those of the other archive format",
                explanation:
                    "`packages` holds `.tar.bz2` files and `packages.conda` holds `.conda` files (CEP 36); "
                    + "a client that reads one of the two sections would see another channel than we do.",
                remedy: Self.owner
            )
        default:
            RefusalEntry(
                .invalid,
                "the index lists one file name twice",
                explanation:
                    "Readers disagree on which of two records counts, so what was checked need not be what "
                    + "is used.",
                remedy: Self.mirror
            )
        }
    }

    private var locationEntry: RefusalEntry {
        switch self {
        case .baseURL:
            RefusalEntry(
                .invalid,
                "the index names a base URL that is malformed or can be read in two ways",
                explanation:
                    "Backslashes, control characters, user names, queries and encoded dots are understood "
                    + "differently by different programs.",
                remedy: Self.owner
            )
        case .baseURLScheme:
            RefusalEntry(
                .invalid,
                "the index sends its reader to a less trusted kind of place than it came from",
                explanation:
                    "An index from the network may not lead to local files, nor one fetched by HTTPS to "
                    + "plain HTTP.",
                remedy: Self.owner
            )
        default:
            RefusalEntry(
                .invalid,
                "the index's base URL leads out of the place it is relative to",
                explanation:
                    "`..` may not climb above the server's root, nor out of a channel on the local disk.",
                remedy: Self.owner
            )
        }
    }

    private var recordEntry: RefusalEntry {
        switch self {
        case .recordName:
            RefusalEntry(
                .invalid,
                "a record's `name` is not the one in its file name",
                explanation:
                    "A package found under one name would be installed as another: its policy would not "
                    + "apply.",
                remedy: Self.owner
            )
        case .recordVersion:
            RefusalEntry(
                .invalid,
                "a record's `version` is not the one in its file name",
                explanation: "An old package could be offered as a new one.",
                remedy: Self.owner
            )
        case .recordBuild:
            RefusalEntry(
                .invalid,
                "a record's `build` is not the one in its file name",
                explanation: "One build could be offered as another, with other dependencies.",
                remedy: Self.owner
            )
        case .recordSubdir:
            RefusalEntry(
                .invalid,
                "a record is of another subdirectory than the index it is in",
                explanation:
                    "The package would be looked for, and recorded as coming from, a place it is not from.",
                remedy: Self.owner
            )
        case .recordDigest:
            RefusalEntry(
                .invalid,
                "a digest in a record is not hexadecimal text of the right length",
                explanation: "A package without a digest that can be compared cannot be checked.",
                remedy: Self.owner
            )
        case .recordAttestations:
            RefusalEntry(
                .invalid,
                "the digest of a package's attestations is not 64 lower-case hexadecimal digits",
                explanation:
                    "It becomes part of the URL that they are fetched from: any other text could lead "
                    + "elsewhere, and a package whose attestations cannot be found is not one without any "
                    + "(CEP 50).",
                remedy: Self.owner
            )
        case .recordNumber:
            RefusalEntry(
                .invalid,
                "a number in a record is negative",
                explanation:
                    "Sizes, build numbers and times are compared; a negative one would win or lose unfairly.",
                remedy: Self.owner
            )
        case .recordNoarch:
            RefusalEntry(
                .invalid,
                "a record's `noarch` is none of the kinds there are",
                explanation:
                    "It decides where files are put; one that is not known cannot be installed rightly.",
                remedy: "update kingsnake, or tell the channel's owner"
            )
        default:
            RefusalEntry(
                .invalid,
                "a record's `python_site_packages_path` is not a path inside the prefix",
                explanation: "Every pure Python package would be installed there (CEP 17).",
                remedy: Self.owner
            )
        }
    }
}
