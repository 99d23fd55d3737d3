// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import Sigstore
import TestSupport
import Testing
import TrustCore

/// Attestations of Python distributions as the index serves them: a draft says that builders should skip their log
/// entries; here these are verified like everything else.
@Suite(
    "Real attestations of Python distributions as a whole (PEP 740)",
    .enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence))
)
struct PEP740VerificationTests {
    /// A file of attestations, the distribution that they are about, who signed, and whose keys show it.
    struct Case: Sendable, CustomTestStringConvertible {
        let file: String
        let distribution: String
        let signer: SignerIdentity
        let instance: SigstoreInstance
        let predicateType: String
        var testDescription: String { file }

        init(
            _ file: String,
            of distribution: String,
            by signer: SignerIdentity,
            _ instance: SigstoreInstance = .publicGood,
            predicateType: String = "https://docs.pypi.org/attestations/publish/v1"
        ) {
            self.file = file
            self.distribution = distribution
            self.signer = signer
            self.instance = instance
            self.predicateType = predicateType
        }
    }

    private static let github = SignerIdentity(
        kind: .uri,
        value:
            "https://github.com/trailofbits/pypi-attestations/.github/workflows/release.yml@refs/tags/v0.0.19",
        issuer: "https://token.actions.githubusercontent.com"
    )
    private static let gitlab = SignerIdentity(
        kind: .uri,
        value: "https://gitlab.com/facutuesca/gitlab-oidc-project//.gitlab-ci.yml@refs/heads/main",
        issuer: "https://gitlab.com"
    )
    private static let person = SignerIdentity(
        kind: .email,
        value: "william@yossarian.net",
        issuer: "https://github.com/login/oauth"
    )

    private static let attestations = "pypi_attestations-0.0.19.tar.gz"
    private static let rfc8785 = "rfc8785-0.1.2-py3-none-any.whl"
    private static let project = "gitlab_oidc_project-0.0.3.tar.gz"

    static let cases = [
        Case("\(attestations).publish.attestation", of: attestations, by: github),
        Case("\(attestations).provenance", of: attestations, by: github),
        Case(
            "\(attestations).slsa.attestation",
            of: attestations,
            by: github,
            predicateType: "https://slsa.dev/provenance/v1"
        ),
        Case("\(project).publish.attestation", of: project, by: gitlab),
        Case("\(rfc8785).publish.attestation", of: rfc8785, by: person, .staging),
        Case("\(rfc8785).attestation", of: rfc8785, by: person, .staging),
    ]

    private static func bytes(_ name: String) throws -> [UInt8] {
        try SharedData.bytes("sigstore/pypi/" + name)
    }

    private static func bundle(_ item: Case) throws -> Sigstore.Bundle {
        let bytes = try bytes(item.file)
        guard item.file.hasSuffix(".provenance") else {
            return try PEP740Attestation(parsing: bytes, of: item.file).bundle
        }
        let all = try PEP740Attestation.all(inProvenance: bytes, of: item.file)
        #expect(all.count == 1)
        return try #require(all.first).bundle
    }

    private static func verifier(_ instance: SigstoreInstance) throws -> BundleVerifier {
        BundleVerifier(try TrustedRoot(parsing: instance.trustedRoot))
    }

    @Test("They hold, log entry included, for that file and that signer, and for no other", arguments: cases)
    func holds(_ item: Case) throws {
        let file = try Self.bytes(item.distribution)
        let bundle = try Self.bundle(item)
        let verifier = try Self.verifier(item.instance)
        let verified = try verifier.verify(bundle, of: .bytes(file))
        let identity = try #require(verified.certificate?.certificate.identity)
        #expect(identity == item.signer)
        try identity.check(value: item.signer.value, issuer: item.signer.issuer)
        #expect(verified.log.entries.count == 1 && verified.log.integratedTimes.count == 1)
        #expect(verified.log.entries[0].kind == .dsseV001 && verified.log.entries[0].checkpoint != nil)
        let statement = try #require(verified.statement)
        #expect(statement.predicateType == item.predicateType)
        #expect(statement.subjects.map(\.name) == [item.distribution])
        // It is of no conda package.
        #expect(refusalCode { try PublishAttestation(statement) } == "attestation.predicate-type")
        // The same as a bundle of its own, which others can read.
        _ = try verifier.verify(Bundle(parsing: bundle.encoded()), of: .bytes(file))

        #expect(refusalCode { try verifier.verify(bundle, of: .bytes(file + [0])) } == "sigstore.artifact")
        let other = try Self.verifier(item.instance == .staging ? .publicGood : .staging)
        #expect(refusalCode { try other.verify(bundle, of: .bytes(file)) } == "log.unknown-log")
        for signer in Set(Self.cases.map(\.signer)) where signer != item.signer {
            #expect(
                refusalCode { try identity.check(value: signer.value, issuer: item.signer.issuer) }
                    == "sigstore.identity"
            )
            #expect(
                refusalCode { try identity.check(value: item.signer.value, issuer: signer.issuer) }
                    == "sigstore.issuer"
            )
        }
    }

    @Test("Without its log entry, or with another attestation's, none holds", arguments: cases)
    func needsItsEntry(_ item: Case) throws {
        let file = try Self.bytes(item.distribution)
        let bundle = try Self.bundle(item)
        let verifier = try Self.verifier(item.instance)
        func with(_ entries: [LogEntry]) -> Sigstore.Bundle {
            Bundle(
                version: .v03,
                material: bundle.material,
                content: bundle.content,
                logEntries: entries,
                timestamps: []
            )
        }
        #expect(refusalCode { try verifier.verify(with([]), of: .bytes(file)) } == "log.no-entry")
        for other in Self.cases where other.instance == item.instance {
            let entries = try Self.bundle(other).logEntries
            guard entries[0].canonicalizedBody != bundle.logEntries[0].canonicalizedBody else { continue }
            let code = refusalCode { try verifier.verify(with(entries), of: .bytes(file)) }
            #expect(code == "log.digest", "\(other)")
        }
    }

    @Test("Each file of attestations there is here is one of these")
    func isComplete() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: SharedData.root + "/sigstore/pypi")
        #expect(
            Set(names.filter { $0.hasSuffix("attestation") || $0.hasSuffix(".provenance") })
                == Set(Self.cases.map(\.file))
        )
    }
}
