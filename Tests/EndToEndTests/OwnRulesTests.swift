// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@Suite("A user's own rules about files, as users see them")
struct OwnRulesTests {
    private static func scripted() -> PackageBuilder {
        var package = PackageBuilder(name: "scripted", version: "1.0", build: "0", subdir: "linux-64")
        package.add(file: "bin/.scripted-post-link.sh", "#!/bin/sh\nexit 0\n", executable: true)
        return package
    }

    /// Makes a policy of these lines the user's.
    private static func demand(_ lines: String, in world: ChannelWorld) async throws {
        try world.write(Array("version: 1\n\(lines)\n".utf8), to: "policy.yaml")
        try await world.must("policy", "check", "policy.yaml")
        try world.write(Array("version: 1\n\(lines)\n".utf8), to: "home/policy.yaml")
    }

    @Test("install refuses what the rules hide, verify says why, and nothing is installed")
    func refuses() async throws {
        let world = try await ChannelWorld.pinned(with: [.hello("1.0"), .hello("1.1"), Self.scripted()])
        let cases = [
            ("cooldown: {default: 7d}", PackageBuilder.hello("1.0"), "policy.cooldown"),
            (
                "revoked: [{match: hello <1.1, reason: it greets, reference: \"https://example.org/1\"}]",
                .hello("1.0"),
                "policy.revoked"
            ),
            ("pins: {\"hello\": https://conda.example.org/lab}", .hello("1.1"), "policy.pinned-elsewhere"),
            ("install_scripts: {default: deny}", Self.scripted(), "policy.link-scripts"),
        ]
        for (lines, package, code) in cases {
            try await Self.demand(lines, in: world)
            let url = world.packageURL(package)
            let result = try await world.run("install", "-p", "env", url)
            #expect(
                result.errors.contains("code: \(code) (run `kingsnake explain \(code)`)"),
                "\(result.transcript)"
            )
            #expect(result.status == 1 && !world.exists("env"))
            let shown = try await world.run("verify", url)
            #expect(shown.status == 1 && shown.output.contains("REFUSED  \(code): "), "\(shown.transcript)")
            let file = try await world.run("verify", "packages/" + package.fileName(.conda))
            #expect(file.status == 1 && file.output.contains("REFUSED  \(code): "), "\(file.transcript)")
        }
        try await Self.demand("cooldown: {default: 7d, except: {hello: 0d}}", in: world)
        try await world.must("install", "-p", "env", world.packageURL(.hello("1.1")))
    }

    @Test("explain NAME lists what the channels have, and says what of it is hidden and why")
    func explains() async throws {
        let world = try await ChannelWorld.pinned(with: [.hello("1.0"), .hello("1.1")])
        try await Self.demand("revoked: [{match: hello <1.1, reason: it greets}]", in: world)
        let result = try await world.must("explain", "hello")
        #expect(result.output.contains("/linux-64: 2 files, 1 not used\n"), "\(result.transcript)")
        #expect(result.output.contains("  HIDDEN   hello-1.0-0.conda  listed since "))
        #expect(result.output.contains("policy.revoked: your policy revokes it: it greets\n"))
        #expect(result.output.contains("  ok       hello-1.1-0.conda  listed since "))
        for (subject, files) in [
            ("hello=1.1", ["hello-1.1-0.conda"]), ("hello=1.1.0", ["hello-1.1-0.conda"]),
            ("hello-1.0-0.conda", ["hello-1.0-0.conda"]),
            ("HELLO", ["hello-1.0-0.conda", "hello-1.1-0.conda"]),
        ] {
            let json = try await world.must("explain", subject, "--json").json()
            let indexes = try #require(json["indexes"]?.array)
            let listed = indexes[0].object?["files"]?.array?.compactMap { $0.object?["file"]?.string }
            #expect(indexes.count == 1 && listed == files, "\(subject): \(json)")
        }
        let json = try await world.must("explain", "hello", "--json").json()
        let first = json["indexes"]?.array?[0].object?["files"]?.array?[0].object
        #expect(first?["hidden"] == true)
        #expect(first?["findings"]?.array?[0].object?["code"]?.string == "policy.revoked")
        let nothing = try await world.must("explain", "absent")
        #expect(
            nothing.output.contains(
                "nothing of that name is listed for this machine (1 pinned channel asked)"
            )
        )
        // A slip of the fingers in a code asks no channel.
        #expect(try await world.run("explain", "tuf.rolback").status == 2)
    }
}
