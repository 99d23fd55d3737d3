// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@Suite("The strict JSON reader")
struct JSONReaderTests {
    private func read(_ text: String) throws -> JSONValue {
        try JSONReader.read(Array(text.utf8), of: "test")
    }

    @Test(
        "Well-formed values are read as what they are",
        arguments: [
            ("null", .null), (" true\n", true), ("\t\rfalse ", false), ("0", 0), ("-1", -1),
            ("9223372036854775807", .number(JSONNumber(.max))), ("\"\"", ""), ("\"é😀\"", "é😀"), ("[]", []),
            ("{}", .object(JSONObject())), ("[ 1 , [ ] ]", [1, []]), (#"{ "a" : { } }"#, ["a": [:]]),
            (#"{"a":1,"b":[true,null]}"#, ["a": 1, "b": [true, .null]]),
            (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u0041\u00e9\u00E9""#, "Aéé"),
            (#""\ud83d\ude00""#, "😀"), (#""\uD800\uDC00\uDBFF\uDFFF""#, "\u{10000}\u{10FFFF}"),
            (#""\u0000""#, "\0"), ("\"\u{7F}\u{2028}\"", "\u{7F}\u{2028}"),
        ] as [(String, JSONValue)]
    )
    func accepted(_ text: String, _ expected: JSONValue) throws {
        #expect(try read(text) == expected)
    }

    @Test("Values are counted, those inside others too: two bytes can ask for a hundred of memory")
    func countsValues() throws {
        let text = Array("[{},[1]]".utf8)
        _ = try JSONReader.read(text, of: "test", limits: JSONLimits(values: 4))
        #expect(
            refusalCode { _ = try JSONReader.read(text, of: "test", limits: JSONLimits(values: 3)) }
                == "limit.too-large"
        )
    }

    @Test(
        "Numbers keep the text they were written in",
        arguments: ["0", "-0", "1.50", "1e3", "-1.5E-10", "1E+2", "123456789012345678901234567890"]
    )
    func numbers(_ text: String) throws {
        guard case .number(let number) = try read(text) else {
            Issue.record("not a number")
            return
        }
        #expect(number.token == text)
    }

    @Test("Only a whole number that fits is an integer")
    func integers() throws {
        #expect(try read("-9223372036854775808").integer == .min)
        #expect(try read("9223372036854775808").integer == nil)
        #expect(try read("1.0").integer == nil)
        #expect(try read("1e0").integer == nil)
    }

    @Test(
        "Text that is not JSON is refused",
        arguments: [
            "", " ", "x", "nul", "nulL", "True", "'a'", "{", "[", "{]", "[}", "[1", "[1,", "[1,]", "[,1]",
            "[1 2]",
            "{\"a\"}", "{\"a\":}", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{,}", "{a:1}", "{1:1}",
            "{\"a\" 1}",
            "\"", "\"a", "\"\\", "\"\\\"", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\u+123\"", "\"\n\"",
            "\"a\u{1}\"",
            "\"\\n\u{1F}\"", "+1", "-", "--1", ".5", "1.", "1.e1", "1e", "1e+", "1e-", "- 1", "[01]", "[-01]",
            "NaN", "Infinity", "-Infinity", "// a\n1", "/**/1", "[1;2]", "\u{FEFF}1", "\u{A0}1", "\u{B}1",
            "\u{C}1",
        ]
    )
    func syntax(_ text: String) {
        #expect(refusalCode { try read(text) } == "json.syntax")
    }

    @Test(
        "Bytes that are not UTF-8 are refused",
        arguments: [
            [0xFF], [0x80], [0xC3], [0xC0, 0x80], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80],
            [0xF4, 0x90, 0x80, 0x80],
            [0x5C, 0x6E, 0xFF],
        ] as [[UInt8]]
    )
    func encoding(_ bytes: [UInt8]) {
        #expect(refusalCode { try JSONReader.read([0x22] + bytes + [0x22], of: "test") } == "json.encoding")
        let key = Array("{\"".utf8) + bytes + Array("\":1}".utf8)
        #expect(refusalCode { try JSONReader.read(key, of: "test") } == "json.encoding")
    }

    @Test(
        "Half of a surrogate pair is refused",
        arguments: [
            #""\ud800""#, #""\udc00""#, #""\ud800x""#, #""\ud800\n""#, #""\ud800\u0041""#, #""\ud800\ud800""#,
            #""\udc00\ud800""#, #"{"\udfff":1}"#,
        ]
    )
    func surrogates(_ text: String) {
        #expect(refusalCode { try read(text) } == "json.encoding")
    }

    @Test(
        "A key that is there twice is refused, however it is written",
        arguments: [
            #"{"a":1,"a":1}"#, #"{"a":1,"b":2,"a":3}"#, #"{"a":1,"\u0061":2}"#, #"{"\u0061":1,"a":2}"#,
            #"{"":1,"":2}"#, #"{"/":1,"\/":2}"#, #"[{"x":{"a":1,"a":2}}]"#, #"{"😀":1,"\ud83d\ude00":2}"#,
        ]
    )
    func duplicates(_ text: String) {
        #expect(refusalCode { try read(text) } == "json.duplicate-key")
    }

    @Test("A key that is there twice among many is refused")
    func duplicateInLargeObject() {
        let members = (0..<100).map { "\"k\($0)\":\($0)" } + ["\"k7\":1"]
        #expect(refusalCode { try read("{\(members.joined(separator: ","))}") } == "json.duplicate-key")
    }

    @Test("Keys that Unicode calls equivalent are two keys")
    func equivalentKeys() throws {
        let object = try #require(try read(#"{"\u00e9":1,"e\u0301":2}"#).object)
        #expect(object["\u{E9}"] == 1)
        #expect(object["e\u{301}"] == 2)
    }

    @Test(
        "Anything after the value is refused",
        arguments: ["1 1", "{} {}", "[]]", "null\0", "1,", "01", "\"a\"b", "1\u{FEFF}", "truefalse", "0x1"]
    )
    func trailing(_ text: String) {
        #expect(refusalCode { try read(text) } == "json.trailing-data")
    }

    @Test("Nesting is allowed up to the limit and refused beyond it")
    func depth() throws {
        let limits = JSONLimits(depth: 3)
        _ = try JSONReader.read(Array(#"[{"a":[1]}]"#.utf8), of: "test", limits: limits)
        for text in [#"[{"a":[[]]}]"#, #"[[[[]]]]"#, #"{"a":{"a":{"a":{}}}}"#] {
            #expect(
                refusalCode { try JSONReader.read(Array(text.utf8), of: "test", limits: limits) }
                    == "json.too-deep"
            )
        }
    }

    @Test("A hundred thousand brackets are refused and do not exhaust the stack")
    func deepBomb() {
        #expect(refusalCode { try read(String(repeating: "[", count: 100_000)) } == "json.too-deep")
        #expect(refusalCode { try read(String(repeating: "{\"a\":", count: 100_000)) } == "json.too-deep")
    }

    @Test("A number may have 64 characters and no more")
    func longNumbers() throws {
        _ = try read(String(repeating: "1", count: 64))
        #expect(refusalCode { try read("1." + String(repeating: "0", count: 63)) } == "json.number")
    }

    @Test("A refusal says at which byte and what the text is")
    func messages() {
        do {
            _ = try JSONReader.read(Array("[1,x]".utf8), of: "root metadata")
            Issue.record("not refused")
        } catch {
            let refusal = error as? Refusal
            #expect(refusal?.subject == "root metadata")
            #expect(refusal?.location == "byte 3")
        }
    }
}
