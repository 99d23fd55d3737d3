// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Sigstore
import TestSupport
import Testing
import TrustCore

@testable import Gatekeeper

@Suite("Where a verifier gets an instance's keys from")
struct SigstoreTrustSourceTests {
    @Test("Nobody is asked before the keys are needed; then once, however many need them")
    func lazily() async throws {
        let scene = try await InstanceScene()
        let source = scene.source(.automatic)
        #expect(scene.server.takeRequests().isEmpty)
        try await withThrowingTaskGroup(of: [UInt8].self) { group in
            for _ in 0..<8 { group.addTask { try await source.trust().trustedRootBytes } }
            for try await keys in group { #expect(keys == InstanceScene.firstKeys) }
        }
        #expect(scene.server.takeRequests().filter { $0 == "timestamp.json" }.count == 1)
    }

    @Test(
        "Keys that are current are used without the network",
        arguments: SigstoreTrustSource.Refresh.allCases
    )
    func current(refresh: SigstoreTrustSource.Refresh) async throws {
        let scene = try await InstanceScene()
        try await scene.update()
        _ = scene.server.takeRequests()
        let trust = try await scene.source(refresh).trust()
        #expect(trust.trustedRootBytes == InstanceScene.firstKeys && trust.missedUpdate == nil)
        #expect(scene.server.takeRequests().isEmpty)
    }

    /// What comes of keys that have run out, with the network and without.
    @Test(
        "Keys that have run out are updated; where nobody answers they are used and said to be old, or refused",
        arguments: [
            (SigstoreTrustSource.Refresh.automatic, false, nil, true), (.automatic, true, nil, false),
            (.never, false, nil, false), (.never, true, nil, false), (.required, false, nil, true),
            (.required, true, "instance.expired", false),
        ] as [(SigstoreTrustSource.Refresh, Bool, String?, Bool)]
    )
    func expired(refresh: SigstoreTrustSource.Refresh, isAway: Bool, code: String?, isUpdated: Bool)
        async throws
    {
        var scene = try await InstanceScene()
        try await scene.update()
        scene.now = InstanceScene.start.advanced(byDays: 30)
        try await scene.repository.publish(keys: InstanceScene.secondKeys, at: scene.now)
        scene.server.files = scene.repository.files
        scene.server.isAway = isAway
        _ = scene.server.takeRequests()
        var trust: SigstoreKeys?
        #expect(await refusalCode { trust = try await scene.source(refresh).trust() } == code)
        #expect(scene.server.takeRequests().isEmpty == (refresh == .never))
        guard code == nil else { return }
        #expect(trust?.trustedRootBytes == (isUpdated ? InstanceScene.secondKeys : InstanceScene.firstKeys))
        #expect((trust?.missedUpdate != nil) == (isAway && refresh != .never))
    }

    @Test(
        "Bad metadata is refused, and not passed over like a server that is away",
        arguments: [
            SigstoreTrustSource.Refresh.automatic, .required,
        ]
    )
    func hostile(refresh: SigstoreTrustSource.Refresh) async throws {
        var scene = try await InstanceScene()
        try await scene.update()
        scene.now = InstanceScene.start.advanced(byDays: 30)
        #expect(await refusalCode { try await scene.source(refresh).trust() } == "tuf.expired")
    }

    @Test(
        "Of an instance without any keys yet there is nothing to go on with",
        arguments: SigstoreTrustSource.Refresh.allCases
    )
    func nothing(refresh: SigstoreTrustSource.Refresh) async throws {
        let scene = try await InstanceScene()
        scene.server.isAway = true
        #expect(await refusalCode { try await scene.source(refresh).trust() } == "instance.never-updated")
    }

    @Test("Keys in a file are exactly those, and keys of the program are exactly those")
    func given() async throws {
        let given = try await SigstoreTrustSource(exactly: InstanceScene.firstKeys, of: "keys.json").trust()
        #expect(given.name == "keys.json" && given.source == .files)
        #expect(given.trustedRootBytes == InstanceScene.firstKeys)
        #expect(refusalCode { try given.signingConfig() } == "instance.no-signing-config")
        let shipped = try await SigstoreTrustSource(shipped: .publicGood).trust()
        #expect(
            shipped.source == .shipped && shipped.trustedRootBytes == SigstoreInstance.publicGood.trustedRoot
        )
    }
}
