// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TestSupport
import Testing
import TrustCore

@Suite("kingsnake server signing")
struct ServerSigningTests {
    @Test(
        "A channel on a remote server is made, signed offline by two of three, and verified; then it changes"
    )
    func wholeStory() async throws { try await AdministeredWorld.run(Self.story) }

    private static func story(_ scene: AdministeredWorld) async throws {
        let fingerprints = try await scene.makeKeys("alice", "bob", "carol", "dora")
        let world = scene.world, channel = scene.url + "/main"
        let hello = PackageBuilder.hello()
        try await scene.publish(hello)
        #expect(try await scene.state() == "unsigned")

        // The first root.
        try await scene.proposeFirst(by: "alice", "bob", "carol", threshold: 2)
        try await scene.sign("first", by: "alice")
        #expect(try await scene.refusal("signing", "submit", "main", "first") == "ceremony.incomplete")
        try await scene.sign("first", by: "bob")
        let submitted = try await scene.must("signing", "submit", "main", "first")
        #expect(submitted.output.contains("in force now\n`main` is signed"), "\(submitted.transcript)")
        try await world.must("root", "merge", "first")
        try await scene.must("signing", "fetch", "main", "copy")
        try await world.must("root", "verify", "copy")
        let root = ["--root", "copy/tuf/1.root.json"]
        try await world.must(["trust", "add", channel] + root)
        let package = "\(channel)/linux-64/\(hello.fileName(.conda))"
        try await world.must("verify", package)
        try await scene.must("signing", "submit", "main", "first")

        // A subdir that came later.
        var mac = PackageBuilder(name: "tool", version: "1.0", build: "0", subdir: "zos-z")
        mac.add(file: "bin/tool", "#!/bin/sh\n", executable: true)
        try await scene.publish(mac)
        while try await scene.state() != "incomplete" {}
        try await scene.must(["signing", "propose", "main", "second"] + root)
        try await scene.sign("second", by: "carol", "bob", knowing: root)
        try await scene.must("signing", "submit", "main", "second")
        #expect(try await scene.state() == "signed")
        try await scene.verify("zos-z/\(mac.fileName(.conda))")

        // The online key, and the roles that are about to expire.
        try await scene.must(
            ["signing", "propose", "main", "third", "--replace-online-key", "--renew", "root"] + root
        )
        try await scene.sign("third", by: "alice", "bob", knowing: root)
        let replaced = try await scene.must("signing", "submit", "main", "third")
        let old = try #require(replaced.output.firstMatch(of: /signing forget main ([0-9a-f]{64})/))
        let keys = try await scene.must("signing", "status", "main", "--json").json()["online_keys"]?.array
        let new = try #require(keys?.compactMap(\.object).first { $0["in_force"] == true })
        let inForce = try #require(new["fingerprint"]?.string)
        #expect(try await scene.refusal("signing", "forget", "main", inForce) == "index.online-keys")
        try await scene.must("signing", "forget", "main", String(old.1))
        try await scene.publish(.hello("1.1"))
        try await scene.verify("linux-64/\(PackageBuilder.hello("1.1").fileName(.conda))")

        // Keys and thresholds of offline roles, on a copy.
        try await scene.must(["signing", "fetch", "main", "copy"] + root)
        let leaving = try #require(fingerprints["alice"])
        try await world.must(
            [
                "root", "propose", "copy", "fourth", "--replace-key", "\(leaving)=dora/dora.pub",
                "--threshold",
                "offline=3",
            ] + root
        )
        try await scene.sign("fourth", by: "alice", "bob", "carol", "dora", knowing: root)
        try await scene.must("signing", "submit", "main", "fourth")
        #expect(try await scene.refusal("signing", "submit", "main", "third") == "ceremony.superseded")
        try await world.must("verify", package)
        let steps = try await world.must(
            "log",
            "monitor",
            scene.url + "/log",
            "--trust-on-first-use",
            "--json"
        )
        #expect(steps.status == 0)
    }

    @Test("Whoever has no right to it proposes and submits nothing, and slips are usage errors")
    func refused() async throws { try await AdministeredWorld.run(Self.refusals) }

    private static func refusals(_ scene: AdministeredWorld) async throws {
        try await scene.makeKeys("alice")
        try await scene.must("user", "add", "mallory", as: "root")
        _ = try await scene.world.program.runScript(
            "kingsnake server key create --user mallory --dir channels > mallory.key"
        )
        let first = ["--authority", "alice/alice.pub", "--threshold", "1"]
        let words = ["signing", "propose", "main", "first"]
        #expect(
            try await scene.run(words + first + ["--json"], as: "mallory").refusalCode == "access.not-allowed"
        )
        #expect(!scene.world.exists("first"))
        #expect(try await scene.refusal("signing", "fetch", "main", "copy") == "channel.not-a-channel")
        #expect(!scene.world.exists("copy"))
        for slip in [[], ["--threshold", "1"], ["--renew", "root"] + first] {
            #expect(try await scene.run(words + slip).status == 2, "\(slip)")
        }
        try await scene.proposeFirst(by: "alice", threshold: 1)
        try await scene.sign("first", by: "alice")
        #expect(
            try await scene.run(["signing", "submit", "main", "first", "--json"], as: "mallory").refusalCode
                == "access.not-allowed"
        )
        #expect(try await scene.state() == "unsigned")
    }
}
