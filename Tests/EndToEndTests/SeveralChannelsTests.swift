// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TestSupport
import Testing
import TrustCore

@Suite("Several pinned channels")
struct SeveralChannelsTests {
    /// A world with the channel `channel`, which has `hello`, and pinned beside it: one with other bytes under
    /// the same name, one for another platform only, and one that is gone.
    private static func world() async throws -> ChannelWorld {
        let world = try await ChannelWorld.pinned(with: [.hello()])
        var other = PackageBuilder.hello()
        other.add(file: "share/other.txt", "other\n")
        try world.write(try other.build(.conda), to: "others/hello-1.0-0.conda")
        for (name, subdir) in [("differs", "linux-64"), ("elsewhere", "osx-64"), ("gone", "linux-64")] {
            try await world.must("channel", "init", name, "--no-passphrase", "--subdir", subdir)
            let url = "file://\(world.path)/\(name)"
            try await world.must("trust", "add", url, "--root", "\(name)/tuf/1.root.json")
        }
        try await world.must("channel", "add", "differs", "others/hello-1.0-0.conda")
        try FileManager.default.removeItem(atPath: world.path + "/gone")
        return world
    }

    @Test("A file is verified if one of them lists it, and the verdict of each is shown")
    func showsEach() async throws {
        let world = try await Self.world()
        let text = try await world.must("verify", "packages/hello-1.0-0.conda").output
        for name in ["channel", "differs", "elsewhere", "gone"] {
            #expect(text.contains("channel `file://\(world.path)/\(name)`:"), "\(text)")
        }
        #expect(text.contains("MISSING  signed-index") && text.contains("REFUSED  index-digest"), "\(text)")
        #expect(text.contains("UNKNOWN") && text.contains("verified: the channel's signed index"), "\(text)")
        let document = try await world.must("verify", "packages/hello-1.0-0.conda", "--json").json()
        let channels = document["channels"]?.array ?? []
        #expect(document["allowed"]?.bool == true && channels.count == 4)
        #expect(channels.compactMap { $0.object?["allowed"]?.bool }.count { $0 } == 1)
        #expect(channels.count { $0.object?["error"] != nil } == 1)
    }

    @Test("If none lists these bytes, other bytes under the name outrank its absence")
    func prefersTheMostTelling() async throws {
        let world = try await Self.world()
        try await world.must("channel", "remove", "channel", "linux-64/hello-1.0-0.conda")
        let result = try await world.run("verify", "packages/hello-1.0-0.conda", "--json")
        let findings = try result.json()["findings"]?.array ?? []
        #expect(result.status == 3, "\(result.transcript)")
        #expect(
            findings.contains {
                $0.object?["rule"]?.string == "index-digest" && $0.object?["outcome"]?.string == "refused"
            },
            "\(result.transcript)"
        )
    }

    @Test("If no channel can be asked, the reason is told")
    func noneCanBeAsked() async throws {
        let world = try await ChannelWorld.pinned(with: [.hello()])
        try FileManager.default.removeItem(atPath: world.channel)
        let result = try await world.run("verify", "packages/hello-1.0-0.conda")
        #expect(result.status != 0 && result.errors.contains("error: "), "\(result.transcript)")
        #expect(!result.output.contains("UNKNOWN"))
    }

    @Test("An audit goes on past a channel that cannot be asked, and does not call the prefix clean")
    func auditGoesOn() async throws {
        let world = try await ChannelWorld.pinned(with: [.hello()])
        var tool = PackageBuilder(name: "tool", version: "1.0", build: "0", subdir: "linux-64")
        tool.add(file: "share/tool.txt", "tool\n")
        let second = "file://\(world.path)/second"
        try await world.must("channel", "init", "second", "--no-passphrase", "--subdir", "linux-64")
        try await world.must("channel", "add", "second", try world.write(tool))
        try await world.must("trust", "add", second, "--root", "second/tuf/1.root.json")
        try await world.must(
            "install",
            "--prefix",
            "env",
            world.packageURL(.hello()),
            "\(second)/linux-64/tool-1.0-0.conda"
        )
        try FileManager.default.removeItem(atPath: world.path + "/second")
        let result = try await world.run("audit", "--prefix", "env", "--json")
        let document = try result.json()
        #expect(result.status != 0 && document["status"]?.string == "incomplete", "\(result.transcript)")
        #expect(document["unvouched"]?.array?.isEmpty == true)
        let unasked = document["unasked"]?.array ?? []
        #expect(unasked.map { $0.object?["channel"]?.string } == [second], "\(result.transcript)")
        let text = try await world.run("audit", "--prefix", "env").output
        #expect(text.contains("vouched for by a pinned channel's index: 1"), "\(text)")
        #expect(text.contains("UNKNOWN  1 package of `\(second)`"), "\(text)")
    }

    @Test("A damaged entry of the trust store blocks nobody else, and can be removed")
    func damagedEntry() async throws {
        let world = try await Self.world()
        let channels = try #require(
            FileManager.default.enumerator(atPath: world.path)?.compactMap { $0 as? String }
                .filter { $0.hasSuffix("channel.json") && $0.contains("differs") }
        )
        try world.write(Array("{".utf8), to: try #require(channels.first))
        try await world.must("verify", "packages/hello-1.0-0.conda", "--channel", world.url)
        try await world.must("verify", "packages/hello-1.0-0.conda")
        let list = try await world.run("trust", "list", "--json")
        let document = try list.json()
        #expect(list.status == 3 && document["status"]?.string == "damaged", "\(list.transcript)")
        #expect(document["channels"]?.array?.count == 3 && document["damaged"]?.array?.count == 1)
        try await world.must("trust", "remove", "file://\(world.path)/differs")
        try await world.must("trust", "list")
    }
}
