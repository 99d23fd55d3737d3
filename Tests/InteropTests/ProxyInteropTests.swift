// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TestSupport
import Testing
import TrustCore

@Suite("py-rattler behind the proxy", .enabled(if: Peers.arePresent, "\(Peers.absence)"), .serialized)
struct ProxyInteropTests {
    private static func serving(
        pinned: Bool,
        _ body: (SignedChannelFixture, LoopbackServer) async throws -> Void
    ) async throws {
        let channel = try await SignedChannelFixture(SamplePackages.all)
        try await LoopbackServer.serving(channel.directory) { server in
            if pinned {
                try await channel.kingsnake.must(["trust", "add", server.url, "--root", channel.root])
            }
            try await body(channel, server)
        }
    }

    @Test(
        "It installs as without it, by shards and without, and its records name the channel itself",
        arguments: [true, false],
        [true, false]
    )
    func installs(isPinned: Bool, isSharded: Bool) async throws {
        try await Self.serving(pinned: isPinned) { channel, server in
            let (answer, result) = try await Peers.run(
                "rattler_e2e",
                [server.url, "--spec", "tiny-tool"] + (isSharded ? [] : ["--no-sharded"]),
                by: channel.kingsnake
            )
            #expect(result.status == 0, "\(result.transcript)")
            let solved = SolvedPackage.all(in: try #require(answer))
            #expect(solved.contains { $0.fileName.hasPrefix("tiny-tool-") })
            #expect(solved.allSatisfy { $0.url.hasPrefix(server.url + "/") }, "\(solved)")
            #expect(result.errors.contains("passed on \(solved.count) packages"), "\(result.errors)")
            #expect(result.errors.contains("only observed") == !isPinned, "\(result.errors)")
            let asked = server.requestedPaths
            // By shards, nothing is fetched of the index but the shards that were asked for.
            #expect(asked.contains { $0.contains("repodata.json") } == !isSharded, "\(asked)")
            let shards = asked.filter { $0.contains("/shards/") }
            #expect(Set(shards).count == shards.count && shards.isEmpty == !isSharded, "\(asked)")
            let indexes = asked.filter { $0.hasSuffix("repodata_shards.msgpack.zst") }
            #expect(Set(indexes).count == indexes.count, "\(asked)")
        }
    }

    @Test(
        "A shard that was altered under its honest name is not installed from, pinned or not",
        arguments: [true, false]
    )
    func alteredShard(isPinned: Bool) async throws {
        try await Self.serving(pinned: isPinned) { channel, server in
            server.follow { $0.path.contains("/shards/") ? .altered : .normal }
            let (answer, result) = try await Peers.run(
                "rattler_e2e",
                [server.url, "--spec", "tiny-tool"],
                by: channel.kingsnake
            )
            #expect(result.status != 0 && (answer?["solved"] == nil), "\(result.transcript)")
            #expect(result.errors.contains("[shard.digest]"), "\(result.errors)")
            #expect(!server.requestedPaths.contains { $0.contains("repodata.json") })
        }
    }

    @Test(
        "What a policy hides by name is not seen by shards either, and the whole index is not asked for that"
    )
    func policy() async throws {
        try await Self.serving(pinned: true) { channel, server in
            let pins = "version: 1\npins: {tiny-tool: https://conda.example.org/other}\n"
            try channel.folder.write(Array(pins.utf8), to: "policy.yaml")
            let (answer, result) = try await Peers.run(
                "rattler_e2e",
                [server.url, "--spec", "tiny-tool"],
                by: channel.kingsnake,
                options: ["--policy", channel.folder.path + "/policy.yaml"]
            )
            #expect(result.status != 0 && (answer?["solved"] == nil), "\(result.transcript)")
            #expect(!server.requestedPaths.contains { $0.contains("repodata.json") })
        }
    }

    @Test(
        "A package that was altered on its way is not installed, and the run says why",
        arguments: [true, false]
    )
    func altered(isPinned: Bool) async throws {
        try await Self.serving(pinned: isPinned) { channel, server in
            server.follow { $0.path.contains("/tiny-tool-") ? .altered : .normal }
            let (answer, result) = try await Peers.run(
                "rattler_e2e",
                [server.url, "--spec", "tiny-tool"],
                by: channel.kingsnake
            )
            #expect(result.status != 0 && (answer?["solved"] == nil), "\(result.transcript)")
            #expect(result.errors.contains("digest.mismatch"), "\(result.errors)")
        }
    }

    @Test("Indexes that were altered, under whatever name, change nothing of what a pinned channel gives")
    func alteredIndexes() async throws {
        try await Self.serving(pinned: true) { channel, server in
            // Whoever swaps a shard under its honest name, or any form of the index, decides both `depends` and `sha256`.
            server.follow { request in
                let isIndex = request.path.contains("repodata") || request.path.contains("/shards/")
                return isIndex ? .altered : .normal
            }
            let (answer, result) = try await Peers.run(
                "rattler_e2e",
                [server.url, "--spec", "tiny-tool"],
                by: channel.kingsnake
            )
            #expect(result.status != 0 && (answer?["solved"] == nil), "\(result.transcript)")
            #expect(result.errors.contains("[tuf.target-hash]"), "\(result.errors)")
        }
    }
}
