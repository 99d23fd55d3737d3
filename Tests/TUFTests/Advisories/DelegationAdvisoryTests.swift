// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TestSupport
import Testing
import TrustCore

@testable import TUF

/// Roles that vouched for what was not theirs: docs/advisories.md, 16 to 22.
@Suite("Advisories about delegations")
struct DelegationAdvisoryTests {
    private static let file: TargetPath = "file"

    @Test("CVE-2024-47534: the first delegation in the file wins, in every process anew")
    func order() async throws {
        // Names in neither alphabetic nor any hash's order; the first of them vouches.
        let names = (0..<24).map { "role-\(($0 * 7 + 5) % 24)" }
        let scene = try Scene { repository in
            for name in names {
                try repository.delegate(["*"], to: name)
                try repository.add("file", "by \(name)", to: name)
            }
        }
        for _ in 0..<8 { #expect(try await scene.client().target(Self.file)?.role.text == names[0]) }
    }

    @Test("CVE-2025-2886: after a terminating delegation nobody else is asked, though it has no such file")
    func terminating() async throws {
        let scene = try Scene {
            try $0.delegate(["*"], to: "upper")
            try $0.delegate(["*"], to: "after")
            try $0.delegate(["*"], to: "empty", from: "upper", terminating: true)
            try $0.delegate(["*"], to: "sibling", from: "upper")
            try $0.add("file", to: "after")
            try $0.add("file", to: "sibling")
        }
        let client = scene.client()
        #expect(try await client.target(Self.file) == nil)
        #expect(scene.server.takeRequests().suffix(2) == ["1.upper.json", "1.empty.json"])
    }

    @Test("GHSA-j8x2-777p-23fc: roles that delegate to each other, or to themselves, are visited once")
    func cycle() async throws {
        let scene = try Scene {
            try $0.delegate(["*"], to: "a")
            try $0.delegate(["*"], to: "b", from: "a")
            try $0.delegate(["*"], to: "a", from: "b")
            try $0.delegate(["*"], to: "b", from: "b")
        }
        let client = scene.client()
        #expect(try await client.target(Self.file) == nil)
        #expect(try await client.targets(of: "elsewhere") == nil)
        #expect(scene.server.takeRequests().suffix(2) == ["1.a.json", "1.b.json"])
    }

    @Test("GHSA-j8x2-777p-23fc: a chain of delegations is followed so far and no further, without recursion")
    func chain() async throws {
        var scene = try Scene { repository in
            for number in 0..<40 {
                try repository.delegate(
                    ["*"],
                    to: "role-\(number)",
                    from: number == 0 ? "targets" : "role-\(number - 1)"
                )
            }
        }
        #expect(
            await refusalCode { try await scene.client().target(Self.file) } == "tuf.too-many-delegations"
        )
        scene.limits.visitedRoles = 40
        #expect(try await scene.client().target(Self.file) == nil)
    }

    /// A repository whose top-level role delegates everything to sixteen hash bins.
    private static func binned(bitLength: Int = 4) throws -> Scene {
        try Scene { repository in
            let key = PrivateKey.fresh
            var delegations = Delegations()
            try delegations.setBins(prefix: "bin", bitLength: bitLength, to: RoleSetup([key.publicKey]))
            repository.targets.delegations = delegations
            for name in delegations.names {
                repository.keys[name] = [key]
                repository.delegates[name] = TargetsMetadata(header: SimulatedRepository.header(1))
            }
        }
    }

    @Test(
        "GHSA-77hh-43cm-v8j6: a name that is no bin's is no role, though the bins' key signed it",
        arguments: ["bin-10", "bin-00", "bin-F", "bin-", "bin--1", "bin-+1", "bin", "other-0", "bin-0 "]
    )
    func notABin(_ text: String) async throws {
        var scene = try Self.binned()
        let name = try #require(RoleName(text))
        scene.repository.keys[name] = scene.repository.keys["bin-0"]
        scene.repository.delegates[name] = TargetsMetadata(header: SimulatedRepository.header(1))
        try scene.repository.publish()
        let client = scene.client()
        #expect(try await client.targets(of: "bin-0") != nil)
        _ = scene.server.takeRequests()
        #expect(try await client.targets(of: name) == nil)
        #expect(scene.server.takeRequests().isEmpty)
        #expect(scene.repository.targets.delegations?.authority(for: name) == nil)
    }

    @Test(
        "go-tuf 846cd4e: hash bins have 1 to 32 bits, or the file is refused",
        arguments: [0, -1, 33, 64, Int64.max, Int64.min]
    )
    func bitLength(_ bits: Int64) async throws {
        var scene = try Self.binned()
        try scene.repository.forge(.targets) {
            try $0.edit("delegations", "succinct_roles") { $0["bit_length"] = .number(JSONNumber(bits)) }
        }
        #expect(await refusalCode { try await scene.refresh() } == "tuf.succinct-roles")
    }

    @Test("TOB-SIGSTORE-14 (python-tuf 2977): what one delegator vouches for says nothing to another")
    func diamond() async throws {
        let scene = try Scene {
            try $0.delegate(["a*"], to: "A")
            try $0.delegate(["b*"], to: "B")
            $0.keys["C"] = [.fresh]
            try $0.delegate(["*"], to: "C", from: "B")
            // The key that `A` names signs, the one that `B` names does not.
            $0.keys["C"] = [.fresh]
            try $0.delegate(["*"], to: "C", from: "A")
            try $0.add("a", to: "C")
            try $0.add("b", to: "C")
        }
        let client = scene.client()
        #expect(try await client.target("a")?.chain.map(\.text) == ["targets", "A", "C"])
        #expect(await refusalCode { try await client.target("b") } == "tuf.signatures")
        // Nor does what this client has kept.
        #expect(await refusalCode { try await scene.client().target("b") } == "tuf.signatures")
    }

    @Test(
        "GHSA-qp9x-wp8f-qgjj: patterns go by bytes; neither case nor separators are folded on any platform",
        arguments: [
            ("linux-64/*", "LINUX-64/a"), ("linux-64\\*", "linux-64/a"), ("A", "a"), ("*", "a/b"),
            ("[ab]", "a"), ("a?b", "a/b"), ("\u{E9}", "e\u{301}"),
        ]
    )
    func patterns(_ pattern: String, _ path: String) async throws {
        let scene = try Scene {
            try $0.delegate([pattern], to: "role")
            try $0.add(path, to: "role")
        }
        let client = scene.client()
        #expect(try await client.target(#require(TargetPath(path))) == nil)
        #expect(scene.server.takeRequests().last == "1.targets.json")
    }

    @Test(
        "Specification 4.5: no delegated role has the name of a top-level role, and none is there twice",
        arguments: [
            (["root"], "tuf.reserved-role-name"), (["timestamp"], "tuf.reserved-role-name"),
            (["snapshot"], "tuf.reserved-role-name"), (["targets"], "tuf.reserved-role-name"),
            (["a", "b", "a"], "tuf.duplicate-role"),
        ]
    )
    func names(_ names: [String], _ code: String) async throws {
        var scene = try Scene()
        try scene.repository.forge(.targets) {
            let roles = names.map { name -> JSONValue in
                [
                    "name": .string(name), "keyids": [], "threshold": 1, "terminating": false,
                    "paths": ["*"],
                ]
            }
            $0["delegations"] = ["keys": [:], "roles": .array(roles)]
        }
        #expect(await refusalCode { try await scene.refresh() } == code)
    }
}
