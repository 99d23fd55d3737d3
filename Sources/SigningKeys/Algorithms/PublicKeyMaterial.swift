// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Crypto
import CryptoExtras
import TrustCore

/// A decoded public key: the only place where signatures are verified.
enum PublicKeyMaterial: Sendable {
    case ed25519(Curve25519.Signing.PublicKey)
    case p256(P256.Signing.PublicKey)
    case p384(P384.Signing.PublicKey)
    case rsa(_RSA.Signing.PublicKey, RSAPublicNumbers)
    case mlDSA(MLDSAPublicKey)

    var scheme: SignatureScheme {
        switch self {
        case .ed25519: .ed25519
        case .p256: .ecdsaP256
        case .p384: .ecdsaP384
        case .rsa: .rsassaPSSSHA256
        case .mlDSA(let key): key.parameters.scheme
        }
    }

    func isValid(signature: [UInt8], for message: [UInt8]) -> Bool {
        switch self {
        case .ed25519(let key):
            return signature.count == 64 && key.isValidSignature(signature, for: message)
        case .p256(let key):
            guard let raw = ECDSASignature.fixedWidth(der: signature, coordinateLength: 32),
                let signature = try? P256.Signing.ECDSASignature(rawRepresentation: raw)
            else { return false }
            return key.isValidSignature(signature, for: SHA256.hash(data: message))
        case .p384(let key):
            guard let raw = ECDSASignature.fixedWidth(der: signature, coordinateLength: 48),
                let signature = try? P384.Signing.ECDSASignature(rawRepresentation: raw)
            else { return false }
            return key.isValidSignature(signature, for: SHA384.hash(data: message))
        case .rsa(let key, let numbers):
            // RFC 8017, 8.1.2 step 1.
            guard signature.count == numbers.modulus.count else { return false }
            let digest = SHA256.hash(data: message)
            // swift-crypto is quicker, but knows only salts that are as long as the digest.
            let candidate = _RSA.Signing.RSASignature(rawRepresentation: signature)
            if key.isValidSignature(candidate, for: digest, padding: .PSS) { return true }
            guard let encoded = RSAPublicOperation(numbers)(signature) else { return false }
            return PSSEncoding.isConsistent(encoded, bits: numbers.bits - 1, digest: Array(digest))
        case .mlDSA(let key):
            return key.isValid(signature: signature, for: message)
        }
    }

    /// The TUF public value that other TUF implementations write for such a key.
    func tufPublicValue(_ subjectPublicKeyInfo: [UInt8]) -> String {
        switch self {
        case .ed25519(let key): Hex.encode(key.rawRepresentation)
        case .p256, .p384, .rsa, .mlDSA: PEMBlock.write(label: "PUBLIC KEY", subjectPublicKeyInfo)
        }
    }
}

// MARK: - Decoding

extension PublicKeyMaterial {
    init(tufPublicValue text: String, scheme: SignatureScheme) throws {
        let text = Array(text.utf8)
        switch scheme {
        case .ed25519:
            guard text.count == 64, let bytes = Hex.decode(text) else {
                throw Self.malformed("64 hexadecimal digits")
            }
            try self.init(ed25519: bytes)
        case .ecdsaP256 where !PEMBlock.isIntended(text):
            self = try .p256(point: Self.point(text, coordinateLength: 32))
        case .ecdsaP384 where !PEMBlock.isIntended(text):
            self = try .p384(point: Self.point(text, coordinateLength: 48))
        case .ecdsaP256, .ecdsaP384, .rsassaPSSSHA256, .mlDSA65, .mlDSA87:
            try self.init(pem: text)
        }
    }

    init(pem: [UInt8]) throws {
        let block = try PEMBlock.read(pem, PublicKey.subject)
        switch block.label {
        case "PUBLIC KEY": self = try SubjectPublicKeyInfo.read(block.bytes)
        case "RSA PUBLIC KEY": self = try .rsa(RSAPublicNumbers(pkcs1: block.bytes))
        default: throw Self.malformed("a public key in PEM", found: "`\(block.label)`")
        }
    }

    init(ed25519 bytes: [UInt8]) throws {
        guard bytes.count == 32, let key = try? Curve25519.Signing.PublicKey(rawRepresentation: bytes) else {
            throw Self.malformed("32 bytes of Ed25519 key", found: "\(bytes.count)")
        }
        try Ed25519Point.check(bytes)
        self = .ed25519(key)
    }

    static func p256(point: [UInt8]) throws -> Self {
        let key =
            switch (point.count, point.first) {
            case (65, 4): try? P256.Signing.PublicKey(x963Representation: point)
            case (33, 2), (33, 3): try? P256.Signing.PublicKey(compressedRepresentation: point)
            default: P256.Signing.PublicKey?.none
            }
        guard let key else { throw malformed("a point on P-256") }
        return .p256(key)
    }

    static func p384(point: [UInt8]) throws -> Self {
        let key =
            switch (point.count, point.first) {
            case (97, 4): try? P384.Signing.PublicKey(x963Representation: point)
            case (49, 2), (49, 3): try? P384.Signing.PublicKey(compressedRepresentation: point)
            default: P384.Signing.PublicKey?.none
            }
        guard let key else { throw malformed("a point on P-384") }
        return .p384(key)
    }

    static func rsa(_ numbers: RSAPublicNumbers) throws -> Self {
        guard let key = try? _RSA.Signing.PublicKey(n: numbers.modulus, e: numbers.exponent) else {
            throw malformed("an RSA modulus and exponent")
        }
        return .rsa(key, numbers)
    }

    static func mlDSA(_ bytes: [UInt8], _ parameters: MLDSAParameters) throws -> Self {
        guard let key = MLDSAPublicKey(bytes, parameters) else {
            throw malformed("\(parameters.publicKeyLength) bytes of ML-DSA key", found: "\(bytes.count)")
        }
        return .mlDSA(key)
    }

    private static func point(_ hex: [UInt8], coordinateLength: Int) throws -> [UInt8] {
        guard hex.count <= 2 * (2 * coordinateLength + 1), let point = Hex.decode(hex) else {
            throw malformed("PEM, or a point in hexadecimal digits")
        }
        return point
    }

    static func malformed(_ expected: String, found: String? = nil) -> Refusal {
        Refusal(KeyCode.malformed, PublicKey.subject, expected: expected, found: found)
    }
}
