// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@Suite("Canonical and ordinary JSON text")
struct CanonicalJSONTests {
    private func canonical(_ text: String) throws -> String {
        let value = try JSONReader.read(Array(text.utf8), of: "test")
        return String(decoding: try CanonicalJSON.encode(value), as: UTF8.self)
    }

    @Test(
        "The canonical form sorts keys, drops white space and escapes nothing but quotes and backslashes",
        arguments: [
            ("{ }", "{}"), ("[ ]", "[]"), ("[ 1 , 2 ]", "[1,2]"), ("null", "null"),
            ("[true,false]", "[true,false]"),
            (#"{"b":1,"a":2}"#, #"{"a":2,"b":1}"#), (#"{"a":1,"B":2,"A":3}"#, #"{"A":3,"B":2,"a":1}"#),
            (#"{"aa":1,"a":2,"":3}"#, #"{"":3,"a":2,"aa":1}"#), ("-0", "0"),
            ("9223372036854775807", "9223372036854775807"),
            (#""\u0041\/""#, #""A/""#), (#""\"\\""#, #""\"\\""#),
            (#""\n\t\u0000\u001f""#, "\"\n\t\0\u{1F}\""),
            (#""\u00e9\ud83d\ude00""#, "\"é😀\""), ("\"\u{7F}\"", "\"\u{7F}\""),
        ]
    )
    func vectors(_ text: String, _ expected: String) throws {
        #expect(ByteKey(try canonical(text)) == ByteKey(expected))
    }

    @Test("Keys are sorted by code point, not by UTF-16 unit")
    func codePointOrder() throws {
        // U+FB33 comes before U+1F600, though the latter's first UTF-16 unit (D83D) is smaller.
        #expect(
            try canonical("{\"😀\":1,\"\u{FB33}\":2,\"é\":3,\"z\":4}")
                == "{\"z\":4,\"é\":3,\"\u{FB33}\":2,\"😀\":1}"
        )
    }

    @Test("Text is kept as it is, without Unicode normalisation")
    func noNormalisation() throws {
        let text = "\"e\u{301}\u{E9}\""
        #expect(Array(try canonical(text).utf8) == Array(text.utf8))
    }

    @Test(
        "A number that is no 64-bit integer has no canonical form",
        arguments: ["1.0", "1e3", "9223372036854775808"]
    )
    func numbers(_ text: String) {
        #expect(refusalCode { try canonical(text) } == "json.number")
        #expect(refusalCode { try canonical("{\"a\":[\(text)]}") } == "json.number")
    }

    @Test("Encoding twice gives the same bytes, and the order of members does not count")
    func stable() throws {
        let one = try canonical(#"{"x":{"b":[1,{"d":1,"c":2}],"a":"\\"},"y":null}"#)
        let other = try canonical(#"{"y":null,"x":{"a":"\\","b":[1,{"c":2,"d":1}]}}"#)
        #expect(one == other)
        #expect(try canonical(one) == one)
    }

    @Test("Ordinary text keeps order and numbers, and escapes what JSON demands")
    func ordinary() throws {
        let text = #"{"b":1.50,"a":["\"\\\n\r\t\u0001é",[],{}]}"#
        let value = try JSONReader.read(Array(text.utf8), of: "test")
        #expect(String(decoding: JSONWriter.encode(value), as: UTF8.self) == text)
    }

    @Test("Indented text is laid out as conda writes it, and reads back")
    func indented() throws {
        let value: JSONValue = ["a": [1, 2], "b": [:], "c": []]
        let text = String(decoding: JSONWriter.encode(value, .indented), as: UTF8.self)
        #expect(text == "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {},\n  \"c\": []\n}")
        #expect(try JSONReader.read(Array(text.utf8), of: "test") == value)
    }
}
