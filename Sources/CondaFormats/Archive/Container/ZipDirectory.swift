// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// Reads what stands behind the members of a zip, and compares it with what stood in front of them.
struct ZipDirectory {
    private static let centralSignature: UInt64 = 0x0201_4B50
    private static let wideEndSignature: UInt64 = 0x0606_4B50
    private static let wideLocatorSignature: UInt64 = 0x0706_4B50
    private static let endSignature: UInt64 = 0x0605_4B50
    private static let maximumNameLength = 1024

    let input: HashedInput
    let subject: String
    /// The members as their local headers describe them, in the order of the file.
    let members: [ZipMember]

    /// Reads to the end of the file. The first signature was read already, at `offset`.
    func read(firstSignature: UInt64, offset: UInt64) throws {
        var signature = firstSignature
        var listed: [ZipMember] = []
        guard signature == Self.centralSignature else {
            throw structure("a member or the directory", "something else")
        }
        while signature == Self.centralSignature {
            guard listed.count < members.count else {
                throw mismatch("\(members.count) members in the directory", "more")
            }
            listed.append(try entry())
            signature = try nextSignature()
        }
        // The order of the directory is free; each entry belongs to the member at its offset.
        guard listed.sorted(by: { $0.offset < $1.offset }) == members else {
            throw mismatch("the directory and the headers to say the same", "two descriptions of a member")
        }
        let size = input.position - 4 - offset
        let wide = try readWideEnd(
            &signature,
            DirectoryPlace(offset: offset, size: size, count: members.count)
        )
        guard signature == Self.endSignature else {
            throw structure("the end of the directory", "something else")
        }
        try readEnd(DirectoryPlace(offset: offset, size: size, count: members.count), mayBeSaturated: wide)
        guard try input.isAtEnd() else {
            throw Refusal(
                ArchiveCode.trailingData,
                subject,
                at: "byte \(input.position)",
                expected: "the end of the file"
            )
        }
    }

    private struct DirectoryPlace {
        let offset: UInt64
        let size: UInt64
        let count: Int
    }

    private func entry() throws -> ZipMember {
        var fields = ZipFields(try input.take(42, "the zip directory"))
        _ = fields.next32()  // versions
        let flags = fields.next16()
        let method = fields.next16()
        _ = fields.next32()  // date and time
        let crc = fields.next32()
        let packedSize = fields.next32()
        let size = fields.next32()
        let nameLength = fields.next16()
        let extraLength = fields.next16()
        let commentLength = fields.next16()
        let disk = fields.next16()
        _ = fields.next16()  // internal attributes
        _ = fields.next32()  // external attributes
        let offset = fields.next32()
        guard nameLength <= Self.maximumNameLength, commentLength == 0, disk == 0 else {
            throw structure("a directory entry without comment, on one disk", "something else")
        }
        let name = try input.take(nameLength, "the zip directory")
        var member = ZipMember(
            name: name,
            flags: flags,
            method: method,
            crc: crc,
            packedSize: packedSize,
            size: size,
            offset: offset
        )
        try member.applyZip64(extra: try input.take(extraLength, "the zip directory"), hasOffset: true)
        return member
    }

    /// Reads the zip64 end record and its locator, if they are there; says whether they were.
    private func readWideEnd(_ signature: inout UInt64, _ place: DirectoryPlace) throws -> Bool {
        guard signature == Self.wideEndSignature else { return false }
        let start = input.position - 4
        var fields = ZipFields(try input.take(52, "the zip64 end record"))
        let length = fields.next64()
        _ = fields.next32()  // versions
        let disks = [fields.next32(), fields.next32()]
        let counts = [fields.next64(), fields.next64()]
        let size = fields.next64()
        let offset = fields.next64()
        guard length == 44, disks == [0, 0], counts == [UInt64(place.count), UInt64(place.count)],
            size == place.size, offset == place.offset
        else { throw mismatch("a zip64 end record that fits the directory", "another") }
        guard try nextSignature() == Self.wideLocatorSignature else {
            throw structure("a zip64 locator", "something else")
        }
        var locator = ZipFields(try input.take(16, "the zip64 locator"))
        guard locator.next32() == 0, locator.next64() == start, locator.next32() == 1 else {
            throw mismatch("a zip64 locator that points to its record", "another")
        }
        signature = try nextSignature()
        return true
    }

    private func readEnd(_ place: DirectoryPlace, mayBeSaturated: Bool) throws {
        var fields = ZipFields(try input.take(18, "the zip end record"))
        let disks = [fields.next16(), fields.next16()]
        let counts = [fields.next(2), fields.next(2)]
        let size = fields.next32()
        let offset = fields.next32()
        let commentLength = fields.next16()
        func fits(_ value: UInt64, _ expected: UInt64, saturated: UInt64) -> Bool {
            value == expected || (mayBeSaturated && value == saturated)
        }
        guard disks == [0, 0], counts.allSatisfy({ fits($0, UInt64(place.count), saturated: 0xFFFF) }),
            fits(size, place.size, saturated: ZipMember.saturated),
            fits(offset, place.offset, saturated: ZipMember.saturated)
        else { throw mismatch("an end record that fits the directory", "another") }
        guard commentLength == 0 else { throw structure("no comment", "\(commentLength) bytes") }
    }

    private func nextSignature() throws -> UInt64 {
        var fields = ZipFields(try input.take(4, "the zip directory"))
        return fields.next32()
    }

    private func structure(_ expected: String, _ found: String) -> Refusal {
        Refusal(
            ArchiveCode.zipStructure,
            subject,
            at: "byte \(input.position)",
            expected: expected,
            found: found
        )
    }

    private func mismatch(_ expected: String, _ found: String) -> Refusal {
        Refusal(
            ArchiveCode.zipMismatch,
            subject,
            at: "byte \(input.position)",
            expected: expected,
            found: found
        )
    }
}
