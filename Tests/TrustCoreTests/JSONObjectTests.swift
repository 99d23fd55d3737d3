// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@Suite("JSON objects and their fields")
struct JSONObjectTests {
    private func object(_ count: Int) -> JSONObject {
        var object = JSONObject()
        for at in 0..<count { object["k\(at)"] = .number(JSONNumber(Int64(at))) }
        return object
    }

    @Test(
        "Members are found and keep their order, in small and in indexed objects",
        arguments: 0...30
    )
    func lookup(_ count: Int) {
        let object = object(count)
        #expect(object.count == count)
        #expect(object.keys == (0..<count).map { "k\($0)" })
        for at in 0..<count { #expect(object["k\(at)"]?.integer == Int64(at)) }
        #expect(object["k\(count)"] == nil)
    }

    @Test("Removing one member leaves all others findable", arguments: [1, 5, 11, 12, 13, 14, 30])
    func removal(_ count: Int) {
        for removed in 0..<count {
            var object = object(count)
            object["k\(removed)"] = nil
            #expect(object.count == count - 1)
            for at in 0..<count { #expect(object["k\(at)"]?.integer == (at == removed ? nil : Int64(at))) }
            object["k\(removed)"] = true
            #expect(object["k\(removed)"] == true)
            #expect(object.keys.last == "k\(removed)")
            #expect(object.count == count)
        }
    }

    @Test("Setting a key again changes its value in place", arguments: [3, 12, 20])
    func update(_ count: Int) {
        var object = object(count)
        object["k1"] = "new"
        #expect(object.keys == (0..<count).map { "k\($0)" })
        #expect(object["k1"] == "new")
    }

    @Test("Inserting a key that is there changes nothing", arguments: [3, 12, 20])
    func insertion(_ count: Int) {
        var object = object(count)
        let (again, first) = (object.insert("k1", "new"), object.insert("other", "new"))
        #expect(!again && first)
        #expect(object["k1"] == 1)
        #expect(object["other"] == "new")
    }

    @Test("Keys that Unicode calls equivalent are two keys in large objects too")
    func equivalentKeys() {
        var object = object(20)
        object["\u{E9}"] = 1
        object["e\u{301}"] = 2
        #expect(object["\u{E9}"] == 1)
        #expect(object["e\u{301}"] == 2)
        #expect(object.count == 22)
    }

    @Test("Objects are equal if the same keys have the same values in any order", arguments: [2, 12, 20])
    func equality(_ count: Int) {
        var reversed = JSONObject()
        for at in (0..<count).reversed() { reversed["k\(at)"] = .number(JSONNumber(Int64(at))) }
        #expect(object(count) == reversed)
        reversed["k0"] = "other"
        #expect(object(count) != reversed)
        #expect(object(count) != object(count + 1))
    }

    @Test("Equal texts have equal bytes")
    func stringEquality() {
        #expect(JSONValue.string("\u{E9}") != JSONValue.string("e\u{301}"))
        #expect(JSONValue.string("a") != JSONValue.null)
    }

    private static let value: JSONValue = [
        "text": "a", "number": 1, "flag": true, "list": ["a", "b"], "mixed": ["a", 1], "object": ["a": 1],
        "nothing": .null,
    ]
    private static let fields = JSONFields(value.object ?? JSONObject(), of: "test")

    @Test("Fields of the right type are read")
    func readFields() throws {
        let fields = Self.fields
        #expect(try fields.string("text") == "a")
        #expect(try fields.integer("number") == 1)
        #expect(try fields.bool("flag"))
        #expect(try fields.strings("list") == ["a", "b"])
        #expect(try fields.array("mixed").count == 2)
        #expect(try fields.fields("object").integer("a") == 1)
        #expect(try fields.optionalString("nothing") == nil)
        #expect(try fields.optionalInteger("missing") == nil)
        #expect(try fields.optionalBool("flag") == true)
        #expect(try fields.optionalStrings("list") == ["a", "b"])
        #expect(try fields.optionalFields("missing") == nil)
    }

    @Test("Fields that are missing, null or of another type are refused, and the refusal names the field")
    func wrongFields() {
        let fields = Self.fields
        let wrong: [(String, () throws -> Void)] = [
            ("missing", { _ = try fields.string("missing") }),
            ("nothing", { _ = try fields.string("nothing") }),
            ("number", { _ = try fields.string("number") }), ("text", { _ = try fields.integer("text") }),
            ("number", { _ = try fields.bool("number") }), ("text", { _ = try fields.array("text") }),
            ("mixed", { _ = try fields.strings("mixed") }), ("list", { _ = try fields.fields("list") }),
            ("number", { _ = try fields.optionalString("number") }),
            ("text", { _ = try fields.optionalFields("text") }),
        ]
        for (field, body) in wrong {
            do {
                try body()
                Issue.record("`\(field)` was not refused")
            } catch {
                #expect((error as? Refusal)?.codeName == "json.shape")
                #expect((error as? Refusal)?.location == "field `\(field)`")
            }
        }
    }
}
