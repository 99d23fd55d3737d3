// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

extension JSONScanner {
    /// Steps over the rest of a string, from behind its opening quote to behind its closing one.
    @inline(__always)
    static func skipString(_ text: Span<UInt8>, _ start: Int) throws(JSONDefect) -> Int {
        var at = start
        while true {
            at = firstSpecial(text, at)
            if byte(text, at) == UInt8(ascii: "\"") { return at + 1 }
            at = try skipSpecial(text, at)
        }
    }

    /// Whether a part of the text is just this word.
    @inline(__always)
    static func spells(_ text: Span<UInt8>, _ part: Range<Int>, _ word: StaticString) -> Bool {
        guard part.count == word.utf8CodeUnitCount else { return false }
        for offset in 0..<part.count where text[part.lowerBound + offset] != word.utf8Start[offset] {
            return false
        }
        return true
    }

    /// The first position from here that holds a quote, a backslash, a control character or a byte beyond
    /// ASCII; or the end.
    @inline(__always)
    private static func firstSpecial(_ text: Span<UInt8>, _ start: Int) -> Int {
        let bytes = text.bytes
        var at = start
        while at <= bytes.byteCount - 8 {
            // Checked against the span's end; any eight bytes are a valid integer.
            let loaded = bytes.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self)
            let found = specials(UInt64(littleEndian: loaded))
            if found != 0 { return at + found.trailingZeroBitCount >> 3 }
            at += 8
        }
        while at < text.count {
            let byte = text[at]
            if byte < 0x20 || byte >= 0x80 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                break
            }
            at += 1
        }
        return at
    }

    /// Sets the high bit of each byte that is special. Borrows can only add marks above the lowest true one,
    /// and the lowest is all that is used.
    @inline(__always)
    private static func specials(_ word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let quotes = (word ^ (ones &* 0x22)) &- ones
        let backslashes = (word ^ (ones &* 0x5C)) &- ones
        let controls = word &- (ones &* 0x20)
        return (quotes | backslashes | controls | word) & (ones &* 0x80)
    }

    @inline(never)
    private static func skipSpecial(_ text: Span<UInt8>, _ at: Int) throws(JSONDefect) -> Int {
        let first = byte(text, at)
        if first == UInt8(ascii: "\\") { return try skipEscape(text, at) }
        if first >= 0x80 { return try skipSequence(text, at, first) }
        throw JSONDefect(
            code: .jsonSyntax,
            at: at,
            expected: at < text.count ? "control characters written as escapes" : "the end of a string"
        )
    }

    private static func skipEscape(_ text: Span<UInt8>, _ at: Int) throws(JSONDefect) -> Int {
        switch byte(text, at + 1) {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return at + 2
        case UInt8(ascii: "u"):
            let unit = try fourDigits(text, at + 2)
            guard (0xD800..<0xE000).contains(unit) else { return at + 6 }
            // Half of a surrogate pair has no UTF-8 form.
            guard unit < 0xDC00, byte(text, at + 6) == UInt8(ascii: "\\"),
                byte(text, at + 7) == UInt8(ascii: "u"),
                (0xDC00..<0xE000).contains(try fourDigits(text, at + 8))
            else { throw JSONDefect(code: .jsonEncoding, at: at, expected: "a whole surrogate pair") }
            return at + 12
        default:
            throw JSONDefect(code: .jsonSyntax, at: at, expected: "a known escape")
        }
    }

    private static func fourDigits(_ text: Span<UInt8>, _ start: Int) throws(JSONDefect) -> UInt32 {
        var value: UInt32 = 0
        for at in start..<start + 4 {
            let digit = byte(text, at)
            switch digit {
            case 0x30...0x39: value = value << 4 | UInt32(digit - 0x30)
            case 0x41...0x46: value = value << 4 | UInt32(digit - 0x37)
            case 0x61...0x66: value = value << 4 | UInt32(digit - 0x57)
            default: throw JSONDefect(code: .jsonSyntax, at: at, expected: "four hexadecimal digits")
            }
        }
        return value
    }

    /// Steps over one character beyond ASCII: shortest form, no surrogates, nothing above U+10FFFF
    /// (Unicode 16, table 3-7).
    private static func skipSequence(
        _ text: Span<UInt8>,
        _ at: Int,
        _ first: UInt8
    ) throws(JSONDefect) -> Int {
        let second = byte(text, at + 1)
        let length: Int
        let isGood: Bool
        switch first {
        case 0xC2...0xDF: (length, isGood) = (2, isContinuation(second))
        case 0xE0: (length, isGood) = (3, (0xA0...0xBF).contains(second))
        case 0xED: (length, isGood) = (3, (0x80...0x9F).contains(second))
        case 0xE1...0xEF: (length, isGood) = (3, isContinuation(second))
        case 0xF0: (length, isGood) = (4, (0x90...0xBF).contains(second))
        case 0xF1...0xF3: (length, isGood) = (4, isContinuation(second))
        case 0xF4: (length, isGood) = (4, (0x80...0x8F).contains(second))
        default: (length, isGood) = (1, false)
        }
        guard isGood, length < 3 || isContinuation(byte(text, at + 2)),
            length < 4 || isContinuation(byte(text, at + 3))
        else { throw JSONDefect(code: .jsonEncoding, at: at, expected: "UTF-8") }
        return at + length
    }

    private static func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }
}
