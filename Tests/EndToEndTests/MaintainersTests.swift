// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TestSupport
import Testing
import TrustCore

@Suite("A stolen online key and a package that its maintainers sign")
struct MaintainersTests {
    /// A channel with `hello`, which 2 of 3 maintainers sign, and `greetings`, which they do not; and a mirror
    /// of it, run by the thief of the online key.
    private struct World {
        let world: ChannelWorld
        let hello = PackageBuilder.hello()
        let greetings: PackageBuilder
        var mirror: String { world.path + "/mirror" }

        init() async throws {
            var greetings = PackageBuilder(name: "greetings", version: "2.0", build: "0", subdir: "linux-64")
            greetings.add(file: "share/greetings.txt", "Good morning\n")
            self.greetings = greetings
            world = try await ChannelWorld.pinned(with: [hello, greetings])
            try await World.delegate(world)
            try FileManager.default.copyItem(atPath: world.channel, toPath: mirror)
        }

        /// As people in separate places do it: keys, a list, two signatures, the offline key, the online key.
        private static func delegate(_ world: ChannelWorld) async throws {
            let hello = "packages/" + PackageBuilder.hello().fileName(.conda)
            for name in ["a", "b", "c"] {
                try await world.must("channel", "delegate", "key", name + ".key", "--no-passphrase")
            }
            try await world.must(
                "channel",
                "delegate",
                "propose",
                "channel",
                "hello",
                hello,
                "--out",
                "hello.list"
            )
            try await world.must("channel", "delegate", "sign", "hello.list", "--yes", "--key", "a.key")
            try await world.must("channel", "delegate", "sign", "hello.list", "--yes", "--key", "c.key")
            try await world.must(
                "channel",
                "delegate",
                "add",
                "channel",
                "hello",
                "--threshold",
                "2",
                "--key",
                "a.key.pub",
                "--key",
                "b.key.pub",
                "--key",
                "c.key.pub",
                "--list",
                "hello.list"
            )
        }

        /// Forges a file in the mirror.
        func forge(_ path: String, as bytes: [UInt8], from original: String? = nil) async throws {
            let thief = OnlineKeyThief(
                at: mirror,
                keyFile: world.channel + ".keys/online-1.key",
                now: Timestamp(seconds: Int64(Date().timeIntervalSince1970))
            )
            try await thief.forge(path, as: bytes, from: original)
        }

        /// Another package of the same file name.
        func evil(_ builder: PackageBuilder) throws -> [UInt8] {
            var evil = builder
            evil.add(file: "share/evil.txt", "gotcha\n")
            return try evil.build(.conda)
        }

        func install(_ package: String) async throws -> ProgramResult {
            try await world.run(
                "install",
                "--prefix",
                "env",
                "\(world.url)/\(package)",
                "--mirror",
                "file://" + mirror,
                "--json"
            )
        }
    }

    @Test("What the maintainers sign cannot be forged, by other bytes or by another version")
    func refusesForgeries() async throws {
        let world = try await World()
        let good = try await world.install("linux-64/hello-1.0-0.conda")
        #expect(good.status == 0, "\(good.transcript)")
        let voucher = try good.json()["verdicts"]?.array?.first?.object?["vouched_by"]?.object
        #expect(voucher?["kind"] == "maintainers" && voucher?["threshold"] == 2 && voucher?["keys"] == 3)

        try await world.forge("linux-64/hello-1.0-0.conda", as: try world.evil(world.hello))
        let altered = try await world.install("linux-64/hello-1.0-0.conda")
        #expect(altered.status == 3 && altered.refusalCode == "gate.maintainers-disagree")

        try await world.forge(
            "linux-64/hello-9.0-0.conda",
            as: try world.evil(.hello("9.0")),
            from: "hello-1.0-0.conda"
        )
        let newer = try await world.install("linux-64/hello-9.0-0.conda")
        #expect(newer.status == 3 && newer.refusalCode == "gate.maintainers-silent")
        // Not even the prefix's package of before is taken for a good one of that index.
        let audit = try await world.world.run(
            "audit",
            "--prefix",
            "env",
            "--mirror",
            "file://" + world.mirror,
            "--json"
        )
        #expect(audit.status == 3 && audit.firstProblem == "audit.differs-from-index", "\(audit.transcript)")
    }

    @Test(
        "A forged file at hand is refused as such, also where another pinned channel merely does not list it"
    )
    func refusesForgedFile() async throws {
        let world = try await World(), base = world.world
        try await base.must("channel", "init", "other", "--no-passphrase", "--subdir", "linux-64")
        try await base.must("trust", "add", "file://\(base.path)/other", "--root", "other/tuf/1.root.json")
        try base.write(.hello("9.0"))
        let path = "packages/hello-9.0-0.conda"
        #expect(try await base.run("verify", path, "--json").status == 1)
        try await world.forge("linux-64/hello-9.0-0.conda", as: base.read(path), from: "hello-1.0-0.conda")
        try FileManager.default.removeItem(atPath: base.channel)
        try FileManager.default.moveItem(atPath: world.mirror, toPath: base.channel)
        let result = try await base.run("verify", path, "--json")
        #expect(result.status == 3 && result.refusalCode == "gate.maintainers-silent", "\(result.transcript)")
        try await base.must("verify", "packages/hello-1.0-0.conda")
    }

    @Test("The test can fail: where nobody but the online key vouches, the same forgery is installed")
    func onlineKeyIsEnoughElsewhere() async throws {
        let world = try await World()
        try await world.forge("linux-64/greetings-2.0-0.conda", as: try world.evil(world.greetings))
        let result = try await world.install("linux-64/greetings-2.0-0.conda")
        #expect(result.status == 0, "\(result.transcript)")
        let voucher = try result.json()["verdicts"]?.array?.first?.object?["vouched_by"]?.object
        #expect(voucher?["kind"] == "online-key" && voucher?["role"] == "linux-64")
        #expect(world.world.exists("env/share/evil.txt"))
    }

    @Test("A list is not signed unasked, nor begun from a folder that nobody knows, nor a key given twice")
    func asks() async throws {
        let world = try await World().world
        let propose = ["channel", "delegate", "propose", "channel", "hello", "--out", "next.list"]
        let unknown = try await world.program.run(propose + ["--json"])
        #expect(unknown.status != 0 && unknown.transcript.contains("--root FILE"), "\(unknown.transcript)")
        let known = try await world.must(propose + ["--root", "channel/tuf/1.root.json"])
        #expect(known.output.contains("  kept  linux-64/hello-1.0-0.conda"))
        let sign = ["channel", "delegate", "sign", "next.list", "--key", "a.key"]
        let unasked = try await world.program.run(sign)
        #expect(unasked.status != 0 && unasked.transcript.contains("give `--yes`"), "\(unasked.transcript)")
        #expect(try await world.must(sign + ["--dry-run", "--json"]).json()["signatures"] == 0)
        #expect(try await world.must(sign + ["--yes", "--json"]).json()["signatures"] == 1)
        let twice = try await world.program.run(
            ["channel", "delegate", "add", "channel", "hello", "--threshold", "1"]
                + ["--key", "a.key.pub", "--key", "a.key.pub"]
        )
        #expect(twice.status == 2 && twice.transcript.contains("only once"), "\(twice.transcript)")
    }

    @Test("An installed package that its maintainers no longer vouch for is found by an audit")
    func auditsWithdrawn() async throws {
        let world = try await World()
        #expect(try await world.install("linux-64/hello-1.0-0.conda").status == 0)
        let clean = try await world.world.must("audit", "--prefix", "env", "--json").json()
        #expect(clean["vouched_by"]?.array?.first?.object?["kind"] == "maintainers")
        // An empty list, published by a server that leaves the index as it is.
        try await world.world.must(
            "channel",
            "delegate",
            "add",
            "channel",
            "hello",
            "--threshold",
            "1",
            "--key",
            "a.key.pub"
        )
        try await world.world.must(
            "channel",
            "delegate",
            "propose",
            "channel",
            "hello",
            "--out",
            "empty.list",
            "--root",
            "channel/tuf/1.root.json",
            "--withdraw",
            "linux-64/hello-1.0-0.conda"
        )
        try await world.world.must("channel", "delegate", "sign", "empty.list", "--yes", "--key", "a.key")
        try await world.world.must("channel", "delegate", "accept", "channel", "hello", "empty.list")
        let audit = try await world.world.run("audit", "--prefix", "env", "--json")
        #expect(audit.firstProblem == "audit.not-in-index", "\(audit.transcript)")
    }

    @Test("A list that counts for nothing any more does not keep an audit from the channel's other packages")
    func auditGoesOn() async throws {
        let hello = PackageBuilder.hello()
        var tool = PackageBuilder(name: "tool", version: "1.0", build: "0", subdir: "linux-64")
        tool.add(file: "share/tool.txt", "tool\n")
        let world = try await ChannelWorld.pinned(with: [hello, tool])
        try await world.must("install", "--prefix", "env", world.packageURL(hello), world.packageURL(tool))
        let delegate = ["channel", "delegate"], of = ["channel", "hello"]
        for name in ["a", "b"] { try await world.must(delegate + ["key", "\(name).key", "--no-passphrase"]) }
        try await world.must(
            delegate + ["propose"] + of + ["packages/" + hello.fileName(.conda), "--out", "list"]
        )
        try await world.must(delegate + ["sign", "list", "--key", "a.key", "--yes"])
        let add = delegate + ["add"] + of + ["--threshold", "1"]
        try await world.must(add + ["--key", "a.key.pub", "--list", "list"])
        // Other keys from now on, and no list by them yet.
        try await world.must(add + ["--key", "b.key.pub"])
        try await world.must("channel", "remove", "channel", "linux-64/" + tool.fileName(.conda))
        let audit = try await world.run("audit", "--prefix", "env", "--json")
        #expect(audit.firstProblem == "audit.not-in-index", "\(audit.transcript)")
        let human = try await world.run("audit", "--prefix", "env")
        #expect(human.transcript.contains("[tuf.signatures]"), "\(human.transcript)")
    }
}
