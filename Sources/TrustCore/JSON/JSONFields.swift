// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// Reading the fields of an object whose shape a specification fixes, with refusals that name the field.
public struct JSONFields: Sendable {
    /// The object.
    public let object: JSONObject
    /// What the object is, for messages, such as `root metadata`.
    public let subject: String

    /// Takes a value that must be an object (`json.shape`).
    public init(_ value: JSONValue, of subject: String) throws {
        guard let object = value.object else {
            throw Refusal(CoreCode.jsonShape, subject, expected: "an object", found: value.typeName)
        }
        self.init(object, of: subject)
    }

    /// Takes an object.
    public init(_ object: JSONObject, of subject: String) {
        self.object = object
        self.subject = subject
    }

    /// A member, if it is there and not null.
    public func optional(_ key: String) -> JSONValue? {
        switch object[key] {
        case nil, .null: nil
        case let value: value
        }
    }

    /// A string that must be there.
    public func string(_ key: String) throws -> String { try required(key, "a string", \.string) }
    /// An integer that must be there and fit 64 bits.
    public func integer(_ key: String) throws -> Int64 { try required(key, "a 64-bit integer", \.integer) }
    /// A boolean that must be there.
    public func bool(_ key: String) throws -> Bool { try required(key, "a boolean", \.bool) }
    /// An array that must be there.
    public func array(_ key: String) throws -> [JSONValue] { try required(key, "an array", \.array) }
    /// An array of strings that must be there.
    public func strings(_ key: String) throws -> [String] {
        try strings(in: array(key), key)
    }
    /// An object that must be there.
    public func fields(_ key: String) throws -> JSONFields {
        JSONFields(try required(key, "an object", \.object), of: "\(subject) `\(key)`")
    }

    /// A string, if the member is there.
    public func optionalString(_ key: String) throws -> String? { try ifThere(key, "a string", \.string) }
    /// An integer, if the member is there.
    public func optionalInteger(_ key: String) throws -> Int64? {
        try ifThere(key, "a 64-bit integer", \.integer)
    }
    /// A boolean, if the member is there.
    public func optionalBool(_ key: String) throws -> Bool? { try ifThere(key, "a boolean", \.bool) }
    /// An array of strings, if the member is there.
    public func optionalStrings(_ key: String) throws -> [String]? {
        try ifThere(key, "an array", \.array).map { try strings(in: $0, key) }
    }
    /// An object, if the member is there.
    public func optionalFields(_ key: String) throws -> JSONFields? {
        try ifThere(key, "an object", \.object).map { JSONFields($0, of: "\(subject) `\(key)`") }
    }

    /// A refusal about one field (`json.shape`).
    public func wrong(_ key: String, _ expected: String, found: String? = nil) -> Refusal {
        Refusal(CoreCode.jsonShape, subject, at: "field `\(key)`", expected: expected, found: found)
    }

    private func strings(in elements: [JSONValue], _ key: String) throws -> [String] {
        try elements.map { element in
            guard let text = element.string else { throw wrong(key, "strings only", found: element.typeName) }
            return text
        }
    }

    private func ifThere<Value>(
        _ key: String,
        _ expected: String,
        _ cast: (JSONValue) -> Value?
    ) throws -> Value? {
        guard let value = optional(key) else { return nil }
        guard let result = cast(value) else { throw wrong(key, expected, found: value.typeName) }
        return result
    }

    private func required<Value>(
        _ key: String,
        _ expected: String,
        _ cast: (JSONValue) -> Value?
    ) throws -> Value {
        guard let value = object[key] else { throw wrong(key, expected, found: "nothing") }
        guard let result = cast(value) else { throw wrong(key, expected, found: value.typeName) }
        return result
    }
}
