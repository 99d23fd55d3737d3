// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TestSupport
import Testing
import TrustCore

@Suite("Digests of records at a glance")
struct RecordDigestsTests {
    private static let sha256 = Digest.of([1])
    private static let md5 = Digest.of([1], by: .md5)

    private static func digests(_ text: String) -> RecordDigests { RecordDigests(Array(text.utf8)[...]) }

    @Test("Both are found wherever they stand, and nothing that only looks like them")
    func found() {
        let both = RecordDigests(sha256: Self.sha256, md5: Self.md5)
        let (a, b) = (#""sha256":"\#(Self.sha256.hex)""#, #""md5":"\#(Self.md5.hex)""#)
        #expect(Self.digests("{\(a),\(b)}") == both)
        #expect(Self.digests("{ \"x\" : [1, {\"sha256\": 2}], \(b) ,\n \"y\":null, \(a) }") == both)
        #expect(Self.digests("{\(a)}") == RecordDigests(sha256: Self.sha256, md5: nil))
        #expect(
            Self.digests(#"{"x":{"sha256":"\#(Self.sha256.hex)"}}"#) == RecordDigests(sha256: nil, md5: nil)
        )
        #expect(Self.digests("{}") == RecordDigests(sha256: nil, md5: nil))
    }

    @Test("What is not in the right form is none, and what is unclear is nothing at all")
    func unclear() {
        let nothing = RecordDigests(sha256: nil, md5: nil)
        let (a, b) = (#""sha256":"\#(Self.sha256.hex)""#, #""md5":"\#(Self.md5.hex)""#)
        for text in [
            "", "[]", "{", "{\(a)", "{\(a),}", "{\(a) \(b)}", "{\(a),\(a)}", "{\(b),\(a),\(b)}",
            #"{\#(a),"sha25\u0036":"x"}"#, #"{"sha256":1}"#, #"{"sha256":null}"#, #"{"sha256":"ab"}"#,
            #"{"sha256":"\#(Self.md5.hex)"}"#, #"{"sha256":""}"#,
        ] {
            #expect(Self.digests(text) == nothing, "\(text)")
        }
    }

    @Test("They are what the record itself says")
    func sameAsRecord() throws {
        var builder = PackageBuilder(name: "a", version: "1", build: "0", subdir: "noarch")
        builder.add(file: "a", "b")
        let record = builder.record(of: [1])
        let whole = try PackageRecord(.object(record), fileName: "a-1-0.conda", subdir: nil)
        let found = RecordDigests(JSONWriter.encode(.object(record), .indented)[...])
        #expect(found == RecordDigests(sha256: whole.sha256, md5: whole.md5))
    }
}
