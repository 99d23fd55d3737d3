// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// The refusals of names, versions and match specifications.
@nonexhaustive
public enum NameCode: String, RefusalCode {
    case packageName = "name.invalid"
    case virtualPackage = "name.virtual"
    case fileName = "name.file-name"
    case fileFormat = "name.file-format"
    case versionText = "name.version-text"
    case buildText = "name.build-text"
    case subdir = "name.subdir"
    case channelURL = "name.channel-url"
    case packageURL = "name.package-url"
    case version = "version.invalid"
    case versionSpec = "version.spec"
    case matchSpecSyntax = "matchspec.syntax"
    case matchSpecKey = "matchspec.unknown-key"
    case matchSpecValue = "matchspec.value"
    case matchSpecPattern = "matchspec.pattern"

    /// What the code means to people.
    public var entry: RefusalEntry {
        switch self {
        case .packageName, .virtualPackage, .fileName, .fileFormat, .versionText, .buildText, .subdir,
            .channelURL, .packageURL:
            nameEntry
        default: languageEntry
        }
    }

    private var nameEntry: RefusalEntry {
        switch self {
        case .packageName:
            RefusalEntry(
                .invalid,
                "this is not a package name",
                explanation: "Names become file names, URLs and policy keys. CEP 26 allows ASCII "
                    + "letters, digits "
                    + "and single `.`, `-`, `_` between them; anything else could look like another name or "
                    + "leave its folder.",
                remedy: "check the spelling of the name"
            )
        case .virtualPackage:
            RefusalEntry(
                .invalid,
                "an archive bears the name of a virtual package",
                explanation: "Names that start with two underscores describe the machine and have no archive "
                    + "(CEP 26). An archive of such a name would answer for the machine.",
                remedy: "tell the channel's owner that this archive must not be there"
            )
        case .fileName:
            RefusalEntry(
                .invalid,
                "this is not the file name of a conda package",
                explanation: "A package's file is called `name-version-build.conda` or "
                    + "`name-version-build.tar.bz2`; "
                    + "from any other name it is not clear which package it claims to be.",
                remedy: "use the name under which the package was published"
            )
        case .fileFormat:
            RefusalEntry(
                .invalid,
                "the file name ends in no package format",
                explanation: "Only `.conda` and `.tar.bz2` are conda packages.",
                remedy: "check that the address leads to a package and not to an index or a web page"
            )
        case .versionText:
            RefusalEntry(
                .invalid,
                "the version in the file name has characters that no version has",
                explanation: "CEP 26 allows ASCII letters, digits and `.`, `_`, `+`, `!`, and 64 of "
                    + "them at most.",
                remedy: "use the name under which the package was published"
            )
        case .buildText:
            RefusalEntry(
                .invalid,
                "the build in the file name has characters that no build has",
                explanation: "CEP 26 allows ASCII letters, digits and `.`, `_`, `+`, and 64 of them at most.",
                remedy: "use the name under which the package was published"
            )
        case .subdir:
            RefusalEntry(
                .invalid,
                "this is not the name of a channel's subdirectory",
                explanation: "A subdirectory is `noarch` or a system and a processor such as "
                    + "`linux-64` (CEP 26); it becomes a part of URLs and of folders.",
                remedy: "check the spelling, or the end of the channel's URL"
            )
        case .channelURL:
            RefusalEntry(
                .invalid,
                "this is not the URL of a channel",
                explanation: "A channel is an absolute `https:`, `http:` or `file:` URL without query, "
                    + "fragment or `..`: two spellings of one place would be two channels to a policy.",
                remedy: "give the URL of the folder that holds `noarch`, without anything after it"
            )
        default:
            RefusalEntry(
                .invalid,
                "this is not the URL of a package in a channel",
                explanation: "A package stands at CHANNEL/SUBDIR/FILE; from any other URL it is not "
                    + "clear which channel's index vouches for it.",
                remedy: "check the URL against the channel's index"
            )
        }
    }

    private var languageEntry: RefusalEntry {
        switch self {
        case .version:
            RefusalEntry(
                .invalid,
                "this is not a version",
                explanation: "Versions that cannot be ordered cannot be compared with what is allowed "
                    + "(CEP 33).",
                remedy: "check the version's spelling"
            )
        case .versionSpec:
            RefusalEntry(
                .invalid,
                "this is not a condition on versions",
                explanation: "A condition that is read differently by two programs allows different packages "
                    + "(CEP 29).",
                remedy: "write conditions such as `>=1.2,<2` or `1.2.*`"
            )
        case .matchSpecSyntax:
            RefusalEntry(
                .invalid,
                "this is not a match specification",
                explanation: "It must be `channel::name version build[key=value]` with a name and balanced "
                    + "brackets and quotes (CEP 29).",
                remedy: "check the specification's spelling"
            )
        case .matchSpecKey:
            RefusalEntry(
                .invalid,
                "the match specification has a key that is not known, or one key twice",
                explanation: "A condition that is skipped because its key is misspelt would allow more "
                    + "than was asked for.",
                remedy: "use version, build, build_number, channel, subdir, fn, url, md5 or sha256, each once"
            )
        case .matchSpecValue:
            RefusalEntry(
                .invalid,
                "a value in the match specification does not fit its key",
                explanation: "A digest of the wrong length or a build number that is no number would "
                    + "never match, or always.",
                remedy: "correct the value"
            )
        default:
            RefusalEntry(
                .invalid,
                "the match specification uses a regular expression or too large a pattern",
                explanation: "Foreign regular expressions can take exponential time; globs say what is "
                    + "needed.",
                remedy: "write the pattern with `*`"
            )
        }
    }
}
