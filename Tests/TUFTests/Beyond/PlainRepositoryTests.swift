// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TestSupport
import Testing
import TrustCore

@testable import TUF

/// Repositories whose root says that snapshots are not consistent: nothing but the root is versioned, so that
/// a name says nothing about the version behind it.
@Suite("Repositories without consistent snapshots")
struct PlainRepositoryTests {
    @Test("Delegated roles and targets are found under their plain names")
    func names() async throws {
        let scene = try Scene(consistentSnapshot: false) {
            try $0.delegate(["linux-64/*"], to: "linux-64")
            try $0.add("linux-64/repodata.json", "index", to: "linux-64")
        }
        let client = scene.client()
        let target = try await client.requiredTarget("linux-64/repodata.json")
        scene.server.files["linux-64/repodata.json"] = Array("index".utf8)
        #expect(try await client.download(target, from: MemoryServer.url) == Array("index".utf8))
        #expect(
            scene.server.takeRequests() == [
                "2.root.json", "timestamp.json", "snapshot.json", "targets.json", "linux-64.json",
                "linux-64/repodata.json",
            ]
        )
    }

    @Test(
        "An old or a new file in place of the promised one is refused by its version",
        arguments: [RoleName.snapshot, .targets, "role"]
    )
    func otherVersions(_ role: RoleName) async throws {
        for version in [1, 3] as [Int64] {
            var scene = try Scene(consistentSnapshot: false) {
                try $0.delegate(["*"], to: "role")
                for header in [\SimulatedRepository.targets.header, \.snapshot.header, \.timestamp.header] {
                    $0[keyPath: header] = SimulatedRepository.header(2)
                }
                $0.delegates["role"]?.header = SimulatedRepository.header(2)
            }
            try scene.repository.forge(role) { $0["version"] = .number(JSONNumber(version)) }
            #expect(
                await refusalCode { try await scene.client().target("file") } == "tuf.version-mismatch"
            )
            #expect(try scene.storedVersion(role) == nil)
        }
    }

    @Test("A repository may begin to version its files, and stop again, by a new root")
    func switching() async throws {
        var scene = try Scene(consistentSnapshot: false)
        try await scene.refresh()
        for isConsistent in [true, false] {
            try scene.repository.bumpRoot { $0.root.consistentSnapshot = isConsistent }
            scene.repository.files = scene.repository.files.filter { $0.key.hasSuffix(".root.json") }
            try scene.repository.publishNext()
            _ = scene.server.takeRequests()
            try await scene.refresh()
            let version = scene.repository.snapshot.version
            let snapshot = isConsistent ? "\(version).snapshot.json" : "snapshot.json"
            #expect(scene.server.takeRequests().contains(snapshot))
        }
    }
}
