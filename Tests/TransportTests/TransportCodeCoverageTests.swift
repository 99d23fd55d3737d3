// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@testable import Transport

@Suite("Refusal codes of Transport")
struct TransportCodeCoverageTests {
    static let provocations: [TransportCode: @Sendable () throws -> Void] = [
        .insecureRedirect: { _ = try #require(WebAddress("https://a/")).redirected(to: "http://a/") },
        .encoding: {
            try ContentEncoding.check(["gzip"], of: "/repodata.json", at: RedactedURL("http://a/"))
        },
        .pathEscape: { try ChannelPath.check("../a") },
    ]

    @Test(
        "Each code is provoked by the smallest input that breaks its rule",
        arguments: TransportCode.allCases
    )
    func eachCodeIsProvoked(code: TransportCode) throws {
        let provocation = try #require(Self.provocations[code])
        #expect(refusalCode { try provocation() } == code.rawValue)
        #expect(!code.entry.summary.isEmpty && !code.entry.remedy.isEmpty)
    }
}
