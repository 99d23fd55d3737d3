// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@testable import ContentTrust

@Suite("The signed form straight from text")
struct CanonicalTextTests {
    static let good: [String: String] = [
        "{}": "{}",
        " [ ] ": "[]",
        "null": "null",
        "[true,false,null]": "[\n  true,\n  false,\n  null\n]",
        #"{"b":1,"a":{"d":[],"c":{}}}"#:
            "{\n  \"a\": {\n    \"c\": {},\n    \"d\": []\n  },\n  \"b\": 1\n}",
        // In order of code points, in which U+FFFF comes before U+10000, decoded: `\u0062` is `b`.
        #"{"𐀀":1,"￿":2,"\u0062":3,"a":4,"":5}"#:
            "{\n  \"\": 5,\n  \"a\": 4,\n  \"b\": 3,\n  \"\\uffff\": 2,\n  \"\\ud800\\udc00\": 1\n}",
        // Equal for people and for Swift, and yet two keys.
        "{\"\u{E9}\":1,\"e\u{301}\":2}": "{\n  \"e\\u0301\": 2,\n  \"\\u00e9\": 1\n}",
        #""\/\u002F\"\\\b\f\n\r\t\u0000\u001F\u007f é\ud83d\uDE00""#:
            #""//\"\\\b\f\n\r\t\u0000\u001f\u007f \u00e9\ud83d\ude00""#,
        "\"\u{7F}\"": #""\u007f""#,
        "[0,-0,-0.0,1.10,1e22,1E5,-12,123456789012345678901234567890]":
            "[\n  0,\n  0,\n  -0.0,\n  1.1,\n  1e+22,\n  100000.0,\n  -12,\n  123456789012345678901234567890\n]",
        "1e-400": "0.0",
    ]

    @Test("It is Python's, and the same as by way of values", arguments: good.keys.sorted())
    func agrees(_ text: String) throws {
        let bytes = Array(text.utf8)
        let written = try PythonJSON.canonical(of: bytes[...], subject: "text")
        #expect(String(decoding: written, as: UTF8.self) == Self.good[text])
        #expect(try PythonJSON.encode(JSONReader.read(bytes, of: "text"), of: "text") == written)
        #expect(try PythonJSON.canonical(of: written[...], subject: "text") == written)
    }

    static let bad: [(text: [UInt8], code: String)] = [
        (Array(#"{"a":1,"a":2}"#.utf8), "json.duplicate-key"),
        (Array(#"{"b":1,"a":2,"\u0062":2}"#.utf8), "json.duplicate-key"),
        (Array(#"[{"a":{"c":1,"b":[{"x":0,"x":0}]}}]"#.utf8), "json.duplicate-key"),
        (Array(#""\ud800""#.utf8), "json.encoding"),
        (Array(#""\udc00\ud800""#.utf8), "json.encoding"),
        (Array(#""\ud800\u0041""#.utf8), "json.encoding"),
        ([0x22, 0xFF, 0x22], "json.encoding"),
        ([0x22, 0xC0, 0x80, 0x22], "json.encoding"),
        ([0x22, 0xED, 0xA0, 0x80, 0x22], "json.encoding"),
        ([0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], "json.encoding"),
        ([0x22, 0xE2, 0x82, 0x22], "json.encoding"),
        ([0xEF, 0xBB, 0xBF, 0x31], "json.syntax"),
        (Array("NaN".utf8), "json.syntax"),
        (Array("[Infinity]".utf8), "json.syntax"),
        (Array("-Infinity".utf8), "json.syntax"),
        (Array("1e400".utf8), "content-trust.number"),
        (Array("01".utf8), "json.trailing-data"),
        (Array("1.".utf8), "json.syntax"),
        (Array("+1".utf8), "json.syntax"),
        (Array(repeating: 0x31, count: 65), "json.number"),
        (Array("{} {}".utf8), "json.trailing-data"),
        (Array("[1,]".utf8), "json.syntax"),
        (Array("{\"a\":1,}".utf8), "json.syntax"),
        (Array("\"\n\"".utf8), "json.syntax"),
        (Array("\"a".utf8), "json.syntax"),
        (Array("\"\\".utf8), "json.syntax"),
        (Array("\"\\u00".utf8), "json.syntax"),
        (Array("\"\\x\"".utf8), "json.syntax"),
        (Array("".utf8), "json.syntax"),
        (Array(repeating: UInt8(ascii: "["), count: 65), "json.too-deep"),
        (Array(repeating: 0x20, count: (1 << 20) + 1), "limit.too-large"),
    ]

    @Test("What the reader refuses it refuses too", arguments: bad.indices)
    func refuses(_ at: Int) {
        let (text, code) = Self.bad[at]
        var buffer: [UInt8] = [1, 2, 3]
        let found = refusalCode {
            try PythonJSON.appendCanonical(of: text[...], subject: "text", to: &buffer)
        }
        #expect(found == code)
        #expect(buffer == [1, 2, 3])
        let limits = PythonJSON.recordLimits
        #expect(
            refusalCode {
                try PythonJSON.encode(JSONReader.read(text, of: "text", limits: limits), of: "text")
            } == code
        )
    }

    @Test("Too many values are refused")
    func values() {
        let text = Array("[1,2,3]".utf8)[...]
        let limits = JSONLimits(bytes: 100, depth: 4, values: 3)
        #expect(
            refusalCode { try PythonJSON.canonical(of: text, subject: "text", limits: limits) }
                == "limit.too-large"
        )
    }

    @Test("A record of many or deep values is refused, before its indentation is a multiple of it")
    func recordLimits() throws {
        let values = { (count: Int) in Array(("[" + String(repeating: "0,", count: count - 2) + "0]").utf8) }
        let deep = { (depth: Int) in
            Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
        }
        for (text, code) in [(values(50_000), nil), (values(50_001), "limit.too-large"), (deep(16), nil)] {
            #expect(refusalCode { try PythonJSON.canonical(of: text[...], subject: "record") } == code)
        }
        #expect(
            refusalCode { try PythonJSON.canonical(of: deep(17)[...], subject: "record") } == "json.too-deep"
        )
    }

    @Test("Any text is refused by both ways or written the same by both", arguments: 0..<8)
    func property(_ seed: Int) throws {
        var random = Numbers(state: UInt64(seed))
        let pieces = [
            "{", "}", "[", "]", ",", ":", "\"", "\"a\"", "\"b\":", "{\"c\":1,\"a\":", "\\u", "d83d",
            "\\ude00", "1", "-",
            ".5", "e", "+3", "0", "true", "null", " ", "\n", "é", "\u{1F40D}", "\u{7F}", "{}", "[]",
            "\"\\n\"",
        ].map { Array($0.utf8) }
        var accepted = 0
        for _ in 0..<4000 {
            var text: [UInt8] = []
            for _ in 0..<random.next(12) { text += pieces[random.next(pieces.count)] }
            if random.next(8) == 0, !text.isEmpty { text[random.next(text.count)] = UInt8(random.next(256)) }
            let direct = try? PythonJSON.canonical(of: text[...], subject: "text")
            let byValue = try? PythonJSON.encode(JSONReader.read(text, of: "text"), of: "text")
            #expect(direct == byValue, "\(text)")
            accepted += direct == nil ? 0 : 1
        }
        #expect(accepted > 20)
    }
}

/// Numbers that are the same in each run (Vigna's SplitMix64).
struct Numbers {
    var state: UInt64

    mutating func next(_ bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((z ^ (z >> 31)) % UInt64(bound))
    }
}
