// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import SigningKeys
public import Sigstore
public import TrustCore

/// An authority that says when something was there (RFC 3161): a root, and the key that signs timestamps.
public struct SimulatedTimestampAuthority: Sendable {
    /// The key that signs timestamps.
    public let key: SimulatedKey
    /// Its certificates, the one of ``key`` first, the root last.
    public let certificates: [[UInt8]]
    /// Where it says it is.
    public let uri: String
    private let issuer: [UInt8]
    private let serialNumber: [UInt8]

    /// Makes an authority with new keys.
    ///
    /// - Parameter change: changes the certificate of ``key`` before it is signed.
    public init(
        _ name: String = "timestamps",
        from start: Timestamp,
        until end: Timestamp,
        rootUntil rootEnd: Timestamp? = nil,
        curve: SimulatedKey.Curve = .p384,
        change: (inout CertificateDraft) -> Void = { _ in }
    ) throws {
        let root = try SimulatedAuthority(
            name,
            from: start,
            until: rootEnd ?? end,
            intermediates: 0,
            curve: curve
        )
        key = SimulatedKey(curve)
        var draft = CertificateDraft(
            subject: SimulatedDER.name(name),
            start: start,
            end: end,
            subjectPublicKeyInfo: key.subjectPublicKeyInfo,
            extensions: [
                .signs, .keyIdentifier(key.subjectPublicKeyInfo),
                .purposes([CertificateDraft.Extension.timeStamping], critical: true),
            ]
        )
        draft.issuer = root.name
        change(&draft)
        certificates = [try root.issue(draft)] + root.certificates
        issuer = draft.issuer ?? root.name
        serialNumber = draft.serialNumber
        uri = root.uri
    }

    /// What a trusted root says of it.
    public func trusted(from start: Timestamp, until end: Timestamp? = nil) -> TrustedRoot.Authority {
        TrustedRoot.Authority(
            uri: uri,
            certificates: certificates,
            validFor: ValidityPeriod(start: Moment(start), end: end.map { Moment($0) })
        )
    }

    /// A granted timestamp of a signature.
    public func stamp(
        _ signature: [UInt8],
        at time: Timestamp,
        change: (inout TimestampDraft) -> Void = { _ in }
    ) throws -> [UInt8] {
        var draft = TimestampDraft(imprint: Digest.of(signature), time: time)
        draft.issuer = issuer
        draft.serialNumberOfCertificate = serialNumber
        draft.certificate = certificates[0]
        change(&draft)
        return try draft.response(signedBy: key)
    }

    /// The answer to a request in DER.
    public func answer(_ request: [UInt8], at time: Timestamp) throws -> [UInt8] {
        let fields = try SimulatedDER.elements(request)
        let imprint = fields.count > 1 ? try SimulatedDER.elements(fields[1]) : []
        guard imprint.count == 2 else { throw Failure(.configuration, "no request") }
        let bytes = try SimulatedDER.contents(imprint[1])
        let algorithm = DigestAlgorithm.allCases.first { $0 != .md5 && $0.byteCount == bytes.count }
        guard let algorithm, let digest = Digest(algorithm, bytes: bytes) else {
            throw Failure(.configuration, "a request with another digest")
        }
        let nonce = try fields.dropFirst(2).first { $0.first == 0x02 }.map(SimulatedDER.contents)
        let wantsCertificate = fields.contains { $0 == [0x01, 0x01, 0xFF] }
        return try stamp([], at: time) { draft in
            draft.imprint = digest
            draft.nonce = nonce.map { Array($0.drop { $0 == 0 }) }
            draft.embedsCertificate = wantsCertificate
        }
    }
}
