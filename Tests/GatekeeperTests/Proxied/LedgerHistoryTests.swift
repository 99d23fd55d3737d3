// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@testable import Gatekeeper

@Suite("What the ledger says of a file's hash")
struct LedgerHistoryTests {
    private static let (a, b) = (Digest.of([1]), Digest.of([2]))
    private static let (m, n) = (Digest.of([1], by: .md5), Digest.of([2], by: .md5))

    private static func seen(_ kind: LedgerSighting.Kind, _ digest: Digest, _ time: Int64) -> LedgerSighting {
        LedgerSighting(kind, digest, at: Timestamp(seconds: time), isBaseline: time == 0)
    }

    @Test("What was seen first counts, and nothing that was seen later")
    func table() {
        let cases: [(seen: [LedgerSighting], record: RecordDigestPair, previous: Digest?, since: Int64)] = [
            ([Self.seen(.sha256, Self.a, 0)], (Self.a, nil), nil, 0),
            ([Self.seen(.sha256, Self.a, 0), Self.seen(.sha256, Self.b, 1)], (Self.b, nil), Self.a, 1),
            ([Self.seen(.sha256, Self.a, 0), Self.seen(.sha256, Self.b, 1)], (Self.a, nil), nil, 0),
            // The MD5 beside a SHA-256 proves nothing, and its loss is none.
            ([Self.seen(.sha256, Self.a, 0)], (Self.a, Self.n), nil, 0),
            ([Self.seen(.sha256, Self.a, 0), Self.seen(.md5, Self.m, 1)], (nil, Self.m), nil, 1),
            ([Self.seen(.sha256, Self.a, 0), Self.seen(.md5, Self.n, 1)], (Self.a, Self.m), nil, 0),
            ([Self.seen(.md5, Self.m, 0)], (nil, Self.m), nil, 0),
            ([Self.seen(.md5, Self.m, 0), Self.seen(.md5, Self.n, 1)], (nil, Self.n), Self.m, 1),
            ([Self.seen(.md5, Self.m, 0), Self.seen(.sha256, Self.a, 1)], (Self.a, Self.m), nil, 1),
            ([Self.seen(.md5, Self.m, 0), Self.seen(.sha256, Self.b, 1)], (Self.b, Self.n), Self.m, 1),
            (
                [Self.seen(.md5, Self.m, 0), Self.seen(.fetched, Self.a, 1), Self.seen(.sha256, Self.b, 2)],
                (Self.b, nil), Self.a, 2
            ),
        ]
        for (number, one) in cases.enumerated() {
            let history = LedgerHistory(one.seen, record: one.record)
            #expect(history?.previous == one.previous, "case \(number)")
            #expect(
                history?.since.seconds == one.since && history?.isBaseline == (one.since == 0),
                "case \(number)"
            )
        }
    }

    @Test("Nothing seen, or no digest, is no history")
    func nothing() {
        #expect(LedgerHistory([], record: (Self.a, nil)) == nil)
        #expect(LedgerHistory([Self.seen(.sha256, Self.a, 0)], record: (nil, nil)) == nil)
    }
}
