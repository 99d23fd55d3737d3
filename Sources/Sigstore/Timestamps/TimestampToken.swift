// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SwiftASN1
import TrustCore

/// A timestamp's signed envelope: CMS `SignedData` with one signer (RFC 5652, 5; RFC 3161, 2.4.2).
/// Unverified.
struct TimestampToken: Sendable, Hashable {
    /// How the token names the certificate of its signer.
    enum Signer: Sendable, Hashable {
        /// The DER `Name` of the issuer, and the contents of the serial number.
        case issuer([UInt8], serialNumber: [UInt8])
        /// The subject key identifier.
        case key([UInt8])
    }

    /// The most certificates that are read.
    static let maximumCertificates = 10
    private static let signedData: ASN1ObjectIdentifier = [1, 2, 840, 113549, 1, 7, 2]
    static let timestampInfo: ASN1ObjectIdentifier = [1, 2, 840, 113549, 1, 9, 16, 1, 4]

    /// The DER `TSTInfo`.
    let content: [UInt8]
    /// The DER certificates that came along.
    let certificates: [[UInt8]]
    let signer: Signer
    let digestAlgorithm: DigestAlgorithm
    let attributes: TimestampAttributes
    let signatureAlgorithm: ASN1ObjectIdentifier
    let signature: [UInt8]

    /// Reads a `ContentInfo`.
    init(_ node: ASN1Node, _ what: String) throws {
        let outer = try DERElement.elements(node, .sequence)
        guard outer.count == 2, try ASN1ObjectIdentifier(derEncoded: outer[0]) == Self.signedData else {
            throw Self.invalid("no signed data")
        }
        let inner = try DER.explicitlyTagged(outer[1], tagNumber: 0, tagClass: .contextSpecific) {
            try DERElement.elements($0, .sequence)
        }
        var fields = DERFields(inner)
        // Version 3: what is signed is not plain data.
        guard let version = fields.next(), try DERElement.contents(version, .integer) == [3],
            let algorithms = fields.next(.set), let content = fields.next(.sequence)
        else { throw Self.invalid("fields missing") }
        _ = try DERElement.elements(algorithms, .set)
        self.content = try Self.content(content)
        certificates = try Self.certificates(&fields)
        // Lists of certificates that were withdrawn.
        _ = fields.next(ASN1Identifier(tagWithNumber: 1, tagClass: .contextSpecific))
        guard let signers = try fields.next(.set).map({ try DERElement.elements($0, .set) }), fields.isAtEnd,
            signers.count == 1
        else { throw Self.invalid("not one signer") }
        var signer = DERFields(try DERElement.elements(signers[0], .sequence))
        guard let version = signer.next(), let identifier = signer.next(), let digest = signer.next(.sequence)
        else { throw Self.invalid("fields missing") }
        self.signer = try Self.signer(identifier, version: DERElement.contents(version, .integer))
        digestAlgorithm = try TimestampHash.read(digest, what)
        guard let attributes = signer.next(ASN1Identifier(tagWithNumber: 0, tagClass: .contextSpecific)),
            let algorithm = signer.next(.sequence), let signature = signer.next(.octetString)
        else { throw Self.invalid("fields missing") }
        self.attributes = try TimestampAttributes(attributes)
        signatureAlgorithm = try DERElement.algorithm(algorithm)
        self.signature = try DERElement.contents(signature, .octetString)
        // Attributes that nobody signed, and that nothing depends on.
        _ = signer.next(ASN1Identifier(tagWithNumber: 1, tagClass: .contextSpecific))
        guard signer.isAtEnd else { throw Self.invalid("more fields") }
    }

    /// `EncapsulatedContentInfo`.
    private static func content(_ node: ASN1Node) throws -> [UInt8] {
        let parts = try DERElement.elements(node, .sequence)
        guard parts.count == 2, try ASN1ObjectIdentifier(derEncoded: parts[0]) == timestampInfo else {
            throw invalid("other content")
        }
        return try DER.explicitlyTagged(parts[1], tagNumber: 0, tagClass: .contextSpecific) {
            try DERElement.contents($0, .octetString)
        }
    }

    private static func certificates(_ fields: inout DERFields) throws -> [[UInt8]] {
        let tag = ASN1Identifier(tagWithNumber: 0, tagClass: .contextSpecific)
        guard let node = fields.next(tag) else { return [] }
        let certificates = try DERElement.elements(node, tag)
        guard certificates.count <= maximumCertificates else { throw invalid("too many certificates") }
        return certificates.map { Array($0.encodedBytes) }
    }

    /// RFC 5652, 5.3: version 1 names the issuer, version 3 the key.
    private static func signer(_ node: ASN1Node, version: [UInt8]) throws -> Signer {
        if version == [3] {
            return .key(
                try DERElement.contents(node, ASN1Identifier(tagWithNumber: 0, tagClass: .contextSpecific))
            )
        }
        let parts = try DERElement.elements(node, .sequence)
        guard version == [1], parts.count == 2 else { throw invalid("another version") }
        return .issuer(
            Array(parts[0].encodedBytes),
            serialNumber: try DERElement.contents(parts[1], .integer)
        )
    }

    private static func invalid(_ reason: String) -> ASN1Error { .invalidASN1Object(reason: reason) }
}
