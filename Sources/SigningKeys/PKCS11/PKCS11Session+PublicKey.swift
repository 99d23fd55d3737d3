// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CPKCS11
import TrustCore

/// Public keys as tokens describe them.
extension PKCS11Session {
    private static let edwards25519: [[UInt8]] = [
        // RFC 8410's identifier, PKCS #11's name, and the identifier of older drafts.
        [0x06, 0x03, 0x2B, 0x65, 0x70],
        [0x13, 0x0C] + Array("edwards25519".utf8),
        [0x06, 0x09, 0x2B, 0x06, 0x01, 0x04, 0x01, 0xDA, 0x47, 0x0F, 0x01],
    ]

    /// The public half of a private key: from the public key object of the same id, or from the private key
    /// itself.
    ///
    /// - Throws: a refusal with a `key.` code for a key that we cannot use.
    func publicKey(of key: Object) throws -> PublicKey {
        guard let type = number(CKA_KEY_TYPE, of: key) else {
            throw Self.failure("does not say of which type it is")
        }
        var halves = [key]
        if let id = attribute(CKA_ID, of: key), !id.isEmpty {
            halves =
                try objects([
                    .number(CKA_CLASS, CKO_PUBLIC_KEY), .number(CKA_KEY_TYPE, type), .bytes(CKA_ID, id),
                ]) + halves
        }
        for half in halves {
            if let material = try material(type, half) { return PublicKey(material) }
        }
        throw Self.failure("has no public key of the same id beside it")
    }

    /// What an object says about the public key; nil if it does not say it.
    private func material(_ type: CK_ULONG, _ object: Object) throws -> PublicKeyMaterial? {
        switch type {
        case CKK_RSA:
            guard let modulus = attribute(CKA_MODULUS, of: object),
                let exponent = attribute(CKA_PUBLIC_EXPONENT, of: object), !modulus.isEmpty, !exponent.isEmpty
            else { return nil }
            return try .rsa(
                RSAPublicNumbers(
                    modulus: Array(modulus.drop { $0 == 0 }),
                    exponent: Array(exponent.drop { $0 == 0 })
                )
            )
        case CKK_EC, CKK_EC_EDWARDS:
            guard let curve = attribute(CKA_EC_PARAMS, of: object),
                let point = attribute(CKA_EC_POINT, of: object),
                !point.isEmpty
            else { return nil }
            return try Self.material(curve: curve, point: point)
        default:
            throw Refusal(KeyCode.unknownType, "key of a token", found: "type 0x\(String(type, radix: 16))")
        }
    }

    private static func material(curve: [UInt8], point: [UInt8]) throws -> PublicKeyMaterial {
        if edwards25519.contains(curve) {
            return try PublicKeyMaterial(ed25519: unwrapped(point, lengths: [32]))
        }
        if curve == KeyAlgorithm.p256.curve.map(DERWriter.objectIdentifier) {
            return try .p256(point: unwrapped(point, lengths: [65, 33]))
        }
        if curve == KeyAlgorithm.p384.curve.map(DERWriter.objectIdentifier) {
            return try .p384(point: unwrapped(point, lengths: [97, 49]))
        }
        throw Refusal(
            KeyCode.unknownType,
            "key of a token",
            expected: "Ed25519, or ECDSA on P-256 or P-384",
            found: "curve \(Hex.encode(curve.prefix(24)))"
        )
    }

    /// The point: the standard wants it in an `OCTET STRING`; some tokens leave that away.
    private static func unwrapped(_ point: [UInt8], lengths: [Int]) -> [UInt8] {
        if lengths.contains(point.count) { return point }
        var reader = DERReader(point)
        guard let inner = reader.octetString(), reader.isAtEnd else { return point }
        return Array(inner)
    }

    private static func failure(_ what: String) -> Failure {
        Failure(.configuration, "the private key on the token \(what)")
    }
}
