// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import ContentTrust
import Foundation
import SigningKeys
import TestSupport
import Testing
import Transport
import TrustCore
import TrustPolicy

@testable import Gatekeeper

@Suite("A channel that is pinned to a root of conda content trust")
struct ContentTrustGateTests {
    @Test("A valid package is admitted, and the verdict says who vouches and what is not protected")
    func valid() async throws {
        let scene = try await ContentTrustScene()
        let package = try #require(try await scene.admit().package)
        let verdict = package.verdict
        #expect(verdict.voucher == .packageKeys(threshold: 1, keyCount: 1, role: nil))
        #expect(verdict.voucher?.unprotected == OpenAttack.allCases)
        let findings = Dictionary(uniqueKeysWithValues: verdict.findings.map { ($0.rule, $0) })
        #expect(findings["signed-record"]?.outcome == .satisfied)
        #expect(findings["signed-index"]?.outcome == .notApplicable)
        #expect(findings["signed-index"]?.reason.contains(OpenAttack.sentence) == true)
        #expect(package.record.sha256 == scene.fixture.packages[0].sha256)
    }
}
