// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import SigningKeys
import TrustCore

/// A log's promise to show a certificate: a signed certificate timestamp (RFC 6962, 3.2). Unverified.
public struct SignedCertificateTimestamp: Sendable, Hashable {
    /// The hash function and the kind of signature (RFC 5246, 7.4.1.4.1).
    public struct Algorithm: Sendable, Hashable {
        /// The number of the hash function.
        public let hash: UInt8
        /// The number of the kind of signature.
        public let signature: UInt8

        /// Whether a key that signs by this algorithm makes such signatures.
        public func fits(_ algorithm: SignatureAlgorithm) -> Bool {
            let digest: DigestAlgorithm? =
                switch hash {
                case 4: .sha256
                case 5: .sha384
                case 6: .sha512
                default: nil
                }
            guard let digest, digest == algorithm.digest else { return false }
            switch algorithm {
            case .ecdsaP256SHA256, .ecdsaP384SHA384, .ecdsaP521SHA512, .ecdsaP384SHA256, .ecdsaP521SHA256:
                return signature == 3
            case .rsa2048PKCS1v15, .rsa3072PKCS1v15, .rsa4096PKCS1v15: return signature == 1
            case .rsa2048PSS, .rsa3072PSS, .rsa4096PSS, .ed25519: return false
            }
        }
    }

    /// SHA-256 of the log's key.
    public let logID: [UInt8]
    /// Milliseconds since 1970.
    public let milliseconds: UInt64
    /// What the log says beside it: for static logs, where the certificate is.
    public let extensions: [UInt8]
    /// How it is signed.
    public let algorithm: Algorithm
    /// The signature.
    public let signature: [UInt8]

    /// When the log made the promise.
    public var moment: Moment? {
        Moment(
            seconds: Int64(milliseconds / 1_000),
            nanoseconds: Int32(milliseconds % 1_000) * 1_000_000
        )
    }

    /// What the log signed (RFC 6962, 3.2): the promise, and the precertificate that it is for.
    func signedBytes(for precertificate: Precertificate) -> [UInt8] {
        // Version 1, of a certificate, made then, for an entry that is a precertificate.
        var bytes: [UInt8] = [0, 0]
        withUnsafeBytes(of: milliseconds.bigEndian) { bytes += $0 }
        bytes += [0, 1]
        bytes += precertificate.issuerKeyHash
        let length = precertificate.signedPart.count
        bytes += [16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) }
        bytes += precertificate.signedPart
        bytes += [8, 0].map { UInt8(truncatingIfNeeded: extensions.count >> $0) }
        return bytes + extensions
    }
}

extension SignedCertificateTimestamp {
    /// The most promises that are read; honest certificates have one to three.
    public static let maximumCount = 32

    /// Reads a `SignedCertificateTimestampList` (RFC 6962, 3.3); those of other versions than the first are
    /// left out, as the RFC demands.
    ///
    /// - Throws: a `Refusal` with ``CertificateCode/promiseMalformed``.
    public static func list(_ bytes: ArraySlice<UInt8>) throws -> [SignedCertificateTimestamp] {
        var outer = TLSReader(bytes)
        guard var items = outer.vector(), outer.isAtEnd, !items.isAtEnd else {
            throw malformed("a list with its length")
        }
        var list: [SignedCertificateTimestamp] = []
        var count = 0
        while !items.isAtEnd {
            count += 1
            guard count <= maximumCount else { throw malformed("at most \(maximumCount) promises") }
            guard var item = items.vector(), let version = item.byte() else {
                throw malformed("a promise with its length")
            }
            if version == 0 { list.append(try read(&item)) }
        }
        return list
    }

    private static func read(_ item: inout TLSReader) throws -> SignedCertificateTimestamp {
        guard let logID = item.bytes(32), let milliseconds = item.number(8), let extensions = item.vector(),
            let hash = item.byte(), let kind = item.byte(), let signature = item.vector(), item.isAtEnd
        else { throw malformed("a promise of RFC 6962's first version") }
        return SignedCertificateTimestamp(
            logID: logID,
            milliseconds: milliseconds,
            extensions: extensions.remainder,
            algorithm: Algorithm(hash: hash, signature: kind),
            signature: signature.remainder
        )
    }

    static func malformed(_ expected: String) -> Refusal {
        Refusal(CertificateCode.promiseMalformed, SigningCertificate.what, expected: expected)
    }
}
