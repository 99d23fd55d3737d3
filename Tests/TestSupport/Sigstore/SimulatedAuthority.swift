// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import Sigstore
public import TrustCore

/// An authority that issues certificates to signers, as Fulcio does: a root, some authorities below it, and
/// the key of the last one.
public struct SimulatedAuthority: Sendable {
    /// The key that issues.
    public let key: SimulatedKey
    /// Its certificates, the one of ``key`` first, the root last.
    public let certificates: [[UInt8]]
    /// The DER `Name` that it issues under.
    public let name: [UInt8]
    /// Where it says it is.
    public let uri: String

    /// Makes an authority with new keys.
    ///
    /// - Parameters:
    ///   - intermediates: how many authorities there are below the root.
    ///   - purposes: what the authorities below the root are limited to; none for no limit.
    ///   - change: changes a certificate before it is signed; 0 is that of ``key``, the highest number the
    ///     root's.
    public init(
        _ name: String = "authority",
        from start: Timestamp,
        until end: Timestamp,
        intermediates: Int = 1,
        curve: SimulatedKey.Curve = .p384,
        purposes: [String] = [CertificateDraft.Extension.codeSigning],
        change: (Int, inout CertificateDraft) -> Void = { _, _ in }
    ) throws {
        var (key, issuer) = (SimulatedKey(curve), SimulatedDER.name("\(name)-root"))
        var certificates: [[UInt8]] = []
        for place in (0...intermediates).reversed() {
            let isRoot = place == intermediates
            let own = isRoot ? key : SimulatedKey(curve)
            var draft = CertificateDraft(
                subject: isRoot ? issuer : SimulatedDER.name("\(name)-\(place)"),
                start: start,
                end: end,
                subjectPublicKeyInfo: own.subjectPublicKeyInfo,
                extensions: [.signsCertificates, .authority(pathLength: isRoot ? nil : UInt8(place))]
            )
            if !isRoot, !purposes.isEmpty { draft.extensions.append(.purposes(purposes)) }
            draft.issuer = issuer
            draft.extensions.append(.keyIdentifier(own.subjectPublicKeyInfo))
            if !isRoot { draft.extensions.append(.issuerKeyIdentifier(key.subjectPublicKeyInfo)) }
            change(place, &draft)
            certificates.insert(try draft.signed(by: key), at: 0)
            (key, issuer) = (own, draft.subject)
        }
        self.key = key
        self.certificates = certificates
        self.name = issuer
        uri = "https://\(name).example"
    }

    /// Issues a certificate, without any log's promise.
    public func issue(_ draft: CertificateDraft) throws -> [UInt8] {
        try prepared(draft).signed(by: key)
    }

    /// A draft with what the authority says of itself in what it issues: its name, and that of its key.
    public func prepared(_ draft: CertificateDraft) -> CertificateDraft {
        var draft = draft
        draft.issuer = draft.issuer ?? name
        let own = CertificateDraft.Extension.issuerKeyIdentifier(key.subjectPublicKeyInfo)
        draft[own.identifier] = draft[own.identifier] ?? own
        return draft
    }

    /// Issues a certificate after each of the logs has promised to show it.
    public func issue(_ draft: CertificateDraft, logs: [SimulatedCertificateLog], at time: Timestamp) throws
        -> [UInt8]
    {
        var draft = prepared(draft)
        let signedPart = draft.signedPart(key.signatureAlgorithm)
        let promises = try logs.map { log in
            try log.promise(signedPart, issuerKey: key.subjectPublicKeyInfo, at: time)
        }
        draft[CertificateDraft.Extension.promisesIdentifier] = SimulatedCertificateLog.list(promises)
        return try draft.signed(by: key)
    }

    /// What a trusted root says of it.
    public func trusted(from start: Timestamp, until end: Timestamp? = nil) -> TrustedRoot.Authority {
        TrustedRoot.Authority(
            uri: uri,
            certificates: certificates,
            validFor: ValidityPeriod(start: Moment(start), end: end.map { Moment($0) })
        )
    }
}

extension CertificateDraft {
    /// A signer's certificate as Fulcio makes them.
    public static func signer(
        _ identity: SignerIdentity,
        key: SimulatedKey,
        from start: Timestamp,
        until end: Timestamp,
        claims: [FulcioClaim: String] = [:]
    ) -> CertificateDraft {
        signer(identity, publicKey: key.subjectPublicKeyInfo, from: start, until: end, claims: claims)
    }

    /// A certificate as Fulcio makes them, for a signer who alone has the private key.
    public static func signer(
        _ identity: SignerIdentity,
        publicKey: [UInt8],
        from start: Timestamp,
        until end: Timestamp,
        claims: [FulcioClaim: String] = [:]
    ) -> CertificateDraft {
        var all = claims
        all[.issuer] = claims[.issuer] ?? identity.issuer
        let sorted = all.sorted { $0.key.rawValue < $1.key.rawValue }
        return CertificateDraft(
            subject: SimulatedDER.sequence(),
            start: start,
            end: end,
            subjectPublicKeyInfo: publicKey,
            extensions: [
                .signs, .purposes([Extension.codeSigning]), .keyIdentifier(publicKey),
                .names([identity]),
            ]
                + sorted.map { Extension.claim($0.key, $0.value) }
        )
    }
}
