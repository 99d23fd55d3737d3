// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TestSupport
import Testing
import TrustCore

@testable import ContentTrust

@Suite("The signatures of an index")
struct IndexSignaturesTests {
    static let key = String(repeating: "ab", count: 32)
    static let other = String(repeating: "cd", count: 32)
    static let value = String(repeating: "01", count: 64)
    static let one = #"{"\#(key)":{"signature":"\#(value)"}}"#
    static let headers = "040016080006" + "0502" + "5fac507c"

    /// Opens the signatures of an index as those do that verify it: every one must be well-formed.
    static func table(_ text: String) throws -> SignatureTable {
        let index = try RepodataIndex(Array("{ \"signatures\":\(text)}".utf8))
        let table = try #require(try SignatureTable(index))
        try table.check { try RecordSignatures.check($1, of: $0) }
        // The index that stays in its file takes and refuses the same.
        let file = try RepodataFile(StoredBytes(index.text), window: 100) {
            try RecordSignatures.check($1, of: $0)
        }
        #expect(file.signatureCount == table.count)
        return table
    }

    static func signatures(_ name: String, _ table: SignatureTable) throws -> [TrustSignature] {
        try table.signatures(of: name.utf8).map { try RecordSignatures.read($0, of: name) } ?? []
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
        #expect(try Self.signatures("a-1-0.conda", table).isEmpty)
        #expect(try Self.signatures("b-1-0.conda", table).map(\.keyID) == [Self.key])
        #expect(try Self.signatures("b-1-0.conda", table)[0].value == Array(repeating: 1, count: 64))
        #expect(try Self.signatures("c-1-0.conda", table).map(\.keyID) == [Self.key, Self.other])
        #expect(try Self.signatures("d-1-0.conda", table)[0].headers != nil)
        #expect(try Self.signatures("e-1-0.conda", table).map(\.keyID) == ["A {\"}"])
        #expect(try Self.signatures("f-1-0.conda", table).isEmpty)
        #expect(try Self.signatures("", table).isEmpty)
    }

    @Test("No files, no signatures")
    func empty() throws {
        #expect(try Self.table("{ }").count == 0)
        #expect(try Self.signatures("a", Self.table("{ }")).isEmpty)
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
        ("{\"a\":\(one),\"a\":\(one)}", "repodata.duplicate-file"),
        ("{\"b\":\(one),\"a\":\(one),\"b\":{}}", "repodata.duplicate-file"),
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
        (#"{"\u0061":{}}"#, "repodata.file-name"),
        (#"{"é":{}}"#, "repodata.file-name"),
        ("{\"\(String(repeating: "a", count: 256))\":{}}", "repodata.file-name"),
        ("{\"a\":\(one),}", "json.syntax"),
        ("{\"a\":\(one)", "json.syntax"),
        ("{\"a\":{", "json.syntax"),
        ("{\"a\":", "json.syntax"),
        ("{\"a\"", "json.syntax"),
        ("{\"a", "json.syntax"),
        ("{a:{}}", "json.syntax"),
        ("{\"a\":\(one)} {}", "json.syntax"),
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
