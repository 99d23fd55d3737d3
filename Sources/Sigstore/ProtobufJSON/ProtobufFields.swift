// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TrustCore

/// The codes that a file in the JSON form of protobuf is refused by, one field at a time.
protocol ProtobufFieldCode: RefusalCode {
    /// Bytes that are not standard base64.
    static var base64: Self { get }
    /// A number that is negative, too large or not written in decimal digits.
    static var integer: Self { get }
    /// A field that must be there is absent or empty, which is the same in protobuf.
    static var missingField: Self { get }
    /// More of something than there is of it in any honest file.
    static var limit: Self { get }
}

/// Reading a message in the JSON form of protobuf: names in lower camel case, bytes in base64, 64-bit
/// integers as decimal text or numbers, and a field that is null, or has the value 0 or nothing in it, the
/// same as one that is absent.
///
/// Stricter than the form's own rules where they let one content be written in several ways: no other
/// spelling of a field's name, no base64 but the standard one with its padding (line ends are skipped), no
/// number with a fraction or an exponent, no enum by its number.
struct ProtobufFields<Code: ProtobufFieldCode> {
    /// The message.
    let object: JSONObject
    /// The file, for messages.
    let subject: String
    /// The names of the fields that lead here.
    let path: String

    /// Takes a message (`json.shape` for any other value).
    init(_ value: JSONValue, of subject: String, path: String = "") throws {
        guard let object = value.object else {
            throw Refusal(
                CoreCode.jsonShape,
                subject,
                at: path.isEmpty ? nil : "field `\(path)`",
                expected: "an object",
                found: value.typeName
            )
        }
        self.object = object
        self.subject = subject
        self.path = path
    }

    /// A refusal about one field.
    func refusal(_ code: some RefusalCode, _ key: String, expected: String? = nil, found: String? = nil)
        -> Refusal
    {
        Refusal(code, subject, at: "field `\(name(key))`", expected: expected, found: found)
    }

    /// Whether a field is there and not null.
    func has(_ key: String) -> Bool { value(key) != nil }

    /// A field that is not null.
    func value(_ key: String) -> JSONValue? {
        switch object[key] {
        case nil, .null: nil
        case let value: value
        }
    }

    /// Text; nil if it is absent or empty.
    func string(_ key: String) throws -> String? {
        guard let value = value(key) else { return nil }
        guard let text = value.string else { throw shape(key, "a string", value) }
        return text.utf8.isEmpty ? nil : text
    }

    /// Text that must be there.
    func requiredString(_ key: String) throws -> String {
        guard let text = try string(key) else { throw missing(key) }
        return text
    }

    /// Bytes; nil if they are absent or none.
    func bytes(_ key: String, atMost limit: Int? = nil) throws -> [UInt8]? {
        guard let text = try string(key) else { return nil }
        return try decode(text, key, atMost: limit)
    }

    /// Bytes that must be there.
    func requiredBytes(_ key: String, atMost limit: Int? = nil) throws -> [UInt8] {
        guard let bytes = try bytes(key, atMost: limit) else { throw missing(key) }
        return bytes
    }

    /// A list of bytes; none of them may be empty.
    func bytesList(_ key: String, atMost count: Int) throws -> [[UInt8]] {
        try list(key, atMost: count).map { value in
            guard let text = value.string else { throw shape(key, "strings only", value) }
            guard !text.utf8.isEmpty else { throw missing(key) }
            return try decode(text, key, atMost: nil)
        }
    }

    /// A number that is not negative; 0 if it is absent.
    func integer(_ key: String) throws -> Int64 {
        let token: String
        switch value(key) {
        case nil: return 0
        case .string(let text): token = text
        case .number(let number): token = number.token
        case let other?: throw shape(key, "an integer", other)
        }
        let digits = token.utf8
        let isDecimal =
            !digits.isEmpty && digits.count <= 19 && digits.allSatisfy { (0x30...0x39).contains($0) }
            && (digits.count == 1 || digits.first != 0x30)
        guard isDecimal, let number = Int64(token) else {
            throw refusal(
                Code.integer,
                key,
                expected: "0 to \(Int64.max), in decimal digits",
                found: "`\(Printable.text(token))`"
            )
        }
        return number
    }

    /// A message in this one; nil if it is absent.
    func fields(_ key: String) throws -> ProtobufFields? {
        try value(key).map { try ProtobufFields($0, of: subject, path: name(key)) }
    }

    /// A message that must be there.
    func requiredFields(_ key: String) throws -> ProtobufFields {
        guard let fields = try fields(key) else { throw missing(key) }
        return fields
    }

    /// A list of messages.
    func fieldsList(_ key: String, atMost count: Int) throws -> [ProtobufFields] {
        try list(key, atMost: count).enumerated().map { at, value in
            try ProtobufFields(value, of: subject, path: "\(name(key))[\(at)]")
        }
    }

    /// A list; empty if it is absent.
    func list(_ key: String, atMost count: Int) throws -> [JSONValue] {
        guard let value = value(key) else { return [] }
        guard let elements = value.array else { throw shape(key, "an array", value) }
        guard elements.count <= count else {
            throw refusal(Code.limit, key, expected: "at most \(count)", found: "\(elements.count)")
        }
        return elements
    }

    /// The first field that is none of these.
    func unknownField(besides known: [String]) -> String? {
        object.keys.first { key in !known.contains { ByteKey.areEqual($0, key) } }
    }

    func missing(_ key: String) -> Refusal { refusal(Code.missingField, key, found: "nothing") }

    private func shape(_ key: String, _ expected: String, _ value: JSONValue) -> Refusal {
        refusal(CoreCode.jsonShape, key, expected: expected, found: value.typeName)
    }

    private func name(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    private func decode(_ text: String, _ key: String, atMost limit: Int?) throws -> [UInt8] {
        if let limit, text.utf8.count > (limit + 2) / 3 * 4 {
            throw refusal(Code.limit, key, expected: "at most \(limit) bytes")
        }
        if let bytes = Base64.decode(text) { return bytes }
        // Line ends are skipped, as encoders of mail put them in and those of Go and Python take them out
        // again: one of the conformance suite's bundles has one.
        guard let bytes = Base64.decode(text.utf8.filter { $0 != 0x0A && $0 != 0x0D }) else {
            throw refusal(Code.base64, key, expected: "base64 with its padding")
        }
        return bytes
    }
}
