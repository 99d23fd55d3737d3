// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// The refusals of the archive reader: what is wrong with a `.conda` or `.tar.bz2` file.
@nonexhaustive
public enum ArchiveCode: String, RefusalCode {
    case truncated = "archive.truncated"
    case trailingData = "archive.trailing-data"
    case zipStructure = "archive.zip-structure"
    case zipMethod = "archive.zip-method"
    case zipMismatch = "archive.zip-mismatch"
    case crc = "archive.crc"
    case memberUnexpected = "archive.member-unexpected"
    case memberDuplicate = "archive.member-duplicate"
    case memberMissing = "archive.member-missing"
    case formatVersion = "archive.format-version"
    case compressionCorrupt = "archive.compression-corrupt"
    case bomb = "archive.bomb"
    case tooLarge = "archive.too-large"
    case tooManyEntries = "archive.too-many-entries"
    case tarChecksum = "archive.tar-checksum"
    case tarField = "archive.tar-field"
    case tarType = "archive.tar-type"
    case tarExtension = "archive.tar-extension"
    case device = "archive.device"
    case pathAbsolute = "archive.path-absolute"
    case pathParent = "archive.path-parent"
    case pathUnsafe = "archive.path-unsafe"
    case linkEscape = "archive.link-escape"
    case hardLinkTarget = "archive.hard-link-target"
    case throughLink = "archive.through-link"
    case duplicateName = "archive.duplicate-name"
    case caseCollision = "archive.case-collision"
    case unicodeCollision = "archive.unicode-collision"
    case noManifest = "archive.no-manifest"
    case infoOutsideInfo = "archive.info-part"
    case infoLink = "archive.info-link"
    case fileMissing = "archive.file-missing"
    case fileUnlisted = "archive.file-unlisted"
    case fileAltered = "archive.file-altered"
    case fileSize = "archive.file-size"
    case kindMismatch = "archive.kind-mismatch"

    /// What the code means to people.
    public var entry: RefusalEntry {
        let again = "fetch the package again, from another mirror if there is one"
        let owner = "tell the channel's owner: the package was made wrong, or was made to do harm"
        switch self {
        case .truncated:
            return RefusalEntry(
                .invalid,
                "the archive ends too early",
                explanation: "Part of it is missing: a broken download, or a copy that was cut.",
                remedy: again
            )
        case .trailingData:
            return RefusalEntry(
                .invalid,
                "there is more data after the end of the archive",
                explanation:
                    "What one reader skips another may read: everything in the file must be accounted for.",
                remedy: again
            )
        case .zipStructure:
            return RefusalEntry(
                .invalid,
                "the file is not a zip archive in one piece",
                explanation:
                    "Zip readers disagree on damaged or unusual files, so what was checked and what is "
                    + "unpacked could differ.",
                remedy: again
            )
        case .zipMethod:
            return RefusalEntry(
                .invalid,
                "a member of the zip archive is compressed or encrypted",
                explanation:
                    "The format stores its members as they are; they are compressed by themselves (CEP 35).",
                remedy: owner
            )
        case .zipMismatch:
            return RefusalEntry(
                .invalid,
                "the zip archive says two things about one member",
                explanation:
                    "Headers and directory must agree, or two programs would read two packages out of one "
                    + "file.",
                remedy: owner
            )
        case .crc:
            return RefusalEntry(
                .invalid,
                "a member of the zip archive does not have its checksum",
                explanation: "The bytes were damaged after the archive was made.",
                remedy: again
            )
        case .memberUnexpected:
            return RefusalEntry(
                .invalid,
                "the zip archive has a member that the format does not know",
                explanation:
                    "A `.conda` file holds `metadata.json`, `pkg-NAME.tar.zst` and `info-NAME.tar.zst`, "
                    + "named after the file; anything else is unchecked.",
                remedy: owner
            )
        case .memberDuplicate:
            return RefusalEntry(
                .invalid,
                "the zip archive has one member twice",
                explanation: "Readers take the first or the last: two packages in one file.",
                remedy: owner
            )
        case .memberMissing:
            return RefusalEntry(
                .invalid,
                "the zip archive lacks a member that the format demands",
                explanation: "Without all three members the package is not complete.",
                remedy: again
            )
        case .formatVersion:
            return RefusalEntry(
                .invalid,
                "the package is of an unknown format version",
                explanation: "`metadata.json` must say `conda_pkg_format_version` 2.",
                remedy: owner
            )
        case .compressionCorrupt:
            return RefusalEntry(
                .invalid,
                "the compressed data is damaged",
                explanation: "The decompressor could not make sense of it.",
                remedy: again
            )
        case .bomb:
            return RefusalEntry(
                .invalid,
                "the archive grows beyond reason when it is unpacked",
                explanation: "A few kilobytes that become a full disk are an attack, not a package.",
                remedy: owner
            )
        case .tooLarge:
            return RefusalEntry(
                .invalid,
                "the archive, or a file in it, is larger than allowed",
                explanation: "Sizes are limited so that a package cannot fill the disk or the memory.",
                remedy: owner
            )
        case .tooManyEntries:
            return RefusalEntry(
                .invalid,
                "the archive has more entries than allowed",
                explanation: "Millions of empty files exhaust a disk as well as large ones do.",
                remedy: owner
            )
        case .tarChecksum:
            return RefusalEntry(
                .invalid,
                "a header in the archive does not have its checksum",
                explanation: "The tar data is damaged, or is none.",
                remedy: again
            )
        case .tarField:
            return RefusalEntry(
                .invalid,
                "a field of a header in the archive cannot be read",
                explanation:
                    "Numbers and names in tar headers have one form; where they do not, readers guess, and "
                    + "differ.",
                remedy: owner
            )
        case .tarType:
            return RefusalEntry(
                .invalid,
                "the archive has an entry of a kind that packages do not have",
                explanation: "Packages hold files, folders, symbolic links and hard links.",
                remedy: owner
            )
        case .tarExtension:
            return RefusalEntry(
                .invalid,
                "an extended header in the archive is malformed",
                explanation:
                    "Extended headers change the name and the size of the next entry, so they are read "
                    + "strictly.",
                remedy: owner
            )
        case .device:
            return RefusalEntry(
                .invalid,
                "the archive has a device node or a pipe",
                explanation:
                    "Unpacked by root, a device node opens the machine's disks to whoever may read it.",
                remedy: owner
            )
        case .pathAbsolute:
            return RefusalEntry(
                .invalid,
                "an entry has an absolute path",
                explanation: "It would be written outside the package's folder.",
                remedy: owner
            )
        case .pathParent:
            return RefusalEntry(
                .invalid,
                "an entry's path climbs out with `..`",
                explanation:
                    "It would be written outside the package's folder (CVE-2025-32799 and its kind).",
                remedy: owner
            )
        case .pathUnsafe:
            return RefusalEntry(
                .invalid,
                "an entry's path could mean different places on different systems",
                explanation:
                    "Backslashes, drive letters, control characters, empty and over-long components.",
                remedy: owner
            )
        case .linkEscape:
            return RefusalEntry(
                .invalid,
                "a symbolic link leads out of the package",
                explanation: "Whatever is read or written through it is outside the prefix.",
                remedy: owner
            )
        case .hardLinkTarget:
            return RefusalEntry(
                .invalid,
                "a hard link does not lead to an earlier file of the package",
                explanation: "It would give a file outside the package another name inside the prefix.",
                remedy: owner
            )
        case .throughLink:
            return RefusalEntry(
                .invalid,
                "an entry stands below a link or a file",
                explanation: "Writing it would follow the link out of the package's folder.",
                remedy: owner
            )
        case .duplicateName:
            return RefusalEntry(
                .invalid,
                "the archive has one name twice",
                explanation:
                    "The second entry would replace, or be written through, the first: one was checked, the "
                    + "other stays.",
                remedy: owner
            )
        case .caseCollision:
            return RefusalEntry(
                .invalid,
                "two names in the archive differ only by case",
                explanation:
                    "On file systems that ignore case one file replaces the other. Only packages for Linux "
                    + "may have them.",
                remedy: owner
            )
        case .unicodeCollision:
            return RefusalEntry(
                .invalid,
                "two names in the archive are the same text in different Unicode forms",
                explanation: "They look alike, and on some file systems are one file.",
                remedy: owner
            )
        case .noManifest:
            return RefusalEntry(
                .invalid,
                "the package does not say what it installs",
                explanation:
                    "There is neither `info/paths.json` nor `info/files`, so nothing in it can be checked.",
                remedy: owner
            )
        case .infoOutsideInfo:
            return RefusalEntry(
                .invalid,
                "a file stands in the wrong part of the package",
                explanation:
                    "In a `.conda` file the info part holds `info/` and the other part everything else; "
                    + "a program that reads one part only would be shown something else.",
                remedy: owner
            )
        case .infoLink:
            return RefusalEntry(
                .invalid,
                "a file that describes the package is not a plain file",
                explanation:
                    "Programs that follow links would read another description than those that do not.",
                remedy: owner
            )
        case .fileMissing:
            return RefusalEntry(
                .invalid,
                "a file that the package lists is not in it",
                explanation: "The archive and its own manifest must list the same files.",
                remedy: owner
            )
        case .fileUnlisted:
            return RefusalEntry(
                .invalid,
                "the package has a file that its manifest does not list",
                explanation: "An unlisted file would be unpacked, and never be checked or removed.",
                remedy: owner
            )
        case .fileAltered:
            return RefusalEntry(
                .invalid,
                "a file in the package is not the one that its manifest lists",
                explanation: "Its SHA-256 differs: it was changed after the package's manifest was made.",
                remedy: owner
            )
        case .fileSize:
            return RefusalEntry(
                .invalid,
                "a file in the package has another length than its manifest says",
                explanation: "It was changed after the package's manifest was made.",
                remedy: owner
            )
        case .kindMismatch:
            return RefusalEntry(
                .invalid,
                "an entry is of another kind than the manifest says",
                explanation:
                    "A link where the manifest has a file, or the other way round, installs as something "
                    + "else.",
                remedy: owner
            )
        }
    }
}
