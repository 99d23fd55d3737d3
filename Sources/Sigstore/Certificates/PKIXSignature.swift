// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SwiftASN1
import X509

/// Signatures as certificates and timestamp tokens carry them: with the algorithm beside them.
enum PKIXSignature {
    /// The algorithms that count, by their object identifiers (RFC 5758, RFC 4055, RFC 8410). SHA-1 is not
    /// among them.
    static let algorithms: [ASN1ObjectIdentifier: Certificate.SignatureAlgorithm] = [
        [1, 2, 840, 10045, 4, 3, 2]: .ecdsaWithSHA256,
        [1, 2, 840, 10045, 4, 3, 3]: .ecdsaWithSHA384,
        [1, 2, 840, 10045, 4, 3, 4]: .ecdsaWithSHA512,
        [1, 2, 840, 113549, 1, 1, 11]: .sha256WithRSAEncryption,
        [1, 2, 840, 113549, 1, 1, 12]: .sha384WithRSAEncryption,
        [1, 2, 840, 113549, 1, 1, 13]: .sha512WithRSAEncryption,
        [1, 3, 101, 112]: .ed25519,
    ]

    /// Whether the key made the signature over the message by this algorithm.
    ///
    /// The algorithm is named beside the signature, but it is one of few good ones, and must fit the key's
    /// type.
    static func isValid(
        _ signature: [UInt8],
        over message: ArraySlice<UInt8>,
        by algorithm: ASN1ObjectIdentifier,
        key: Certificate.PublicKey
    ) -> Bool {
        guard let algorithm = algorithms[algorithm] else { return false }
        switch algorithm {
        case .ecdsaWithSHA256, .ecdsaWithSHA384, .ecdsaWithSHA512:
            guard isStrictECDSA(signature) else { return false }
        default: break
        }
        return key.isValidSignature(signature, for: message, signatureAlgorithm: algorithm)
    }

    /// Whether it is a `SEQUENCE` of two positive `INTEGER`s in the one form that DER has for them, with
    /// nothing after it: the library is content with less, and a signature that can be written twice is two
    /// signatures.
    private static func isStrictECDSA(_ signature: [UInt8]) -> Bool {
        guard let root = try? DER.parse(signature), root.identifier == .sequence,
            case .constructed(let nodes) = root.content
        else { return false }
        let numbers = Array(nodes)
        return numbers.count == 2 && numbers.allSatisfy(isPositiveInteger)
    }

    private static func isPositiveInteger(_ node: ASN1Node) -> Bool {
        guard node.identifier == .integer, case .primitive(let bytes) = node.content, let first = bytes.first,
            first < 0x80
        else { return false }
        guard let second = bytes.dropFirst().first else { return first != 0 }
        return first != 0 || second >= 0x80
    }
}
