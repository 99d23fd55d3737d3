// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@testable import ContentTrust

@Suite("The signatures of an index")
struct RecordSignatureTableTests {
    static let key = String(repeating: "ab", count: 32)
    static let other = String(repeating: "cd", count: 32)
    static let value = String(repeating: "01", count: 64)
    static let one = #"{"\#(key)":{"signature":"\#(value)"}}"#
    static let headers = "040016080006" + "0502" + "5fac507c"

    static func table(_ text: String) throws -> RecordSignatureTable {
        // Not at the beginning of its array, as in an index.
        let bytes = Array(("..." + text + "...").utf8)
        return try RecordSignatureTable(bytes.dropFirst(3).dropLast(3), of: "index")
    }

    @Test("Each file's signatures are found by its name, in any order and shape")
    func finds() throws {
        let table = try Self.table(
            " {\"b-1-0.conda\" : \(Self.one), \"a-1-0.conda\":{},\n\"c-1-0.conda\":"
                + #"{ "\#(Self.key)" : { "signature" : "\#(Self.value)" } , "\#(Self.other)":{"signature":"\#(Self.value)"}},"#
                + #""d-1-0.conda":{"\#(Self.key)":{"other_headers":"\#(Self.headers)","signature":"\#(Self.value)"}},"#
                + #""e-1-0.conda":{"\u0041 {\"}":{"signature":"\#(Self.value)"}} } "#
        )
        #expect(table.count == 5)
        #expect(Array(table.fileNames) == ["a", "b", "c", "d", "e"].map { "\($0)-1-0.conda" })
        #expect(try table["a-1-0.conda"].isEmpty)
        #expect(try table["b-1-0.conda"].map(\.keyID) == [Self.key])
        #expect(try table["b-1-0.conda"][0].value == Array(repeating: 1, count: 64))
        #expect(try table["c-1-0.conda"].map(\.keyID) == [Self.key, Self.other])
        #expect(try table["d-1-0.conda"][0].headers != nil)
        #expect(try table["e-1-0.conda"].map(\.keyID) == ["A {\"}"])
        #expect(try table["f-1-0.conda"].isEmpty)
        #expect(try table[""].isEmpty)
    }

    @Test("No files, no signatures")
    func empty() throws {
        #expect(try Self.table("{ }").count == 0)
        #expect(try Self.table("{ }")["a"].isEmpty)
    }

    @Test("What is written is read again, raw and wrapped")
    func written() throws {
        let raw = TrustSignature(keyID: Self.key, value: (0..<64).map { $0 &* 5 })
        let other = TrustSignature(keyID: Self.other, value: Array(repeating: 0xF0, count: 64))
        let headers = OpenPGPHeaders(createdAt: TrustScene.now)
        let wrapped = TrustSignature(keyID: Self.other, value: other.value, headers: headers)
        for signatures in [[], [raw], [raw, other], [raw, wrapped]] {
            var text: [UInt8] = []
            RecordSignatures.write(signatures, to: &text)
            #expect(try RecordSignatures.read(text, of: "a") == signatures)
        }
    }

    static let bad: [(text: String, code: String)] = [
        ("{\"a\":\(one),\"a\":\(one)}", "json.duplicate-key"),
        ("{\"b\":\(one),\"a\":\(one),\"b\":{}}", "json.duplicate-key"),
        (
            #"{"a":{"\#(key)":{"signature":"\#(value)"},"\#(key)":{"signature":"\#(value)"}}}"#,
            "json.duplicate-key"
        ),
        (#"{"a":{"k":{"signature":"\#(value)","signature":"\#(value)"}}}"#, "json.duplicate-key"),
        (
            #"{"a":{"\#(key)":{"signature":"\#(value.uppercased().replacing("0", with: "A"))"}}}"#,
            "content-trust.signature-format"
        ),
        (#"{"a":{"\#(key)":{"signature":"00"}}}"#, "content-trust.signature-format"),
        (#"{"a":{"\#(key)":{"signature":"\#(value)","extra":1}}}"#, "content-trust.signature-format"),
        (
            #"{"a":{"\#(key)":{"other_headers":"00","signature":"\#(value)"}}}"#,
            "content-trust.openpgp-headers"
        ),
        (#"{"a":{"\#(key)":"\#(value)"}}"#, "json.shape"),
        (#"{"a":[]}"#, "json.shape"),
        ("[]", "json.shape"),
        (#"{"\u0061":{}}"#, "content-trust.signature-format"),
        (#"{"é":{}}"#, "content-trust.signature-format"),
        ("{\"\(String(repeating: "a", count: 256))\":{}}", "content-trust.signature-format"),
        ("{\"a\":\(one),}", "json.syntax"),
        ("{\"a\":\(one)", "json.syntax"),
        ("{\"a\":{", "json.syntax"),
        ("{\"a\":", "json.syntax"),
        ("{\"a\"", "json.syntax"),
        ("{\"a", "json.syntax"),
        ("{a:{}}", "json.syntax"),
        ("{\"a\":\(one)} {}", "json.trailing-data"),
        ("{\"a\":{\"k\":{\"see_also\":\"\(String(repeating: "a", count: 1 << 20))\"}}}", "limit.too-large"),
    ]

    @Test("Each fault has its code", arguments: bad.indices)
    func refuses(_ at: Int) {
        #expect(refusalCode { try Self.table(Self.bad[at].text) } == Self.bad[at].code)
    }

    @Test("The quick way and the strict reader agree on texts that were changed by a byte", arguments: 0..<4)
    func property(_ seed: Int) throws {
        var random = Numbers(state: UInt64(seed))
        let two =
            #"{ "\#(Self.key)": {"signature":"\#(Self.value)"},"\#(Self.other)":{"signature":"\#(Self.value)"}}"#
        for _ in 0..<500 {
            var text = Array(two.utf8)
            let marks = Array("\"\\{}:, aA0".utf8)
            text[random.next(text.count)] = marks[random.next(marks.count)]
            var plain = PlainSignatures(text[...], from: 0)
            guard let end = plain.end() else { continue }
            let fields = try JSONFields(JSONReader.read(Array(text[..<end]), of: "text"), of: "text")
            #expect(try [TrustSignature](fields) == plain.signatures)
        }
    }
}
