// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import SigningKeys
import TestSupport
import Testing
import TrustCore

@testable import TUF

/// Roots that were trusted although they must not: docs/advisories.md, 9 to 11, and 32.
@Suite("Advisories about the root of trust")
struct RootAdvisoryTests {
    @Test("CVE-2020-15163: a root that does not verify is not kept, and the next update knows nothing of it")
    func unverifiedRootIsNotKept() async throws {
        let folder = try TemporaryFolder()
        var scene = try Scene()
        func refresh(_ scene: Scene) async throws {
            scene.server.files = scene.repository.files
            try await Updater(
                trustedRoot: scene.pinnedRoot,
                metadataURL: MemoryServer.url,
                store: DirectoryMetadataStore(folder.path),
                fetcher: scene.server,
                now: scene.now
            ).refresh()
        }
        try await refresh(scene)
        func kept() throws -> [String] {
            try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
        }
        let before = (try kept(), try folder.read("root.json"))
        // Signed by its own new keys only.
        try scene.repository.bumpRoot { try $0.rotate(.root) }
        scene.repository.files["2.root.json"] = try scene.repository.sign(
            scene.repository.root.encoded(),
            by: #require(scene.repository.keys[.root])
        )
        #expect(await refusalCode { try await refresh(scene) } == "tuf.signatures")
        #expect(try kept() == before.0)
        #expect(try folder.read("root.json") == before.1)
        scene.repository.files["2.root.json"] = nil
        try await refresh(scene)
    }

    @Test("CVE-2015-9259: an expired root ends the update, before anything else is asked for")
    func expiredRoot() async throws {
        var scene = try Scene()
        try scene.repository.bumpRoot {
            $0.root.header = SimulatedRepository.header(2, expires: SimulatedRepository.now)
        }
        #expect(await refusalCode { try await scene.refresh() } == "tuf.expired")
        #expect(scene.server.takeRequests() == ["2.root.json", "3.root.json"])
        #expect(try scene.storedVersions() == [2, 0, 0, 0])
    }

    @Test("CVE-2025-2885: the next root has exactly the next version", arguments: [1, 3, 99, Int64.max])
    func rootVersion(_ version: Int64) async throws {
        var scene = try Scene()
        try scene.repository.forge(.root) { $0["version"] = .number(JSONNumber(version)) }
        #expect(await refusalCode { try await scene.refresh() } == "tuf.version-mismatch")
        #expect(try scene.storedVersion(.root) == 1)
    }

    @Test("conda/conda 14577: each repository has the root that its user pinned, and no root is built in")
    func rootIsTheUsers() async throws {
        let (ours, other) = (try Scene(), try Scene())
        try await ours.refresh()
        try await other.refresh()
        ours.server.files = ours.repository.files
        let mixed = Updater(
            trustedRoot: other.pinnedRoot,
            metadataURL: MemoryServer.url,
            store: InMemoryMetadataStore(),
            fetcher: ours.server,
            now: ours.now
        )
        #expect(await refusalCode { try await mixed.refresh() } == "tuf.signatures")
    }
}
