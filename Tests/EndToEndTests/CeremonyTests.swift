// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TestSupport
import Testing
import TrustCore

@Suite("Ceremonies, by the commands")
struct CeremonyTests {
    private static let five = ["alice", "bob", "carol", "dora", "erik"]

    /// A channel that three of five have made.
    private static func made() async throws -> CeremonyWorld {
        let ceremony = try await CeremonyWorld(five)
        try await ceremony.proposeFirst(of: five, threshold: 3)
        try await ceremony.sign("first", by: ["alice", "carol", "erik"])
        try await ceremony.publish("first")
        return ceremony
    }

    @Test("Three of five make a channel, the online key works it, and two are removed; clients follow")
    func threeOfFive() async throws {
        let ceremony = try await Self.made()
        let world = ceremony.world
        let hello = PackageBuilder.hello(), next = PackageBuilder.hello("1.1")
        try await world.must("channel", "add", "channel", world.write(hello))
        try await world.must("channel", "sign", "channel", "--all")
        try await world.must("trust", "add", world.url, "--root", "channel/tuf/1.root.json")
        try await world.must("verify", world.packageURL(hello))

        try await world.must(
            "root",
            "propose",
            "channel",
            "second",
            "--remove-key",
            "offline=dora",
            "--remove-key",
            "offline=erik",
            "--threshold",
            "offline=2"
        )
        try await ceremony.sign("second", by: ["dora", "alice"])
        let early = try await world.run("root", "publish", "second", "channel", "--json")
        #expect(early.refusalCode == "ceremony.incomplete" && early.status == 4)
        #expect(!world.exists("channel/tuf/2.root.json"))
        try await ceremony.sign("second", by: ["bob"])
        try await ceremony.publish("second")

        try await world.must("channel", "add", "channel", world.write(next))
        for home in ["home", "new-home"] {
            if home == "new-home" {
                try await world.must(
                    "trust",
                    "add",
                    world.url,
                    "--root",
                    "channel/tuf/1.root.json",
                    "--home",
                    home
                )
            }
            try await world.must("verify", world.packageURL(next), "--home", home)
        }
        // The two have nothing to say any more.
        try await world.must("root", "propose", "channel", "third", "--renew", "root", "--renew", "targets")
        let erik = try await world.run(
            "root",
            "sign",
            "third",
            "--key",
            "erik/erik.key",
            "--yes",
            "--root",
            "channel/tuf/1.root.json",
            "--json"
        )
        #expect(erik.refusalCode == "ceremony.stranger" && erik.status == 1)
        try await ceremony.sign("third", by: ["alice", "bob"])
        try await ceremony.publish("third")
        try await world.must("verify", world.packageURL(next))
        let steps = try await world.must("root", "verify", "channel", "--json").json()["steps"]?.array
        #expect(steps?.count == 3)
    }

    @Test("A witness sees each step and who signed, from a folder, from files, and from a proposal")
    func witness() async throws {
        let ceremony = try await Self.made()
        let world = ceremony.world
        try await world.must("root", "propose", "channel", "second", "--remove-key", "root=bob")
        try await ceremony.sign("second", by: ["alice", "bob", "carol", "dora"])
        try await ceremony.publish("second")
        let root = ["--root", "channel/tuf/1.root.json"]
        for path in [["channel"], ["channel/tuf"], ["channel/tuf/2.root.json", "channel/tuf/1.root.json"]] {
            let said = try await world.must(["root", "verify"] + path + root).output
            #expect(
                said.contains("loses power: `bob`, ed25519 ") && said.contains("signed by `bob`, ed25519 ")
            )
        }
        let proposal = try await world.must(
            ["root", "verify", "second", "--transcript", "second.transcript"] + root
        )
        #expect(proposal.output.contains("3 must sign, 3 have: enough"))
        #expect(proposal.output.contains("the transcript has 3 entries"))
        let other = try await world.run(
            "root",
            "verify",
            "channel",
            "--root",
            "channel.keys/channel.json",
            "--json"
        )
        #expect(other.refusalCode == "ceremony.other-root" && other.status == 3)
    }

    @Test("The online key is replaced in every role, by a root and a targets proposal in one file")
    func onlineKey() async throws {
        let ceremony = try await Self.made()
        let world = ceremony.world
        let hello = PackageBuilder.hello()
        try await world.must("trust", "add", world.url, "--root", "channel/tuf/1.root.json")
        try await world.must("channel", "add", "channel", world.write(hello))
        try await world.must("root", "key", "channel.keys/online-2", "--no-passphrase")
        try await world.must(
            "root",
            "propose",
            "channel",
            "second",
            "--replace-key",
            "online-1=channel.keys/online-2.pub"
        )
        try await ceremony.sign("second", by: ["alice", "bob", "dora"])
        try FileManager.default.removeItem(atPath: world.path + "/channel.keys/online-1.key")
        let published = try await ceremony.publish("second").output
        for role in ["root", "targets", "linux-64", "noarch", "snapshot", "timestamp"] {
            #expect(published.contains("published \(role) version "), "\(role)")
        }
        try await world.must("verify", world.packageURL(hello))
        try await world.must("channel", "sign", "channel", "--all")
        try await world.must("verify", world.packageURL(hello))
        try await world.must("channel", "verify", "channel", "--root", "channel.keys/root.json")
    }

    /// What is tried in a world with a proposal `second`, what it is refused by, and the exit status.
    private static let refusals: [(command: [String], code: String, status: Int32)] = [
        (["sign", "second", "--key", "mallory/mallory.key", "--yes"] + root, "ceremony.stranger", 1),
        (["sign", "second", "--key", "bob/bob.key", "--yes", "--root", "second"], "ceremony.other-root", 3),
        (["sign", "another", "--key", "bob/bob.key", "--yes"] + root, "ceremony.other-root", 3),
        (
            ["sign", "another", "--key", "bob/bob.key", "--yes", "--root-sha256", zeros],
            "ceremony.other-root", 3
        ),
        (["sign", "second", "--key", "bob/bob.key", "--sha256", zeros], "ceremony.other-bytes", 3),
        (["sign", "channel/tuf/1.root.json", "--key", "bob/bob.key"], "ceremony.file-format", 3),
        (["merge", "second", "other.bob"], "ceremony.other-bytes", 3),
        (["merge", "second", "channel/tuf/1.root.json"], "ceremony.file-format", 3),
        (["publish", "second", "channel"], "ceremony.incomplete", 4),
        (["publish", "another", "channel"], "channel.already-there", 1),
        (["verify", "channel", "--root-sha256", zeros], "ceremony.other-root", 3),
        (["propose", "channel", "x"], "ceremony.no-change", 1),
        (["propose", "channel", "x", "--threshold", "root=6"], "ceremony.threshold-unreachable", 1),
        (["propose", "channel", "x", "--threshold", "root=0"], "ceremony.threshold-below-one", 1),
        (["propose", "channel", "x", "--add-key", "root=bob/bob.pub"], "ceremony.key-twice", 1),
        (["propose", "channel", "x", "--remove-key", "root=mallory"], "ceremony.key-unknown", 1),
        (["propose", "channel", "x", "--threshold", "osx-64=1"], "ceremony.role-unknown", 1),
        (["propose", "nowhere", "x", "--renew", "root"], "channel.not-a-channel", 4),
        (
            ["propose", "channel", "x", "--threshold", "root=1"]
                + ["alice", "bob", "carol"].flatMap { ["--remove-key", "root=\($0)"] },
            "ceremony.old-quorum-lost", 1
        ),
    ]
    private static let root = ["--root", "channel/tuf/1.root.json"]
    private static let zeros = String(repeating: "0", count: 64)

    @Test("What makes no sense is refused, each with its own code, and nothing changes")
    func refuses() async throws {
        var ceremony = try await Self.made()
        try await ceremony.add("mallory")
        let world = ceremony.world
        try await world.must("root", "propose", "channel", "second", "--threshold", "root=2")
        try await world.must("root", "propose", "channel", "other", "--threshold", "root=4")
        try await world.must(
            ["root", "sign", "other", "--key", "bob/bob.key", "--yes", "--out", "other.bob"] + Self.root
        )
        try await world.must(
            ["root", "init", "another", "--threshold", "1", "--authority", "bob/bob.pub"]
                + ["--online-key", "channel.keys/online-1.pub"]
        )
        try await world.must(
            ["root", "sign", "another", "--key", "bob/bob.key", "--yes", "--out", "another.bob"]
                + world.agreed(on: "another")
        )
        try await world.must("root", "merge", "another", "another.bob")
        let before = try world.read("second")
        for (command, code, status) in Self.refusals {
            let result = try await world.program.run(["root"] + command + ["--json"])
            #expect(result.refusalCode == code && result.status == status, "\(command): \(result.transcript)")
        }
        #expect(try world.read("second") == before)
        #expect(!world.exists("x") && !world.exists("channel/tuf/2.root.json"))
    }

    @Test(
        "Nobody signs by accident: without a terminal only with --yes, and then with the root that one knows"
    )
    func asks() async throws {
        let ceremony = try await Self.made()
        let world = ceremony.world
        try await world.must("root", "propose", "channel", "second", "--threshold", "root=2")
        let sign = ["root", "sign", "second", "--key", "bob/bob.key", "--out", "bob.signatures"]
        for arguments in [sign, sign + Self.root, sign + ["--yes"]] {
            let result = try await world.program.run(arguments)
            #expect(result.status == 6, "\(result.transcript)")
        }
        let digest = try await world.must(sign + ["--dry-run", "--json"]).json()["proposal_sha256"]?.string
        #expect(!world.exists("bob.signatures") && !world.exists("bob/second.transcript"))
        try await world.must(sign + ["--yes", "--sha256", try #require(digest)] + Self.root)
        #expect(world.exists("bob.signatures"))
        let slip = try await world.program.run(
            ["root", "sign", "second", "--key", "bob/bob.pub", "--yes"] + Self.root
        )
        #expect(slip.status == 6 && slip.errors.contains("that is a public key"), "\(slip.transcript)")
        // Nobody knows a first root: what was agreed on must be known.
        try await world.must(
            ["root", "init", "another", "--threshold", "1", "--authority", "bob/bob.pub"]
                + ["--online-key", "channel.keys/online-1.pub"]
        )
        let first = ["root", "sign", "another", "--key", "bob/bob.key", "--yes", "--out", "another.bob"]
        #expect(try await world.program.run(first).status == 6)
        #expect(!world.exists("another.bob"))
        try await world.must(first + world.agreed(on: "another"))
        // A proposal that may be signed already is not written over.
        let again = try await world.run("root", "propose", "channel", "second", "--threshold", "root=2")
        #expect(again.status == 6)
    }
}
