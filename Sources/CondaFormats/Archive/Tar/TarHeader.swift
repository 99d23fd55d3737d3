// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// One 512-byte header of a tar archive (POSIX.1-1988 ustar, and what GNU tar and old tar make of it), read
/// strictly.
struct TarHeader {
    enum Kind {
        case file
        case hardLink
        case symbolicLink
        case directory
        case paxEntry
        case paxGlobal
        case gnuLongName
        case gnuLongLink
    }

    static let length = 512

    let kind: Kind
    let name: [UInt8]
    let linkName: [UInt8]
    let size: UInt64
    let permissions: UInt16
    /// Whether the header is from before POSIX, when folders had no type: their names end in a slash.
    let isOld: Bool

    /// Reads a header that is not all zero.
    ///
    /// - Throws: `archive.tar-checksum`, `archive.tar-field`, `archive.device`, `archive.tar-type`.
    init(_ block: UnsafeRawBufferPointer, subject: String) throws {
        let stated = try Self.number(block, 148..<156, "checksum", subject)
        // The checksum's own field counts as blanks.
        var sum: UInt64 = 8 * 32
        for at in 0..<148 { sum &+= UInt64(block[at]) }
        for at in 156..<Self.length { sum &+= UInt64(block[at]) }
        guard stated == sum else {
            throw Refusal(ArchiveCode.tarChecksum, subject, expected: "\(stated)", found: "\(sum)")
        }
        let short = Self.text(block[0..<100])
        isOld = !block[257..<262].elementsEqual("ustar".utf8)
        let prefix = try Self.prefix(block, isOld: isOld, subject)
        name = prefix.isEmpty ? short : prefix + [UInt8(ascii: "/")] + short
        linkName = Self.text(block[157..<257])
        size = try Self.number(block, 124..<136, "size", subject)
        permissions = UInt16(truncatingIfNeeded: try Self.number(block, 100..<108, "mode", subject)) & 0o777
        kind = try Self.kind(block[156], name, subject)
    }

    /// Only the POSIX form has a prefix. GNU tar has times at its place, in backups only; since some readers
    /// take them for a prefix, they must not be there.
    private static func prefix(
        _ block: UnsafeRawBufferPointer,
        isOld: Bool,
        _ subject: String
    ) throws -> [UInt8] {
        let field = block[345..<500]
        if !isOld, block[262] == 0 { return text(field) }
        let isGNU = block[262..<265].elementsEqual([0x20, 0x20, 0])
        guard isOld || isGNU, field.allSatisfy({ $0 == 0 }) else {
            throw Refusal(
                ArchiveCode.tarField,
                subject,
                at: "a header",
                expected: "the form of ustar or GNU tar"
            )
        }
        return []
    }

    private static func kind(_ flag: UInt8, _ name: [UInt8], _ subject: String) throws -> Kind {
        switch flag {
        case 0, UInt8(ascii: "0"): return .file
        case UInt8(ascii: "1"): return .hardLink
        case UInt8(ascii: "2"): return .symbolicLink
        case UInt8(ascii: "5"): return .directory
        case UInt8(ascii: "x"): return .paxEntry
        case UInt8(ascii: "g"): return .paxGlobal
        case UInt8(ascii: "L"): return .gnuLongName
        case UInt8(ascii: "K"): return .gnuLongLink
        case UInt8(ascii: "3"), UInt8(ascii: "4"), UInt8(ascii: "6"):
            throw Refusal(ArchiveCode.device, EntryName.shown(name), at: subject)
        default:
            throw Refusal(
                ArchiveCode.tarType,
                EntryName.shown(name),
                at: subject,
                found: "type \(flag)"
            )
        }
    }

    /// The bytes up to the first NUL.
    private static func text(_ field: Slice<UnsafeRawBufferPointer>) -> [UInt8] {
        Array(field.prefix { $0 != 0 })
    }

    /// A number: octal digits among blanks and NULs, or big-endian binary if the first bit is set.
    private static func number(
        _ block: UnsafeRawBufferPointer,
        _ range: Range<Int>,
        _ what: String,
        _ subject: String
    ) throws -> UInt64 {
        let field = block[range]
        let wrong = Refusal(
            ArchiveCode.tarField,
            subject,
            at: "field `\(what)` of a header",
            expected: "a number"
        )
        guard let first = field.first else { throw wrong }
        if first & 0x80 != 0 {
            guard first == 0x80, field.dropFirst().dropLast(8).allSatisfy({ $0 == 0 }) else { throw wrong }
            return field.suffix(8).reduce(0) { $0 << 8 | UInt64($1) }
        }
        let digits = field.drop { $0 == 0x20 }.prefix { $0 != 0x20 && $0 != 0 }
        guard digits.allSatisfy({ (0x30...0x37).contains($0) }), digits.count <= 21,
            field.suffix(from: digits.endIndex).allSatisfy({ $0 == 0x20 || $0 == 0 })
        else { throw wrong }
        return digits.reduce(0) { $0 << 3 | UInt64($1 - 0x30) }
    }
}
