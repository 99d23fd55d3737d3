// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import SigningKeys
import SwiftASN1
import TrustCore
import X509

/// The certificate of a signer, as Sigstore's authority (Fulcio) issues them for minutes.
///
/// It says what it must say, in one way only. That an authority issued it is not known: see
/// ``CertificateVerifier``.
public struct SigningCertificate: Sendable {
    static let what = "the signer's certificate"

    /// The certificate, as it was given.
    public let der: [UInt8]
    /// Who signed, if the certificate is true.
    public let identity: SignerIdentity
    /// What else the authority says of the signer, if the certificate is true.
    public let claims: [FulcioClaim: String]
    /// The key that the signer signs with.
    public let publicKey: VerificationKey
    /// When the certificate is valid; both ends belong to it.
    public let validity: ValidityPeriod
    let parsed: ParsedCertificate

    /// Reads a certificate, and checks all that can be checked of it alone (RFC 5280; Sigstore's client
    /// specification 4.2; Fulcio's certificate specification).
    ///
    /// - Throws: a `Refusal` with a ``CertificateCode`` or, for a key that we do not verify with, one of
    ///   `KeyCode`.
    public init(der: [UInt8]) throws {
        let parsed = try ParsedCertificate(der: der, subject: Self.what)
        try CertificateRules.checkSigner(parsed)
        claims = try Self.claims(parsed)
        identity = try Self.identity(parsed, claims)
        do {
            publicKey = try VerificationKey(subjectPublicKeyInfo: parsed.subjectPublicKeyInfo)
        } catch let refusal as Refusal {
            throw refusal.about(Self.what)
        }
        self.der = der
        validity = parsed.validity
        self.parsed = parsed
    }

    /// What the certificate says as `1.3.6.1.4.1.57264.1.N`; what is not known there is left out.
    private static func claims(_ certificate: ParsedCertificate) throws -> [FulcioClaim: String] {
        var claims: [FulcioClaim: String] = [:]
        for found in certificate.extensions {
            guard let claim = FulcioClaim(identifier: found.oid) else { continue }
            guard let text = claim.text(found.value) else {
                throw Refusal(
                    CertificateCode.claim,
                    what,
                    at: "`\(claim.objectIdentifier)`",
                    expected: claim.isRawText ? "UTF-8 text" : "a DER UTF8String"
                )
            }
            claims[claim] = text
        }
        return claims
    }

    private static func identity(_ certificate: ParsedCertificate, _ claims: [FulcioClaim: String]) throws
        -> SignerIdentity
    {
        let (kind, value) = try SubjectName.read(certificate)
        return SignerIdentity(kind: kind, value: value, issuer: try issuer(claims))
    }

    private static func issuer(_ claims: [FulcioClaim: String]) throws -> String {
        let issuer = claims[.issuer], old = claims[.issuerV1]
        if let issuer, let old, !ByteKey.areEqual(issuer, old) {
            throw Refusal(
                CertificateCode.issuersDisagree,
                what,
                expected: "`\(issuer)` in both extensions",
                found: "`\(old)`"
            )
        }
        guard let found = issuer ?? old, !found.isEmpty else {
            throw Refusal(CertificateCode.issuerMissing, what)
        }
        return found
    }
}

extension SigningCertificate: Hashable {
    /// Equal if they are the same bytes.
    public static func == (a: SigningCertificate, b: SigningCertificate) -> Bool { a.der == b.der }

    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) { hasher.combine(der) }
}
