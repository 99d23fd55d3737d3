// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// Strict base64 (RFC 4648, section 4): padded, nothing foreign inside, no bits left over.
package enum Base64 {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8
    )

    /// Writes the text.
    package static func encode(_ bytes: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let value = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for digit in 0...group.count { out.append(alphabet[value >> (18 - 6 * digit) & 63]) }
            out += repeatElement(UInt8(ascii: "="), count: 3 - group.count)
        }
        return out
    }

    /// Decodes; nil for anything that is not exactly what ``encode(_:)`` writes.
    package static func decode(_ text: [UInt8]) -> [UInt8]? {
        guard text.count.isMultiple(of: 4) else { return nil }
        let padding = text.suffix(2).reversed().prefix { $0 == UInt8(ascii: "=") }.count
        let whole = text.count - (padding > 0 ? 4 : 0)
        let values = values
        var out: [UInt8] = []
        out.reserveCapacity(text.count / 4 * 3)
        var seen: UInt8 = 0
        var start = 0
        while start < whole {
            let a = values[Int(text[start])]
            let b = values[Int(text[start &+ 1])]
            let c = values[Int(text[start &+ 2])]
            let d = values[Int(text[start &+ 3])]
            seen |= a | b | c | d
            out.append(a << 2 | b >> 4)
            out.append(b << 4 | c >> 2)
            out.append(c << 6 | d)
            start &+= 4
        }
        if padding > 0 {
            let a = values[Int(text[whole])]
            let b = values[Int(text[whole + 1])]
            let c = padding == 1 ? values[Int(text[whole + 2])] : 0
            seen |= a | b | c
            out.append(a << 2 | b >> 4)
            if padding == 1 { out.append(b << 4 | c >> 2) }
            // The bits of the last digit that are no part of a byte must be 0.
            guard (padding == 1 ? c << 6 : b << 4) == 0 else { return nil }
        }
        return seen < 64 ? out : nil
    }

    /// The value of each byte as a digit, 255 for those that are none.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: .max, count: 256)
        for (value, digit) in alphabet.enumerated() { values[Int(digit)] = UInt8(value) }
        return values
    }()
}
