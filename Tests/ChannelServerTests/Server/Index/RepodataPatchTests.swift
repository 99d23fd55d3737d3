// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import HTTPTypes
import HummingbirdTesting
import NIOCore
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("Patches of an index")
struct RepodataPatchTests {
    private func put(_ patch: String, _ scene: IndexScene, _ subdir: String = "linux-64") async throws
        -> String
    {
        let response = try await scene.server.ask(
            [AdministrationRoutes(parts: scene.server.parts, keys: scene.keys)],
            .put,
            "/api/v1/channels/main/index/patches/\(subdir)",
            headers: [.authorization: "Bearer alice"],
            body: Array(patch.utf8)
        )
        return "\(response.status.code) " + String(buffer: response.body)
    }

    @Test("Records are corrected, revoked and removed, and come back when the patch goes")
    func applied() async throws {
        let scene = try await IndexScene()
        let packages = try ["a-1-0.tar.bz2", "a-1-0.conda", "b-1-0.conda", "c-1-0.conda"].map {
            try FixturePackage($0)
        }
        try await scene.publish(packages)
        try await scene.index()
        let patch = #"""
            {"patch_instructions_version":1,"packages":{"a-1-0.tar.bz2":{"depends":["x"],"license":"MIT"}},
            "packages.conda":{"a-1-0.conda":{"license":"ISC","build_number":null,"constrains":["y <2"]}},
            "revoke":["b-1-0.tar.bz2"],"remove":["c-1-0.conda"]}
            """#
        #expect(try await put(patch, scene).hasPrefix("200"))
        try await scene.index()
        let index = try await scene.repodata()
        let old = try #require(try index.record(fileName: "a-1-0.tar.bz2"))
        let new = try #require(try index.record(fileName: "a-1-0.conda"))
        #expect(old.depends == ["x"] && old.license == "MIT")
        #expect(new.depends == ["x"] && new.license == "ISC" && new.constrains == ["y <2"])
        #expect(new.sha256 == packages[1].sha256)
        let revoked = try #require(try index.record(fileName: "b-1-0.conda"))
        #expect(revoked.depends == ["package_has_been_revoked"] && revoked.raw["revoked"] == true)
        #expect(try index.record(fileName: "c-1-0.conda") == nil)
        #expect(index.removed == ["c-1-0.conda"])
        let response = try await scene.server.ask(
            [AdministrationRoutes(parts: scene.server.parts, keys: scene.keys)],
            .delete,
            "/api/v1/channels/main/index/patches/linux-64",
            headers: [.authorization: "Bearer alice"]
        )
        #expect(response.status == .ok)
        try await scene.index()
        #expect(try await scene.repodata().removed.isEmpty)
        #expect(try await scene.repodata().record(fileName: "b-1-0.conda")?.depends == [])
    }

    @Test(
        "What says which bytes a record is about is nothing for a patch",
        arguments: [
            "sha256", "md5", "size", "name", "version", "build", "subdir", "indexed_timestamp", "url",
        ]
    )
    func protected(_ member: String) async throws {
        let scene = try await IndexScene()
        let patch = #"{"packages.conda":{"a-1-0.conda":{"\#(member)":null}}}"#
        let answer = try await put(patch, scene)
        #expect(answer.hasPrefix("422") && answer.contains("index.patch"))
    }
}
