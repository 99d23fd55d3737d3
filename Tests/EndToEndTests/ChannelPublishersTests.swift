// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import TestSupport
import Testing
import TrustCore

/// The owner's side of who may publish what, with a real package and the attestation that its publisher made.
@Suite(
    "The owner's policy of publishers, on the command line",
    .enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence))
)
struct ChannelPublishersTests {
    private static let package = "signed-package-2.1.0-hb0f4dca_0.conda"
    private static let channel = "https://prefix.dev/sigstore-example"
    private static let publisher = ["--github", "prefix-dev/sigstore-example"]

    /// A channel without packages, and in `attested` and `stripped` the package with its attestation and without.
    private static func world() async throws -> ChannelWorld {
        let world = try await ChannelWorld.withChannel()
        let bytes = try SharedData.bytes("sigstore/conda/" + package)
        let bundle = try SharedData.bytes("sigstore/conda/conda-attestation.sigstore.json")
        for folder in ["attested", "stripped"] { try world.write(bytes, to: "\(folder)/\(package)") }
        try world.write(Array("[".utf8) + bundle + Array("]".utf8), to: "attested/\(package).sigs")
        return world
    }

    /// Names somebody as the only publisher.
    @discardableResult
    private static func add(
        _ world: ChannelWorld,
        _ publisher: [String] = publisher,
        _ options: [String] = ["--yes"]
    ) async throws -> ProgramResult {
        try await world.program.run(
            ["channel", "publishers", "add", "channel", "signed-package", "--channel", channel, "--json"]
                + publisher + options
        )
    }

    @Test("What was attested by the publisher whom the owner names is published, and nothing else is")
    func enforces() async throws {
        let world = try await Self.world()
        #expect(try await Self.add(world).status == 0)
        let stripped = try await world.run("channel", "add", "channel", "stripped/" + Self.package, "--json")
        #expect(stripped.status == 1 && stripped.refusalCode == "channel.package-unattested")
        #expect(stripped.output.contains("[attested.missing]"), "\(stripped.transcript)")
        let added = try await world.must("channel", "add", "channel", "attested/" + Self.package, "--json")
        #expect(try added.json()["attested"]?.array == [.string("linux-64/" + Self.package)])
        let report = try await world.must("channel", "verify", "channel", "--json").json()
        #expect(report["packages_attested"] == 1 && report["publisher_entries"] == 1)
        let record = String(decoding: try world.read("channel/linux-64/repodata.json"), as: UTF8.self)
        #expect(record.contains("\"attestations_sha256\"") && record.contains("\"indexed_timestamp\""))

        // Nobody else, by name, number, issuer or workflow.
        for other in [
            ["--github", "prefix-dev/sigstore-example-evil"], ["--github", "evil/sigstore-example"],
            Self.publisher + ["--repository-id", "1"], Self.publisher + ["--workflow", "other.yaml"],
            ["--gitlab", "prefix-dev/sigstore-example"],
        ] {
            let world = try await Self.world()
            #expect(try await Self.add(world, other).status == 0)
            let result = try await world.run(
                "channel",
                "add",
                "channel",
                "attested/" + Self.package,
                "--json"
            )
            #expect(result.refusalCode == "channel.package-unattested", "\(other): \(result.transcript)")
            #expect(result.output.contains("[publisher."), "\(result.transcript)")
        }
    }

    @Test("Whom a change would lock out is said before it is signed, and a dry run signs nothing")
    func tries() async throws {
        let world = try await Self.world()
        try await world.must("channel", "add", "channel", "attested/" + Self.package)
        let before = try world.read("channel/tuf/timestamp.json")
        let evil = ["--github", "evil/sigstore-example"]
        let dry = try await Self.add(world, evil, ["--dry-run"])
        let files = try dry.json()["files"]?.object
        #expect(files?["judged"] == 1 && files?["locked_out"]?.array?.count == 1, "\(dry.transcript)")
        #expect(files?["refused"]?.array?.first?.object?["code"] == "publisher.other-identity")
        #expect(
            try world.read("channel/tuf/timestamp.json") == before && !world.exists("channel/publishers.json")
        )
        // Without a terminal nobody can say yes.
        let unasked = try await Self.add(world, Self.publisher, [])
        #expect(unasked.status == 6 && !world.exists("channel/publishers.json"), "\(unasked.transcript)")
        let good = try await Self.add(world)
        #expect(try good.json()["files"]?.object?["refused"]?.array == [])
        let excepted = try await Self.add(world, evil, ["--except-unattested", "--dry-run"])
        #expect(try excepted.json()["files"]?.object?["refused"]?.array == [])
        let test = [
            "channel", "publishers", "test", "channel", "signed-package", "--issuer",
            "https://token.actions.githubusercontent.com", "--identity", "https://github.com/a/b", "--claim",
        ]
        let claim = "source-repository-uri=https://github.com/"
        #expect(try await world.program.run(test + [claim + "prefix-dev/sigstore-example"]).status == 0)
        #expect(try await world.program.run(test + [claim + "evil/sigstore-example"]).status == 1)
    }

    @Test("Attestations that come later are taken up by `channel sign`, which goes on past bad ones")
    func takesUp() async throws {
        let world = try await Self.world()
        try await Self.add(world)
        let file = "channel/linux-64/\(Self.package)"
        let added = try await world.must(
            "channel",
            "add",
            "channel",
            "stripped/" + Self.package,
            "--await-attestations"
        )
        #expect(added.errors.contains("clients refuse"), "\(added.transcript)")
        try world.write(Array("[]".utf8), to: file + ".sigs")
        let bad = try await world.must("channel", "sign", "channel", "--json")
        #expect(bad.errors.contains("attestation.sidecar-shape"), "\(bad.transcript)")
        #expect(try bad.json()["warnings"]?.array?.count == 1)
        try world.write(try world.read("attested/\(Self.package).sigs"), to: file + ".sigs")
        let good = try await world.must("channel", "sign", "channel", "--json").json()
        #expect(good["attested"]?.array?.count == 1 && good["warnings"]?.array?.isEmpty == true)
        try await world.must("channel", "verify", "channel", "--root", "channel.keys/root.json")
        #expect(try await world.must("channel", "sign", "channel", "--json").json()["signed"]?.array == [])
    }

    @Test("The targets key may be elsewhere, and without it nothing is signed")
    func keyElsewhere() async throws {
        let world = try await Self.world()
        let vault = world.path + "/vault.key"
        try FileManager.default.moveItem(atPath: world.path + "/channel.keys/targets-1.key", toPath: vault)
        #expect(try await Self.add(world).refusalCode == "channel.key-not-authorised")
        #expect(!world.exists("channel/publishers.json"))
        #expect(try await Self.add(world, Self.publisher, ["--yes", "--targets-key", vault]).status == 0)
        // Signing, day by day, needs the online key only and leaves the policy as it is.
        try await world.must("channel", "sign", "channel", "--all")
        let list = try await world.must("channel", "publishers", "list", "channel", "--json").json()
        #expect(list["policy"]?.object?["channel"]?.string == Self.channel)
    }

    @Test("Where several people hold the keys, a ceremony carries the policy and shows it to them")
    func ceremony() async throws {
        let world = try await Self.world()
        try await Self.add(world)
        let text = String(decoding: try world.read("channel/publishers.json"), as: UTF8.self)
        try world.write(Array(text.replacing("sigstore-example\"\n", with: "other\"\n").utf8), to: "new.json")
        try await world.must("root", "propose", "channel", "proposal", "--publishers", "new.json")
        let shown = try await world.must(
            "root",
            "sign",
            "proposal",
            "--yes",
            "--key",
            "channel.keys/targets-1.key",
            "--root",
            "channel/tuf/1.root.json"
        )
        #expect(shown.output.contains("github prefix-dev/other"), "\(shown.transcript)")
        let signatures = try FileManager.default.contentsOfDirectory(atPath: world.path)
            .first { $0.hasSuffix(".signatures") }
        try await world.must("root", "merge", "proposal", try #require(signatures))
        try FileManager.default.removeItem(atPath: world.path + "/channel.keys/targets-1.key")
        try await world.must("root", "publish", "proposal", "channel")
        let list = try await world.must("channel", "publishers", "list", "channel").output
        #expect(list.contains("github prefix-dev/other"))
        try await world.must("channel", "verify", "channel")
    }
}
