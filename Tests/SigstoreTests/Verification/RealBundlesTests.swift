// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Sigstore
import TestSupport
import Testing
import TrustCore

/// Real bundles of packages, each verified as a whole by the keys that the program carries.
@Suite(
    "Real bundles as a whole",
    .enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence))
)
struct RealBundlesTests {
    private static let actions = "https://token.actions.githubusercontent.com"
    private static let package = "signed-package-2.1.0-hb0f4dca_0.conda"

    private static func verifier(_ instance: SigstoreInstance) throws -> BundleVerifier {
        BundleVerifier(try TrustedRoot(parsing: instance.trustedRoot))
    }

    private static func bytes(_ path: String) throws -> [UInt8] { try SharedData.bytes("sigstore/" + path) }

    @Test(
        "The attestations of a conda package hold for that package, by that signer, and for no other file",
        arguments: [
            (
                "conda-attestation", SigstoreInstance.publicGood, actions,
                "https://github.com/prefix-dev/sigstore-example/.github/workflows/action.yaml@refs/heads/main"
            ),
            ("conda-attestation-rekor2", .staging, "https://github.com/login/oauth", "jku@goto.fi"),
        ]
    )
    func package(_ name: String, _ instance: SigstoreInstance, _ issuer: String, _ signer: String) throws {
        let bundle = try Bundle(parsing: Self.bytes("conda/\(name).sigstore.json"))
        let file = try Self.bytes("conda/" + Self.package)
        let verifier = try Self.verifier(instance)
        let verified = try verifier.verify(bundle, of: .bytes(file))
        let identity = try #require(verified.certificate?.certificate.identity)
        try identity.check(value: signer, issuer: issuer)
        #expect(
            refusalCode { try identity.check(value: signer + "x", issuer: issuer) } == "sigstore.identity"
        )
        #expect(refusalCode { try identity.check(value: signer, issuer: issuer + "x") } == "sigstore.issuer")
        let statement = try PublishAttestation(#require(verified.statement))
        try statement.check(fileName: Self.package, sha256: Digest.of(file))
        #expect(refusalCode { try verifier.verify(bundle, of: .bytes(file + [0])) } == "sigstore.artifact")
        let other = try Self.verifier(instance == .staging ? .publicGood : .staging)
        #expect(throws: Refusal.self) { try other.verify(bundle, of: .bytes(file)) }
    }

    @Test("A sidecar as prefix.dev serves them holds")
    func sidecar() throws {
        let path = "conda/prefix-actionlint.v0.sigs"
        let sidecar = try Sidecar(parsing: Self.bytes(path), expecting: nil, of: path)
        let digest = try #require(
            Digest(.sha256, hex: "e3e0f35dec5b09b18baac8729d14115903b5adfd25065f8bbb90a2b3be5401e4")
        )
        for bytes in sidecar.bundles {
            let verified = try Self.verifier(.publicGood).verify(
                Bundle(parsing: bytes),
                of: .digests([digest])
            )
            #expect(verified.timestamps.count == 1 && verified.log.integratedTimes.count == 1)
            #expect(verified.certificate?.certificate.identity.issuer == Self.actions)
        }
    }
}
