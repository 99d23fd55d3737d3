// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import SwiftASN1
import TrustCore

/// What logs sign promises for: the signed part of a certificate as it was before the promises were put in,
/// and the key of the authority that issues it (RFC 6962, 3.2).
struct Precertificate: Sendable {
    /// Where a certificate carries the logs' promises (RFC 6962, 3.3).
    static let listIdentifier: ASN1ObjectIdentifier = [1, 3, 6, 1, 4, 1, 11129, 2, 4, 2]

    /// SHA-256 of the issuer's `SubjectPublicKeyInfo`.
    let issuerKeyHash: [UInt8]
    /// The DER `TBSCertificate` without the promises.
    let signedPart: [UInt8]

    /// Takes the promises out of a certificate; every other byte stays, but for the lengths around them.
    ///
    /// - Parameter issuer: whose key was found to have signed the certificate. What the certificate says of
    ///   its issuer does not count.
    init(_ certificate: ParsedCertificate, issuer: ParsedCertificate) throws {
        issuerKeyHash = Digest.of(issuer.subjectPublicKeyInfo).bytes
        do {
            signedPart = try Self.withoutPromises(certificate.signedFields)
        } catch is ASN1Error {
            throw Refusal(CertificateCode.malformed, SigningCertificate.what)
        }
    }

    /// Strict DER has one form of each length, so that what is written anew is what was there before.
    ///
    /// - Parameter fields: the elements of the `TBSCertificate`.
    static func withoutPromises(_ fields: [ASN1Node]) throws -> [UInt8] {
        let extensionsTag = ASN1Identifier(tagWithNumber: 3, tagClass: .contextSpecific)
        var contents: [UInt8] = []
        for field in fields {
            if field.identifier == extensionsTag {
                contents += try extensions(field)
            } else {
                contents += field.encodedBytes
            }
        }
        return DERWriter.element(0x30, contents)
    }

    private static func extensions(_ field: ASN1Node) throws -> [UInt8] {
        var kept: [UInt8] = []
        try DER.explicitlyTagged(field, tagNumber: 3, tagClass: .contextSpecific) { list in
            for element in try DERElement.elements(list, .sequence) {
                let first = try DERElement.elements(element, .sequence).first
                if let first, try ASN1ObjectIdentifier(derEncoded: first) == listIdentifier { continue }
                kept += element.encodedBytes
            }
        }
        // RFC 5280, 4.1: a certificate without extensions has no empty list of them.
        return kept.isEmpty ? [] : DERWriter.element(0xA3, DERWriter.element(0x30, kept))
    }
}
