// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Sigstore
import TestSupport
import Testing
import TrustCore

@testable import Gatekeeper

@Suite("Known Sigstore instances")
struct SigstoreTrustStoreTests {
    @Test(
        "The public instances are known without a file, by the keys in the program",
        arguments: SigstoreInstance.allCases
    )
    func shipped(instance: SigstoreInstance) async throws {
        let store = SigstoreTrustStore(directory: try TemporaryFolder().path + "/none")
        let trust = try await store.trust(in: SigstoreInstanceName(instance))
        #expect(trust.source == .shipped && trust.trustedRootBytes == instance.trustedRoot)
        #expect(trust.freshness(at: InstanceScene.start) == .neverUpdated)
        #expect(refusalCode { try trust.demandFresh(at: InstanceScene.start) } == "instance.never-updated")
        _ = try trust.signingConfig()
        #expect(try store.names().map(\.text) == ["public-good", "staging"])
    }

    @Test(
        "A name is lower-case letters, digits and hyphens",
        arguments: [
            ("a", true), ("my-instance-2", true), ("2", true), ("", false), ("-a", false), ("A", false),
            ("a.b", false),
            ("a/b", false), ("..", false), ("ä", false), ("e\u{301}", false),
            (String(repeating: "a", count: 41), false),
        ]
    )
    func names(text: String, isName: Bool) {
        #expect((SigstoreInstanceName(text) != nil) == isName)
    }

    @Test("An instance that was added by files has these very keys, and no network")
    func files() async throws {
        let scene = try await InstanceScene()
        let name = try #require(SigstoreInstanceName("fixed"))
        try scene.store.add(
            name,
            trustedRoot: InstanceScene.firstKeys,
            signingConfig: InstanceScene.signingConfig,
            now: scene.now
        )
        let trust = try await scene.store.trust(in: name)
        #expect(trust.source == .files && trust.freshness(at: scene.now) == .fixed)
        #expect(trust.trustedRootBytes == InstanceScene.firstKeys)
        try trust.demandFresh(at: scene.now)
        await #expect(throws: Failure.self) {
            try await scene.store.update(name, over: scene.server, now: scene.now)
        }
        #expect(scene.server.takeRequests().isEmpty)
        #expect(try scene.store.names().map(\.text) == ["public-good", "staging", "fixed", "private"])
    }

    @Test("The same root again is no change, and may name another place; another root is refused")
    func again() async throws {
        let scene = try await InstanceScene()
        let other = try ChannelURL("https://elsewhere.example/tuf")
        let root = scene.repository.root()
        let anchor = try scene.store.add(
            scene.name,
            tufRoot: root,
            url: other,
            now: scene.now.advanced(byDays: 1)
        )
        #expect(try anchor.repository()?.url == other && anchor.added == InstanceScene.start)
        let impostor = try await InstanceScene().repository.root()
        let code = refusalCode {
            try scene.store.add(scene.name, tufRoot: impostor, url: other, now: scene.now)
        }
        #expect(code == "instance.known-otherwise")
        let keys = refusalCode {
            try scene.store.add(
                scene.name,
                trustedRoot: InstanceScene.firstKeys,
                signingConfig: nil,
                now: scene.now
            )
        }
        #expect(keys == "instance.known-otherwise")
    }

    @Test("What is no root, or no keys, makes no instance known")
    func unusable() async throws {
        let scene = try await InstanceScene()
        let name = try #require(SigstoreInstanceName("other"))
        let url = try ChannelURL(MemoryServer.url)
        #expect(
            refusalCode { try scene.store.add(name, tufRoot: [0x7B], url: url, now: scene.now) }
                == "json.syntax"
        )
        let code = refusalCode {
            try scene.store.add(name, trustedRoot: Array("{}".utf8), signingConfig: nil, now: scene.now)
        }
        #expect(code == "trust-root.missing-field")
        #expect(try !scene.store.names().contains(name))
    }

    @Test("Removal forgets an instance; of a public one only what was fetched")
    func removal() async throws {
        let scene = try await InstanceScene()
        try await scene.update()
        #expect(try scene.store.remove(scene.name) == [])
        #expect(try scene.store.remove(scene.name) == nil)
        #expect(await refusalCode { try await scene.known() } == "instance.unknown")
        #expect(try scene.store.remove(.publicGood) == nil)
        #expect(try await scene.store.trust(in: .publicGood).source == .shipped)
    }

    /// Changes of the state on disk that nobody signed.
    private static let damages: [@Sendable (String) -> String] = [
        { String($0.dropLast(20)) },
        { $0.replacing("\"schema\": 1", with: "\"schema\": 2") },
        { _ in "" },
        // The keys of another instance in place of these.
        { $0.replacing(Base64.text(InstanceScene.firstKeys), with: Base64.text(InstanceScene.secondKeys)) },
        { $0.replacing("\"name\": \"trusted_root.json\"", with: "\"name\": \"signing_config.v0.2.json\"") },
        { $0.replacing("\"role\": \"snapshot\"", with: "\"role\": \"other\"") },
        { $0.replacing("\"role\": \"snapshot\"", with: "\"role\": \"timestamp\"") },
    ]

    @Test(
        "A stored state that was altered is refused, and an update makes it whole",
        arguments: damages.indices
    )
    func damage(at index: Int) async throws {
        let scene = try await InstanceScene()
        try await scene.update()
        try scene.alterState(Self.damages[index])
        #expect(await refusalCode { try await scene.known() } == "instance.cache-damaged")
        #expect(await refusalCode { try await scene.source(.never).trust() } == "instance.cache-damaged")
        #expect(try await scene.update().trustedRootBytes == InstanceScene.firstKeys)
        #expect(try await scene.known().trustedRootBytes == InstanceScene.firstKeys)
    }

    @Test("A state signed by others than the known root's keys is refused")
    func foreignState() async throws {
        let scene = try await InstanceScene()
        let impostor = try await InstanceScene(keys: InstanceScene.secondKeys)
        try await impostor.update()
        try scene.home.write(try impostor.home.read(impostor.statePath), to: scene.statePath)
        #expect(await refusalCode { try await scene.known() } == "instance.cache-damaged")
    }
}
