// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SwiftASN1
import TrustCore

/// What a timestamp token's signature covers: signed attributes (RFC 5652, 5.3, 11; RFC 5816).
///
/// Of the certificate's digest only the second form is read, which does not need SHA-1.
struct TimestampAttributes: Sendable, Hashable {
    private static let contentType: ASN1ObjectIdentifier = [1, 2, 840, 113549, 1, 9, 3]
    private static let messageDigest: ASN1ObjectIdentifier = [1, 2, 840, 113549, 1, 9, 4]
    private static let signingCertificate: ASN1ObjectIdentifier = [1, 2, 840, 113549, 1, 9, 16, 2, 47]
    /// The most attributes that are read.
    private static let maximumCount = 32

    /// The bytes that are signed: a `SET`, whose tag is another one within the token.
    let signedBytes: [UInt8]
    private let values: [ASN1ObjectIdentifier: [ASN1Node]]

    /// Reads `[0] IMPLICIT SET OF Attribute`, each attribute once.
    init(_ node: ASN1Node) throws {
        let attributes = try DERElement.elements(node, node.identifier)
        guard attributes.count <= Self.maximumCount else {
            throw ASN1Error.invalidASN1Object(reason: "too many attributes")
        }
        var values: [ASN1ObjectIdentifier: [ASN1Node]] = [:]
        for attribute in attributes {
            let parts = try DERElement.elements(attribute, .sequence)
            guard parts.count == 2 else { throw ASN1Error.invalidASN1Object(reason: "other parts") }
            let name = try ASN1ObjectIdentifier(derEncoded: parts[0])
            guard values.updateValue(try DERElement.elements(parts[1], .set), forKey: name) == nil else {
                throw ASN1Error.invalidASN1Object(reason: "an attribute twice")
            }
        }
        self.values = values
        signedBytes = [0x31] + node.encodedBytes.dropFirst()
    }

    /// Refuses attributes that are not of a timestamp, of this content, and by this certificate.
    func check(_ token: TimestampToken, by certificate: ParsedCertificate) throws {
        guard let type = single(Self.contentType),
            (try? ASN1ObjectIdentifier(derEncoded: type)) == TimestampToken.timestampInfo
        else { throw missing("the type of what is signed") }
        guard let digest = single(Self.messageDigest).flatMap({ try? DERElement.contents($0, .octetString) })
        else { throw missing("the digest of what is signed") }
        guard digest == Digest.of(token.content, by: token.digestAlgorithm).bytes else {
            throw Refusal(TimestampCode.content, TimestampResponse.what)
        }
        guard let named = try namedCertificate() else {
            throw missing("the digest of the signer's certificate")
        }
        guard Digest.of(certificate.der, by: named.algorithm) == named else {
            throw Refusal(TimestampCode.signerCertificate, TimestampResponse.what)
        }
    }

    /// `SigningCertificateV2`: the digest of the first certificate is the signer's (RFC 5035, 3).
    private func namedCertificate() throws -> Digest? {
        do {
            guard let value = single(Self.signingCertificate),
                let list = try DERElement.elements(value, .sequence).first,
                let first = try DERElement.elements(list, .sequence).first
            else { return nil }
            var fields = DERFields(try DERElement.elements(first, .sequence))
            // SHA-256 where no hash function is named.
            let algorithm = try fields.next(.sequence).map {
                try TimestampHash.read($0, TimestampResponse.what)
            }
            guard let digest = fields.next(.octetString) else { return nil }
            return Digest(algorithm ?? .sha256, bytes: try DERElement.contents(digest, .octetString))
        } catch is ASN1Error {
            return nil
        }
    }

    /// The value of an attribute that has exactly one.
    private func single(_ name: ASN1ObjectIdentifier) -> ASN1Node? {
        guard let values = values[name], values.count == 1 else { return nil }
        return values[0]
    }

    private func missing(_ expected: String) -> Refusal {
        Refusal(TimestampCode.attributes, TimestampResponse.what, expected: expected)
    }
}
