// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import Soak
import Testing

@Suite("Checkers of tokens, secrets, storage and memory can fail")
struct OtherChecksTests {
    private typealias History = BadHistory

    @Test("P7: a token that makes two keys, or none although it was exchanged, is found")
    func tokens() {
        func findings(_ fates: [Fate], used: Bool, keys: Int) -> Int {
            TokenChecks.countOnce(
                fates.map { MintAttempt(token: "t", span: Span(1, 2), fate: $0) },
                used: used ? ["t"] : [],
                keys: ["t": keys]
            ).count
        }
        #expect(findings([.answered(200), .answered(422)], used: true, keys: 1) == 0)
        #expect(findings([.silent, .answered(422)], used: true, keys: 1) == 0)
        #expect(findings([.silent], used: false, keys: 0) == 0)
        #expect(findings([.answered(200), .answered(200)], used: true, keys: 1) == 1)
        #expect(findings([.silent, .answered(200)], used: true, keys: 2) == 1)
        #expect(findings([.answered(200)], used: true, keys: 0) == 2)
        #expect(findings([.silent], used: true, keys: 0) == 1)
        #expect(findings([.silent], used: false, keys: 1) == 1)
    }

    @Test("P10: a secret is found wherever it stands, and what only begins like it is not")
    func secrets() {
        let secret = "ks-" + String(repeating: "ab", count: 32)
        var search = SecretSearch()
        search.add(secret, "a key")
        func findings(_ text: String) -> Int { search.findings(in: Data(text.utf8), of: "the log").count }
        #expect(findings("GET /t/\(secret)/main HTTP/1.1") == 1)
        #expect(findings(secret) == 1)
        #expect(findings("\(secret.dropLast())c ks-ks-\(secret)") == 1)
        #expect(findings("/t/[token]/main \(secret.dropLast())") == 0)
        #expect(findings("") == 0)
        let found = search.findings(in: Data(secret.utf8), of: "the log")
        #expect(found.allSatisfy { !$0.description.contains(secret) })
    }

    @Test("What was left, what nobody accepted, and what is missing in a folder are found")
    func storage() {
        let expected = History.expected()
        var good = StoredFiles()
        good.blobs = [History.x]
        good.referred = [History.x]
        good.rows = [History.one: History.x]
        #expect(StorageChecks.nothingElse(good, expected).isEmpty)
        let changes: [(Promise, (inout StoredFiles) -> Void)] = [
            (.nothingElseStored, { $0.blobs.insert(History.y) }), (.nothingElseStored, { $0.staged = ["a"] }),
            (.nothingElseStored, { $0.altered = [History.x] }),
            (.nothingElseStored, { $0.rows[History.other] = History.y }),
            (.nothingElseStored, { $0.rows[History.one] = History.y }),
            (.indexedFilesAreThere, { $0.blobs = [] }), (.uploadsSurvive, { $0.rows = [:] }),
        ]
        for (promise, change) in changes {
            var bad = good
            change(&bad)
            #expect(StorageChecks.nothingElse(bad, expected).map(\.promise) == [promise])
        }
    }

    @Test("Memory above the bound is found; so is a hostile request that succeeds, or makes the server fail")
    func bearing() {
        #expect(StorageChecks.memory([1, 2, 3], bound: 3).isEmpty)
        #expect(StorageChecks.memory([1, 4, 3], bound: 3).count == 1)
        for (fate, isFound) in [
            (Fate.answered(400), false), (.answered(404), false), (.silent, false), (.answered(201), true),
            (.answered(200), true), (.answered(500), true),
        ] {
            #expect((StorageChecks.refused("a request", fate) != nil) == isFound)
        }
    }
}
