// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@Suite("JSON in the canonical form of RFC 8785, and what DSSE signs")
struct JSONCanonicalizationTests {
    private static func encode(_ text: String) throws -> String {
        let value = try JSONReader.read(Array(text.utf8), of: "test")
        return String(decoding: try JSONCanonicalization.encode(value), as: UTF8.self)
    }

    @Test("Keys are in the order of UTF-16 code units, as in the example of section 3.2.3")
    func order() throws {
        let text = #"{"\u20ac":1,"\r":2,"\ufb33":3,"1":4,"\ud83d\ude00":5,"\u0080":6,"\u00f6":7}"#
        let expected =
            "{\"\\r\":2,\"1\":4,\"\u{80}\":6,\"\u{F6}\":7,\"\u{20AC}\":1,\"\u{1F600}\":5,\"\u{FB33}\":3}"
        #expect(try Self.encode(text) == expected)
    }

    @Test(
        "Strings are escaped only where they must be, and numbers are integers",
        arguments: [
            (
                #"" \u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/ ""#,
                "\" \u{20AC}$\\u000f\\nA'B\\\"\\\\\\\\\\\"/ \""
            ),
            (#""\b\t\n\f\r\u007f""#, "\"\\b\\t\\n\\f\\r\u{7F}\""),
            ("[ null , true , false ]", "[null,true,false]"),
            ("[9007199254740991,-9007199254740991,0,-0]", "[9007199254740991,-9007199254740991,0,0]"),
            ("{ }", "{}"), (#"{"b":[{}],"a":{"d":1,"c":2}}"#, #"{"a":{"c":2,"d":1},"b":[{}]}"#),
        ]
    )
    func forms(_ text: String, _ expected: String) throws {
        #expect(try Self.encode(text) == expected)
    }

    @Test(
        "Numbers that are not covered are refused",
        arguments: ["1.0", "1e2", "9007199254740992", "-9007199254740992"]
    )
    func numbers(_ text: String) {
        #expect(refusalCode { try Self.encode(text) } == "json.number")
    }

    @Test("A payload is bound to its type, each with its length in bytes")
    func envelope() {
        func encode(_ type: String, _ payload: String) -> String {
            let bytes = DSSE.preAuthenticationEncoding(payloadType: type, payload: Array(payload.utf8))
            return String(decoding: bytes, as: UTF8.self)
        }
        // The example of the specification.
        #expect(
            encode("http://example.com/HelloWorld", "hello world")
                == "DSSEv1 29 http://example.com/HelloWorld 11 hello world"
        )
        #expect(encode("", "") == "DSSEv1 0  0 ")
        #expect(encode("\u{E9}", "\u{1F40D}") == "DSSEv1 2 \u{E9} 4 \u{1F40D}")
        let raw = DSSE.preAuthenticationEncoding(payloadType: "a", payload: [0xFF, 0x00])
        #expect(raw == Array("DSSEv1 1 a 2 ".utf8) + [0xFF, 0x00])
    }
}
