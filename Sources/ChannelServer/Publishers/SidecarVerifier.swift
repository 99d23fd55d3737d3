// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import SigningKeys
public import Sigstore
import TrustCore
import TrustPolicy

/// Verifies a package's attestations before they are published, as clients will: signature, certificate, logs
/// and statement (CEP 27). Whether the signers may publish is for the policy to say.
public struct SidecarVerifier: Sendable {
    private let bundles: BundleVerifier

    /// What a sidecar holds.
    struct Findings {
        var attestations: [Attestation] = []
        var unverified: [UnverifiedAttestation] = []
    }

    /// Prepares a trusted root.
    public init(_ root: TrustedRoot) { bundles = BundleVerifier(root) }

    /// With the keys of the public instance that came with the program.
    public static func publicGood() throws -> SidecarVerifier {
        let instance = SigstoreInstance.publicGood
        return SidecarVerifier(try TrustedRoot(parsing: instance.trustedRoot, of: instance.rawValue))
    }

    /// Verifies each bundle by itself: one that is bad does not spoil the others.
    func findings(in sidecar: Sigstore.Sidecar, of file: ChannelFile, sha256: Digest) -> Findings {
        var findings = Findings()
        for (place, bytes) in sidecar.bundles.enumerated() {
            do {
                findings.attestations.append(try attestation(bytes, file, sha256))
            } catch let refusal as Refusal {
                let reason = refusal.code.entry.summary
                findings.unverified.append(
                    UnverifiedAttestation(position: place, code: refusal.codeName, reason: reason)
                )
            } catch {
                findings.unverified.append(
                    UnverifiedAttestation(position: place, code: "unknown", reason: "\(error)")
                )
            }
        }
        return findings
    }

    private func attestation(_ bytes: [UInt8], _ file: ChannelFile, _ sha256: Digest) throws -> Attestation {
        let bundle = try Bundle(parsing: bytes, of: file.description)
        let verified = try verify(bundle, .digests([sha256]))
        guard let statement = verified.statement else {
            throw Refusal(AttestationCode.payloadType, file.description)
        }
        let publication = try PublishAttestation(statement, of: file.description)
        try publication.check(fileName: file.fileName.text, sha256: sha256)
        return Attestation(
            targetChannel: publication.targetChannel?.text,
            signer: Self.signer(verified),
            claims: Self.claims(verified),
            times: verified.moments.map(\.timestamp),
            logs: []
        )
    }

    private func verify(_ bundle: Bundle, _ artifact: Artifact) throws -> VerifiedBundle {
        guard case .publicKey = bundle.material else { return try bundles.verify(bundle, of: artifact) }
        // The key that it is logged with proves nothing by itself: the policy names keys by their digest.
        guard let entry = bundle.logEntries.first, case .key(let key) = try LogEntryBody(entry).signer else {
            throw Refusal(VerificationCode.keyNeeded, "the attestation")
        }
        let known = BundleVerifier.KnownKey(try VerificationKey(subjectPublicKeyInfo: key))
        return try bundles.verify(bundle, of: artifact, by: known)
    }

    private static func signer(_ bundle: VerifiedBundle) -> TrustPolicy.Signer {
        switch bundle.signer {
        case .key(let key): return TrustPolicy.Signer(key: key.fingerprint)
        case .certificate(let verified):
            let identity = verified.certificate.identity
            let kind: TrustPolicy.Signer.Kind =
                switch identity.kind {
                case .uri: .uri
                case .email: .email
                case .username: .other
                }
            return TrustPolicy.Signer(kind, identity.value, issuer: identity.issuer)
        }
    }

    private static func claims(_ bundle: VerifiedBundle) -> [CertificateClaim: String] {
        guard let certificate = bundle.certificate?.certificate else { return [:] }
        var claims: [CertificateClaim: String] = [:]
        for claim in CertificateClaim.allCases {
            guard let fulcio = FulcioClaim(rawValue: UInt(claim.extensionNumber)) else { continue }
            claims[claim] = certificate.claims[fulcio]
        }
        return claims
    }
}
