// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TestSupport
import Testing
import TrustCore

@testable import TUF

@Suite("Delegations by the hash of a path")
struct PathHashPrefixTests {
    private static let path: TargetPath = "linux-64/numpy-2.1.0-py313h_0.conda"

    /// A repository in which `role` is trusted with some prefixes, and vouches for the path.
    private static func scene(_ prefixes: [String]) throws -> Scene {
        try Scene { repository in
            try repository.delegate([], to: "role")
            try repository.add(path.text, to: "role")
            let keys = try #require(repository.keys["role"]).map(\.publicKey)
            try repository.edit("targets") { metadata in
                var delegations = try #require(metadata.delegations)
                try delegations.set(
                    "role",
                    to: RoleSetup(keys),
                    scope: .hashPrefixes(prefixes),
                    terminating: false
                )
                metadata.delegations = delegations
            }
        }
    }

    @Test(
        "A role vouches for paths whose SHA-256 begins with one of its prefixes",
        arguments: [1, 2, 3, 63, 64]
    )
    func inScope(_ digits: Int) async throws {
        let hash = Self.path.hash.hex
        for prefixes in [[String(hash.prefix(digits))], ["0", String(hash.prefix(digits)), "f"]] {
            let scene = try Self.scene(prefixes)
            #expect(try await scene.client().target(Self.path)?.role == "role")
        }
    }

    @Test("For other paths the role is not even asked for", arguments: [1, 2, 3, 63, 64])
    func outOfScope(_ digits: Int) async throws {
        var prefix = Array(Self.path.hash.hex.utf8.prefix(digits))
        prefix[digits - 1] = prefix[digits - 1] == UInt8(ascii: "0") ? UInt8(ascii: "1") : UInt8(ascii: "0")
        for prefixes in [[String(decoding: prefix, as: UTF8.self)], []] {
            let scene = try Self.scene(prefixes)
            let client = scene.client()
            #expect(try await client.target(Self.path) == nil)
            #expect(scene.server.takeRequests().last == "1.targets.json")
        }
    }

    @Test("The hash is that of the path alone: no leading slash, no digest in front, no normalisation")
    func hashOfPath() {
        // SHA-256 of the text, as `printf %s … | sha256sum` prints it.
        let known = "3b9c358f36f0a31b6ad3e14f309c7cf198ac9246e8316f9ce543d5b19ac02b80"
        #expect(TargetPath("file").hash.hex == known)
        #expect(TargetPath("caf\u{E9}").hash != TargetPath("cafe\u{301}").hash)
    }

    @Test(
        "A prefix is 1 to 64 hexadecimal digits; paths and prefixes exclude each other",
        arguments: [
            (["path_hash_prefixes": [""]], "tuf.path-hash-prefix"),
            (["path_hash_prefixes": ["g"]], "tuf.path-hash-prefix"),
            (["path_hash_prefixes": ["\u{FF10}"]], "tuf.path-hash-prefix"),
            (["path_hash_prefixes": [.string(String(repeating: "0", count: 65))]], "tuf.path-hash-prefix"),
            (["path_hash_prefixes": "00"], "json.shape"), (["path_hash_prefixes": [0]], "json.shape"),
            (["path_hash_prefixes": ["0"], "paths": ["*"]], "tuf.delegation-paths"),
            ([:], "tuf.delegation-paths"),
        ] as [(JSONValue, String)]
    )
    func malformed(_ scope: JSONValue, _ code: String) async throws {
        var scene = try Self.scene(["0"])
        try scene.repository.forge(.targets) {
            var role: JSONValue = [
                "name": "role", "keyids": [], "threshold": 1, "terminating": false,
            ]
            if let rest = role.object?.adding(try #require(scope.object)) { role = .object(rest) }
            let roles = role
            try $0.edit("delegations") { $0["roles"] = [roles] }
        }
        #expect(await refusalCode { try await scene.refresh() } == code)
    }
}
