// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// As much of JSON Schema (2020-12) as our schemas use. A keyword that it does not know fails every document,
/// so that nothing in a schema goes untested.
struct JSONSchema {
    let root: JSONObject

    /// What a value violates; empty if it is valid.
    func violations(_ value: JSONValue) -> [String] { violations(value, .object(root), "") }

    private func violations(_ value: JSONValue, _ schema: JSONValue, _ place: String) -> [String] {
        if let isValid = schema.bool { return isValid ? [] : ["\(place): not allowed"] }
        guard let schema = schema.object else { return ["\(place): no schema"] }
        return schema.members.flatMap { keyword in
            check(value, keyword.key, keyword.value, schema, place).map { "\(place): \($0)" }
        }
    }

    private func check(
        _ value: JSONValue,
        _ keyword: String,
        _ argument: JSONValue,
        _ schema: JSONObject,
        _ place: String
    ) -> [String] {
        func demand(_ holds: Bool) -> [String] { holds ? [] : [keyword] }
        func inner(_ schema: JSONValue) -> [String] { violations(value, schema, place) }
        switch keyword {
        case "$schema", "$defs", "title", "description": return []
        case "$ref":
            let name = String((argument.string ?? "").dropFirst("#/$defs/".count))
            return inner(root["$defs"]?.object?[name] ?? .bool(false))
        case "type":
            let types = argument.array?.compactMap(\.string) ?? [argument.string ?? ""]
            return demand(types.contains(Self.type(of: value)))
        case "const": return demand(value == argument)
        case "enum": return demand(argument.array?.contains(value) == true)
        case "pattern":
            guard let text = value.string else { return [] }
            guard let regex = try? Regex(argument.string ?? "(") else { return ["bad pattern"] }
            return demand(text.firstMatch(of: regex) != nil)
        case "minimum": return demand(value.integer.map { $0 >= argument.integer ?? .max } ?? true)
        case "maximum": return demand(value.integer.map { $0 <= argument.integer ?? .min } ?? true)
        case "maxLength": return demand(value.string.map { $0.count <= argument.integer ?? 0 } ?? true)
        case "minItems": return demand(value.array.map { $0.count >= argument.integer ?? .max } ?? true)
        case "maxItems": return demand(value.array.map { $0.count <= argument.integer ?? 0 } ?? true)
        case "minProperties": return demand(value.object.map { $0.count >= argument.integer ?? .max } ?? true)
        case "items":
            return (value.array ?? []).enumerated().flatMap { violations($1, argument, "\(place)[\($0)]") }
        case "required":
            guard let object = value.object else { return [] }
            return demand((argument.array ?? []).allSatisfy { object[$0.string ?? ""] != nil })
        case "not": return demand(!inner(argument).isEmpty)
        case "anyOf": return demand(argument.array?.contains { inner($0).isEmpty } == true)
        case "oneOf": return demand(argument.array?.count { inner($0).isEmpty } == 1)
        case "properties":
            return (argument.object?.members ?? []).flatMap { property in
                value.object?[property.key].map { violations($0, property.value, "\(place)/\(property.key)") }
                    ?? []
            }
        case "propertyNames":
            return (value.object?.keys ?? []).flatMap { violations(.string($0), argument, "\(place)/\($0)") }
        case "additionalProperties":
            let known = schema["properties"]?.object
            return (value.object?.members ?? []).filter { known?[$0.key] == nil }.flatMap {
                violations($0.value, argument, "\(place)/\($0.key)")
            }
        default: return ["keyword \(keyword), which is not known here"]
        }
    }

    private static func type(of value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .bool: "boolean"
        case .number: value.integer == nil ? "number" : "integer"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}
