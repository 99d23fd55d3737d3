// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// A timestamp response before it is signed. Every field can be changed, also to what no authority would
/// sign.
public struct TimestampDraft: Sendable {
    /// 0 for granted.
    public var status: UInt8 = 0
    /// The digest of what was there.
    public var imprint: Digest
    /// The hash function that the imprint names; nil for its own.
    public var imprintAlgorithm: String?
    /// When it was there.
    public var time: Timestamp
    /// Digits after the point of the seconds.
    public var fraction = ""
    /// The magnitude of the number that the request gave.
    public var nonce: [UInt8]?
    /// The magnitude of the timestamp's own number.
    public var serialNumber: [UInt8] = SimulatedKey.number()
    /// What the token signs.
    public var contentType = "1.2.840.113549.1.9.16.1.4"
    /// The digest that is signed; nil for the right one.
    public var messageDigest: [UInt8]?
    /// Signed attributes that are left out, by their object identifiers.
    public var withoutAttributes: Set<String> = []
    /// The hash function of the token and of its signature.
    public var digestAlgorithm = DigestAlgorithm.sha256
    /// The DER `Name` of who issued the signer's certificate.
    public var issuer: [UInt8] = []
    /// The magnitude of that certificate's number.
    public var serialNumberOfCertificate: [UInt8] = []
    /// The signer's certificate, whose digest is signed.
    public var certificate: [UInt8] = []
    /// Whether the certificate comes along.
    public var embedsCertificate = true
    /// Certificates that come along beside it.
    public var otherCertificates: [[UInt8]] = []
    /// Changes the signature.
    public var changeSignature: @Sendable (inout [UInt8]) -> Void = { _ in }

    /// The attribute that says what kind of thing is signed.
    public static let contentTypeAttribute = "1.2.840.113549.1.9.3"
    /// The attribute with its digest.
    public static let messageDigestAttribute = "1.2.840.113549.1.9.4"
    /// The attribute with the digest of the signer's certificate.
    public static let certificateAttribute = "1.2.840.113549.1.9.16.2.47"

    /// Makes a draft.
    public init(imprint: Digest, time: Timestamp) {
        self.imprint = imprint
        self.time = time
    }

    /// The DER response.
    public func response(signedBy key: SimulatedKey) throws -> [UInt8] {
        SimulatedDER.sequence(SimulatedDER.sequence(SimulatedDER.integer([status])), try token(key))
    }

    /// The DER `TSTInfo`.
    private var info: [UInt8] {
        SimulatedDER.sequence(
            SimulatedDER.integer([1]),
            SimulatedDER.identifier("1.3.6.1.4.1.57264.2"),
            SimulatedDER.sequence(
                SimulatedDER.sequence(
                    SimulatedDER.identifier(imprintAlgorithm ?? Self.identifier(imprint.algorithm))
                ),
                SimulatedDER.octets(imprint.bytes)
            ),
            SimulatedDER.integer(serialNumber),
            SimulatedDER.time("\(time)", fraction: fraction),
            nonce.map { SimulatedDER.integer($0) } ?? []
        )
    }

    private func token(_ key: SimulatedKey) throws -> [UInt8] {
        let info = self.info
        let algorithm = SimulatedDER.sequence(SimulatedDER.identifier(Self.identifier(digestAlgorithm)))
        let attributes = attributes(info)
        var (signature, name) = try key.sign(SimulatedDER.set(tag: 0x31, attributes), by: digestAlgorithm)
        changeSignature(&signature)
        let signer = SimulatedDER.sequence(
            SimulatedDER.integer([1]),
            SimulatedDER.sequence(issuer, SimulatedDER.integer(serialNumberOfCertificate)),
            algorithm,
            SimulatedDER.set(tag: 0xA0, attributes),
            SimulatedDER.sequence(SimulatedDER.identifier(name)),
            SimulatedDER.octets(signature)
        )
        let certificates = (embedsCertificate ? [certificate] : []) + otherCertificates
        let signedData = SimulatedDER.sequence(
            SimulatedDER.integer([3]),
            SimulatedDER.set(algorithm),
            SimulatedDER.sequence(
                SimulatedDER.identifier("1.2.840.113549.1.9.16.1.4"),
                SimulatedDER.element(0xA0, SimulatedDER.octets(info))
            ),
            certificates.isEmpty ? [] : SimulatedDER.set(tag: 0xA0, certificates),
            SimulatedDER.set(signer)
        )
        return SimulatedDER.sequence(
            SimulatedDER.identifier("1.2.840.113549.1.7.2"),
            SimulatedDER.element(0xA0, signedData)
        )
    }

    private func attributes(_ info: [UInt8]) -> [[UInt8]] {
        let digest = messageDigest ?? Digest.of(info, by: digestAlgorithm).bytes
        let certificate = SimulatedDER.octets(Digest.of(certificate).bytes)
        let named = SimulatedDER.sequence(SimulatedDER.sequence(SimulatedDER.sequence(certificate)))
        return [
            (Self.contentTypeAttribute, SimulatedDER.identifier(contentType)),
            (Self.messageDigestAttribute, SimulatedDER.octets(digest)),
            (Self.certificateAttribute, named),
        ]
        .filter { !withoutAttributes.contains($0.0) }
        .map { SimulatedDER.sequence(SimulatedDER.identifier($0.0), SimulatedDER.set($0.1)) }
    }

    private static func identifier(_ algorithm: DigestAlgorithm) -> String {
        switch algorithm {
        case .sha256: "2.16.840.1.101.3.4.2.1"
        case .sha384: "2.16.840.1.101.3.4.2.2"
        case .sha512: "2.16.840.1.101.3.4.2.3"
        case .md5: "1.2.840.113549.2.5"
        }
    }
}
