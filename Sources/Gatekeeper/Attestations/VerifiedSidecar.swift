// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import Sigstore
public import TrustCore
public import TrustPolicy

/// The attestations of a sidecar (CEP 50), each verified by itself: one that is bad does not spoil the others.
///
/// Whether the signers may publish is for the policy to say.
public struct VerifiedSidecar: Sendable {
    /// Those that hold for the file.
    public private(set) var attestations: [Attestation] = []
    /// Those that do not, and why.
    public private(set) var unverified: [UnverifiedAttestation] = []

    /// Verifies signature, certificate, logs and statement (CEP 27) of each.
    ///
    /// - Parameters:
    ///   - fileName: the file that they must be about.
    ///   - sha256: its digest.
    ///   - verifier: verifies by the instance whose word counts; nil if nobody's does.
    public init(
        _ sidecar: Sigstore.Sidecar,
        of fileName: String,
        sha256: Digest,
        by verifier: BundleVerifier?
    ) throws {
        for (position, bundle) in sidecar.bundles.enumerated() {
            do {
                guard let verifier else { throw Refusal(GateCode.noTrustedRoot, fileName) }
                attestations.append(
                    try Attestation(verifying: bundle, of: fileName, sha256: sha256, by: verifier)
                )
            } catch let refusal as Refusal {
                unverified.append(
                    UnverifiedAttestation(
                        position: position,
                        code: refusal.codeName,
                        reason: refusal.reason
                    )
                )
            }
        }
    }
}

extension Refusal {
    /// Why, in one line without the subject and the code.
    var reason: String {
        code.entry.summary + (expected.map { ", expected \($0)" } ?? "")
            + (found.map { ", found \($0)" } ?? "")
    }
}
