// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TestSupport
import Testing
import TrustCore

@Suite("Where the signatures of records are")
struct SignatureTableTests {
    private static func table(_ index: String) throws -> SignatureTable? {
        try SignatureTable(RepodataIndex(Array(index.utf8)))
    }

    private static func found(_ name: String, in index: String) throws -> String? {
        let text = try table(index)?.signatures(of: name.utf8)
        return text.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test("The very bytes are found by the file name, of either format, wherever they stand")
    func finds() throws {
        let index = #"{"signatures": {"b-1-0.conda": {"k" : {}} , "a-1-0.tar.bz2":{}}, "packages": {}}"#
        #expect(try Self.found("b-1-0.conda", in: index) == #"{"k" : {}}"#)
        #expect(try Self.found("a-1-0.tar.bz2", in: index) == "{}")
        #expect(try Self.found("a-1-0.conda", in: index) == nil)
        #expect(try Self.found("b-1-1.conda", in: index) == nil)
    }

    @Test("An index without signatures has no table, and one with none has an empty one")
    func none() throws {
        #expect(try Self.table("{}") == nil)
        #expect(try Self.table(#"{"signatures":{}}"#) != nil)
        #expect(try Self.found("a-1-0.conda", in: #"{"signatures":{}}"#) == nil)
    }

    @Test(
        "What two readers could read differently is refused",
        arguments: [
            (#"{"a-1-0.conda":{},"a-1-0.conda":{}}"#, "repodata.duplicate-file"),
            (#"{"a-1-0.tar.bz2":{},"a-1-0.tar.bz2":{}}"#, "repodata.duplicate-file"),
            (#"{"\u0061-1-0.conda":{}}"#, "repodata.file-name"), ("[]", "json.shape"),
            (#"{"a-1-0.conda":[]}"#, "json.shape"), ("null", "json.shape"), ("7", "json.shape"),
        ]
    )
    func refuses(signatures: String, code: String) {
        #expect(refusalCode { try Self.table(#"{"signatures":\#(signatures)}"#) } == code)
    }
}
