// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// A log's promise to show a certificate, which was found to be the log's.
public struct LoggedCertificate: Sendable, Hashable {
    /// The log.
    public let log: TrustedRoot.Log
    /// When it made the promise, by its own word.
    public let moment: Moment
}

/// A signer's certificate that an authority of a trusted root issued, that was valid at each time of the
/// signature, and that a log promised to show.
///
/// Whether its identity is one that may sign is not said.
public struct VerifiedCertificate: Sendable {
    /// The certificate, with the signer's identity, claims and key.
    public let certificate: SigningCertificate
    /// The authority that issued it.
    public let authority: TrustedRoot.Authority
    /// Which logs promised to show it; never empty.
    public let promises: [LoggedCertificate]
    /// The times it was valid at; never empty.
    public let moments: [Moment]
}
