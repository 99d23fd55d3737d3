// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("Keys for a family of packages")
struct PrefixKeyTests {
    @Test("A key for `lab-*` is for the packages that begin so, reads their channel, and is for nothing else")
    func prefix() async throws {
        let scene = try AccessScene()
        let here = try await scene.scene.channel("here", .members)
        let there = try await scene.scene.channel("there", .members)
        try await scene.user("alice")
        try await scene.give(.channel(.owner), to: "alice", in: here)
        let scope = AccessScope(
            actions: [.publish, .read, .yank],
            channel: here.id,
            packages: ["lab-*"]
        )
        let holders = [
            FilePublisher(.user, "alice"),
            FilePublisher(.workload, "https://example.org/w", issuer: "https://issuer.example.org"),
        ]
        for holder in holders {
            let caller = try await scene.caller(try await scene.key(for: holder, [scope]))
            func code(_ action: ServerAction, _ channel: HostedChannel, _ package: String?) async -> String? {
                await refusalCode {
                    try await scene.access.demand(action, of: caller, on: channel, package: package)
                }
            }
            for name in ["lab-a", "Lab-A", "lab-a-b"] { #expect(await code(.publish, here, name) == nil) }
            #expect(await code(.yank, here, "lab-a") == nil)
            #expect(await code(.read, here, nil) == nil)
            for name in ["lab", "labs-a", "x-lab-a", "other", "lab-"] {
                #expect(await code(.publish, here, name) == "access.not-allowed", "\(name)")
            }
            #expect(await code(.publish, here, nil) == "access.not-allowed")
            #expect(await code(.remove, here, "lab-a") == "access.not-allowed")
            #expect(await code(.publish, there, "lab-a") == "server.channel-unknown")
            // One that may only publish is still not told that the channel does not exist.
            let narrow = AccessScope(actions: [.publish], channel: here.id, packages: ["lab-*"])
            let other = try await scene.caller(try await scene.key(for: holder, [narrow]))
            #expect(
                await refusalCode {
                    try await scene.access.demand(.publish, of: other, on: here, package: "other")
                } == "access.not-allowed"
            )
        }
    }
}
