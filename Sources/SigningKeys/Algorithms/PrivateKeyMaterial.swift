// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Crypto
import CryptoExtras
import TrustCore

/// A decoded private key: the only place where signatures are made.
enum PrivateKeyMaterial: Sendable {
    case ed25519(Curve25519.Signing.PrivateKey)
    case p256(P256.Signing.PrivateKey)
    case p384(P384.Signing.PrivateKey)
    case rsa(_RSA.Signing.PrivateKey)
    case mlDSA(MLDSAPrivateKey)

    var publicMaterial: PublicKeyMaterial {
        get throws {
            switch self {
            case .ed25519(let key): .ed25519(key.publicKey)
            case .p256(let key): .p256(key.publicKey)
            case .p384(let key): .p384(key.publicKey)
            case .rsa(let key): try .rsa(RSAPublicNumbers(pkcs1: Array(key.publicKey.pkcs1DERRepresentation)))
            case .mlDSA(let key): .mlDSA(key.publicKey)
            }
        }
    }

    func signature(for message: [UInt8]) throws -> [UInt8] {
        switch self {
        case .ed25519(let key):
            Array(try key.signature(for: message))
        case .p256(let key):
            ECDSASignature.der(
                fixedWidth: Array(try key.signature(for: SHA256.hash(data: message)).rawRepresentation)
            )
        case .p384(let key):
            ECDSASignature.der(
                fixedWidth: Array(try key.signature(for: SHA384.hash(data: message)).rawRepresentation)
            )
        case .rsa(let key):
            Array(try key.signature(for: SHA256.hash(data: message), padding: .PSS).rawRepresentation)
        case .mlDSA(let key):
            try key.signature(for: message)
        }
    }
}
