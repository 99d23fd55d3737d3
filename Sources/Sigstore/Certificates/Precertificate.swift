// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

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
            signedPart = try Self.withoutPromises(certificate.signedPart)
        } catch is ASN1Error {
            throw Refusal(CertificateCode.malformed, SigningCertificate.what)
        }
    }

    /// Strict DER has one form of each length, so that what is written anew is what was there before.
    static func withoutPromises(_ signedPart: ArraySlice<UInt8>) throws -> [UInt8] {
        let fields = try DERElement.elements(DER.parse(signedPart), .sequence)
        let extensionsTag = ASN1Identifier(tagWithNumber: 3, tagClass: .contextSpecific)
        var serializer = DER.Serializer()
        try serializer.appendConstructedNode(identifier: .sequence) { serializer in
            for field in fields {
                if field.identifier == extensionsTag {
                    try write(extensions: field, to: &serializer)
                } else {
                    serializer.serializeRawBytes(field.encodedBytes)
                }
            }
        }
        return serializer.serializedBytes
    }

    private static func write(extensions field: ASN1Node, to serializer: inout DER.Serializer) throws {
        let kept = try DER.explicitlyTagged(field, tagNumber: 3, tagClass: .contextSpecific) { list in
            try DERElement.elements(list, .sequence).filter { element in
                guard let first = try DERElement.elements(element, .sequence).first else { return true }
                return try ASN1ObjectIdentifier(derEncoded: first) != listIdentifier
            }
        }
        // RFC 5280, 4.1: a certificate without extensions has no empty list of them.
        guard !kept.isEmpty else { return }
        serializer.serialize(explicitlyTaggedWithTagNumber: 3, tagClass: .contextSpecific) { serializer in
            serializer.appendConstructedNode(identifier: .sequence) { serializer in
                for element in kept { serializer.serializeRawBytes(element.encodedBytes) }
            }
        }
    }
}
