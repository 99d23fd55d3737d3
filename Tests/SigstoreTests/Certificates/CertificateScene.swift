// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Sigstore
import TestSupport
import TrustCore

/// A small instance, and a signer whose certificate it issues; each part can be changed.
struct CertificateScene: Sendable {
    static let start = Timestamp(seconds: 1_700_000_000)
    static let end = start.advanced(byDays: 3_650)
    /// When the signer's certificate begins.
    static let signing = start.advanced(byDays: 30)
    static let identity = SignerIdentity(
        kind: .uri,
        value: "https://forge.example/owner/repository/.workflows/build.yml@refs/heads/main",
        issuer: "https://tokens.forge.example"
    )

    var authority: SimulatedAuthority
    var log = SimulatedCertificateLog()
    var timestamps: SimulatedTimestampAuthority
    let signer = SimulatedKey()

    init() throws {
        authority = try SimulatedAuthority(from: Self.start, until: Self.end)
        timestamps = try SimulatedTimestampAuthority(from: Self.start, until: Self.end)
    }

    /// Made once: keys take time.
    static let usual = Result { try CertificateScene() }

    var draft: CertificateDraft {
        .signer(
            Self.identity,
            key: signer,
            from: Self.signing,
            until: Self.signing.advanced(bySeconds: 600)
        )
    }

    /// The signer's certificate, after a change.
    func leaf(_ change: (inout CertificateDraft) throws -> Void = { _ in }) throws -> [UInt8] {
        var draft = draft
        try change(&draft)
        return try authority.issue(draft, logs: [log], at: Self.signing)
    }

    func root(
        authorities: [TrustedRoot.Authority]? = nil,
        logs: [TrustedRoot.Log]? = nil,
        timestamps: [TrustedRoot.Authority]? = nil
    ) throws -> TrustedRoot {
        TrustedRoot(
            transparencyLogs: [],
            certificateAuthorities: authorities ?? [authority.trusted(from: Self.start)],
            certificateLogs: try logs ?? [log.trusted(from: Self.start)],
            timestampAuthorities: timestamps ?? [self.timestamps.trusted(from: Self.start)]
        )
    }

    /// The verdict over a certificate a minute after it begins.
    @discardableResult
    func verify(
        _ leaf: [UInt8],
        _ root: TrustedRoot? = nil,
        at moments: [Moment] = [Moment(signing.advanced(bySeconds: 60))],
        others: [[UInt8]] = []
    ) throws -> VerifiedCertificate {
        try CertificateVerifier(root ?? self.root())
            .verify(SigningCertificate(der: leaf), at: moments, others: others)
    }

    /// The verdict over a timestamp of `signature`.
    @discardableResult
    func verify(timestamp: [UInt8], _ root: TrustedRoot? = nil, of signature: [UInt8] = signature) throws
        -> VerifiedTimestamp
    {
        try TimestampVerifier(root ?? self.root())
            .verify(TimestampResponse(der: timestamp), of: signature)
    }

    static let signature = Array("a signature".utf8)

    /// A timestamp of `signature` a minute after the certificate begins, after a change.
    func stamp(_ change: (inout TimestampDraft) -> Void = { _ in }) throws -> [UInt8] {
        try timestamps.stamp(Self.signature, at: Self.signing.advanced(bySeconds: 60), change: change)
    }
}
