// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TestSupport
import Testing
import TrustCore

@Suite("Authorities pass a package to its maintainers, by the commands")
struct DelegationCeremonyTests {
    /// A channel of three authorities, two of whom must agree, with `hello` in it; and two maintainers' keys.
    private static func made() async throws -> CeremonyWorld {
        let ceremony = try await CeremonyWorld(["alice", "bob", "carol"])
        let world = ceremony.world
        try await ceremony.proposeFirst(of: ["alice", "bob", "carol"], threshold: 2)
        try await ceremony.sign("first", by: ["alice", "bob"])
        try await ceremony.publish("first")
        try await world.must("channel", "add", "channel", world.write(PackageBuilder.hello()))
        try await world.must("trust", "add", world.url, "--root", "channel/tuf/1.root.json")
        for name in ["m1", "m2"] {
            try await world.must("channel", "delegate", "key", name + ".key", "--no-passphrase")
        }
        return ceremony
    }

    private static let propose = [
        "root", "propose", "channel", "second", "--delegate", "hello=2", "--add-key",
        "maintainers.hello=m1.key.pub", "--add-key", "maintainers.hello=m2.key.pub",
    ]

    @Test("Two of three agree in words; the list is published in the same step; then they take it back")
    func passes() async throws {
        let ceremony = try await Self.made()
        let world = ceremony.world
        let hello = PackageBuilder.hello()
        let proposed = try await world.must(Self.propose)
        let words = "package `hello` passes from the online keys to its maintainers\n  loses power: whoever"
        #expect(proposed.output.contains(words) && proposed.output.contains("signed by 2 of 2\n"))
        try await ceremony.sign("second", by: ["alice", "carol"])
        let merged = try await world.must("root", "merge", "second", "--json").json()
        let package = merged["packages"]?.array?.first?.object
        #expect(package?["package"] == "hello" && package?["passes"] == "to-maintainers")
        #expect(package?["threshold"] == 2 && package?["gained"]?.array?.count == 2)

        // Nobody is left with a package that clients refuse.
        let early = try await world.run("root", "publish", "second", "channel", "--json")
        #expect(early.refusalCode == "channel.list-awaited" && early.status == 4)
        let path = "packages/" + hello.fileName(.conda)
        try await world.must("channel", "delegate", "propose", "channel", "hello", path, "-o", "list")
        try await world.must("channel", "delegate", "sign", "list", "--yes", "--key", "m1.key")
        let publish = ["root", "publish", "second", "channel", "--list", "hello=list"]
        let half = try await world.program.run(publish + ["--json"])
        #expect(half.refusalCode == "tuf.signatures" && half.status == 3)
        #expect(try await world.must("verify", world.packageURL(hello)).output.contains("online key"))
        try await world.must("channel", "delegate", "sign", "list", "--yes", "--key", "m2.key")
        let published = try await world.must(publish).output
        #expect(published.contains("published maintainers.hello version 1\n") && published.contains(words))
        let verified = try await world.must("verify", world.packageURL(hello)).output
        #expect(verified.contains("verified: the package's maintainers vouch for these bytes"))
        let add = try await world.run("channel", "add", "channel", world.write(.hello("1.1")), "--json")
        #expect(add.refusalCode == "channel.maintainers-unsigned")

        try await world.must("root", "propose", "channel", "third", "--undelegate", "hello")
        try await ceremony.sign("third", by: ["bob", "carol"])
        let back = try await ceremony.publish("third").output
        #expect(back.contains("package `hello` passes from its maintainers back to the online keys\n"))
        try await world.must("channel", "add", "channel", "packages/hello-1.1-0.conda")
        try await world.must("verify", world.packageURL(.hello("1.1")))
    }

    @Test("A delegation may be put in force before its list, if that is said")
    func awaits() async throws {
        let ceremony = try await Self.made()
        let world = ceremony.world
        try await world.must(Self.propose)
        try await ceremony.sign("second", by: ["alice", "carol"])
        try await world.must("root", "publish", "second", "channel", "--await-lists")
        let refused = try await world.run("verify", world.packageURL(.hello()), "--json")
        #expect(refused.refusalCode == "gate.maintainers-silent" && refused.status == 3)
    }

    @Test(
        "What makes no sense is refused, and slips of the fingers are usage errors",
        arguments: [
            (["propose", "channel", "x", "--undelegate", "hello"], "channel.not-delegated", 4),
            (["propose", "channel", "x", "--delegate", "hello=1"], "ceremony.threshold-unreachable", 1),
            (["propose", "channel", "x", "--delegate", "hello"], nil, 2),
            (["propose", "channel", "x", "--delegate", "hello=two"], nil, 2),
            (["propose", "channel", "x", "--delegate", "__glibc=1"], nil, 2),
            (["propose", "channel", "x", "--undelegate", "a b"], nil, 2),
            (["publish", "first", "channel", "--list", "hello=a", "--list", "Hello=b"], nil, 2),
            (["publish", "first", "channel2", "--list", "hello=a"], nil, 2),
        ] as [([String], String?, Int32)]
    )
    func refuses(arguments: [String], code: String?, status: Int32) async throws {
        let world = try await Self.made().world
        let result = try await world.program.run(["root"] + arguments + (code == nil ? [] : ["--json"]))
        #expect(result.status == status, "\(result.transcript)")
        if let code { #expect(result.refusalCode == code) }
        #expect(!world.exists("x") && !world.exists("channel2"))
    }
}
