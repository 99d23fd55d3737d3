// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// The refusals about what a package says of itself (`info/`) and what a prefix says of it (`conda-meta/`).
@nonexhaustive
public enum PackageCode: String, RefusalCode {
    case manifestMissing = "package.manifest-missing"
    case pathsVersion = "package.paths-version"
    case pathUnsafe = "package.path-unsafe"
    case reservedPath = "package.reserved-path"
    case pathDuplicate = "package.path-duplicate"
    case pathType = "package.path-type"
    case tooManyPaths = "package.too-many-paths"
    case digestShape = "package.digest-shape"
    case sizeRange = "package.size-range"
    case fileMode = "package.file-mode"
    case placeholder = "package.placeholder"
    case prefixLine = "package.prefix-line"
    case textEncoding = "package.text-encoding"
    case identity = "package.identity"
    case noarchKind = "package.noarch"
    case linkVersion = "package.link-version"
    case entryPoint = "package.entry-point"
    case recordName = "package.record-name"

    /// What the code means to people.
    public var entry: RefusalEntry {
        let tell = "tell the publisher of the package, who has to rebuild it"
        let record = "install the package again, which writes its record anew"
        switch self {
        case .manifestMissing:
            return RefusalEntry(
                .invalid,
                "the package does not say which files it installs",
                explanation:
                    "Without `info/paths.json` or `info/files` there is nothing to check the files against.",
                remedy: tell
            )
        case .pathsVersion:
            return RefusalEntry(
                .invalid,
                "the list of files is of a version we do not know",
                explanation:
                    "Only version 1 of `info/paths.json` exists (CEP 34); another could mean its fields "
                    + "differently.",
                remedy: tell
            )
        case .pathUnsafe:
            return RefusalEntry(
                .invalid,
                "a path could lead out of the prefix or mean two things",
                explanation:
                    "Absolute paths, `..`, backslashes and control characters let a package write where it "
                    + "must not.",
                remedy: tell
            )
        case .reservedPath:
            return RefusalEntry(
                .invalid,
                "the package writes where only installers may",
                explanation:
                    "A file in `conda-meta` could forge the record of another package, or pin and hide "
                    + "versions.",
                remedy: tell
            )
        case .pathDuplicate:
            return RefusalEntry(
                .invalid,
                "the list of files has one path twice",
                explanation:
                    "Two entries for one file could hold two digests, and readers disagree on which counts.",
                remedy: tell
            )
        case .pathType:
            return RefusalEntry(
                .invalid,
                "a path is of a type we do not know",
                explanation:
                    "A file may be `hardlink`, `softlink` or `directory` (CEP 34); guessing would install "
                    + "something else.",
                remedy: tell
            )
        case .tooManyPaths:
            return RefusalEntry(
                .invalid,
                "the list of files is longer than any honest one",
                explanation: "The number of files is limited before memory is set aside for them.",
                remedy: tell
            )
        case .digestShape:
            return RefusalEntry(
                .invalid,
                "a digest is not one",
                explanation:
                    "A SHA-256 digest is 64 hexadecimal digits, an MD5 digest 32; anything else can match no "
                    + "file.",
                remedy: tell
            )
        case .sizeRange:
            return RefusalEntry(
                .invalid,
                "a size or build number is negative",
                explanation:
                    "A number that no file and no build can have defeats the checks that rest on it.",
                remedy: tell
            )
        case .fileMode:
            return RefusalEntry(
                .invalid,
                "a file has a placeholder and no known way to replace it",
                explanation:
                    "`file_mode` must be `text` or `binary`: replacing in the wrong way breaks a program.",
                remedy: tell
            )
        case .placeholder:
            return RefusalEntry(
                .invalid,
                "a prefix placeholder is empty or not a path",
                explanation:
                    "A placeholder is replaced wherever it occurs, so one that is short or no path rewrites "
                    + "innocent bytes.",
                remedy: tell
            )
        case .prefixLine:
            return RefusalEntry(
                .invalid,
                "a line of `info/has_prefix` or `info/no_link` cannot be understood",
                explanation: "A line is a path, or a placeholder, a mode and a path, and the path is one of "
                    + "`info/files`.",
                remedy: tell
            )
        case .textEncoding:
            return RefusalEntry(
                .invalid,
                "a list of files is not valid UTF-8",
                explanation:
                    "Broken text would be replaced, and then name another file than the publisher meant.",
                remedy: tell
            )
        case .identity:
            return RefusalEntry(
                .invalid,
                "a name, version or build string cannot be part of a file name",
                explanation:
                    "Together they name the package's record in `conda-meta`, so a `/` in them would write "
                    + "elsewhere.",
                remedy: tell
            )
        case .noarchKind:
            return RefusalEntry(
                .invalid,
                "the package is noarch in a way we do not know",
                explanation: "Only `generic` and `python` say where the files go.",
                remedy: tell
            )
        case .linkVersion:
            return RefusalEntry(
                .invalid,
                "`info/link.json` is of a version we do not know",
                explanation:
                    "Only version 1 exists; another could ask for something else when the package is linked.",
                remedy: tell
            )
        case .entryPoint:
            return RefusalEntry(
                .invalid,
                "an entry point is not `name = module:function`",
                explanation:
                    "The name becomes a file in `bin/` and the rest becomes Python source: a `/` in the one "
                    + "writes outside (CVE-2026-47425), and punctuation in the other runs code.",
                remedy: tell
            )
        case .recordName:
            return RefusalEntry(
                .invalid,
                "a record in `conda-meta` is not named after its package",
                explanation:
                    "The file must be `NAME-VERSION-BUILD.json`; conda ignores any other, so the package "
                    + "would be unseen.",
                remedy: record
            )
        }
    }
}
