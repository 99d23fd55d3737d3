// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Sigstore
import TestSupport
import Testing
import TrustCore

/// Something that an attacker does with attestations, or that goes wrong with them.
private enum AttestationAttack: String, CaseIterable {
    case wrongIdentity, wrongIssuer, otherNumber, otherWorkflow, renamedPackage, otherBytes, wrongChannel
    case invalidSignature, otherInstance, noPublication, missing, tooFew, stripped, swapped, noAnswer

    /// The demand that the user has.
    var demand: [String] {
        switch self {
        case .otherNumber: ["--github", "lab/hello", "--repository-id", "4711"]
        case .otherWorkflow: ["--github", "lab/hello", "--workflow", "publish.yml"]
        default: ["--github", "lab/hello"]
        }
    }

    /// The exit status; the code, if there is one; and words that tell what is wrong.
    var outcome: (status: Int32, code: String?, words: String) {
        switch self {
        case .wrongIdentity:
            (
                1, "publisher.other-identity",
                "expected `https://github.com/lab/hello`, found `https://github.com/evil"
            )
        case .wrongIssuer: (1, "publisher.other-issuer", "found `https://issuer.evil.example`")
        case .otherNumber: (1, "publisher.other-number", "expected `4711`, found `1001`")
        case .otherWorkflow: (1, "publisher.other-claim", "the workflow: expected")
        case .renamedPackage: (3, "attested.invalid", "attestation.file-name")
        case .otherBytes: (3, "attested.invalid", "sigstore.artifact")
        case .wrongChannel:
            (1, "publisher.other-channel", "found `https://conda.example.org/testing`")
        case .invalidSignature: (3, "attested.invalid", "none could be verified")
        case .otherInstance: (3, "attested.invalid", "none could be verified")
        case .noPublication:
            (4, "attested.missing", "demands its publisher's attestation, and there are others")
        case .missing: (4, "attested.missing", "demands an attestation, and there is none")
        case .tooFew: (4, "publisher.too-few", "demands 2 of 2 publishers, found 1")
        case .stripped: (3, "attested.stripped", "could not be used")
        case .swapped: (3, "attested.stripped", "could not be used")
        case .noAnswer: (6, nil, "could not find out")
        }
    }

    /// Does it.
    func commit(on scene: inout AttestationWorld) async throws {
        typealias Signer = SimulatedInstance.Signer
        let truth = try AttestationWorld.Statement("1.0")
        switch self {
        case .wrongIdentity: try await scene.attest(by: .stranger)
        case .wrongIssuer:
            var signer = Signer.workflow(of: "lab/hello")
            let (own, evil) = (signer.identity.issuer, "https://issuer.evil.example")
            signer.identity = SignerIdentity(kind: .uri, value: signer.identity.value, issuer: evil)
            for (claim, value) in signer.claims where value == own { signer.claims[claim] = evil }
            try await scene.attest(by: signer)
        case .otherNumber, .otherWorkflow: try await scene.attest()
        case .renamedPackage:
            var other = truth
            other.name = AttestationWorld.fileName("9.9")
            try scene.place([scene.bundle(other)])
        case .otherBytes:
            var other = truth
            other.sha256 = Digest.of(Array("other bytes".utf8))
            try scene.place([scene.bundle(other)])
        case .wrongChannel:
            var other = truth
            other.channel = "https://conda.example.org/testing"
            try await scene.publish([scene.bundle(other)])
        case .invalidSignature: try scene.place([Self.damaged(scene.bundle(truth))])
        case .otherInstance:
            var other = try SimulatedInstance(at: scene.instance.time)
            try scene.place([other.bundle(stating: truth.encoded(), by: AttestationWorld.workflow)])
        case .noPublication:
            let text = String(decoding: try truth.encoded(), as: UTF8.self)
                .replacing(PublishAttestation.predicateType, with: "https://slsa.dev/provenance/v1")
            let bundle = try scene.sign(Array(text.utf8))
            try scene.place([bundle])
        case .missing: break
        case .tooFew:
            try await scene.world.must(
                "trust",
                "publisher",
                "add",
                AttestationWorld.url,
                "hello",
                "--identity",
                "alice@example.org",
                "--issuer",
                "https://accounts.example.org",
                "--threshold",
                "2"
            )
            try await scene.attest()
        case .stripped:
            try await scene.attest()
            scene.server.follow { $0.path.contains(".sigs") ? .status(404) : .normal }
        case .swapped:
            try await scene.attest()
            let other = try AttestationWorld.list([scene.bundle(truth, by: .stranger)])
            scene.server.follow { $0.path.contains(".sigs") ? .replace(other) : .normal }
        case .noAnswer:
            try await scene.attest()
            scene.server.follow { $0.path.contains(".sigs") ? .status(401) : .normal }
        }
    }

    private static func damaged(_ bundle: Bundle) -> Bundle {
        guard case .envelope(var envelope) = bundle.content else { return bundle }
        envelope = Bundle.Envelope(
            payload: envelope.payload,
            payloadType: envelope.payloadType,
            signature: envelope.signature.dropLast() + [envelope.signature.last.map { $0 ^ 1 } ?? 0]
        )
        return Bundle(
            version: bundle.version,
            material: bundle.material,
            content: .envelope(envelope),
            logEntries: bundle.logEntries,
            timestamps: bundle.timestamps
        )
    }
}

@Suite("Attacks on attestations, as users see them")
struct AttestationAttackTests {
    @Test(
        "Whoever attests wrongly is refused by verify and by install, with the status, the code and the reason",
        arguments: AttestationAttack.allCases
    )
    private func isRefused(_ attack: AttestationAttack) async throws {
        var scene = try await AttestationWorld()
        try await scene.demand(attack.demand)
        try await attack.commit(on: &scene)
        let (status, code, words) = attack.outcome
        let verified = try await scene.verify()
        #expect(verified.status == status, "\(verified.transcript)")
        let shown = verified.output + verified.errors
        #expect(shown.contains(words), "\(verified.transcript)")
        if let code { #expect(shown.contains("code: \(code) (run `kingsnake explain \(code)`)"), "\(shown)") }
        let installed = try await scene.install()
        #expect(installed.status == status && !scene.world.exists("env/bin/hello"), "\(installed.transcript)")
        #expect(installed.errors.contains(words), "\(installed.transcript)")
        if let code { #expect(installed.errors.contains("code: \(code) ")) }
        let document = try await scene.verify("1.0", "--json").json()
        #expect(document["status"]?.string == (code == nil ? "failed" : "refused"))
        guard let code else { return }
        let codes = document["findings"]?.array?.compactMap { $0.object?["code"]?.string } ?? []
        #expect(codes.contains(code), "\(codes)")
    }

    @Test("Whoever publishes first is believed; another publisher is refused loudly, and so is none")
    func firstUse() async throws {
        var scene = try await AttestationWorld()
        try scene.trustFirstUse()
        try await scene.attest()
        let first = try await scene.install()
        #expect(first.status == 0, "\(first.transcript)")
        #expect(first.output.contains("believed on first use, and written down: hello"), "\(first.output)")
        try await scene.add("1.1")
        try await scene.attest("1.1", by: .stranger)
        let changed = try await scene.install("1.1")
        #expect(changed.status == 1, "\(changed.transcript)")
        for words in [
            "THE PUBLISHER CHANGED", "before  https://github.com/lab/hello",
            "now     https://github.com/evil/hello",
            "code: known-publisher.changed ",
        ] {
            #expect(changed.errors.contains(words), "\(words): \(changed.transcript)")
        }
        let seen = try await scene.verify("1.1")
        #expect(seen.status == 1, "\(seen.transcript)")
        #expect(seen.output.contains("first use    must be attested by who was seen first, on 20"))
        #expect(seen.output.contains("NOT ALLOWED  by first use: ANOTHER publisher than"))
        #expect(seen.output.contains("Whoever published the package first was believed"))
        try await scene.add("1.2")
        let disappeared = try await scene.install("1.2")
        #expect(disappeared.status == 4, "\(disappeared.transcript)")
        #expect(disappeared.errors.contains("code: known-publisher.disappeared "))
        // The next release of the same repository passes.
        try await scene.add("1.3")
        try await scene.attest("1.3")
        let next = try await scene.install("1.3")
        #expect(next.status == 0 && next.output.contains("as before: hello"), "\(next.transcript)")
    }

    @Test("A publisher that is named replaces the one that was seen first, and install says that it changed")
    func namedReplacesFirstUse() async throws {
        var scene = try await AttestationWorld()
        try scene.trustFirstUse()
        try await scene.attest()
        #expect(try await scene.install().status == 0)
        try await scene.add("1.1")
        try await scene.attest("1.1", by: .stranger)
        try await scene.demand("--github", "evil/hello")
        let result = try await scene.install("1.1")
        #expect(result.status == 0, "\(result.transcript)")
        #expect(result.errors.contains("warning: THE PUBLISHER OF hello CHANGED"), "\(result.transcript)")
    }

    @Test("A policy that only warns lets the package pass, and says so")
    func warns() async throws {
        var scene = try await AttestationWorld()
        try await scene.attest(by: .stranger)
        try await scene.demand("--github", "lab/hello", "--warn")
        let verified = try await scene.verify()
        #expect(verified.status == 0, "\(verified.transcript)")
        #expect(verified.output.contains("WARNING  publisher: ") && verified.output.contains("(warns only)"))
        let installed = try await scene.install()
        #expect(installed.status == 0 && installed.errors.contains("warning: hello-1.0-0.conda: publisher: "))
    }
}
