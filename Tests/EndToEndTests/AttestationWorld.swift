// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import Sigstore
import TestSupport
import TrustCore

/// A channel whose packages are attested by a private Sigstore instance, served over HTTP, and a user who has
/// pinned its root.
struct AttestationWorld {
    /// The channel, as its publishers and its users name it. Nothing answers there: everything comes from the
    /// mirror.
    static let url = "https://conda.example.org/lab"
    /// Who may publish, in most tests.
    static let workflow = SimulatedInstance.Signer.workflow(of: "lab/hello")

    let world: ChannelWorld
    let server: LoopbackServer
    private(set) var instance: SimulatedInstance

    /// Makes a channel with `hello` 1.0, which nobody attests to yet, and pins its root.
    init() async throws {
        world = try ChannelWorld()
        let hour = Int64(3_600)
        instance = try SimulatedInstance(
            at: Timestamp(seconds: Int64(Date().timeIntervalSince1970) - hour)
        )
        try await world.makeChannel()
        try world.write(instance.trustedRoot().encoded(), to: "trusted_root.json")
        server = try await LoopbackServer.start(serving: world.channel)
        try await world.must(
            "trust",
            "add",
            Self.url,
            "--root",
            "channel/tuf/1.root.json",
            "--mirror",
            server.url
        )
        try await add("1.0")
    }

    /// The URL of a version of `hello`, as a user knows it.
    static func package(_ version: String) -> String { "\(url)/linux-64/\(fileName(version))" }

    static func fileName(_ version: String) -> String { PackageBuilder.hello(version).fileName(.conda) }

    /// Puts a version of `hello` into the channel.
    func add(_ version: String, _ options: String...) async throws {
        try await world.must(["channel", "add", "channel", world.write(.hello(version))] + options)
    }

    // MARK: - Publishers

    /// What a publisher says; by default the truth about a version of `hello`.
    struct Statement {
        var name: String
        var sha256: Digest
        var channel: String?

        /// What is true of a version of `hello`.
        init(_ version: String, channel: String? = AttestationWorld.url) throws {
            name = AttestationWorld.fileName(version)
            sha256 = Digest.of(try PackageBuilder.hello(version).build(.conda))
            self.channel = channel
        }

        func encoded() throws -> [UInt8] {
            try PublishAttestation(fileName: name, sha256: sha256, targetChannel: channel).encoded()
        }
    }

    /// A publisher's signed and logged statement.
    mutating func bundle(
        _ statement: Statement,
        by signer: SimulatedInstance.Signer = workflow,
        _ evidence: SimulatedInstance.Evidence = .v1
    ) throws -> Sigstore.Bundle {
        try instance.bundle(stating: statement.encoded(), by: signer, evidence)
    }

    /// Any statement, signed and logged.
    mutating func sign(_ statement: [UInt8]) throws -> Sigstore.Bundle {
        try instance.bundle(stating: statement, by: Self.workflow)
    }

    /// Attests to a version of `hello` and publishes that, with the signed index naming it (CEP 50).
    mutating func attest(_ version: String = "1.0", by signer: SimulatedInstance.Signer = workflow)
        async throws
    {
        try await publish([bundle(Statement(version), by: signer)], of: version)
    }

    /// Publishes attestations beside a package, and has the index name them.
    func publish(_ bundles: [Sigstore.Bundle], of version: String = "1.0") async throws {
        try world.write(Self.list(bundles), to: "channel/linux-64/\(Self.fileName(version)).sigs")
        try await world.must("channel", "sign", "channel", "--trusted-root", "trusted_root.json")
    }

    /// Puts attestations beside a package under the name from before the standard, so that no index names
    /// them.
    func place(_ bundles: [Sigstore.Bundle], beside version: String = "1.0") throws {
        try world.write(Self.list(bundles), to: "channel/linux-64/\(Self.fileName(version)).v0.sigs")
    }

    static func list(_ bundles: [Sigstore.Bundle]) -> [UInt8] {
        Array("[".utf8) + bundles.map { $0.encoded() }.joined(separator: Array(",".utf8)) + Array("]".utf8)
    }

    /// The channel's owner demands that `hello` is attested by somebody.
    func ownerDemands(_ publisher: String...) async throws {
        try await world.must(
            ["channel", "publishers", "add", "channel", "hello", "--channel", Self.url, "--yes"] + publisher
        )
    }

    // MARK: - The user

    /// The user demands that `hello` is attested by somebody.
    func demand(_ publisher: String...) async throws { try await demand(publisher) }

    /// The user demands that `hello` is attested by somebody.
    func demand(_ publisher: [String]) async throws {
        try await world.must(["trust", "publisher", "add", Self.url, "hello"] + publisher)
    }

    /// The user trusts on first use.
    func trustFirstUse() throws {
        let policy = "version: 1\nchannels:\n  \(Self.url):\n    trust_on_first_use: true\n"
        try world.write(Array(policy.utf8), to: "home/policy.yaml")
    }

    /// Verifies a version of `hello`, with the keys of the private instance.
    func verify(_ version: String = "1.0", _ options: String...) async throws -> ProgramResult {
        try await run(["verify", Self.package(version)] + options)
    }

    /// Installs a version of `hello`, with the keys of the private instance.
    func install(_ version: String = "1.0", _ options: String...) async throws -> ProgramResult {
        try await run(["install", "--prefix", "env", Self.package(version)] + options)
    }

    func run(_ arguments: [String]) async throws -> ProgramResult {
        try await world.program.run(arguments + ["--trusted-root", "trusted_root.json"])
    }
}

extension SimulatedInstance.Signer {
    /// A workflow of a repository of another name, number and owner.
    static var stranger: SimulatedInstance.Signer {
        var signer = workflow(of: "evil/hello")
        signer.claims[.sourceRepositoryIdentifier] = "6661"
        signer.claims[.sourceRepositoryOwnerIdentifier] = "6662"
        return signer
    }
}
