// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Sigstore
import TestSupport
import Testing
import TrustCore
import TrustPolicy

/// Real attestations, verified, and then asked for their publishers: the right one passes, and any other is refused for
/// what is wrong with it.
@Suite(
    "Publishers of real attestations",
    .enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence))
)
struct RealPublishersTests {
    /// Who published, and the code of the refusal; nil for the right publisher.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let file: String
        let code: PolicyCode?
        let publisher: String

        init(_ file: String, _ publisher: String, _ code: PolicyCode?) {
            self.file = file
            self.publisher = publisher
            self.code = code
            testDescription = "\(file), \(publisher)"
        }
    }

    private static let conda = "conda/conda-attestation.sigstore.json"
    private static let person = "conda/conda-attestation-rekor2.sigstore.json"
    private static let sidecar = "conda/prefix-actionlint.v0.sigs"
    private static let gitlab = "pypi/gitlab_oidc_project-0.0.3.tar.gz.publish.attestation"
    private static let workflow =
        "https://github.com/prefix-dev/sigstore-example/.github/workflows/action.yaml@refs/heads/main"
    private static let actions = "https://token.actions.githubusercontent.com"
    private static let login = "https://github.com/login/oauth"

    /// As a policy file has them.
    static let cases: [Case] = [
        Case(conda, "github: prefix-dev/sigstore-example", nil),
        Case(conda, "github: Prefix-Dev/Sigstore-Example", nil), Case(conda, "github: prefix-dev/*", nil),
        Case(
            conda,
            "github: prefix-dev/sigstore-example, repository_id: 1048392115, owner_id: 111356225, "
                + "workflow: action.yaml, ref: refs/heads/main, trigger: push, "
                + "claims: {runner-environment: github-hosted}",
            nil
        ),
        Case(conda, "github: renamed/since, repository_id: 1048392115, owner_id: 111356225", nil),
        Case(conda, "identity: \"\(workflow)\", issuer: \"\(actions)\"", nil),
        Case(conda, "github: prefix-dev/sigstore-exampl", .otherIdentity),
        Case(conda, "github: prefix-dev/sigstore-example-2", .otherIdentity),
        Case(conda, "github: prefix/sigstore-example", .otherIdentity),
        Case(conda, "github: prefix-de/*", .otherIdentity),
        Case(conda, "github: prefix-dev/sigstore-example, repository_id: 1048392116", .otherNumber),
        Case(conda, "github: prefix-dev/sigstore-example, owner_id: 11135622", .otherNumber),
        Case(conda, "github: prefix-dev/sigstore-example, workflow: ction.yaml", .otherClaim),
        Case(conda, "github: prefix-dev/sigstore-example, workflow: action.yml", .otherClaim),
        Case(conda, "github: prefix-dev/sigstore-example, ref: refs/tags/", .otherClaim),
        Case(conda, "github: prefix-dev/sigstore-example, trigger: release", .otherClaim),
        Case(conda, "github: prefix-dev/sigstore-example, environment: release", .claimMissing),
        Case(conda, "gitlab: prefix-dev/sigstore-example", .otherIdentity),
        Case(conda, "identity: \"\(workflow)\", issuer: \"\(login)\"", .otherIssuer),
        Case(conda, "identity: \"\(workflow)s\", issuer: \"\(actions)\"", .otherIdentity),
        Case(conda, "identity: \"\(workflow)\", issuer: \"\(actions)\", kind: other", .otherIdentity),
        Case(conda, "identity: jku@goto.fi, issuer: \"\(login)\"", .otherIdentity),
        Case(conda, "key: \"\(String(repeating: "0", count: 64))\"", .otherIdentity),

        Case(person, "identity: jku@goto.fi, issuer: \"\(login)\"", nil),
        Case(person, "identity: jku@goto.fi, issuer: \"https://accounts.google.com\"", .otherIssuer),
        Case(person, "identity: Jku@goto.fi, issuer: \"\(login)\"", .otherIdentity),
        Case(person, "identity: jku@goto.fi, issuer: \"\(login)\", kind: other", .otherIdentity),
        Case(person, "github: jku/goto", .otherIdentity),

        Case(sidecar, "github: hunger/octoconda, repository_id: 1092908474, owner_id: 73267", nil),
        Case(sidecar, "github: hunger/octoconda, workflow: octoconda.yaml, trigger: schedule", nil),
        Case(sidecar, "github: prefix-dev/sigstore-example", .otherIdentity),
        Case(sidecar, "github: hunger/octoconda, owner_id: 73268", .otherNumber),

        Case(gitlab, "gitlab: facutuesca/gitlab-oidc-project", nil),
        Case(
            gitlab,
            "gitlab: facutuesca/gitlab-oidc-project, repository_id: 55235664, owner_id: 12885801, "
                + "workflow: .gitlab-ci.yml, ref: refs/heads/main",
            nil
        ),
        Case(gitlab, "gitlab: facutuesca/gitlab-oidc", .otherIdentity),
        Case(gitlab, "gitlab: Facutuesca/gitlab-oidc-project", .otherIdentity),
        Case(
            gitlab,
            "gitlab: facutuesca/gitlab-oidc-project, issuer: \"https://gitlab.example.org\"",
            .otherIdentity
        ),
        Case(gitlab, "gitlab: facutuesca/gitlab-oidc-project, workflow: gitlab-ci.yml", .otherClaim),
        Case(gitlab, "github: facutuesca/gitlab-oidc-project", .otherIdentity),
    ]

    @Test("The right publisher passes, and any other is refused for what is wrong", arguments: cases)
    func publishers(_ item: Case) throws {
        let yaml = """
            version: 1
            channels:
              https://conda.example.org/main:
                packages:
                  "*":
                    publishers:
                      - {\(item.publisher)}
            """
        let policy = try PolicyFile(yaml: Array(yaml.utf8))
        let publisher = try #require(policy.channels.first?.publishers?.entries.first?.publishers.first)
        let mismatch = publisher.mismatch(try Self.attestation(item.file))
        #expect(mismatch?.code == item.code, "\(String(describing: mismatch))")
    }

    /// What a verified bundle says, as facts for policies.
    private static func attestation(_ file: String) throws -> Attestation {
        let bytes = try SharedData.bytes("sigstore/" + file)
        let bundle =
            if file.hasPrefix("pypi/") {
                try PEP740Attestation(parsing: bytes).bundle
            } else if file.hasSuffix(".sigs") {
                try Bundle(
                    parsing: #require(
                        Sigstore.Sidecar(parsing: bytes, expecting: nil, of: file).bundles.first
                    )
                )
            } else {
                try Bundle(parsing: bytes)
            }
        guard case .envelope(let envelope) = bundle.content else { throw Refusal(BundleCode.content, file) }
        let subject = try #require(try Statement(in: envelope).subjects.first)
        let instance: SigstoreInstance = file == person ? .staging : .publicGood
        let verifier = BundleVerifier(try TrustedRoot(parsing: instance.trustedRoot))
        let verified = try verifier.verify(bundle, of: .digests([#require(subject.digest(.sha256))]))
        let statement = try #require(verified.statement)
        let certificate = try #require(verified.certificate?.certificate)
        let kind: Signer.Kind =
            switch certificate.identity.kind {
            case .uri: .uri
            case .email: .email
            default: .other
            }
        return Attestation(
            predicateType: statement.predicateType,
            targetChannel: try? PublishAttestation(statement).targetChannel?.text,
            signer: Signer(kind, certificate.identity.value, issuer: certificate.identity.issuer),
            claims: claims(certificate)
        )
    }

    /// The claims, by the names that policies have for them: those of Fulcio's list from .9 on, in its order.
    private static func claims(_ certificate: SigningCertificate) -> [CertificateClaim: String] {
        let root = "1.3.6.1.4.1.57264.1."
        let named = certificate.claims.compactMap { claim, text -> (CertificateClaim, String)? in
            let number = Int(claim.objectIdentifier.dropFirst(root.count)) ?? 0
            guard (9..<9 + CertificateClaim.allCases.count).contains(number) else { return nil }
            return (CertificateClaim.allCases[number - 9], text)
        }
        return Dictionary(uniqueKeysWithValues: named)
    }
}
