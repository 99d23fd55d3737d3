// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import SigningKeys
import Sigstore
import TUF
import TestSupport
import Testing
import TrustCore
import TrustPolicy

@testable import Gatekeeper

@Suite("Attested packages at the gate")
struct AttestedAdmissionTests {
    @Test("One that the owner's publisher attests to is admitted", arguments: ChannelFixture.Form.allCases)
    func byOwner(_ form: ChannelFixture.Form) async throws {
        let scene = try await AttestedScene.good(form)
        let package = try #require(try await scene.admit().first?.package)
        let attestation = try #require(package.attestations.first)
        #expect(package.attestations.count == 1)
        #expect(attestation.isPublication && attestation.targetChannel == GateScene.canonical)
        #expect(attestation.signer.issuer == BuildService.githubIssuer && attestation.signer.kind == .uri)
        #expect(attestation.claims[.sourceRepositoryURI] == "https://github.com/example/widget")
        #expect(attestation.claims[.sourceRepositoryID] == "1001" && attestation.claims[.ownerID] == "2002")
        #expect(attestation.times == [scene.instance.time.advanced(bySeconds: 5)])
        #expect(attestation.logs.count == 1)
        guard case .publishers(_, 1, "linux-64")? = package.verdict.voucher else {
            Issue.record("vouched for by \(String(describing: package.verdict.voucher))")
            return
        }
    }

    @Test(
        "All kinds of logs and times count",
        arguments: SimulatedInstance.Evidence.allCases
    )
    func evidence(_ evidence: SimulatedInstance.Evidence) async throws {
        var scene = try await AttestedScene()
        try scene.demandByOwner()
        try await scene.attest([scene.bundle(evidence)])
        #expect(try await scene.outcome() == .admitted)
    }

    @Test("A valid one counts beside others that are not, wherever it stands", arguments: 0..<3)
    func besides(_ place: Int) async throws {
        var scene = try await AttestedScene()
        try scene.demandByOwner()
        var bundles = [Array("{}".utf8), try scene.bundle(name: "zlib-1.3.0-h0_0.conda")]
        bundles.insert(try scene.bundle(), at: place)
        try await scene.attest(bundles)
        let outcome = try await scene.outcome()
        #expect(outcome.code == nil && outcome.verified == 1)
        #expect(outcome.unverified == ["bundle.missing-field", "attestation.file-name"])
    }

    @Test("A plain key counts where the policy names it, and no other key does")
    func plainKey() async throws {
        let key = SimulatedKey()
        for (trusted, code) in [(key, nil), (SimulatedKey(), "publisher.other-identity")] {
            var scene = try await AttestedScene()
            let fingerprint = try trusted.publicKey().fingerprint
            try scene.demandByUser(
                PublisherEntry(.all, publishers: [Publisher(.key(fingerprint))])
            )
            try await scene.attest([scene.bundle(by: key)])
            let outcome = try await scene.outcome()
            #expect(outcome == AttestedScene.Outcome(code: code, verified: 1))
        }
    }

    @Test("A plain key counts by a log's entry only, also where the policy names it")
    func unloggedKey() async throws {
        let key = SimulatedKey()
        var scene = try await AttestedScene()
        try scene.demandByUser(
            PublisherEntry(.all, publishers: [Publisher(.key(key.publicKey().fingerprint))])
        )
        let logged = try Bundle(parsing: scene.bundle(by: key))
        let unlogged = Bundle(
            version: logged.version,
            material: logged.material,
            content: logged.content,
            logEntries: [],
            timestamps: logged.timestamps
        )
        try await scene.attest([unlogged.encoded()])
        let outcome = try await scene.outcome()
        #expect(outcome == AttestedScene.Outcome(code: "attested.invalid", unverified: ["log.no-entry"]))
    }

    @Test("Without a promise, the name that prefix.dev uses is asked for, and no other")
    func earlyName() async throws {
        var scene = try await AttestedScene()
        try scene.demandByOwner()
        let sidecar = Array("[".utf8) + (try scene.bundle()) + Array("]".utf8)
        try scene.fixture.folder.write(sidecar, to: "\(scene.package.path).sigs")
        try await scene.fixture.publish()
        #expect(try await scene.outcome() == AttestedScene.Outcome(code: "attested.missing"))
        try scene.fixture.folder.write(sidecar, to: "\(scene.package.path).v0.sigs")
        #expect(try await scene.outcome() == .admitted)
        try scene.fixture.folder.write(Array("<html>".utf8), to: "\(scene.package.path).v0.sigs")
        #expect(
            try await scene.outcome()
                == AttestedScene.Outcome(code: "attested.missing", sidecar: "json.syntax")
        )
    }

    @Test("Nothing is asked for where nobody demands anything, unless it is to be shown")
    func interest() async throws {
        var scene = try await AttestedScene()
        try await scene.attest([scene.bundle()])
        try await LoopbackServer.serving(scene.fixture.directory) { server in
            #expect(try await scene.outcome(from: [server.url]) == AttestedScene.Outcome())
            #expect(!server.requestedPaths.contains { $0.contains("sigs") })
            scene.interest = .promised
            #expect(try await scene.outcome(from: [server.url]) == .admitted)
            // By its digest, it is in the cache now.
            #expect(try await scene.outcome(from: [server.url]) == .admitted)
            #expect(server.requestedPaths.count { $0.contains("sigs") } == 1)
            scene.fixture.packages[0].recordChanges = [:]
            try await scene.fixture.publish()
            #expect(try await scene.outcome(from: [server.url]) == AttestedScene.Outcome())
            #expect(server.requestedPaths.count { $0.contains("sigs") } == 1)
        }
    }

    @Test("A sidecar is where its package is, and is asked for by the index's digest")
    func place() async throws {
        var scene = try await AttestedScene(.plain)
        scene.fixture.baseURL = "../files/"
        try scene.demandByOwner()
        try await scene.attest([scene.bundle()])
        let bytes = try scene.fixture.folder.read(scene.sidecarPath)
        try scene.fixture.folder.remove(scene.sidecarPath)
        let name = "files/\(scene.package.fileName.text)"
        try scene.fixture.folder.write(scene.package.bytes, to: name)
        try scene.fixture.folder.write(bytes, to: "\(name).sigs.\(Digest.of(bytes).hex)")
        #expect(try await scene.outcome() == .admitted)
    }

    @Test("The user can be told what is demanded before anything of the publishers' is fetched")
    func demands() async throws {
        var scene = try await AttestedScene.good()
        try scene.demandByUser(AttestedScene.entry("example/*"), mode: .warn, firstUse: true)
        let url = scene.user.url(of: scene.package)
        let demands = try await scene.withGate { try await $0.demands(on: url) }.value
        #expect(demands?.owner == (try AttestedScene.entry()))
        #expect(demands?.user == (try AttestedScene.entry("example/*")) && demands?.userMode == .warn)
        #expect(demands?.known == KnownPublishers(nil))
    }

    @Test("Only a date that the signed index gives makes a package old enough to need no attestation")
    func requiredSince() async throws {
        let now = ChannelFixture.start
        for (changes, code) in [
            (["indexed_timestamp": .number(JSONNumber((now.seconds - 86_400) * 1000))], nil),
            (["indexed_timestamp": .number(JSONNumber(now.seconds * 1000))], "attested.missing"),
            // Seconds where milliseconds belong make nothing old that is not.
            (["indexed_timestamp": .number(JSONNumber(now.seconds + 86_400))], "attested.missing"),
            (["timestamp": .number(JSONNumber((now.seconds - 86_400) * 1000))], "attested.missing"),
        ] as [([String: JSONValue], String?)] {
            var scene = try await AttestedScene()
            try scene.demandByOwner(AttestedScene.entry(AttestedScene.repository, .listed(before: now)))
            scene.fixture.packages[0].recordChanges = changes
            try await scene.fixture.publish()
            #expect(try await scene.outcome() == AttestedScene.Outcome(code: code))
        }
    }

    @Test("Where nobody demands anything of this very file, no mirror is asked for it")
    func exempt() async throws {
        var scene = try await AttestedScene()
        try scene.demandByOwner(
            AttestedScene.entry(AttestedScene.repository, .digests([scene.package.sha256]))
        )
        try await scene.fixture.publish()
        try await LoopbackServer.serving(scene.fixture.directory) { server in
            let outcome = try await scene.outcome(from: [server.url])
            #expect(outcome == AttestedScene.Outcome())
            #expect(!server.requestedPaths.contains { $0.contains("sigs") })
        }
    }

    @Test("What the user only wants to be warned of is admitted with a warning")
    func warning() async throws {
        var scene = try await AttestedScene()
        try scene.demandByUser(AttestedScene.entry("example/other"), mode: .warn)
        try await scene.attest([scene.bundle()])
        let admission = try #require(try await scene.admit().first)
        #expect(admission.package != nil)
        #expect(admission.verdict.warnings.map(\.code) == [.otherIdentity])
    }
}

extension AttestedScene {
    /// An attestation that is signed with a plain key.
    mutating func bundle(by key: SimulatedKey) throws -> [UInt8] {
        let payload = try PublishAttestation(
            fileName: package.fileName.text,
            sha256: package.sha256,
            targetChannel: GateScene.canonical
        ).encoded()
        let hint = Base64.text(try key.publicKey().fingerprint.bytes)
        return try instance.bundle(stating: payload, by: key, hint: hint).encoded()
    }
}
