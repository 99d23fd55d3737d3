// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TestSupport
import Testing
import TrustCore

@Suite("The user's own rules about files, as users see them", .timeLimit(.minutes(5)))
struct OwnRulesTests {
    private static let package = PackageBuilder.hello("1.0")

    private static func world(_ rules: String) async throws -> ChannelWorld {
        let world = try await ChannelWorld.pinned(with: [package])
        try world.write(Array("version: 1\n\(rules)\n".utf8), to: "home/policy.yaml")
        return world
    }

    @Test(
        "A package that a rule is against is not installed, is refused by `verify`, and `explain` says why",
        arguments: [
            ("revoked: [{match: hello, reason: a stolen key}]", "policy.revoked"),
            ("cooldown: {default: 400d}", "policy.cooldown"),
            ("pins: {hello: https://conda.example.org/elsewhere}", "policy.pinned-elsewhere"),
        ]
    )
    func refused(rules: String, code: String) async throws {
        let world = try await Self.world(rules)
        let url = "\(world.url)/\(Self.package.subdir)/\(Self.package.fileName(.conda))"
        let install = try await world.program.run(["install", "--prefix", "env", url, "--json"])
        #expect(install.status == 1 && install.output.contains(code), "\(install.transcript)")
        #expect(!world.exists("env/conda-meta"))
        let verify = try await world.program.run([
            "verify", "packages/\(Self.package.fileName(.conda))", "--channel", world.url, "--json",
        ])
        #expect(verify.status == 1 && verify.output.contains(code), "\(verify.transcript)")
        let explain = try await world.must(["explain", "hello", "--json"])
        #expect(explain.output.contains(code), "\(explain.transcript)")
    }

    @Test("A rule that is about others stops nothing")
    func admitted() async throws {
        let world = try await Self.world(
            "revoked: [{match: other, reason: a stolen key}]\ninstall_scripts: {default: deny}"
        )
        let url = "\(world.url)/\(Self.package.subdir)/\(Self.package.fileName(.conda))"
        try await world.must(["install", "--prefix", "env", url])
    }
}
