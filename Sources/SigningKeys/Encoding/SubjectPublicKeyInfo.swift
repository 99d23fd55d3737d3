// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Crypto
import TrustCore

/// The DER form of public keys (RFC 5280, section 4.1).
enum SubjectPublicKeyInfo {
    static func read(_ der: [UInt8]) throws -> PublicKeyMaterial {
        var outer = DERReader(der)
        guard var inner = outer.sequence(), outer.isAtEnd else {
            throw PublicKeyMaterial.malformed("a SubjectPublicKeyInfo in DER")
        }
        guard let algorithm = KeyAlgorithm.read(&inner) else {
            throw Refusal(
                KeyCode.unknownType,
                PublicKey.subject,
                expected: "Ed25519, ECDSA on P-256 or P-384, RSA, or ML-DSA-65 or 87"
            )
        }
        guard let bits = inner.bitString(), inner.isAtEnd else {
            throw PublicKeyMaterial.malformed("a SubjectPublicKeyInfo in DER")
        }
        return switch algorithm {
        case .ed25519: try PublicKeyMaterial(ed25519: Array(bits))
        case .p256: try .p256(point: Array(bits))
        case .p384: try .p384(point: Array(bits))
        case .rsa: try .rsa(RSAPublicNumbers(pkcs1: Array(bits)))
        case .mlDSA65: try .mlDSA(Array(bits), .mlDSA65)
        case .mlDSA87: try .mlDSA(Array(bits), .mlDSA87)
        }
    }

    static func write(_ material: PublicKeyMaterial) -> [UInt8] {
        let (algorithm, bits): (KeyAlgorithm, [UInt8]) =
            switch material {
            case .ed25519(let key): (.ed25519, Array(key.rawRepresentation))
            case .p256(let key): (.p256, Array(key.x963Representation))
            case .p384(let key): (.p384, Array(key.x963Representation))
            case .rsa(_, let numbers): (.rsa, numbers.pkcs1)
            case .mlDSA(let key): (KeyAlgorithm(key.parameters), key.bytes)
            }
        return DERWriter.sequence(algorithm.der + DERWriter.bitString(bits))
    }
}
