// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import TrustCore

/// A JSON text that differs from another one in one place.
struct JSONMutation: Sendable, CustomStringConvertible {
    /// Where, such as `.signed.roles.root`; empty for the whole text.
    let place: String
    /// What was done there.
    let change: String
    let text: [UInt8]

    var description: String { "\(place): \(change)" }

    private enum Step {
        case key(String)
        case index(Int)
    }

    /// What every value is replaced by, unless it is that already.
    private static let strangers: [JSONValue] = [
        .null, true, 0, -1, 2, .number(JSONNumber(.max)), "", "x", "2000-01-01T00:00:00Z", [], [[]], [:],
    ]

    /// The change that adds a member which no specification names.
    static let unknownMember = "a member more"

    /// Every member and element deleted, doubled, replaced by values of all types, and changed a little.
    static func all(of value: JSONValue) -> [JSONMutation] { mutations(of: value, in: value, at: []) }

    private static func mutations(of value: JSONValue, in whole: JSONValue, at path: [Step]) -> [JSONMutation]
    {
        let place = path.map { step in
            switch step {
            case .key(let key): ".\(key)"
            case .index(let index): "[\(index)]"
            }
        }.joined()
        var made: [JSONMutation] = []
        func add(_ what: String, _ replacement: JSONValue?) {
            guard replacement != value, let changed = replacing(in: whole, path[...], by: replacement) else {
                return
            }
            made.append(JSONMutation(place: place, change: what, text: JSONWriter.encode(changed)))
        }
        for stranger in strangers { add("\(stranger)", stranger) }
        for (what, changed) in smallChanges(of: value) { add(what, changed) }
        if !path.isEmpty { add("deleted", nil) }
        if case .key(let key)? = path.last, let doubled = doubling(key, value, in: whole, path) {
            made.append(JSONMutation(place: place, change: "twice", text: doubled))
        }
        for (step, child) in children(of: value) {
            made += mutations(of: child, in: whole, at: path + [step])
        }
        return made
    }

    private static func children(of value: JSONValue) -> [(Step, JSONValue)] {
        switch value {
        case .object(let object): object.members.map { (.key($0.key), $0.value) }
        case .array(let elements): elements.enumerated().map { (.index($0.offset), $0.element) }
        default: []
        }
    }

    private static func smallChanges(of value: JSONValue) -> [(String, JSONValue)] {
        switch value {
        case .bool(let flag): return [("flipped", .bool(!flag))]
        case .number: return [("one more", .number(JSONNumber((value.integer ?? 0) + 1)))]
        case .string(let text):
            var first = Array(text.utf8)
            guard !first.isEmpty else { return [] }
            var last = first
            first[0] ^= 1
            last[last.count - 1] ^= 1
            return [
                ("first byte", first), ("last byte", last),
                ("one byte more", text.utf8 + [UInt8(ascii: "a")]),
            ]
            .map { ($0, .string(String(decoding: $1, as: UTF8.self))) }
        case .array(let elements):
            return [
                ("reversed", .array(elements.reversed())), ("all twice", .array(elements + elements)),
                ("first twice", .array(elements.prefix(1) + elements)),
            ]
        case .object(var object):
            object["x-unknown"] = ["a": 1]
            return [(unknownMember, .object(object))]
        case .null: return []
        }
    }

    private static func replacing(
        in value: JSONValue,
        _ path: ArraySlice<Step>,
        by replacement: JSONValue?
    ) -> JSONValue? {
        switch (path.first, value) {
        case (nil, _): return replacement
        case (.key(let key), .object(var object)):
            object[key] = object[key].flatMap { replacing(in: $0, path.dropFirst(), by: replacement) }
            return .object(object)
        case (.index(let index), .array(var elements)):
            let changed = replacing(in: elements[index], path.dropFirst(), by: replacement)
            elements.replaceSubrange(index...index, with: changed.map { [$0] } ?? [])
            return .array(elements)
        default: return nil
        }
    }

    /// The text with one member in it twice, which no `JSONObject` can hold.
    private static func doubling(_ key: String, _ value: JSONValue, in whole: JSONValue, _ path: [Step])
        -> [UInt8]?
    {
        let mark = "here-comes-a-member-twice"
        guard let marked = replacing(in: whole, path[...], by: .string(mark)) else { return nil }
        let (name, content) = (JSONWriter.encode(.string(key)), JSONWriter.encode(value))
        let twice = String(
            decoding: content + [UInt8(ascii: ",")] + name + [UInt8(ascii: ":")] + content,
            as: UTF8.self
        )
        return Array(
            String(decoding: JSONWriter.encode(marked), as: UTF8.self)
                .replacingOccurrences(of: "\"\(mark)\"", with: twice).utf8
        )
    }
}
