// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// A strict reader of RFC 8259 JSON over bytes.
///
/// It refuses what two readers could read in two ways: duplicate keys, text that is not UTF-8, lone
/// surrogates, a byte order mark, anything after the value. Numbers keep their text. It is for signed
/// metadata and settings; indexes of hundreds of megabytes are scanned, not read into values
/// (`CondaFormats`).
public struct JSONReader {
    private let bytes: [UInt8]
    private let limits: JSONLimits
    private let subject: String
    private var at = 0
    private var values = 0

    /// Reads one value that takes up the whole text.
    ///
    /// - Parameter subject: what the text is, for messages.
    /// - Throws: a ``Refusal`` with a `json.…` code or `limit.too-large`.
    public static func read(
        _ bytes: [UInt8],
        of subject: String,
        limits: JSONLimits = JSONLimits()
    ) throws -> JSONValue {
        guard bytes.count <= limits.bytes else {
            throw Refusal(
                CoreCode.tooLarge,
                subject,
                expected: "at most \(limits.bytes) bytes",
                found: "\(bytes.count) bytes"
            )
        }
        var reader = JSONReader(bytes: bytes, limits: limits, subject: subject)
        reader.skipSpace()
        let value = try reader.value(depth: 0)
        reader.skipSpace()
        guard reader.at == bytes.count else {
            throw reader.refusal(.jsonTrailing, expected: "the end of the text")
        }
        return value
    }

    /// Reads one value that begins at an offset of a larger text, and says where it ends, and how many values it
    /// is with those inside.
    ///
    /// - Parameters:
    ///   - text: The text; what is before the offset and after the value is not looked at.
    ///   - start: Where the value begins. No white space is skipped.
    ///   - subject: What the text is, for messages.
    ///   - limits: The most levels below the value; its length is the caller's business.
    /// - Throws: a ``Refusal`` with a `json.…` code, or `limit.too-large` for too many values.
    package static func read(
        prefixOf text: [UInt8],
        from start: Int,
        of subject: String,
        limits: JSONLimits = JSONLimits()
    ) throws -> (value: JSONValue, end: Int, count: Int) {
        var reader = JSONReader(bytes: text, limits: limits, subject: subject)
        reader.at = start
        let value = try reader.value(depth: 0)
        return (value, reader.at, reader.values)
    }

    private init(bytes: [UInt8], limits: JSONLimits, subject: String) {
        self.bytes = bytes
        self.limits = limits
        self.subject = subject
    }

    private var next: UInt8? { at < bytes.count ? bytes[at] : nil }

    private func refusal(_ code: CoreCode, expected: String? = nil, found: String? = nil) -> Refusal {
        Refusal(code, subject, at: "byte \(at)", expected: expected, found: found)
    }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { at += 1 }
    }

    private mutating func value(depth: Int) throws -> JSONValue {
        values += 1
        guard values <= limits.values else {
            throw refusal(.tooLarge, expected: "at most \(limits.values) values")
        }
        switch next {
        case UInt8(ascii: "{"): return .object(try object(depth: depth + 1))
        case UInt8(ascii: "["): return .array(try array(depth: depth + 1))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return .bool(try word("true", true))
        case UInt8(ascii: "f"): return .bool(try word("false", false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case let byte? where byte == UInt8(ascii: "-") || (0x30...0x39).contains(byte):
            return .number(try number())
        default: throw refusal(.jsonSyntax, expected: "a value", found: next == nil ? "the end" : nil)
        }
    }

    private mutating func word<Value>(_ word: StaticString, _ value: Value) throws -> Value {
        let end = at + word.utf8CodeUnitCount
        let matches = word.withUTF8Buffer { end <= bytes.count && bytes[at..<end].elementsEqual($0) }
        guard matches else { throw refusal(.jsonSyntax, expected: "`\(word)`") }
        at = end
        return value
    }

    private mutating func object(depth: Int) throws -> JSONObject {
        try enter(depth)
        var object = JSONObject()
        skipSpace()
        if take("}") { return object }
        repeat {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw refusal(.jsonSyntax, expected: "a key") }
            let key = try string()
            skipSpace()
            guard take(":") else { throw refusal(.jsonSyntax, expected: "`:`") }
            skipSpace()
            let value = try value(depth: depth)
            guard object.insert(key, value) else {
                throw refusal(.jsonDuplicateKey, expected: "each key once", found: "`\(key)` twice")
            }
            skipSpace()
        } while take(",")
        guard take("}") else { throw refusal(.jsonSyntax, expected: "`,` or `}`") }
        return object
    }

    private mutating func array(depth: Int) throws -> [JSONValue] {
        try enter(depth)
        var elements: [JSONValue] = []
        skipSpace()
        if take("]") { return elements }
        repeat {
            skipSpace()
            elements.append(try value(depth: depth))
            skipSpace()
        } while take(",")
        guard take("]") else { throw refusal(.jsonSyntax, expected: "`,` or `]`") }
        return elements
    }

    private mutating func enter(_ depth: Int) throws {
        guard depth <= limits.depth else {
            throw refusal(.jsonTooDeep, expected: "at most \(limits.depth) levels")
        }
        at += 1
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: scalar) else { return false }
        at += 1
        return true
    }

    private mutating func number() throws -> JSONNumber {
        let start = at
        _ = take("-")
        if !take("0") { try digits() }
        if take(".") { try digits() }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            at += 1
            if !take("+") { _ = take("-") }
            try digits()
        }
        guard at - start <= 64 else { throw refusal(.jsonNumber, expected: "at most 64 characters") }
        return JSONNumber(checkedToken: String(decoding: bytes[start..<at], as: UTF8.self))
    }

    private mutating func digits() throws {
        let start = at
        while let byte = next, (0x30...0x39).contains(byte) { at += 1 }
        guard at > start else { throw refusal(.jsonSyntax, expected: "a digit") }
    }

    private mutating func string() throws -> String {
        let start = at + 1
        at = start
        var all: UInt8 = 0
        while let byte = next, byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
            all |= byte
            at += 1
        }
        if next == UInt8(ascii: "\"") {
            defer { at += 1 }
            // Of ASCII, which nearly all text is, nothing has to be checked.
            guard all >= 0x80 else { return String(decoding: bytes[start..<at], as: UTF8.self) }
            return try text(bytes[start..<at])
        }
        var content = Array(bytes[start..<at])
        while let byte = next {
            at += 1
            switch byte {
            case UInt8(ascii: "\""): return try text(content[...])
            case UInt8(ascii: "\\"): content += try escape()
            case 0..<0x20: throw refusal(.jsonSyntax, expected: "control characters written as escapes")
            default: content.append(byte)
            }
        }
        throw refusal(.jsonSyntax, expected: "the end of a string", found: "the end of the text")
    }

    private func text(_ bytes: ArraySlice<UInt8>) throws -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw refusal(.jsonEncoding, expected: "UTF-8")
        }
        return text
    }

    private mutating func escape() throws -> [UInt8] {
        guard let byte = next else { throw refusal(.jsonSyntax, expected: "an escape") }
        at += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"): return Array(String(Character(try unicodeEscape())).utf8)
        default: throw refusal(.jsonSyntax, expected: "a known escape")
        }
    }

    private mutating func unicodeEscape() throws -> Unicode.Scalar {
        let first = try fourDigits()
        if let scalar = Unicode.Scalar(first) { return scalar }
        // A high surrogate must be followed by a low one; half of a pair has no UTF-8 form.
        guard (0xD800..<0xDC00).contains(first), take("\\"), take("u") else {
            throw refusal(.jsonEncoding, expected: "a whole surrogate pair")
        }
        let second = try fourDigits()
        guard (0xDC00..<0xE000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00))
        else { throw refusal(.jsonEncoding, expected: "a whole surrogate pair") }
        return scalar
    }

    private mutating func fourDigits() throws -> UInt16 {
        guard at + 4 <= bytes.count, let pair = Hex.decode(bytes[at..<at + 4]) else {
            throw refusal(.jsonSyntax, expected: "four hexadecimal digits")
        }
        at += 4
        return UInt16(pair[0]) << 8 | UInt16(pair[1])
    }
}
