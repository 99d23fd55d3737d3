// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TestSupport
import Testing
import TrustCore

@Suite("kingsnake server maintainers")
struct ServerMaintainersTests {
    @Test(
        "A package of a remote channel passes to its maintainers, who sign each new file before it is taken in"
    )
    func wholeStory() async throws { try await AdministeredWorld.run(Self.story) }

    private static func story(_ scene: AdministeredWorld) async throws {
        let world = scene.world, channel = scene.url + "/main"
        try await scene.makeKeys("alice")
        for name in ["a", "b"] {
            try await world.must("channel", "delegate", "key", name + ".key", "--no-passphrase")
        }
        try await scene.publish(.hello("1.0"))
        try await scene.proposeFirst(by: "alice", threshold: 1)
        try await scene.sign("first", by: "alice")
        try await scene.must("signing", "submit", "main", "first")
        try await scene.must("signing", "fetch", "main", "copy")
        let root = ["--root", "copy/tuf/1.root.json"]
        try await world.must(["trust", "add", channel] + root)

        // From the online key to the maintainers, with their first list.
        try await world.must(
            ["root", "propose", "copy", "second", "--delegate", "hello=2"]
                + ["--add-key", "maintainers.hello=a.key.pub", "--add-key", "maintainers.hello=b.key.pub"]
                + root
        )
        try await scene.sign("second", by: "alice", knowing: root)
        #expect(try await scene.refusal("signing", "submit", "main", "second") == "channel.list-awaited")
        try await list(world, "1.0", root: [])
        try await scene.must("signing", "submit", "main", "second", "--list", "hello=hello.list")
        #expect(try await scene.must("maintainers", "list", "main").output.contains("version 1"))
        try await scene.verify("linux-64/\(PackageBuilder.hello("1.0").fileName(.conda))")

        // A new version: the list first.
        let path = try world.write(.hello("1.1"))
        let publish = ["publish", path, "--to", channel, "--key-file", "alice.key"]
        let early = try await world.program.run(publish)
        #expect(early.status != 0 && early.transcript.contains("maintainers"), "\(early.transcript)")
        try await scene.must(["signing", "fetch", "main", "copy"] + root)
        try await list(world, "1.1", root: root)
        let accepted = try await scene.must("maintainers", "accept", "main", "hello", "hello.list")
        #expect(accepted.output.contains("version 2 of the list of `hello` is in force: 2 files"))
        try await world.must(publish)
        try await scene.verify("linux-64/\(PackageBuilder.hello("1.1").fileName(.conda))")
    }

    /// Puts a version on the next list, signed by both.
    private static func list(_ world: ChannelWorld, _ version: String, root: [String]) async throws {
        let package = "packages/" + PackageBuilder.hello(version).fileName(.conda)
        // The delegation is proposed only: the first list is made by its number alone.
        try await world.must(
            ["channel", "delegate", "propose", "copy", "hello", package, "--out", "hello.list"] + root
        )
        for key in ["a.key", "b.key"] {
            try await world.must("channel", "delegate", "sign", "hello.list", "--yes", "--key", key)
        }
    }
}
