// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import Synchronization
import TestSupport
import Testing
import TrustCore

@testable import TUF

@Suite("Refreshing")
struct RefreshTests {
    @Test("The first refresh asks for exactly root, timestamp, snapshot and targets")
    func firstRequests() async throws {
        let scene = try Scene()
        try await scene.refresh()
        #expect(
            scene.server.takeRequests() == [
                "2.root.json", "timestamp.json", "1.snapshot.json", "1.targets.json",
            ]
        )
    }

    @Test("Where nothing changed, only root and timestamp are asked for")
    func unchangedRequests() async throws {
        let scene = try Scene()
        try await scene.refresh()
        _ = scene.server.takeRequests()
        try await scene.refresh()
        #expect(scene.server.takeRequests() == ["2.root.json", "timestamp.json"])
    }

    @Test("Without consistent snapshots only root is versioned")
    func inconsistentRequests() async throws {
        let scene = try Scene(consistentSnapshot: false)
        try await scene.refresh()
        #expect(
            scene.server.takeRequests() == ["2.root.json", "timestamp.json", "snapshot.json", "targets.json"]
        )
    }

    @Test("What is stored is what arrived, byte for byte")
    func exactBytes() async throws {
        var scene = try Scene()
        scene.repository.files["timestamp.json"]? += Array(" \n".utf8)
        try await scene.refresh()
        #expect(scene.store.read(.role(.timestamp)) == scene.repository.files["timestamp.json"])
        #expect(scene.store.read(.role(.snapshot)) == scene.repository.files["1.snapshot.json"])
        #expect(scene.store.read(.role(.targets)) == scene.repository.files["1.targets.json"])
        #expect(scene.store.read(.root(version: 1)) == scene.pinnedRoot)
    }

    @Test("Lengths and digests in snapshot and timestamp are accepted where they are right")
    func promisedBytes() async throws {
        let scene = try Scene { $0.promisesBytes = true }
        try await scene.refresh()
        #expect(try scene.storedVersions() == [1, 1, 1, 1])
    }

    @Test("A timestamp of the same version with other content changes nothing")
    func equalTimestamp() async throws {
        var scene = try Scene()
        try await scene.refresh()
        let kept = scene.store.read(.role(.timestamp))
        _ = scene.server.takeRequests()
        scene.repository.snapshot.header = SimulatedRepository.header(2)
        try scene.repository.publish()
        try await scene.refresh()
        #expect(scene.server.takeRequests() == ["2.root.json", "timestamp.json"])
        #expect(scene.store.read(.role(.timestamp)) == kept)
    }

    @Test("A kept timestamp that has expired meanwhile is refused, though the server repeats it")
    func frozen() async throws {
        var scene = try Scene {
            $0.timestamp.header = SimulatedRepository.header(
                1,
                expires: SimulatedRepository.now.advanced(byDays: 1)
            )
        }
        try await scene.refresh()
        _ = scene.server.takeRequests()
        scene.now = scene.now.advanced(byDays: 1)
        #expect(await refusalCode { try await scene.refresh() } == "tuf.expired")
        #expect(scene.server.takeRequests() == ["2.root.json", "timestamp.json"])
    }

    @Test("Expired local metadata does not stand in the way of newer metadata")
    func expiredLocal() async throws {
        var scene = try Scene()
        try await scene.refresh()
        scene.now = SimulatedRepository.later.advanced(byDays: 1)
        let fresh = scene.now.advanced(byDays: 1)
        try scene.repository.bumpRoot { $0.root.header = SimulatedRepository.header(2, expires: fresh) }
        scene.repository.targets.header = SimulatedRepository.header(2, expires: fresh)
        scene.repository.snapshot.header = SimulatedRepository.header(2, expires: fresh)
        scene.repository.timestamp.header = SimulatedRepository.header(2, expires: fresh)
        try scene.repository.publish()
        try await scene.refresh()
        #expect(try scene.storedVersions() == [2, 2, 2, 2])
    }

    @Test("An expired pinned root is followed to one that is not")
    func expiredPinnedRoot() async throws {
        var scene = try Scene()
        scene.now = SimulatedRepository.now.advanced(byDays: 29)
        try scene.repository.bumpRoot()
        let pinned = try scene.repository.sign(
            {
                scene.repository.root.header = SimulatedRepository.header(1, expires: SimulatedRepository.now)
                return scene.repository.root.encoded()
            }(),
            by: try #require(scene.repository.keys[.root])
        )
        scene.server.files = scene.repository.files
        let client = Updater(
            trustedRoot: pinned,
            metadataURL: MemoryServer.url,
            store: scene.store,
            fetcher: scene.server,
            now: scene.now
        )
        try await client.refresh()
        #expect(try scene.storedVersion(.root) == 2)
    }

    @Test("A pinned root that did not sign itself is refused before anything is asked for")
    func unsignedPinnedRoot() async throws {
        let scene = try Scene()
        let forged = try scene.repository.sign(
            scene.repository.root.encoded(),
            by: [PrivateKey.generate(.ed25519)]
        )
        let client = Updater(
            trustedRoot: forged,
            metadataURL: MemoryServer.url,
            store: scene.store,
            fetcher: scene.server,
            now: scene.now
        )
        #expect(await refusalCode { try await client.refresh() } == "tuf.signatures")
        #expect(scene.server.takeRequests().isEmpty)
        #expect(scene.store.contents.isEmpty)
    }

    @Test("A server that does not answer is a failure, never the end of the root chain")
    func brokenServer() async throws {
        let scene = try Scene()
        let client = scene.client()
        scene.server.isAway = true
        await #expect(throws: Failure.self) { try await client.refresh() }
        #expect(scene.server.takeRequests() == ["2.root.json"])
    }

    @Test(
        "Local metadata that does not verify is ignored and fetched again",
        arguments: [
            RoleName.timestamp, .snapshot, .targets,
        ]
    )
    func spoiledStore(_ role: RoleName) async throws {
        let scene = try Scene()
        try await scene.refresh()
        scene.store.write(Array("{}".utf8), as: .role(role))
        try await scene.refresh()
        #expect(try scene.storedVersions() == [1, 1, 1, 1])
    }

    @Test("A stored root that the pinned one does not vouch for is ignored and fetched again")
    func spoiledStoredRoot() async throws {
        var scene = try Scene()
        try scene.repository.bumpRoot()
        let forged = try scene.repository.sign(
            scene.repository.root.encoded(),
            by: [PrivateKey.generate(.ed25519)]
        )
        scene.store.write(forged, as: .root(version: 2))
        try await scene.refresh()
        #expect(scene.store.read(.root(version: 2)) == scene.repository.files["2.root.json"])
    }

    @Test("More root versions than allowed are refused; the allowed number is not")
    func rootChain() async throws {
        var scene = try Scene()
        scene.limits.rootRotations = 3
        for _ in 0..<3 { try scene.repository.bumpRoot() }
        try await scene.refresh()
        #expect(try scene.storedVersion(.root) == 4)
        for _ in 0..<4 { try scene.repository.bumpRoot() }
        #expect(await refusalCode { try await scene.refresh() } == "tuf.root-chain-too-long")
    }

    @Test(
        "Endless data is refused",
        arguments: ["2.root.json", "timestamp.json", "1.snapshot.json", "1.targets.json"]
    )
    func endlessData(_ name: String) async throws {
        var scene = try Scene()
        scene.repository.files[name] = Array(repeating: UInt8(ascii: " "), count: 6_000_000)
        #expect(await refusalCode { try await scene.refresh() } == "limit.too-large")
    }

    @Test("A promised length above the limit is refused without a request")
    func promiseTooLong() async throws {
        var scene = try Scene()
        scene.repository.snapshot.header = SimulatedRepository.header(2)
        scene.repository.timestamp.header = SimulatedRepository.header(2)
        scene.repository.timestamp.snapshot = MetaFile(version: 2, length: 1 << 40)
        try scene.repository.publishTimestamp()
        #expect(await refusalCode { try await scene.refresh() } == "limit.too-large")
        #expect(scene.server.takeRequests() == ["2.root.json", "timestamp.json"])
    }

    @Test("Wrong and empty signatures beside enough good ones do no harm")
    func invalidSignatures() async throws {
        var scene = try Scene()
        let stranger = try PrivateKey.generate(.ed25519)
        try scene.repository.bumpRoot {
            let own = try #require($0.keys[.snapshot])
            try $0.root.set(.snapshot, to: RoleSetup(own.map(\.publicKey) + [stranger.publicKey]))
        }
        scene.repository.snapshot.header = SimulatedRepository.header(2)
        scene.repository.timestamp.header = SimulatedRepository.header(2)
        for spoiled in [[], Array(repeating: UInt8(0), count: 64)] {
            try scene.repository.publish()
            var envelope = try MetadataEnvelope(
                parsing: try #require(scene.repository.files["2.snapshot.json"]),
                of: "snapshot"
            )
            envelope.add(Signature(keyID: KeyDefinition(stranger.publicKey).computedID.text, bytes: spoiled))
            scene.repository.files["2.snapshot.json"] = envelope.encoded()
            scene.store.remove(.role(.snapshot))
            try await scene.refresh()
            #expect(try scene.storedVersion(.snapshot) == 2)
        }
    }

    @Test("Each key scheme verifies", arguments: SignatureScheme.standard)
    func schemes(_ scheme: SignatureScheme) async throws {
        var scene = try Scene()
        let key = try PrivateKey.generate(scheme)
        try scene.repository.bumpRoot {
            $0.keys[.timestamp] = [key]
            try $0.root.set(.timestamp, to: RoleSetup([key.publicKey]))
        }
        try scene.repository.publishNext()
        try await scene.refresh()
        #expect(try scene.storedVersions() == [2, 2, 2, 1])
        try UpdateAttackTests.alter(&scene.repository.files["timestamp.json"])
        scene.store.remove(.role(.timestamp))
        #expect(await refusalCode { try await scene.refresh() } == "tuf.signatures")
    }

    @Test("A key of unknown type does not make a root unreadable, and counts for nothing")
    func unknownKeyType() async throws {
        var scene = try Scene()
        try UpdateAttackTests.publishRoot(&scene.repository) { root in
            var keys = try #require(root["keys"]?.object)
            keys["new"] = ["keytype": "lattice", "scheme": "lattice/1", "keyval": ["identity": "me"]]
            root["keys"] = .object(keys)
            var roles = try #require(root["roles"]?.object)
            var snapshot = try #require(roles["snapshot"]?.object)
            snapshot["keyids"] = .array([.string("new")] + (try #require(snapshot["keyids"]?.array)))
            roles["snapshot"] = .object(snapshot)
            root["roles"] = .object(roles)
        }
        try await scene.refresh()
        #expect(try scene.storedVersions() == [2, 1, 1, 1])
    }

    @Test("A search that began before a refresh does not bring the older view back")
    func doesNotGoBack() async throws {
        var scene = try Scene { try $0.delegate(["a/*"], to: "role") }
        let files = scene.repository.files
        try scene.repository.publishNext()
        let store = InterposingStore(scene.store)
        let server = scene.server
        let client = Updater(
            trustedRoot: scene.pinnedRoot,
            metadataURL: MemoryServer.url,
            store: store,
            fetcher: scene.server,
            now: scene.now
        )
        scene.server.files = files
        try await client.refresh()
        let newer = files.merging(scene.repository.files) { _, new in new }
        // While the search waits for the store, somebody else's refresh has it.
        store.interpose {
            server.files = newer
            try await client.refresh()
        }
        #expect(try await client.target("a/b") == nil)
        #expect(try await client.trusted().snapshot?.role.version == 2)
    }

    /// A store in which something happens before the next lock is taken.
    private final class InterposingStore: MetadataStore {
        private let store: InMemoryMetadataStore
        private let event = Mutex<(@Sendable () async throws -> Void)?>(nil)

        init(_ store: InMemoryMetadataStore) { self.store = store }

        func interpose(_ event: @escaping @Sendable () async throws -> Void) {
            self.event.withLock { $0 = event }
        }

        func read(_ file: StoredMetadata) throws -> [UInt8]? { store.read(file) }
        func write(_ bytes: [UInt8], as file: StoredMetadata) throws { store.write(bytes, as: file) }
        func remove(_ file: StoredMetadata) throws { store.remove(file) }
        func lock() async throws -> any StoreLock {
            let event = event.withLock { event in
                defer { event = nil }
                return event
            }
            try await event?()
            return try await store.lock()
        }
    }
}
