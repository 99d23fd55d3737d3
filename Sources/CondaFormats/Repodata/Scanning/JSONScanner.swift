// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// Where a scan stopped, and why.
struct JSONDefect: Error {
    let code: CoreCode
    let at: Int
    let expected: StaticString
}

/// Steps over JSON text without making values of it: as strict as `JSONReader` but for duplicate keys inside
/// what is stepped over, which show when that part is read.
///
/// Every read is bounds-checked. Strings, three quarters of an index, are looked at eight bytes at a time.
/// The functions take a position and answer the next one; a position past the end reads as NUL, which is
/// valid nowhere.
enum JSONScanner {
    /// The deepest nesting inside one value: one bit each in a word.
    static let maximumDepth = 60
    /// The longest number, as in `JSONReader`.
    static let maximumNumberLength = 64

    @inline(__always)
    static func byte(_ text: Span<UInt8>, _ at: Int) -> UInt8 { at < text.count ? text[at] : 0 }

    /// Steps over white space.
    @inline(__always)
    static func skipSpace(_ text: Span<UInt8>, _ start: Int) -> Int {
        byte(text, start) > 0x20 ? start : skipLongSpace(text, start)
    }

    private static func skipLongSpace(_ text: Span<UInt8>, _ start: Int) -> Int {
        var at = start
        while at < text.count {
            switch text[at] {
            case 0x20, 0x0A, 0x0D, 0x09: at += 1
            default: return at
            }
        }
        return at
    }

    /// Steps over one byte that must be there.
    @inline(__always)
    static func expect(
        _ wanted: UInt8,
        _ text: Span<UInt8>,
        _ at: Int,
        _ expected: StaticString
    ) throws(JSONDefect) -> Int {
        guard byte(text, at) == wanted else {
            throw JSONDefect(code: .jsonSyntax, at: at, expected: expected)
        }
        return at + 1
    }

    /// Steps over a key, its colon and the white space around it.
    @inline(__always)
    static func skipKey(_ text: Span<UInt8>, _ start: Int) throws(JSONDefect) -> Int {
        try skipColon(text, skipString(text, expect(UInt8(ascii: "\""), text, start, "a key")))
    }

    /// Steps over the colon after a key and the white space around it.
    @inline(__always)
    static func skipColon(_ text: Span<UInt8>, _ start: Int) throws(JSONDefect) -> Int {
        skipSpace(text, try expect(UInt8(ascii: ":"), text, skipSpace(text, start), "`:`"))
    }

    /// Steps over any value that starts at a position.
    static func skipValue(_ text: Span<UInt8>, _ start: Int) throws(JSONDefect) -> Int {
        var at = start
        var depth = 0
        // The lowest bit says what the innermost container is: 1 for an object.
        var objects: UInt64 = 0
        while true {
            // A value starts here.
            let first = byte(text, at)
            switch first {
            case UInt8(ascii: "\""):
                at = try skipString(text, at + 1)
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                let isObject = first == UInt8(ascii: "{")
                at = skipSpace(text, at + 1)
                guard depth < maximumDepth else {
                    throw JSONDefect(code: .jsonTooDeep, at: at, expected: "less nesting")
                }
                // "{" and "}" differ by 2, as do "[" and "]".
                if byte(text, at) == first + 2 {
                    at += 1
                } else {
                    depth += 1
                    objects = objects << 1 | (isObject ? 1 : 0)
                    if isObject { at = try skipKey(text, at) }
                    continue
                }
            default:
                at = try skipScalar(text, at, first)
            }
            // A value ended here; so may its containers.
            while true {
                if depth == 0 { return at }
                at = skipSpace(text, at)
                let mark = byte(text, at)
                let isObject = objects & 1 == 1
                if mark == UInt8(ascii: ",") {
                    at = skipSpace(text, at + 1)
                    if isObject { at = try skipKey(text, at) }
                    break
                }
                guard mark == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
                    throw JSONDefect(code: .jsonSyntax, at: at, expected: "`,` or the end of the list")
                }
                at += 1
                depth -= 1
                objects >>= 1
            }
        }
    }

    private static func skipScalar(
        _ text: Span<UInt8>,
        _ at: Int,
        _ first: UInt8
    ) throws(JSONDefect) -> Int {
        switch first {
        case UInt8(ascii: "t"): return try skipWord("true", text, at)
        case UInt8(ascii: "f"): return try skipWord("false", text, at)
        case UInt8(ascii: "n"): return try skipWord("null", text, at)
        case UInt8(ascii: "-"), 0x30...0x39: return try skipNumber(text, at)
        default: throw JSONDefect(code: .jsonSyntax, at: at, expected: "a value")
        }
    }

    private static func skipWord(
        _ word: StaticString,
        _ text: Span<UInt8>,
        _ start: Int
    ) throws(JSONDefect) -> Int {
        let length = word.utf8CodeUnitCount
        for offset in 0..<length where byte(text, start + offset) != word.utf8Start[offset] {
            throw JSONDefect(code: .jsonSyntax, at: start, expected: word)
        }
        return start + length
    }

    private static func skipNumber(_ text: Span<UInt8>, _ start: Int) throws(JSONDefect) -> Int {
        var at = start
        if byte(text, at) == UInt8(ascii: "-") { at += 1 }
        at = byte(text, at) == UInt8(ascii: "0") ? at + 1 : try skipDigits(text, at)
        if byte(text, at) == UInt8(ascii: ".") { at = try skipDigits(text, at + 1) }
        if byte(text, at) | 0x20 == UInt8(ascii: "e") {
            at += 1
            if byte(text, at) == UInt8(ascii: "+") || byte(text, at) == UInt8(ascii: "-") { at += 1 }
            at = try skipDigits(text, at)
        }
        guard at - start <= maximumNumberLength else {
            throw JSONDefect(code: .jsonNumber, at: start, expected: "at most 64 characters")
        }
        return at
    }

    private static func skipDigits(_ text: Span<UInt8>, _ start: Int) throws(JSONDefect) -> Int {
        var at = start
        while (0x30...0x39).contains(byte(text, at)) { at += 1 }
        guard at > start else { throw JSONDefect(code: .jsonSyntax, at: at, expected: "a digit") }
        return at
    }
}
