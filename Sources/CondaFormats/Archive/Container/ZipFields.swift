// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// Little-endian numbers out of a header that was read whole.
struct ZipFields {
    private let bytes: [UInt8]
    private var at = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// How many bytes are left.
    var rest: Int { bytes.count - at }

    /// The next number of so many bytes; 0 beyond the end, which a caller excludes by the length it has read.
    mutating func next(_ count: Int) -> UInt64 {
        var value: UInt64 = 0
        for offset in 0..<count where at + offset < bytes.count {
            value |= UInt64(bytes[at + offset]) << (8 * UInt64(offset))
        }
        at += count
        return value
    }

    mutating func next16() -> Int { Int(next(2)) }
    mutating func next32() -> UInt64 { next(4) }
    mutating func next64() -> UInt64 { next(8) }

    mutating func bytes(_ count: Int) -> [UInt8] {
        let end = min(at + count, bytes.count)
        defer { at = end }
        return Array(bytes[at..<end])
    }
}

/// What a zip says about one member, be it in front of its data or in the central directory.
struct ZipMember: Equatable {
    var name: [UInt8]
    var flags: Int
    var method: Int
    var crc: UInt64
    var packedSize: UInt64
    var size: UInt64
    var offset: UInt64

    static let saturated: UInt64 = 0xFFFF_FFFF

    var displayName: String { String(decoding: name, as: UTF8.self) }

    /// Puts in the 64-bit values of the zip64 extra field, where the 32-bit fields are saturated (APPNOTE
    /// 4.5.3).
    ///
    /// Every extra field must be well-formed, and zip64 there at most once. A zip64 field that nothing asks
    /// for must repeat the values, since readers differ in whether they look at it.
    mutating func applyZip64(extra: [UInt8], hasOffset: Bool) throws {
        var fields = ZipFields(extra)
        var wide: [UInt8]?
        while fields.rest > 0 {
            guard fields.rest >= 4 else { throw malformed("an extra field is cut off") }
            let id = fields.next16()
            let length = fields.next16()
            guard length <= fields.rest else { throw malformed("an extra field is cut off") }
            let content = fields.bytes(length)
            guard id == 1 else { continue }
            guard wide == nil else { throw malformed("two zip64 fields") }
            wide = content
        }
        let isNeeded =
            size == Self.saturated || packedSize == Self.saturated || (hasOffset && offset == Self.saturated)
        guard let wide else {
            if isNeeded { throw malformed("no zip64 field") }
            return
        }
        try apply(wide, isNeeded: isNeeded, hasOffset: hasOffset)
    }

    private mutating func apply(_ wide: [UInt8], isNeeded: Bool, hasOffset: Bool) throws {
        var values = ZipFields(wide)
        var taken = self
        func take(_ field: inout UInt64) throws {
            guard field == Self.saturated || !isNeeded else { return }
            if !isNeeded, values.rest == 0 { return }
            guard values.rest >= 8 else { throw malformed("a zip64 field is too short") }
            field = values.next64()
        }
        try take(&taken.size)
        try take(&taken.packedSize)
        if hasOffset { try take(&taken.offset) }
        if values.rest == 4, values.next32() != 0 { throw malformed("more than one disk") }
        guard values.rest == 0 else { throw malformed("a zip64 field is too long") }
        guard isNeeded || taken == self else { throw malformed("a zip64 field that contradicts the header") }
        self = taken
    }

    private func malformed(_ found: String) -> Refusal {
        Refusal(ArchiveCode.zipStructure, displayName, expected: "well-formed extra fields", found: found)
    }
}
