// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@testable import TUF

@Suite("Offline, with what earlier updates stored")
struct OfflineTests {
    /// A repository with two roles, of which a client has looked up the first one's file.
    private static func scene(_ arrange: (inout SimulatedRepository) throws -> Void = { _ in }) async throws
        -> Scene
    {
        let scene = try Scene {
            for name in ["a", "b"] {
                try $0.delegate([name], to: name)
                try $0.add(name, to: name)
            }
            try arrange(&$0)
        }
        #expect(try await scene.client().target("a") != nil)
        _ = scene.server.takeRequests()
        return scene
    }

    private static func offline(_ scene: Scene, at now: Timestamp? = nil) -> Updater {
        Updater(offline: scene.store, trustedRoot: scene.pinnedRoot, now: now ?? scene.now)
    }

    @Test("The stored metadata gives the same answers, nothing is asked for, and nothing is changed")
    func answers() async throws {
        let scene = try await Self.scene { try $0.bumpRoot() }
        let before = scene.store.contents
        let client = Self.offline(scene)
        let found = try #require(try await client.target("a"))
        #expect(found.chain.map(\.text) == ["targets", "a"])
        #expect(try await client.target("missing") == nil)
        #expect(try await client.trusted().root.role.version == 2)
        #expect(scene.server.takeRequests().isEmpty)
        #expect(scene.store.contents == before)
    }

    @Test(
        "The horizon is the earliest expiry of what was used, and from it on the answers are refused",
        arguments: ["root", "timestamp", "snapshot", "targets", "a"]
    )
    func horizon(_ role: String) async throws {
        let moment = SimulatedRepository.now.advanced(byDays: 3)
        let scene = try await Self.scene {
            let header = SimulatedRepository.header(1, expires: moment)
            switch role {
            case "root": try $0.bumpRoot { $0.root.header = SimulatedRepository.header(2, expires: moment) }
            case "timestamp": $0.timestamp.header = header
            case "snapshot": $0.snapshot.header = header
            default: try $0.edit(role) { $0.header = header }
            }
        }
        let before = Self.offline(scene, at: moment.advanced(bySeconds: -1))
        #expect(try await before.target("a") != nil)
        let horizon = try await before.horizon()
        #expect(horizon.moment == moment)
        #expect(horizon.role.text == role)
        #expect("\(horizon)" == "2026-11-24T12:00:00Z (`\(role)`)")
        let after = Self.offline(scene, at: moment)
        #expect(await refusalCode { try await after.target("a") } == "tuf.expired")
    }

    @Test("A role that was not used does not bring the horizon nearer")
    func unusedRole() async throws {
        let scene = try await Self.scene {
            try $0.edit("b") { $0.header = SimulatedRepository.header(1, expires: "2026-11-22T00:00:00Z") }
        }
        #expect(try await Self.offline(scene).horizon().moment == SimulatedRepository.later)
    }

    private static func isOffline(_ body: () async throws -> Void) async -> Bool {
        do {
            try await body()
            return false
        } catch { return (error as? Failure)?.message.hasPrefix("offline") == true }
    }

    @Test("What was never stored could not be found out; it is not said to be missing")
    func unknown() async throws {
        let scene = try await Self.scene()
        let client = Self.offline(scene)
        #expect(await Self.isOffline { _ = try await client.target("b") })
        let both = try await client.targets(["b", "a"])
        #expect(await Self.isOffline { _ = try both[0].get() })
        let target = try #require(try both[1].get())
        #expect(await Self.isOffline { _ = try await client.download(target, from: MemoryServer.url) })
        let empty = Updater(offline: InMemoryMetadataStore(), trustedRoot: scene.pinnedRoot, now: scene.now)
        #expect(await Self.isOffline { try await empty.refresh() })
    }

    @Test(
        "Stored metadata that somebody altered is refused",
        arguments: [RoleName.timestamp, .snapshot, .targets, "a"]
    )
    func altered(_ role: RoleName) async throws {
        let scene = try await Self.scene()
        var bytes = scene.store.read(.role(role))
        try UpdateAttackTests.alter(&bytes)
        scene.store.write(try #require(bytes), as: .role(role))
        let code = await refusalCode { try await Self.offline(scene).target("a") }
        #expect(code == "tuf.signatures")
    }

    @Test("A stored root that does not follow from the pinned one is refused")
    func forgedRoot() async throws {
        var scene = try await Self.scene()
        try scene.repository.bumpRoot { try $0.rotate(.root) }
        let forged = try scene.repository.sign(scene.repository.root.encoded(), by: [.fresh])
        scene.store.write(forged, as: .root(version: 2))
        #expect(await refusalCode { try await Self.offline(scene).refresh() } == "tuf.signatures")
    }
}
