// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Crypto
import CryptoExtras
import TrustCore

/// The DER forms of private keys: PKCS #8 (RFC 5208, RFC 5958), SEC 1 (RFC 5915) and PKCS #1 (RFC 8017);
/// ML-DSA keys by their seed (RFC 9881).
///
/// Where a form carries the public key too, it must be the one that belongs to the private key.
/// Attributes are not read.
enum PrivateKeyInfo {
    static func read(_ der: [UInt8]) throws -> PrivateKeyMaterial {
        var outer = DERReader(der)
        guard var inner = outer.sequence(), outer.isAtEnd, let version = inner.nonnegativeInteger(),
            version == [0] || version == [1]
        else { throw malformed("a PKCS #8 private key in DER") }
        guard let algorithm = KeyAlgorithm.read(&inner) else {
            throw Refusal(
                KeyCode.unknownType,
                PrivateKey.subject,
                expected: "Ed25519, ECDSA on P-256 or P-384, RSA, or ML-DSA-65 or 87"
            )
        }
        guard let key = inner.octetString() else { throw malformed("a PKCS #8 private key in DER") }
        _ = inner.element(0xA0)
        let publicBits = inner.element(0x81)
        guard inner.isAtEnd else { throw malformed("a PKCS #8 private key in DER") }
        let material: PrivateKeyMaterial =
            switch algorithm {
            case .ed25519: try readEd25519(key)
            case .p256, .p384: try readSEC1(key, curve: algorithm)
            case .rsa: try readPKCS1(key)
            case .mlDSA65: try .mlDSA(.read(key, .mlDSA65))
            case .mlDSA87: try .mlDSA(.read(key, .mlDSA87))
            }
        if let publicBits { try check(publicBits, belongsTo: material) }
        return material
    }

    /// Reads a SEC 1 `ECPrivateKey`; the curve is in it, or known from outside, or both.
    static func readSEC1(_ der: ArraySlice<UInt8>, curve outerCurve: KeyAlgorithm?) throws
        -> PrivateKeyMaterial
    {
        var outer = DERReader(der)
        guard var inner = outer.sequence(), outer.isAtEnd, inner.nonnegativeInteger() == [1],
            let scalar = inner.octetString()
        else { throw malformed("a SEC 1 private key in DER") }
        var curve = outerCurve
        if let parameters = inner.element(0xA0) {
            var reader = DERReader(parameters)
            let identifier = reader.objectIdentifier()
            guard identifier != nil, reader.isAtEnd else {
                throw malformed("a named curve in the SEC 1 private key")
            }
            let innerCurve = KeyAlgorithm.allCases.first { $0.curve == identifier }
            guard outerCurve == nil || innerCurve == outerCurve else { throw malformed("one curve, not two") }
            curve = innerCurve
        }
        var publicBits: ArraySlice<UInt8>?
        if let wrapped = inner.element(0xA1) {
            var reader = DERReader(wrapped)
            publicBits = reader.element(0x03)
            guard publicBits != nil, reader.isAtEnd else {
                throw malformed("a public key in the SEC 1 private key")
            }
        }
        guard inner.isAtEnd else { throw malformed("a SEC 1 private key in DER") }
        let material: PrivateKeyMaterial? =
            switch curve {
            case .p256: Wipe.passing(scalar) { try? .p256(P256.Signing.PrivateKey(rawRepresentation: $0)) }
            case .p384: Wipe.passing(scalar) { try? .p384(P384.Signing.PrivateKey(rawRepresentation: $0)) }
            default:
                throw Refusal(KeyCode.unknownType, PrivateKey.subject, expected: "a key on P-256 or P-384")
            }
        guard let material else { throw malformed("a private key in the range of its curve") }
        if let publicBits { try check(publicBits, belongsTo: material) }
        return material
    }

    /// Reads a PKCS #1 `RSAPrivateKey` with two primes.
    static func readPKCS1(_ der: ArraySlice<UInt8>) throws -> PrivateKeyMaterial {
        var outer = DERReader(der)
        guard var inner = outer.sequence(), outer.isAtEnd, inner.nonnegativeInteger() == [0],
            let modulus = inner.positiveInteger(), let exponent = inner.positiveInteger()
        else { throw malformed("a PKCS #1 private key in DER") }
        for _ in 0..<6 where inner.positiveInteger() == nil {
            throw malformed("a PKCS #1 private key in DER")
        }
        guard inner.isAtEnd else { throw malformed("a PKCS #1 private key in DER") }
        let numbers = try RSAPublicNumbers(modulus: Array(modulus), exponent: Array(exponent))
        guard let key = Wipe.passing(der, to: { try? _RSA.Signing.PrivateKey(derRepresentation: $0) }) else {
            throw malformed("an RSA private key whose numbers fit together")
        }
        let material = PrivateKeyMaterial.rsa(key)
        let probe = Array("does this private key belong to its public key?".utf8)
        guard let signature = try? material.signature(for: probe),
            try PublicKeyMaterial.rsa(numbers).isValid(signature: signature, for: probe)
        else { throw Refusal(KeyCode.pairMismatch, PrivateKey.subject) }
        return material
    }

    static func write(_ material: PrivateKeyMaterial) -> [UInt8] {
        switch material {
        case .ed25519(let key):
            let key = DERWriter.octetString(DERWriter.octetString(key.rawRepresentation))
            return DERWriter.sequence([0x02, 0x01, 0x00] + KeyAlgorithm.ed25519.der + key)
        case .p256(let key): return Array(key.derRepresentation)
        case .p384(let key): return Array(key.derRepresentation)
        case .rsa(let key): return Array(key.pkcs8DERRepresentation)
        case .mlDSA(let key): return key.pkcs8(KeyAlgorithm(key.publicKey.parameters))
        }
    }

    private static func readEd25519(_ der: ArraySlice<UInt8>) throws -> PrivateKeyMaterial {
        var reader = DERReader(der)
        guard let seed = reader.octetString(), reader.isAtEnd,
            let key = Wipe.passing(seed, to: { try? Curve25519.Signing.PrivateKey(rawRepresentation: $0) })
        else { throw malformed("an Ed25519 private key of 32 bytes (RFC 8410)") }
        return .ed25519(key)
    }

    /// Compares the contents of a `BIT STRING` with the public key that the private key yields.
    private static func check(_ bits: ArraySlice<UInt8>, belongsTo material: PrivateKeyMaterial) throws {
        let found: [UInt8]? = bits.first == 0 ? Array(bits.dropFirst()) : nil
        let claimed: PublicKeyMaterial? =
            switch material {
            case .ed25519: found.flatMap { try? PublicKeyMaterial(ed25519: $0) }
            case .p256: found.flatMap { try? .p256(point: $0) }
            case .p384: found.flatMap { try? .p384(point: $0) }
            case .rsa: found.flatMap { try? .rsa(RSAPublicNumbers(pkcs1: $0)) }
            case .mlDSA(let key): found.flatMap { try? .mlDSA($0, key.publicKey.parameters) }
            }
        guard let claimed else { throw malformed("a public key beside the private key") }
        guard PublicKey(claimed) == PublicKey(try material.publicMaterial) else {
            throw Refusal(KeyCode.pairMismatch, PrivateKey.subject)
        }
    }

    static func malformed(_ expected: String, found: String? = nil) -> Refusal {
        Refusal(KeyCode.malformed, PrivateKey.subject, expected: expected, found: found)
    }
}
