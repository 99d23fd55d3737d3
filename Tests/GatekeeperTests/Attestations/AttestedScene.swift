// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Sigstore
import TUF
import TestSupport
import Testing
import Transport
import TrustCore
import TrustPolicy

@testable import Gatekeeper

/// A channel whose packages are attested by signers of a simulated instance, and a user who has pinned it.
struct AttestedScene {
    static let repository = "example/widget"

    var fixture: ChannelFixture
    var user: GateScene
    var instance: SimulatedInstance
    /// Whose word counts.
    var trust: SigstoreTrust
    var publishers = UserPublishers()
    var interest = GateConfiguration.AttestationInterest.demanded

    var package: FixturePackage { fixture.packages[0] }
    var url: String { "file://" + fixture.directory }

    init(_ form: ChannelFixture.Form = .sharded, packages: [FixturePackage]? = nil) async throws {
        fixture = try await ChannelFixture(form, packages: packages ?? [.sample()])
        user = try GateScene(pinning: fixture)
        instance = try SimulatedInstance()
        trust = SigstoreTrust(publicInstance: try instance.trustedRoot())
    }

    /// A scene whose owner demands that the repository attests to everything, and where it does.
    static func good(_ form: ChannelFixture.Form = .sharded) async throws -> AttestedScene {
        var scene = try await AttestedScene(form)
        try scene.demandByOwner()
        try await scene.attest([scene.bundle()])
        return scene
    }
}

// MARK: - What is signed and served

extension AttestedScene {
    static func workflow(
        of repository: String = repository,
        issuer: String = BuildService.githubIssuer
    ) -> SimulatedInstance.Signer {
        var signer = SimulatedInstance.Signer.workflow(of: repository)
        signer.identity = SignerIdentity(kind: .uri, value: signer.identity.value, issuer: issuer)
        signer.claims[.issuerV1] = issuer
        if repository != Self.repository {
            signer.claims[.sourceRepositoryIdentifier] = "3003"
            signer.claims[.sourceRepositoryOwnerIdentifier] = "4004"
        }
        return signer
    }

    /// A publisher's attestation to a package; of the first one and for its channel, unless something else is
    /// said.
    mutating func bundle(
        by signer: SimulatedInstance.Signer = workflow(),
        of package: FixturePackage? = nil,
        name: String? = nil,
        sha256: Digest? = nil,
        for channel: String? = GateScene.canonical,
        _ evidence: SimulatedInstance.Evidence = .v1
    ) throws -> [UInt8] {
        let package = package ?? self.package
        let statement = try PublishAttestation(
            fileName: name ?? package.fileName.text,
            sha256: sha256 ?? package.sha256,
            targetChannel: channel
        )
        return try instance.bundle(stating: statement.encoded(), by: signer, evidence).encoded()
    }

    /// Serves bundles as a package's sidecar, and promises it in the index.
    mutating func attest(_ bundles: [[UInt8]], to number: Int = 0) async throws {
        try await promise(
            Array("[".utf8) + Array(bundles.joined(separator: [0x2C])) + Array("]".utf8),
            of: number
        )
    }

    /// Serves bytes as a package's sidecar, and promises them in the index.
    mutating func promise(_ sidecar: [UInt8], of number: Int = 0) async throws {
        let package = fixture.packages[number]
        let digest = Digest.of(sidecar)
        fixture.packages[number].recordChanges["attestations_sha256"] = .string(digest.hex)
        try fixture.folder.write(sidecar, to: "\(package.path).sigs.\(digest.hex)")
        try await fixture.publish(now: user.now)
    }

    /// Where the first package's sidecar is, below the channel.
    var sidecarPath: String {
        get throws {
            let digest = try #require(package.recordChanges["attestations_sha256"]?.string)
            return "\(package.path).sigs.\(digest)"
        }
    }

    /// An entry for all packages that allows a repository.
    static func entry(
        _ repository: String = repository,
        _ exemption: PublisherEntry.Exemption = .none
    ) throws -> PublisherEntry {
        let publisher = try #require(Publisher.github(repository))
        return try PublisherEntry(.all, publishers: [publisher], exemption: exemption)
    }

    /// Has the channel's owner sign an entry; not published yet.
    mutating func demandByOwner(_ entry: PublisherEntry? = nil) throws {
        let policy = try PublisherPolicy(
            channel: user.channel,
            entries: [entry ?? AttestedScene.entry()]
        )
        try sign(ownerPolicy: JSONWriter.encode(policy.json))
    }

    /// Lists bytes as the owner's policy in a role; not published yet.
    mutating func sign(ownerPolicy bytes: [UInt8], in role: RoleName = .targets) throws {
        let path = try #require(TargetPath(PublisherPolicy.targetPath))
        try fixture.editor.setTarget(path, to: TargetFile(of: bytes), in: role)
        try fixture.folder.write(bytes, to: path.text)
        try fixture.folder.write(bytes, to: path.prefixed(by: Digest.of(bytes)))
    }

    /// Has the user demand an entry, or trust on first use, or both.
    mutating func demandByUser(
        _ entry: PublisherEntry? = nil,
        mode: PublisherDemands.Mode = .require,
        firstUse: Bool = false
    ) throws {
        let channel = user.channel
        publishers.policy = try PolicyFile(channels: [
            PolicyFile.Channel(
                channel,
                mode: mode,
                trustsFirstUse: firstUse,
                publishers: try entry.map { try PublisherPolicy(channel: channel, entries: [$0]) }
            )
        ])
    }
}

// MARK: - What becomes of it

extension AttestedScene {
    func withGate<Value>(
        _ mirrors: [String]? = nil,
        _ body: (Gate) async throws -> Value
    ) async throws -> (value: Value, reports: [MirrorReport]) {
        try await user.withGate(mirrors ?? [url]) { configuration in
            configuration.sigstore = trust
            configuration.publishers = publishers
            configuration.attestations = interest
        } _: {
            try await body($0)
        }
    }

    /// Asks for packages; for the first one if none is named.
    func admit(_ packages: [FixturePackage] = [], from mirrors: [String]? = nil) async throws -> [Admission] {
        let packages = packages.isEmpty ? [package] : packages
        return try await withGate(mirrors) { gate in
            try await gate.admit(packages.map { PackageRequest(user.url(of: $0)) })
        }.value
    }

    /// Asks for the first package.
    func outcome(from mirrors: [String]? = nil) async throws -> Outcome {
        Outcome(try #require(try await admit(from: mirrors).first))
    }

    /// What became of a package, by the codes of everything that was bad.
    struct Outcome: Equatable, CustomStringConvertible {
        /// Of the first objection; nil if it was admitted.
        var code: String?
        /// Of what was wrong with the sidecar.
        var sidecar: String?
        /// Of each attestation that could not be verified.
        var unverified: [String] = []
        /// How many could be.
        var verified = 0

        init(code: String? = nil, sidecar: String? = nil, unverified: [String] = [], verified: Int = 0) {
            self.code = code
            self.sidecar = sidecar
            self.unverified = unverified
            self.verified = verified
        }

        init(_ admission: Admission) {
            self.init(admission.verdict)
            if admission.package == nil, code == nil { code = "refused without a reason" }
        }

        init(_ verdict: Verdict) {
            code = verdict.objections.first?.code?.rawValue
            if case .unavailable(let code, _)? = verdict.evidence?.sidecar { sidecar = code }
            unverified = verdict.evidence?.unverifiedAttestations.map(\.code) ?? []
            verified = verdict.evidence?.attestations.count ?? 0
        }

        static let admitted = Outcome(verified: 1)

        var description: String {
            "\(code ?? "admitted"), sidecar \(sidecar ?? "fine"), verified \(verified), not: \(unverified)"
        }
    }
}
