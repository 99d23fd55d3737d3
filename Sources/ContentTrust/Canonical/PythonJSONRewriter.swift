// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// One pass over a JSON text that writes it as Python would.
///
/// Members are written as they come. Where an object turns out not to be in order, what was written of it is put
/// in order when it ends; most indexes are written in order.
struct PythonJSONRewriter {
    /// What was written so far, behind what the caller had there.
    var out: [UInt8] = []

    private let text: ArraySlice<UInt8>
    private let limits: JSONLimits
    private let subject: String
    private var at: Int
    private var values = 0
    /// The keys of the objects that are open, in UTF-8: escapes have another order.
    private var keys: [UInt8] = []
    private var members: [Member] = []

    /// Where a member's key is in `keys`, and where it was written.
    private struct Member {
        let key: Range<Int>
        let written: Range<Int>
    }

    init(_ text: ArraySlice<UInt8>, limits: JSONLimits, subject: String) {
        self.text = text
        self.limits = limits
        self.subject = subject
        at = text.startIndex
    }

    /// Rewrites one value that takes up the whole text.
    mutating func rewrite() throws {
        skipSpace()
        try value(level: 0)
        skipSpace()
        guard at == text.endIndex else { throw refusal(.jsonTrailing, expected: "the end of the text") }
    }

    private var next: UInt8? { at < text.endIndex ? text[at] : nil }

    private func refusal(_ code: CoreCode, expected: String, found: String? = nil) -> Refusal {
        Refusal(code, subject, at: "byte \(at - text.startIndex)", expected: expected, found: found)
    }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { at += 1 }
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: scalar) else { return false }
        at += 1
        return true
    }

    private mutating func newLine(_ level: Int) {
        out.append(0x0A)
        for _ in 0..<level * 2 { out.append(0x20) }
    }
}

// MARK: - Values

extension PythonJSONRewriter {
    private mutating func value(level: Int) throws {
        values += 1
        guard values <= limits.values else {
            throw refusal(.tooLarge, expected: "at most \(limits.values) values")
        }
        switch next {
        case UInt8(ascii: "\""): try string(isKey: false)
        case UInt8(ascii: "{"): try object(level: level)
        case UInt8(ascii: "["): try array(level: level)
        case UInt8(ascii: "t"): try word("true")
        case UInt8(ascii: "f"): try word("false")
        case UInt8(ascii: "n"): try word("null")
        case let byte? where byte == UInt8(ascii: "-") || (0x30...0x39).contains(byte): try number()
        default: throw refusal(.jsonSyntax, expected: "a value", found: next == nil ? "the end" : nil)
        }
    }

    private mutating func word(_ word: StaticString) throws {
        let end = at + word.utf8CodeUnitCount
        let matches = word.withUTF8Buffer { end <= text.endIndex && text[at..<end].elementsEqual($0) }
        guard matches else { throw refusal(.jsonSyntax, expected: "`\(word)`") }
        out.append(contentsOf: text[at..<end])
        at = end
    }

    /// Steps into an array or object; answers whether it is empty, which has then been written.
    private mutating func enter(_ open: Unicode.Scalar, _ close: Unicode.Scalar, _ level: Int) throws -> Bool
    {
        guard level < limits.depth else {
            throw refusal(.jsonTooDeep, expected: "at most \(limits.depth) levels")
        }
        at += 1
        out.append(UInt8(ascii: open))
        skipSpace()
        guard take(close) else { return false }
        out.append(UInt8(ascii: close))
        return true
    }

    private mutating func array(level: Int) throws {
        if try enter("[", "]", level) { return }
        var isFirst = true
        repeat {
            if !isFirst { out.append(UInt8(ascii: ",")) }
            isFirst = false
            newLine(level + 1)
            skipSpace()
            try value(level: level + 1)
            skipSpace()
        } while take(",")
        guard take("]") else { throw refusal(.jsonSyntax, expected: "`,` or `]`") }
        newLine(level)
        out.append(UInt8(ascii: "]"))
    }

    private mutating func object(level: Int) throws {
        if try enter("{", "}", level) { return }
        let firstMember = members.count
        let firstKey = keys.count
        var isSorted = true
        repeat {
            if members.count > firstMember { out.append(UInt8(ascii: ",")) }
            let member = try member(level: level + 1)
            if members.count > firstMember, !precedes(members[members.count - 1].key, member.key) {
                isSorted = false
            }
            members.append(member)
            skipSpace()
        } while take(",")
        guard take("}") else { throw refusal(.jsonSyntax, expected: "`,` or `}`") }
        if !isSorted { try sort(from: firstMember) }
        members.removeSubrange(firstMember...)
        keys.removeSubrange(firstKey...)
        newLine(level)
        out.append(UInt8(ascii: "}"))
    }

    private mutating func member(level: Int) throws -> Member {
        let start = out.count
        let keyStart = keys.count
        newLine(level)
        skipSpace()
        guard next == UInt8(ascii: "\"") else { throw refusal(.jsonSyntax, expected: "a key") }
        try string(isKey: true)
        let keyEnd = keys.count
        skipSpace()
        guard take(":") else { throw refusal(.jsonSyntax, expected: "`:`") }
        out.append(UInt8(ascii: ":"))
        out.append(0x20)
        skipSpace()
        try value(level: level)
        return Member(key: keyStart..<keyEnd, written: start..<out.count)
    }

    /// Byte order of UTF-8, which is code point order; false for equal keys.
    private func precedes(_ a: Range<Int>, _ b: Range<Int>) -> Bool {
        keys[a].lexicographicallyPrecedes(keys[b])
    }

    /// Puts the members of the innermost object in order, both in the list and where they were written.
    private mutating func sort(from first: Int) throws {
        let sorted = members[first...].sorted { precedes($0.key, $1.key) }
        for (one, other) in zip(sorted, sorted.dropFirst()) where keys[one.key] == keys[other.key] {
            let key = String(decoding: keys[one.key], as: UTF8.self)
            throw refusal(.jsonDuplicateKey, expected: "each key once", found: "`\(key)` twice")
        }
        let start = members[first].written.lowerBound
        var ordered: [UInt8] = []
        ordered.reserveCapacity(out.count - start)
        for (position, member) in sorted.enumerated() {
            if position > 0 { ordered.append(UInt8(ascii: ",")) }
            ordered.append(contentsOf: out[member.written])
        }
        out.removeSubrange(start...)
        out.append(contentsOf: ordered)
    }

    private mutating func number() throws {
        let start = at
        var isInteger = true
        _ = take("-")
        if !take("0") { try digits() }
        if take(".") {
            isInteger = false
            try digits()
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            isInteger = false
            at += 1
            if !take("+") { _ = take("-") }
            try digits()
        }
        guard at - start <= 64 else { throw refusal(.jsonNumber, expected: "at most 64 characters") }
        if isInteger, text[start] != UInt8(ascii: "-") {
            out.append(contentsOf: text[start..<at])
        } else {
            let token = String(decoding: text[start..<at], as: UTF8.self)
            out.append(contentsOf: try PythonNumber.text(of: token, subject).utf8)
        }
    }

    private mutating func digits() throws {
        let start = at
        while let byte = next, (0x30...0x39).contains(byte) { at += 1 }
        guard at > start else { throw refusal(.jsonSyntax, expected: "a digit") }
    }
}

// MARK: - Strings

extension PythonJSONRewriter {
    /// Rewrites a string from its opening quote on; of a key, keeps the UTF-8 form too.
    private mutating func string(isKey: Bool) throws {
        at += 1
        out.append(UInt8(ascii: "\""))
        while true {
            let start = at
            while at < text.endIndex, Self.isPlain(text[at]) { at += 1 }
            if at > start {
                out.append(contentsOf: text[start..<at])
                if isKey { keys.append(contentsOf: text[start..<at]) }
            }
            switch next {
            case UInt8(ascii: "\""):
                at += 1
                out.append(UInt8(ascii: "\""))
                return
            case nil:
                throw refusal(.jsonSyntax, expected: "the end of a string", found: "the end of the text")
            case let byte?:
                let scalar = byte == UInt8(ascii: "\\") ? try escape() : try character(byte)
                PythonJSON.write(scalar, to: &out)
                if isKey { keys.append(contentsOf: UTF8.encode(scalar) ?? .init()) }
            }
        }
    }

    /// Whether Python writes the character as it is, and JSON gives it no other meaning.
    @inline(__always)
    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    /// A character that was not written as an escape: U+007F, or one of several bytes in the one form that UTF-8
    /// has for it (Unicode 16, table 3-7).
    private mutating func character(_ first: UInt8) throws -> Unicode.Scalar {
        guard first >= 0x20 else {
            throw refusal(.jsonSyntax, expected: "control characters written as escapes")
        }
        let length =
            switch first {
            case 0..<0x80: 1
            case 0xC2...0xDF: 2
            case 0xE0...0xEF: 3
            case 0xF0...0xF4: 4
            default: 0
            }
        var value = length < 2 ? UInt32(first) : UInt32(first) & (0x7F >> UInt32(length))
        var isGood = length > 0 && at + length <= text.endIndex
        if isGood {
            for byte in text[at + 1..<at + length] {
                isGood = isGood && byte & 0xC0 == 0x80
                value = value << 6 | UInt32(byte & 0x3F)
            }
        }
        // The first value that needs so many bytes: a shorter form is the only one.
        let least: UInt32 =
            switch length {
            case 2: 0x80
            case 3: 0x800
            case 4: 0x10000
            default: 0
            }
        guard isGood, value >= least, let scalar = Unicode.Scalar(value) else {
            throw refusal(.jsonEncoding, expected: "UTF-8")
        }
        at += length
        return scalar
    }

    private mutating func escape() throws -> Unicode.Scalar {
        at += 1
        guard let byte = next else { throw refusal(.jsonSyntax, expected: "an escape") }
        at += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicodeEscape()
        default: throw refusal(.jsonSyntax, expected: "a known escape")
        }
    }

    private mutating func unicodeEscape() throws -> Unicode.Scalar {
        let first = try fourDigits()
        if let scalar = Unicode.Scalar(first) { return scalar }
        // A high surrogate must be followed by a low one: Python would keep half of a pair, others would not.
        guard first < 0xDC00, take("\\"), take("u") else {
            throw refusal(.jsonEncoding, expected: "a whole surrogate pair")
        }
        let second = try fourDigits()
        guard (0xDC00..<0xE000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw refusal(.jsonEncoding, expected: "a whole surrogate pair") }
        return scalar
    }

    private mutating func fourDigits() throws -> UInt32 {
        guard at + 4 <= text.endIndex, let pair = Hex.decode(Array(text[at..<at + 4])) else {
            throw refusal(.jsonSyntax, expected: "four hexadecimal digits")
        }
        at += 4
        return UInt32(pair[0]) << 8 | UInt32(pair[1])
    }
}
