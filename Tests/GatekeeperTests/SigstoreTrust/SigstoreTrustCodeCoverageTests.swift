// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TestSupport
import Testing
import Transport
import TrustCore

@testable import Gatekeeper

@Suite("Refusal codes of Sigstore instances")
struct SigstoreTrustCodeCoverageTests {
    static let provocations: [SigstoreTrustCode: @Sendable () async throws -> Void] = [
        .unknown: {
            let store = SigstoreTrustStore(directory: try TemporaryFolder().path)
            _ = try await store.trust(in: try #require(SigstoreInstanceName("nobody")))
        },
        .knownOtherwise: {
            let scene = try await InstanceScene()
            let other = try await InstanceScene().repository.root()
            try scene.store.add(
                scene.name,
                tufRoot: other,
                url: ChannelURL(MemoryServer.url),
                now: scene.now
            )
        },
        .channelBound: {
            let scene = try await InstanceScene()
            let channel = try ChannelURL("https://conda.example.org/lab")
            try scene.store.bind([channel], to: .publicGood)
            try scene.store.bind([channel], to: scene.name)
        },
        .damaged: {
            let scene = try await InstanceScene()
            // Another root, correctly signed by its own keys: only the digest tells.
            let other = try await InstanceScene().repository.root()
            try scene.home.write(other, to: "home/sigstore/private/root.json")
            _ = try await scene.known()
        },
        .cacheDamaged: {
            let scene = try await InstanceScene()
            try await scene.update()
            try scene.home.write([], to: scene.statePath)
            _ = try await scene.known()
        },
        .expired: {
            let scene = try await InstanceScene()
            try await scene.update()
            try await scene.known().demandFresh(at: InstanceScene.start.advanced(byDays: 2))
        },
        .neverUpdated: { _ = try await InstanceScene().known() },
        .olderThanShipped: {
            let scene = try await InstanceScene()
            let plain = try scene.store.anchor(scene.name)
            _ = try await scene.store.update(
                SigstoreAnchor(
                    name: plain.name,
                    basis: plain.basis,
                    added: plain.added,
                    directory: plain.directory,
                    oldestTargets: 2
                ),
                over: scene.server,
                from: nil,
                retry: MirrorRetry(rounds: 1),
                within: .seconds(60),
                uptime: { .zero },
                now: scene.now
            )
        },
        .noSigningConfig: { _ = try await InstanceScene(signingConfig: nil).update().signingConfig() },
    ]

    @Test(
        "Each code is provoked by the smallest input that breaks its rule",
        arguments: SigstoreTrustCode.allCases
    )
    func eachCodeIsProvoked(code: SigstoreTrustCode) async throws {
        let provocation = try #require(Self.provocations[code])
        #expect(await refusalCode { try await provocation() } == code.rawValue)
        #expect(!code.entry.summary.isEmpty && !code.entry.remedy.isEmpty && !code.entry.explanation.isEmpty)
    }
}
