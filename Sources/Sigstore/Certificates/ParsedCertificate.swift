// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SwiftASN1
import TrustCore
import X509

/// An X.509 certificate that was read in strict DER. Nothing that it says is verified.
///
/// What needs the very bytes (names, the key, the part that is signed) is taken from the same tree of
/// elements that the library reads the rest from.
struct ParsedCertificate: Sendable {
    /// The longest certificate that is read, in bytes. Honest ones have one or two thousand.
    static let maximumLength = 65_536

    /// The certificate, as it was given.
    let der: [UInt8]
    /// The part that is signed.
    let signedPart: ArraySlice<UInt8>
    /// The elements of it.
    let signedFields: [ASN1Node]
    let signatureAlgorithm: ASN1ObjectIdentifier
    let signature: [UInt8]
    /// The serial number: the contents of its `INTEGER`.
    let serialNumber: [UInt8]
    /// The DER `Name` of who issued it, and whom it is for.
    let issuer: [UInt8]
    let subject: [UInt8]
    let validity: ValidityPeriod
    /// The DER `SubjectPublicKeyInfo`.
    let subjectPublicKeyInfo: [UInt8]
    let publicKey: Certificate.PublicKey
    let extensions: Certificate.Extensions

    /// Reads a certificate of X.509's version 3.
    ///
    /// - Throws: a `Refusal` with ``CertificateCode/size`` or ``CertificateCode/malformed``.
    init(der: [UInt8], subject what: String) throws {
        guard der.count <= Self.maximumLength else {
            throw Refusal(
                CertificateCode.size,
                what,
                expected: "at most \(Self.maximumLength) bytes",
                found: "\(der.count)"
            )
        }
        do {
            try self.init(root: DER.parse(der), der: der)
        } catch is ASN1Error {
            throw Refusal(CertificateCode.malformed, what)
        } catch is CertificateError {
            throw Refusal(CertificateCode.malformed, what)
        } catch let error as Refusal {
            throw error
        } catch {
            // The cryptographic library's word for a key that is none.
            throw Refusal(CertificateCode.malformed, what, expected: "a public key of a known kind")
        }
    }

    private init(root: ASN1Node, der: [UInt8]) throws {
        let certificate = try Certificate(derEncoded: root)
        guard certificate.version == .v3 else { throw Self.invalid("another version than 3") }
        let (signedPart, algorithm, signature) = try DER.sequence(root, identifier: .sequence) { nodes in
            guard let signedPart = nodes.next(), let algorithm = nodes.next(), let signature = nodes.next()
            else { throw Self.invalid("elements missing") }
            return (signedPart, algorithm, try ASN1BitString(derEncoded: signature))
        }
        guard signature.paddingBits == 0 else { throw Self.invalid("a signature of odd bits") }
        let fields = try DERElement.elements(signedPart, .sequence)
        let parts = try Self.parts(fields)
        // RFC 5280, 4.1.1.2: what is signed names the same algorithm. The other one is not signed.
        guard parts.algorithm.encodedBytes.elementsEqual(algorithm.encodedBytes) else {
            throw Self.invalid("two signature algorithms")
        }
        self.der = der
        self.signedPart = certificate.tbsCertificateBytes
        signedFields = fields
        signatureAlgorithm = try DERElement.algorithm(algorithm)
        self.signature = Array(signature.bytes)
        serialNumber = try DERElement.contents(parts.serialNumber, .integer)
        issuer = Array(parts.issuer.encodedBytes)
        subject = Array(parts.subject.encodedBytes)
        validity = try Self.validity(parts.validity)
        subjectPublicKeyInfo = Array(parts.key.encodedBytes)
        publicKey = certificate.publicKey
        extensions = certificate.extensions
    }

    private struct Parts {
        let serialNumber: ASN1Node
        let algorithm: ASN1Node
        let issuer: ASN1Node
        let validity: ASN1Node
        let subject: ASN1Node
        let key: ASN1Node
    }

    /// RFC 5280, 4.1: the fields of `TBSCertificate` before its optional ones.
    private static func parts(_ fields: [ASN1Node]) throws -> Parts {
        // The first is the version, which is there since it is not version 1.
        guard fields.count >= 7 else { throw invalid("elements missing") }
        return Parts(
            serialNumber: fields[1],
            algorithm: fields[2],
            issuer: fields[3],
            validity: fields[4],
            subject: fields[5],
            key: fields[6]
        )
    }

    private static func validity(_ node: ASN1Node) throws -> ValidityPeriod {
        try DER.sequence(node, identifier: .sequence) { nodes in
            guard let start = nodes.next(), let end = nodes.next() else { throw invalid("elements missing") }
            return ValidityPeriod(
                start: try DERTime.certificateTime(start),
                end: try DERTime.certificateTime(end)
            )
        }
    }

    private static func invalid(_ reason: String) -> ASN1Error { .invalidASN1Object(reason: reason) }
}

extension ParsedCertificate {
    /// Whether the other certificate's key signed this one.
    func isSigned(by other: ParsedCertificate) -> Bool {
        PKIXSignature.isValid(signature, over: signedPart, by: signatureAlgorithm, key: other.publicKey)
    }

    /// Whether it names itself as its issuer, as roots do.
    var isSelfIssued: Bool { issuer == subject }
}
