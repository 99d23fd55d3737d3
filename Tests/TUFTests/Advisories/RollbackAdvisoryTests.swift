// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TestSupport
import Testing
import TrustCore

@testable import TUF

/// Old or unchecked metadata that was taken: docs/advisories.md, 12 to 15.
@Suite("Advisories about rollback and the cache")
struct RollbackAdvisoryTests {
    private static let role: RoleName = "linux-64"
    private static let file: TargetPath = "linux-64/repodata.json"

    /// A repository in which everything below the root has version 5.
    private static func scene(promisesBytes: Bool = false) throws -> Scene {
        try Scene {
            $0.promisesBytes = promisesBytes
            try $0.delegate(["linux-64/*"], to: "linux-64")
            try $0.add("linux-64/repodata.json", to: "linux-64")
            for header in [\SimulatedRepository.targets.header, \.snapshot.header, \.timestamp.header] {
                $0[keyPath: header] = SimulatedRepository.header(5)
            }
            $0.delegates[role]?.header = SimulatedRepository.header(5)
        }
    }

    @Test(
        "CVE-2022-29173: what an earlier process kept is what versions are compared with",
        arguments: [RoleName.timestamp, .snapshot, .targets]
    )
    func storedVersionsCount(_ rolledBack: RoleName) async throws {
        let folder = try TemporaryFolder()
        var scene = try Self.scene()
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
        func kept() throws -> [[UInt8]] {
            try ["timestamp.json", "snapshot.json", "targets.json"].map { try folder.read($0) }
        }
        try await refresh(scene)
        let before = try kept()
        scene.repository.timestamp.header = SimulatedRepository.header(rolledBack == .timestamp ? 4 : 6)
        if rolledBack != .timestamp {
            scene.repository.snapshot.header = SimulatedRepository.header(rolledBack == .snapshot ? 4 : 6)
        }
        if rolledBack == .targets { scene.repository.targets.header = SimulatedRepository.header(4) }
        try scene.repository.publish()
        #expect(await refusalCode { try await refresh(scene) } == "tuf.rollback")
        // Only the timestamp of the last case says nothing that is older than before.
        #expect(try kept().dropFirst() == before.dropFirst())
        #expect(try (kept()[0] == before[0]) == (rolledBack != .targets))
    }

    @Test(
        "CVE-2025-2888: a timestamp that names an older snapshot is not kept, and does not lock the client out"
    )
    func timestampWithOlderSnapshot() async throws {
        var scene = try Self.scene()
        try await scene.refresh()
        let honest = scene.repository
        scene.repository.timestamp.header = SimulatedRepository.header(1_000)
        scene.repository.timestamp.snapshot = MetaFile(version: 4)
        try scene.repository.publishTimestamp()
        #expect(await refusalCode { try await scene.refresh() } == "tuf.rollback")
        #expect(try scene.storedVersions() == [1, 5, 5, 5])
        scene.repository = honest
        try scene.repository.publishNext()
        try await scene.refresh()
        #expect(try scene.storedVersions() == [1, 6, 6, 5])
    }

    @Test("CVE-2025-2887: a snapshot neither rolls back nor loses a delegated role")
    func delegatedRollback() async throws {
        for version in [4, nil] as [Int64?] {
            var scene = try Self.scene()
            _ = try await scene.client().target(Self.file)
            scene.repository.delegates[Self.role]?.header = SimulatedRepository.header(version ?? 5)
            try scene.repository.publishNext()
            if version == nil {
                scene.repository.snapshot.files[Self.role] = nil
                try scene.repository.publishSnapshot()
                try scene.repository.publishTimestamp()
            }
            let code = await refusalCode { try await scene.refresh() }
            #expect(code == (version == nil ? "tuf.role-removed" : "tuf.rollback"))
            #expect(try scene.storedVersion(.snapshot) == 5)
        }
    }

    /// Delegated metadata that one rule forbids.
    private static let spoiled:
        [(code: String, spoil: @Sendable (inout SimulatedRepository) throws -> Void)] = [
            (
                "tuf.expired",
                {
                    $0.delegates[role]?.header = SimulatedRepository.header(
                        5,
                        expires: SimulatedRepository.now
                    )
                    try $0.publish()
                }
            ),
            ("tuf.metadata-hash", { try UpdateAttackTests.alter(&$0.files["5.linux-64.json"]) }),
            ("tuf.metadata-length", { $0.files["5.linux-64.json"]?.append(UInt8(ascii: " ")) }),
            (
                "tuf.version-mismatch",
                {
                    $0.promisesBytes = false
                    $0.delegates[role]?.header = SimulatedRepository.header(6)
                    $0.files["5.linux-64.json"] = try $0.sign($0.json(role), by: $0.keys[role] ?? [])
                    try $0.publishSnapshot()
                    $0.snapshot.files[role] = MetaFile(version: 5)
                    try $0.publishSnapshot()
                    try $0.publishTimestamp()
                }
            ),
        ]

    @Test(
        "CVE-2026-6967: delegated metadata is held to expiry, hash, length and version, and not kept otherwise"
    )
    func delegatedRules() async throws {
        for (code, spoil) in Self.spoiled {
            var scene = try Self.scene(promisesBytes: true)
            // The length would be refused by the fetcher, were the server bound by the limit.
            try spoil(&scene.repository)
            let refusal = await refusalCode { try await scene.client().target(Self.file) }
            #expect(refusal == code || (code == "tuf.metadata-length" && refusal == "limit.too-large"))
            #expect(try scene.storedVersion(Self.role) == nil)
        }
    }
}
