// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TestSupport
import Testing
import TrustCore

@testable import TUF

@Suite("Rotating keys")
struct RootRotationTests {
    /// For each root version: which of five keys it lists, its threshold, and which keys sign it.
    struct Step: Sendable {
        let keys: [Int]
        let threshold: Int
        let signers: [Int]

        init(_ keys: [Int], _ threshold: Int, by signers: [Int]) {
            self.keys = keys
            self.threshold = threshold
            self.signers = signers
        }
    }

    static let sequences: [(steps: [Step], reached: Int64)] = [
        ([Step([1], 1, by: [1]), Step([1], 1, by: [1])], 2),
        ([Step([1], 1, by: [1]), Step([2], 1, by: [1, 2])], 2),
        ([Step([1], 1, by: [1]), Step([2], 1, by: [1])], 1),
        ([Step([1], 1, by: [1]), Step([2], 1, by: [2])], 1),
        ([Step([1], 1, by: [1]), Step([2], 1, by: [1, 2]), Step([1], 1, by: [1, 2])], 3),
        ([Step([1], 1, by: [1]), Step([1, 2, 3], 2, by: [1, 2])], 2),
        ([Step([1], 1, by: [1]), Step([1, 2, 3], 2, by: [1])], 1),
        ([Step([1], 1, by: [1]), Step([2, 3, 4], 2, by: [2, 3])], 1),
        ([Step([1, 2, 3], 2, by: [1, 2]), Step([1, 2, 4], 2, by: [1, 2])], 2),
        ([Step([1, 2, 3], 2, by: [1, 2]), Step([1, 2, 4], 2, by: [1, 4])], 1),
        ([Step([1, 2, 3], 2, by: [1, 2]), Step([3, 4, 5], 2, by: [1, 2, 4, 5])], 2),
        ([Step([1, 2, 3], 2, by: [1, 2]), Step([3, 4, 5], 2, by: [3, 4])], 1),
        ([Step([1, 2, 3], 2, by: [1, 3]), Step([1, 2, 3], 3, by: [1, 2])], 1),
        ([Step([1, 2, 3], 2, by: [1, 3]), Step([1, 2], 1, by: [1])], 1),
        ([Step([1, 2, 3], 2, by: [1, 3]), Step([1], 1, by: [1, 3])], 2),
    ]

    @Test("A root is reached exactly if the one before and itself are signed enough", arguments: sequences)
    func sequence(_ steps: [Step], reached: Int64) async throws {
        let pool = try (0..<6).map { _ in try PrivateKey.generate(.ed25519) }
        var repository = try SimulatedRepository()
        for (at, step) in steps.enumerated() {
            repository.root.header = SimulatedRepository.header(Int64(at + 1))
            try repository.root.set(
                .root,
                to: RoleSetup(step.keys.map { pool[$0].publicKey }, threshold: step.threshold)
            )
            repository.files["\(at + 1).root.json"] = try repository.sign(
                repository.root.encoded(),
                by: step.signers.map { pool[$0] }
            )
        }
        let server = MemoryServer()
        server.files = repository.files
        let store = InMemoryMetadataStore()
        let client = Updater(
            trustedRoot: try #require(repository.files["1.root.json"]),
            metadataURL: MemoryServer.url,
            store: store,
            fetcher: server,
            now: SimulatedRepository.now
        )
        let code = await refusalCode { try await client.refresh() }
        #expect(code == (reached == Int64(steps.count) ? nil : "tuf.signatures"))
        #expect(store.read(.root(version: reached)) != nil)
        #expect(store.read(.root(version: reached + 1)) == nil)
    }

    @Test("A rotated snapshot key lets targets versions go back (fast-forward recovery)")
    func targetsRecovery() async throws {
        var scene = try Scene { $0.targets.header = SimulatedRepository.header(99_999) }
        try await scene.refresh()
        try scene.repository.bumpRoot { try $0.rotate(.snapshot) }
        scene.repository.targets.header = SimulatedRepository.header(1)
        try scene.repository.publishNext()
        try await scene.refresh()
        #expect(try scene.storedVersions() == [2, 2, 2, 1])
    }

    @Test(
        "Rotated timestamp and snapshot keys let snapshot and timestamp versions go back",
        arguments: [
            [MetadataKind.timestamp], [.snapshot], [.timestamp, .snapshot],
        ]
    )
    func snapshotRecovery(_ rotated: [MetadataKind]) async throws {
        var scene = try Scene {
            $0.snapshot.header = SimulatedRepository.header(99_999)
            $0.timestamp.header = SimulatedRepository.header(99_999)
        }
        try await scene.refresh()
        try scene.repository.bumpRoot { for kind in rotated { try $0.rotate(kind) } }
        scene.repository.snapshot.header = SimulatedRepository.header(1)
        scene.repository.timestamp.header = SimulatedRepository.header(1)
        try scene.repository.publish()
        try await scene.refresh()
        #expect(try scene.storedVersions() == [2, 1, 1, 1])
    }

    @Test("Adding a timestamp key does not open the way to a rollback")
    func addedKey() async throws {
        var scene = try Scene { $0.timestamp.header = SimulatedRepository.header(7) }
        try await scene.refresh()
        let second = try PrivateKey.generate(.ed25519)
        try scene.repository.bumpRoot {
            let own = try #require($0.keys[.timestamp])
            try $0.root.set(.timestamp, to: RoleSetup(own.map(\.publicKey) + [second.publicKey]))
        }
        scene.repository.timestamp.header = SimulatedRepository.header(6)
        try scene.repository.publishTimestamp()
        #expect(await refusalCode { try await scene.refresh() } == "tuf.rollback")
    }

    @Test(
        "The new keys of any role count as soon as the root says so",
        arguments: [
            MetadataKind.timestamp, .snapshot, .targets,
        ]
    )
    func rotatedRole(_ kind: MetadataKind) async throws {
        var scene = try Scene()
        try await scene.refresh()
        try scene.repository.bumpRoot { try $0.rotate(kind, count: 3, threshold: 2) }
        scene.repository.targets.header = SimulatedRepository.header(2)
        try scene.repository.publishNext()
        try await scene.refresh()
        #expect(try scene.storedVersions() == [2, 2, 2, 2])
    }

    @Test("A chain of more new roots than one update follows is followed by the next one")
    func longChain() async throws {
        var scene = try Scene()
        scene.limits.rootRotations = 3
        for _ in 0..<5 { try scene.repository.bumpRoot() }
        let error = await #expect(throws: Refusal.self) { try await scene.refresh() }
        #expect(error?.codeName == "tuf.root-chain-too-long" && error?.code.accusesServer == false)
        #expect(error?.remedy.contains("run it again") == true)
        #expect(try scene.storedVersion(.root) == 4)
        try await scene.refresh()
        #expect(try scene.storedVersion(.root) == 6)
    }
}
