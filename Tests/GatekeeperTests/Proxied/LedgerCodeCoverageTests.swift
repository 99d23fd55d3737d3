// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@testable import Gatekeeper

@Suite("Refusal codes of ledgers")
struct LedgerCodeCoverageTests {
    static let provocations: [LedgerCode: @Sendable () async throws -> Void] = [
        .rollback: {
            let (scene, upstream) = try await ObservedRollbackTests.rolledBack(.refuse)
            defer { withExtendedLifetime(scene) {} }
            _ = try await upstream.view()
        },
        .tooOld: {
            let scene = try ObservedScene()
            try scene.publish([ObservedPackage()])
            let upstream = try scene.open()
            _ = try await scene.names(upstream)
            scene.web.setAway(ObservedScene.url)
            scene.clock.advance(by: scene.configuration.grace)
            _ = try await upstream.view()
        },
        .damaged: {
            let scene = try LedgerScene()
            try scene.folder.write([1], to: "ledger/snapshot")
            _ = try await scene.open().table()
        },
    ]

    @Test("Each code is provoked by the smallest input that breaks its rule", arguments: LedgerCode.allCases)
    func eachCodeIsProvoked(code: LedgerCode) async throws {
        let provocation = try #require(Self.provocations[code])
        #expect(await refusalCode { try await provocation() } == code.rawValue)
        #expect(code.defects(in: "ledger.") == [])
        #expect(code.accusesServer == (code == .rollback))
    }
}
