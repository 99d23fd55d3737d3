// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import SigningKeys

/// What a bundle proves: who signed what, and when.
///
/// That the signer may sign is not known. Only ``BundleVerifier`` makes one.
public struct VerifiedBundle: Sendable {
    /// Who signed.
    public enum Signer: Sendable {
        /// Whoever the certificate names.
        case certificate(VerifiedCertificate)
        /// Whoever holds a key that the verifier knew before.
        case key(VerificationKey)
    }

    /// Who signed.
    public let signer: Signer
    /// What the signer says; nil if only the file itself is signed.
    public let statement: Statement?
    /// Who says that the signature was there, beside the logs.
    public let timestamps: [VerifiedTimestamp]
    /// The logs that have the signature.
    public let log: VerifiedLogEntries
    /// All proven times of the signature; never empty.
    public let moments: [Moment]

    /// The signer's certificate; nil if a key signed that was known before.
    public var certificate: VerifiedCertificate? {
        if case .certificate(let certificate) = signer { certificate } else { nil }
    }
}
