// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// A form of JSON in which a value has one spelling: no white space, members in a fixed order. What the forms
/// differ in, each says itself.
protocol CanonicalForm {
    /// Whether one key of an object stands before another.
    static func precedes(_ a: String, _ b: String) -> Bool
    /// The number as an integer, the only sort that is written; a ``Refusal`` for any other.
    static func integer(_ number: JSONNumber, _ subject: String) throws -> Int64
    /// Appends a string with its quotes.
    static func write(_ text: String, to out: inout [UInt8])
}

extension CanonicalForm {
    /// Appends a value.
    static func write(_ value: JSONValue, to out: inout [UInt8], _ subject: String) throws {
        switch value {
        case .null: out += "null".utf8
        case .bool(let flag): out += (flag ? "true" : "false").utf8
        case .string(let text): write(text, to: &out)
        case .number(let number): out += String(try integer(number, subject)).utf8
        case .array(let elements):
            out.append(UInt8(ascii: "["))
            for (at, element) in elements.enumerated() {
                if at > 0 { out.append(UInt8(ascii: ",")) }
                try write(element, to: &out, subject)
            }
            out.append(UInt8(ascii: "]"))
        case .object(let object):
            out.append(UInt8(ascii: "{"))
            let members = object.members.sorted { precedes($0.key, $1.key) }
            for (at, member) in members.enumerated() {
                if at > 0 { out.append(UInt8(ascii: ",")) }
                write(member.key, to: &out)
                out.append(UInt8(ascii: ":"))
                try write(member.value, to: &out, subject)
            }
            out.append(UInt8(ascii: "}"))
        }
    }
}
