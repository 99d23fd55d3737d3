// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// Recognises the common forms of canonical JSON in bytes, without making anything of them.
///
/// Each function answers where a form ends, or nil where the text is anything else, which then is read the
/// long way: these decide about speed, never about what is refused.
enum PlainText {
    /// The end of a text that must be there, byte for byte.
    static func skip(_ expected: StaticString, _ text: Span<UInt8>, from start: Int) -> Int? {
        let end = start + expected.utf8CodeUnitCount
        guard end <= text.count else { return nil }
        return expected.withUTF8Buffer { wanted in
            for at in 0..<wanted.count where wanted[at] != text[start + at] { return nil }
            return end
        }
    }

    /// The closing quote of a string of printable ASCII without escapes, whose content begins at `start`.
    static func closingQuote(_ text: Span<UInt8>, from start: Int) -> Int? {
        var at = start
        while at < text.count {
            let byte = text[at]
            if byte == UInt8(ascii: "\"") { return at }
            guard byte >= 0x20, byte < 0x7F, byte != UInt8(ascii: "\\") else { return nil }
            at += 1
        }
        return nil
    }

    /// The end of lower-case hexadecimal digits, exactly as many as said.
    static func hexEnd(_ count: Int, _ text: Span<UInt8>, from start: Int) -> Int? {
        guard start + count <= text.count else { return nil }
        for at in start..<start + count {
            switch text[at] {
            case 0x30...0x39, 0x61...0x66: continue
            default: return nil
            }
        }
        return start + count
    }

    /// The end of an integer in canonical form that is not negative and surely fits 64 bits.
    static func integerEnd(_ text: Span<UInt8>, from start: Int, isZeroAllowed: Bool) -> Int? {
        var at = start
        while at < text.count, (0x30...0x39).contains(text[at]) { at += 1 }
        guard at > start, at - start <= 18 else { return nil }
        if text[start] == 0x30 { return isZeroAllowed && at == start + 1 ? at : nil }
        return at
    }

    /// Whether the bytes of one range come before those of another.
    static func precedes(_ text: Span<UInt8>, _ a: Range<Int>, _ b: Range<Int>) -> Bool {
        let common = min(a.count, b.count)
        for at in 0..<common {
            let (first, second) = (text[a.lowerBound + at], text[b.lowerBound + at])
            if first != second { return first < second }
        }
        return a.count < b.count
    }
}
