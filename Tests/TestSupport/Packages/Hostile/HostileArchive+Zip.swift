// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats

extension HostileArchive {
    /// Zip files of which two readers could make two packages, and damaged ones.
    static let zip: [HostileArchive] = [
        HostileArchive(.truncated, "an empty file") { [] },
        HostileArchive(.truncated, "a zip without its last byte") { try RawPackage().conda().dropLast() },
        HostileArchive(.truncated, "a zip cut in the middle of a member") {
            Array(try RawPackage().conda().prefix(120))
        },
        HostileArchive(.trailingData, "a byte after the zip's end") { try RawPackage().conda() + [0] },
        HostileArchive(.trailingData, "a second zip after the first") {
            try RawPackage().conda() + RawPackage().conda()
        },
        HostileArchive(.zipStructure, "something that is no zip") { [0, 0, 0, 0] },
        HostileArchive(.zipStructure, "data in front of the zip") {
            try [0x23, 0x21] + RawPackage().conda()
        },
        HostileArchive(.zipStructure, "a gap between members") {
            let bytes = try RawPackage().conda()
            return bytes.prefix(30 + 13 + 31) + [0, 0, 0, 0, 0, 0, 0, 0] + bytes.dropFirst(30 + 13 + 31)
        },
        HostileArchive(.zipStructure, "a comment at the end") {
            try RawPackage().conda().dropLast(2) + [1, 0, 0x20]
        },
        HostileArchive(.zipStructure, "a zip64 size without a zip64 field") {
            try edited(4, 18, [0xFF, 0xFF, 0xFF, 0xFF])
        },
        HostileArchive(.zipStructure, "a stored member of two sizes") { try edited(4, 18, [1, 0, 0, 0]) },
        HostileArchive(.zipMethod, "a deflated member") { try RawPackage().conda { $0[0].method = 8 } },
        HostileArchive(.zipMethod, "an encrypted member") { try RawPackage().conda { $0[0].flags = 1 } },
        HostileArchive(.zipMethod, "a member whose size comes after it") {
            try RawPackage().conda { $0[0].flags = 8 }
        },
        HostileArchive(.zipMismatch, "another name in the directory") {
            try RawPackage().conda { $0[0].directoryName = "metadata.jsoN" }
        },
        HostileArchive(.zipMismatch, "another checksum in the directory") { try inDirectory(16, [0]) },
        HostileArchive(.zipMismatch, "another size in the directory") { try inDirectory(20, [1, 0, 0, 0]) },
        HostileArchive(.zipMismatch, "another method in the directory") { try inDirectory(10, [8]) },
        HostileArchive(.zipMismatch, "another offset in the directory") { try inDirectory(42, [1]) },
        HostileArchive(.zipMismatch, "another number of members at the end") {
            var bytes = try RawPackage().conda()
            bytes[bytes.count - 14] = 2
            return bytes
        },
        HostileArchive(.zipMismatch, "a directory that leaves a member out") {
            let bytes = try RawPackage().conda()
            let start = directory(of: bytes)
            return Array(bytes[..<start]) + bytes[(start + 46 + 13)...]
        },
        HostileArchive(.crc, "a member without its checksum") {
            try RawPackage().conda { $0[0].checksumOffset = 1 }
        },
        HostileArchive(.crc, "a compressed member without its checksum") {
            try RawPackage().conda { $0[2].checksumOffset = 1 }
        },
        HostileArchive(.memberUnexpected, "a member that the format does not know") {
            try RawPackage().conda { $0.append(ZipWriter.Member("x", [])) }
        },
        HostileArchive(.memberUnexpected, "members named after another package") {
            try RawPackage().conda { $0[1].name = "pkg-b-1-0.tar.zst" }
        },
        HostileArchive(.memberDuplicate, "one member twice") { try RawPackage().conda { $0.append($0[1]) } },
        HostileArchive(.memberMissing, "no payload") { try RawPackage().conda { $0.remove(at: 1) } },
        HostileArchive(.memberMissing, "no info part") { try RawPackage().conda { $0.remove(at: 2) } },
        HostileArchive(.memberMissing, "no metadata") { try RawPackage().conda { $0.remove(at: 0) } },
        HostileArchive(.formatVersion, "another version of the format") {
            try RawPackage().conda { $0[0].content = Array(#"{"conda_pkg_format_version": 3}"#.utf8) }
        },
        HostileArchive(.formatVersion, "no version of the format") {
            try RawPackage().conda { $0[0].content = Array("{}".utf8) }
        },
    ]

    /// A package with some bytes of the first local header changed; `at` counts from its signature.
    private static func edited(_ count: Int, _ at: Int, _ bytes: [UInt8]) throws -> [UInt8] {
        var package = try RawPackage().conda()
        package.replaceSubrange(at..<at + count, with: bytes)
        return package
    }

    /// A package with some bytes of the first entry of the central directory changed.
    private static func inDirectory(_ at: Int, _ bytes: [UInt8]) throws -> [UInt8] {
        var package = try RawPackage().conda()
        let place = directory(of: package) + at
        for (offset, byte) in bytes.enumerated() {
            package[place + offset] = byte == 0 ? ~package[place] : byte
        }
        return package
    }

    private static func directory(of package: [UInt8]) -> Int {
        package.suffix(6).prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    }
}
