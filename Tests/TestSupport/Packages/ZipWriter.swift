// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// Writes zip archives of stored members, correct ones and lying ones.
public struct ZipWriter: Sendable {
    /// A member, and what is said of it.
    public struct Member: Sendable {
        /// Its name.
        public var name: String
        /// Its bytes.
        public var content: [UInt8]
        /// The compression method that the headers state.
        public var method: UInt16 = 0
        /// The flags that the headers state.
        public var flags: UInt16 = 0
        /// Added to the true checksum in the headers.
        public var checksumOffset: UInt32 = 0
        /// The name that the central directory states, if another one.
        public var directoryName: String?
        /// Whether sizes are written in a zip64 field.
        public var isZip64 = false

        /// A member that is as it should be.
        public init(_ name: String, _ content: [UInt8]) {
            self.name = name
            self.content = content
        }
    }

    /// Writes an archive.
    public static func archive(_ members: [Member]) -> [UInt8] {
        var bytes: [UInt8] = []
        var directory: [UInt8] = []
        for member in members {
            let offset = UInt32(truncatingIfNeeded: bytes.count)
            bytes += [0x50, 0x4B, 3, 4] + header(member, member.name, inDirectory: false)
            bytes += member.content
            directory += [0x50, 0x4B, 1, 2] + little(UInt16(member.isZip64 ? 45 : 20))
            directory += header(
                member,
                member.directoryName ?? member.name,
                inDirectory: true,
                offset: offset
            )
        }
        let start = UInt32(truncatingIfNeeded: bytes.count)
        let count = UInt16(truncatingIfNeeded: members.count)
        bytes += directory + [0x50, 0x4B, 5, 6, 0, 0, 0, 0] + little(count) + little(count)
        bytes += little(UInt32(truncatingIfNeeded: directory.count)) + little(start) + [0, 0]
        return bytes
    }

    private static func header(
        _ member: Member,
        _ name: String,
        inDirectory: Bool,
        offset: UInt32 = 0
    ) -> [UInt8] {
        let size = UInt64(member.content.count)
        let extra = member.isZip64 ? little(UInt16(1)) + little(UInt16(16)) + little(size) + little(size) : []
        let short = member.isZip64 ? UInt32.max : UInt32(truncatingIfNeeded: size)
        var bytes = little(UInt16(member.isZip64 ? 45 : 20)) + little(member.flags) + little(member.method)
        // 1980-01-01, so that the same content gives the same bytes.
        bytes +=
            little(UInt16(0)) + little(UInt16(0x21))
            + little(checksum(member.content) &+ member.checksumOffset)
        bytes += little(short) + little(short) + little(UInt16(name.utf8.count)) + little(UInt16(extra.count))
        if inDirectory {
            bytes +=
                little(UInt16(0)) + little(UInt16(0)) + little(UInt16(0)) + little(UInt32(0)) + little(offset)
        }
        return bytes + Array(name.utf8) + extra
    }

    private static func little(_ number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }

    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(UInt32.max) { value, byte in
            (0..<8).reduce(value ^ UInt32(byte)) { value, _ in
                value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1
            }
        }
    }
}
