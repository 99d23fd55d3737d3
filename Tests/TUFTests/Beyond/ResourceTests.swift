// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TestSupport
import Testing
import TrustCore

@testable import TUF

/// What metadata may ask of those who read it: memory and time that its length does not tell.
@Suite("Metadata that asks for much")
struct ResourceTests {
    /// A field that nobody knows, of many values in few bytes.
    private static func field(values: Int) -> JSONValue {
        .array(Array(repeating: .number(JSONNumber(0)), count: values - 1))
    }

    @Test("More values than allowed are refused, in a field that nobody knows too", arguments: [true, false])
    func values(areInTarget: Bool) async throws {
        var scene = try Scene()
        var custom = JSONObject()
        custom["x"] = Self.field(values: 5000)
        scene.repository.targets.targets["file"] = TargetFile(of: [1], custom: areInTarget ? custom : nil)
        try scene.repository.publish()
        if !areInTarget {
            var signed = scene.repository.targets.encoded()
            signed["x"] = Self.field(values: 5000)
            let bytes = try scene.repository.sign(signed, by: scene.repository.keys[.targets] ?? [])
            scene.repository.files["1.targets.json"] = bytes
            scene.repository.snapshot.files[.targets] = MetaFile(version: 1)
            try scene.repository.publishSnapshot()
            try scene.repository.publishTimestamp()
        }
        scene.limits.jsonValues = 5000
        #expect(await refusalCode { try await scene.refresh() } == "limit.too-large")
        scene.limits.jsonValues = 5100
        try await scene.refresh()
        #expect(try scene.storedVersion(.targets) == 1)
    }

    @Test("A bad signature does not spare metadata the limit of values")
    func unsignedValues() async throws {
        var scene = try Scene()
        scene.repository.snapshot.files[.targets] = MetaFile(version: 1)
        try scene.repository.publishSnapshot()
        try scene.repository.publishTimestamp()
        let many = "{\"signatures\":[],\"signed\":[" + String(repeating: "0,", count: 9000) + "0]}"
        scene.repository.files["1.targets.json"] = Array(many.utf8)
        scene.limits.jsonValues = 5000
        #expect(await refusalCode { try await scene.refresh() } == "limit.too-large")
    }

    /// The members of a table are read again when they are asked for; no default limit may end that.
    @Test("What was read under wider limits than the default ones can be looked at")
    func deep() throws {
        var deep = JSONValue.array([])
        for _ in 0..<150 { deep = .array([deep]) }
        var custom = JSONObject()
        custom["deep"] = deep
        var repository = try SimulatedRepository()
        repository.targets.targets["file"] = TargetFile(of: [1], custom: custom)
        let bytes = try repository.sign(repository.targets.encoded(), by: repository.keys[.targets] ?? [])
        #expect(
            refusalCode { try SignedMetadata<TargetsMetadata>(parsing: bytes, as: .targets) }
                == "json.too-deep"
        )
        let limits = JSONLimits(depth: 200)
        let signed = try SignedMetadata<TargetsMetadata>(parsing: bytes, as: .targets, limits: limits)
        #expect(TargetsMetadata.quick(bytes, of: "targets", limits: limits) != nil)
        #expect(signed.role.targets["file"]?.custom == custom)
        #expect(JSONValue.object(signed.envelope.signed) == .object(repository.targets.encoded()))
    }

    @Test("Of a thousand delegations a search and a listing take in no more than they can visit")
    func manyDelegations() async throws {
        let names = (0..<1000).map { "role-\($0)" }
        var scene = try Scene {
            let key = try PrivateKey.generate(.ed25519)
            var delegations = Delegations()
            for (number, name) in names.enumerated() {
                let role = try #require(RoleName(name))
                try delegations.set(
                    role,
                    to: RoleSetup([key.publicKey]),
                    scope: .paths("*"),
                    terminating: false
                )
                guard number < 12 else { continue }
                $0.keys[role] = [key]
                $0.delegates[role] = TargetsMetadata(header: SimulatedRepository.header(1))
            }
            $0.targets.delegations = delegations
            try $0.add("file", to: "role-3")
        }
        scene.limits.visitedRoles = 4
        #expect(scene.limits.usefulDelegations == 10)
        #expect(try await scene.client().target("file")?.role == "role-3")
        #expect(
            await refusalCode { try await scene.client().target("other") } == "tuf.too-many-delegations"
        )
        #expect(
            await refusalCode { try await scene.client().targets(of: "nobody") } == "tuf.too-many-delegations"
        )
        #expect(try await scene.client().targets(of: "role-3")?.map(\.path) == ["file"])
        let delegations = try #require(scene.repository.targets.delegations)
        #expect(
            delegations.roles(for: "file", atMost: 10) == Array(delegations.roles(for: "file").prefix(10))
        )
        for limit in [0, -1, Int.min, Int.max] {
            scene.limits.visitedRoles = limit
            #expect(scene.limits.usefulDelegations >= 2)
        }
    }

    /// Whoever signs a delegated role says how many bins it has; an editor goes through all of them.
    @Test("An editor does not list four billion bins", arguments: [21, 32])
    func bins(bitLength: Int) async throws {
        var repository = try SimulatedRepository()
        try repository.delegate(["*/NAME-*"], to: "maintainer")
        let key = try PrivateKey.generate(.ed25519)
        try repository.edit("maintainer") {
            var delegations = Delegations()
            try delegations.setBins(prefix: "bin", bitLength: bitLength, to: RoleSetup([key.publicKey]))
            $0.delegations = delegations
        }
        try repository.publishRoot()
        try repository.publish()
        let files = repository.files
        let root = try #require(files["1.root.json"])
        #expect(
            refusalCode { try RepositoryEditor(trustedRoot: root) { files[$0] } } == "tuf.succinct-roles"
        )
        var onDemand = try RepositoryEditor(onDemand: root) { files[$0] }
        #expect(refusalCode { try onDemand.read("maintainer") } == "tuf.succinct-roles")
        #expect(
            refusalCode {
                try onDemand.delegateToBins(
                    prefix: "bin",
                    bitLength: bitLength,
                    keys: RoleSetup([key.publicKey])
                )
            } == "tuf.succinct-roles"
        )
        // Nor does one take such a list in.
        var editor = try RepositoryEditor(onDemand: root) { files[$0] }
        var list = try #require(repository.delegates["maintainer"])
        list.header = SimulatedRepository.header(2)
        let signed = try repository.sign(list.encoded(), by: repository.keys["maintainer"] ?? [])
        #expect(refusalCode { try editor.adopt(signed, as: "maintainer") } == "tuf.succinct-roles")
        // A client asks for one of them.
        #expect(try #require(repository.delegates["maintainer"]).delegations?.roles(for: "a/b").count == 1)
    }

    @Test("Look-ups that begin at once share one update")
    func oneUpdate() async throws {
        let scene = try Scene { try $0.add("file") }
        let client = scene.client()
        let found = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<16 { group.addTask { try await client.target("file") != nil } }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(found == 16)
        #expect(scene.server.takeRequests().filter { $0 == "timestamp.json" }.count == 1)
        // Who asks for an update gets one.
        try await client.refresh()
        #expect(scene.server.takeRequests().filter { $0 == "timestamp.json" }.count == 1)
    }
}
