// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import SigningKeys
import Sigstore
import TestSupport
import Testing
import TrustCore

/// Real certificates and timestamps: those of the public conformance suite, and of conda packages.
@Suite(
    "Real certificates and timestamps",
    .enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence))
)
struct RealCertificateTests {
    private static let cases = "sigstore/conformance/bundle-verify"
    private static let production = "sigstore/trust/production-embedded-4.5.1/trusted_root.json"
    private static let staging = "sigstore/trust/staging-embedded-4.5.1/trusted_root.json"

    /// What certificates and timestamps are refused for. Every other case's are good, whatever else is wrong
    /// with it.
    private static let refused: [String: String] = [
        "bundle-from-wrong-instance_fail": "certificate.untrusted",
        "bundle-with-root-cert_fail": "bundle.root-certificate",
        "integrated-time-in-future_fail": "certificate.not-valid",
        "intoto-expired-certificate_fail": "certificate.not-valid",
        "intoto-set-outside-signing-cert-validity_fail": "certificate.not-valid",
        "intoto-tsa-timestamp-outside-cert-validity_fail": "certificate.not-valid",
        "invalid-ct-key_fail": "certificate.promise-log",
        "rekor2-no-timestamp_fail": "certificate.no-time",
        "rekor2-timestamp-outside-trust-root-tsa-validity_fail": "timestamp.authority-period",
        "rekor2-timestamp-outside-tsa-cert-validity_fail": "timestamp.authority-not-valid",
        "rekor2-timestamp-payload-mismatch_fail": "timestamp.imprint",
        "rekor2-timestamp-untrusted-tsa-with-embedded-cert_fail": "timestamp.untrusted",
        "rekor2-timestamp-untrusted-tsa-without-embedded-cert_fail": "timestamp.untrusted",
        "rekor2-timestamp-with-incorrect-time_fail": "certificate.not-valid",
    ]

    private static let folders: [String] = {
        let names = try? FileManager.default.contentsOfDirectory(atPath: SharedData.root + "/" + cases)
        return (names ?? []).filter { !$0.contains(".") || $0.contains("-v0.") }.sorted()
    }()

    /// What a verifier makes of a bundle's timestamps and its certificate.
    private static func verify(_ bundle: RealBundle, _ root: TrustedRoot) throws -> VerifiedCertificate? {
        let stamps = try TimestampVerifier(root).verify(bundle.timestamps, of: bundle.signature)
        let moments = stamps.map(\.moment) + bundle.integratedTimes.map { Moment(Timestamp(seconds: $0)) }
        guard let leaf = bundle.certificates.first else { return nil }
        return try CertificateVerifier(root).verify(
            SigningCertificate(der: leaf),
            at: moments,
            others: Array(bundle.certificates.dropFirst())
        )
    }

    @Test("A case of the conformance suite is good, or refused for its own reason", arguments: folders)
    func conformance(name: String) throws {
        let folder = "\(Self.cases)/\(name)"
        guard let value = try? RealBundle.read("\(folder)/bundle.sigstore.json") else {
            #expect(name == "bundle-malformed-json_fail")
            return
        }
        let bundle = try #require(RealBundle(value))
        let own = "\(folder)/trusted_root.json"
        let hasOwn = FileManager.default.fileExists(atPath: "\(SharedData.root)/\(own)")
        let root = try RealBundle.root(hasOwn ? own : Self.production)
        var verified: VerifiedCertificate?
        #expect(refusalCode { verified = try Self.verify(bundle, root) } == Self.refused[name])
        if let verified { try Self.check(verified) }
    }

    /// What holds of every certificate here.
    private static func check(_ verified: VerifiedCertificate) throws {
        let certificate = verified.certificate
        #expect(
            !certificate.identity.value.isEmpty
                && certificate.identity.issuer.utf8.starts(with: "https://".utf8)
        )
        #expect(certificate.claims[.issuer] == certificate.identity.issuer)
        #expect(certificate.publicKey.algorithm == .ecdsaP256SHA256)
        #expect(verified.promises.count == 1)
        for moment in verified.moments { #expect(certificate.validity.contains(moment)) }
    }

    @Test("There are 70 cases, and each that is to be refused here is one")
    func complete() {
        #expect(Self.folders.count == 70)
        #expect(Set(Self.refused.keys).isSubset(of: Self.folders))
    }

    @Test("A conda package's certificate says who built it, from what, and where")
    func conda() throws {
        let bundle = try #require(
            RealBundle(RealBundle.read("sigstore/conda/conda-attestation.sigstore.json"))
        )
        let verified = try #require(try Self.verify(bundle, RealBundle.root(Self.production)))
        let certificate = verified.certificate
        let workflow =
            "https://github.com/prefix-dev/sigstore-example/.github/workflows/action.yaml@refs/heads/main"
        let identity = SignerIdentity(
            kind: .uri,
            value: workflow,
            issuer: "https://token.actions.githubusercontent.com"
        )
        #expect(certificate.identity == identity)
        let commit = "193b5bd7d3985809503963ae400594ea16df31cf"
        let repository = "https://github.com/prefix-dev/sigstore-example"
        #expect(
            certificate.claims == [
                .issuerV1: identity.issuer, .githubWorkflowTrigger: "push", .githubWorkflowSHA: commit,
                .githubWorkflowName: "Package and sign",
                .githubWorkflowRepository: "prefix-dev/sigstore-example",
                .githubWorkflowRef: "refs/heads/main", .issuer: identity.issuer, .buildSignerURI: workflow,
                .buildSignerDigest: commit, .runnerEnvironment: "github-hosted",
                .sourceRepositoryURI: repository,
                .sourceRepositoryDigest: commit, .sourceRepositoryRef: "refs/heads/main",
                .sourceRepositoryIdentifier: "1048392115",
                .sourceRepositoryOwnerURI: "https://github.com/prefix-dev",
                .sourceRepositoryOwnerIdentifier: "111356225", .buildConfigURI: workflow,
                .buildConfigDigest: commit, .buildTrigger: "push",
                .runInvocationURI: "\(repository)/actions/runs/17377272645/attempts/1",
                .sourceRepositoryVisibility: "public",
            ]
        )
        #expect(verified.promises[0].moment.timestamp == Timestamp("2025-09-01T12:13:59Z"))
        #expect(verified.promises[0].moment.nanoseconds == 60_000_000)
        #expect(verified.authority.uri == "https://fulcio.sigstore.dev")
        #expect(
            refusalCode { try Self.verify(bundle, RealBundle.root(Self.staging)) } == "certificate.untrusted"
        )
    }

    @Test("A conda package's certificate for an e-mail address, with a timestamp, is the other instance's")
    func otherInstance() throws {
        let path = "sigstore/conda/conda-attestation-rekor2.sigstore.json"
        let bundle = try #require(RealBundle(RealBundle.read(path)))
        let verified = try #require(try Self.verify(bundle, RealBundle.root(Self.staging)))
        #expect(verified.certificate.identity.kind == .email)
        #expect(verified.certificate.identity.value == "jku@goto.fi")
        #expect(verified.moments == [Moment(try #require(Timestamp("2026-05-26T07:42:21Z")))])
        #expect(
            refusalCode { try Self.verify(bundle, RealBundle.root(Self.production)) } == "timestamp.untrusted"
        )
    }

    @Test("The certificates in a channel's sidecar are good, with the timestamps beside them")
    func sidecar() throws {
        let bundles = try RealBundle.read("sigstore/conda/prefix-actionlint.v0.sigs").array ?? []
        #expect(!bundles.isEmpty)
        for value in bundles {
            let verified = try Self.verify(#require(RealBundle(value)), RealBundle.root(Self.production))
            try Self.check(#require(verified))
        }
    }

    @Test("Every authority of both instances' roots holds together", arguments: [production, staging])
    func roots(path: String) throws {
        let root = try RealBundle.root(path)
        #expect(CertificateVerifier(root).unusable.isEmpty)
        #expect(TimestampVerifier(root).unusable.isEmpty)
    }

    @Test("A change anywhere in a real certificate is noticed")
    func changed() throws {
        let bundle = try #require(
            RealBundle(RealBundle.read("sigstore/conda/conda-attestation.sigstore.json"))
        )
        let verifier = CertificateVerifier(try RealBundle.root(Self.production))
        let moments = bundle.integratedTimes.map { Moment(Timestamp(seconds: $0)) }
        let leaf = bundle.certificates[0]
        for at in stride(from: 0, to: leaf.count, by: 7) {
            var changed = leaf
            changed[at] ^= 1 << UInt8(at % 8)
            #expect(throws: Refusal.self) {
                try verifier.verify(SigningCertificate(der: changed), at: moments)
            }
        }
    }
}
