// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import SigningKeys
public import TrustCore

/// What mamba asks for as `pkg_mgr.json`: it says nothing but that the package keys are alive, and conda
/// never asks.
public enum PackageManagerDocument {
    /// Makes the next version, signed by the keys of either form that count: as many as there are.
    ///
    /// - Parameters:
    ///   - keyManager: who says which keys count, and how many must sign.
    ///   - previous: the version that is out, if there is one that verifies.
    /// - Throws: a `Refusal` with `trust-ceremony.incomplete` if too few of the signers' keys count, or what
    ///   a signer throws.
    public static func signed(
        by signers: [any Signer],
        keyManager: VerifiedKeyManager,
        after previous: TrustMetadata?,
        expires: Timestamp,
        now: Timestamp
    ) async throws -> [UInt8] {
        let earliest = previous?.timestamp?.advanced(bySeconds: 1) ?? now
        var envelope = try TrustEnvelope(
            TrustMetadata(
                .packageManager,
                version: (previous?.version ?? 0) + 1,
                timestamp: max(now, earliest),
                expiration: expires,
                delegations: [:]
            )
        )
        let delegation = keyManager.packageKeys
        for signer in signers where delegation.keys.contains(where: { $0.publicKey == signer.publicKey }) {
            try await envelope.sign(with: signer, now: now)
        }
        let count = try envelope.tally(by: delegation).keyIDs.count
        guard count >= delegation.threshold else {
            throw Refusal(
                TrustCeremonyCode.incomplete,
                TrustMetadata.subject(.packageManager),
                expected: "\(delegation.threshold) signatures by package keys",
                found: "\(count)",
                remedy: "sign where enough of the package keys are"
            )
        }
        return try envelope.encoded()
    }
}
