// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Crypto
public import TrustCore

/// A public key and the one algorithm it signs by, as certificates, transparency logs and Sigstore bundles
/// use it.
///
/// The algorithm comes from the key or from whoever names the key, never from a signature.
public struct VerificationKey: Sendable {
    /// The key as a DER `SubjectPublicKeyInfo` (RFC 5280, section 4.1), as it was given.
    public let subjectPublicKeyInfo: [UInt8]
    /// How it signs.
    public let algorithm: SignatureAlgorithm
    private let material: Material

    private enum Material: Sendable {
        case p256(P256.Signing.PublicKey)
        case p384(P384.Signing.PublicKey)
        case p521(P521.Signing.PublicKey)
        case ed25519(PublicKeyMaterial)
        case rsa(RSAPublicNumbers)
    }

    /// Reads a key.
    ///
    /// - Parameter algorithm: how it signs; nil for what is usual for such a key: the hash function of the
    ///   curve's size, and PKCS #1 1.5 for RSA. Points on curves must be written in full: with the short form
    ///   one key would have two fingerprints.
    /// - Throws: a `Refusal` with `key.malformed`, `key.unknown-type`, `key.too-weak`, `key.too-large`, or
    ///   `key.scheme-mismatch` if the key is of another type than the algorithm.
    public init(subjectPublicKeyInfo der: [UInt8], algorithm: SignatureAlgorithm? = nil) throws {
        if let point = Self.point(der, on: Self.p521) {
            guard point.count == 133, let key = try? P521.Signing.PublicKey(x963Representation: point) else {
                throw PublicKeyMaterial.malformed("a point on P-521")
            }
            material = .p521(key)
            self.algorithm = algorithm ?? .ecdsaP521SHA512
        } else {
            try Self.checkPoint(der)
            switch try SubjectPublicKeyInfo.read(der) {
            case .ed25519(let key):
                material = .ed25519(.ed25519(key))
                self.algorithm = algorithm ?? .ed25519
            case .p256(let key):
                material = .p256(key)
                self.algorithm = algorithm ?? .ecdsaP256SHA256
            case .p384(let key):
                material = .p384(key)
                self.algorithm = algorithm ?? .ecdsaP384SHA384
            case .rsa(_, let numbers):
                material = .rsa(numbers)
                self.algorithm = algorithm ?? Self.usual(bits: numbers.bits)
            case .mlDSA:
                throw Refusal(
                    KeyCode.unknownType,
                    PublicKey.subject,
                    expected: "an ECDSA, Ed25519 or RSA key"
                )
            }
        }
        subjectPublicKeyInfo = der
        guard fits else {
            throw Refusal(
                KeyCode.schemeMismatch,
                PublicKey.subject,
                expected: "a key for `\(self.algorithm.rawValue)`",
                found: keyType
            )
        }
    }

    /// Reads a PEM public key (`PUBLIC KEY`), which signs as such keys usually do.
    ///
    /// - Throws: as the other initialiser.
    public init(pem: String) throws {
        let block = try PEMBlock.read(Array(pem.utf8), PublicKey.subject)
        guard block.label == "PUBLIC KEY" else {
            throw PublicKeyMaterial.malformed("`PUBLIC KEY` in PEM", found: "`\(block.label)`")
        }
        try self.init(subjectPublicKeyInfo: block.bytes)
    }

    /// Reads a PKCS #1 `RSAPublicKey` (RFC 8017, A.1.1), as old trust roots have them; ``subjectPublicKeyInfo`` is made
    /// of it.
    ///
    /// - Throws: as the first initialiser.
    public init(rsaPublicKey pkcs1: [UInt8], algorithm: SignatureAlgorithm? = nil) throws {
        try self.init(
            subjectPublicKeyInfo: DERWriter.sequence(KeyAlgorithm.rsa.der + DERWriter.bitString(pkcs1)),
            algorithm: algorithm
        )
    }

    /// SHA-256 of ``subjectPublicKeyInfo``: how transparency logs name a key.
    public var fingerprint: TrustCore.Digest { TrustCore.Digest.of(subjectPublicKeyInfo) }

    /// Whether the signature over the message was made by this key.
    ///
    /// Never traps; an ECDSA signature must be strict DER.
    public func isValid(signature: [UInt8], for message: [UInt8]) -> Bool {
        guard let algorithm = algorithm.digest else {
            guard case .ed25519(let key) = material else { return false }
            return key.isValid(signature: signature, for: message)
        }
        return isValid(signature: signature, for: TrustCore.Digest.of(message, by: algorithm))
    }

    /// Whether the signature over the message with this digest was made by this key; never, if the digest is
    /// not by the algorithm's hash function, or the algorithm signs messages themselves.
    public func isValid(signature: [UInt8], for digest: TrustCore.Digest) -> Bool {
        guard digest.algorithm == algorithm.digest else { return false }
        let signed = SignedDigest(digest)
        switch material {
        case .p256(let key):
            guard let raw = ECDSASignature.fixedWidth(der: signature, coordinateLength: 32),
                let signature = try? P256.Signing.ECDSASignature(rawRepresentation: raw)
            else { return false }
            return key.isValidSignature(signature, for: signed)
        case .p384(let key):
            guard let raw = ECDSASignature.fixedWidth(der: signature, coordinateLength: 48),
                let signature = try? P384.Signing.ECDSASignature(rawRepresentation: raw)
            else { return false }
            return key.isValidSignature(signature, for: signed)
        case .p521(let key):
            guard let raw = ECDSASignature.fixedWidth(der: signature, coordinateLength: 66),
                let signature = try? P521.Signing.ECDSASignature(rawRepresentation: raw)
            else { return false }
            return key.isValidSignature(signature, for: signed)
        case .rsa(let numbers):
            return isValid(rsa: signature, for: digest, by: numbers)
        case .ed25519:
            return false
        }
    }
}

// MARK: - RSA and types

extension VerificationKey {
    /// RFC 8017, 8.1.2 and 8.2.2: what the signature encodes is compared with what it must encode.
    private func isValid(rsa signature: [UInt8], for digest: TrustCore.Digest, by numbers: RSAPublicNumbers)
        -> Bool
    {
        guard signature.count == numbers.modulus.count, let encoded = RSAPublicOperation(numbers)(signature)
        else { return false }
        switch algorithm {
        case .rsa2048PSS, .rsa3072PSS, .rsa4096PSS:
            return PSSEncoding.isConsistent(encoded, bits: numbers.bits - 1, digest: digest.bytes)
        default:
            return encoded == Self.pkcs1(digest, length: numbers.modulus.count)
        }
    }

    /// EMSA-PKCS1-v1_5 of a SHA-256 digest (RFC 8017, 9.2).
    private static func pkcs1(_ digest: TrustCore.Digest, length: Int) -> [UInt8] {
        let sha256: [UInt8] = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01]
        let algorithm = DERWriter.sequence(DERWriter.objectIdentifier(sha256) + DERWriter.null)
        let info = DERWriter.sequence(algorithm + DERWriter.octetString(digest.bytes))
        let padding = length - info.count - 3
        guard padding >= 8 else { return [] }
        return [0, 1] + Array(repeating: 0xFF, count: padding) + [0] + info
    }

    private static func usual(bits: Int) -> SignatureAlgorithm {
        bits >= 4096 ? .rsa4096PKCS1v15 : bits >= 3072 ? .rsa3072PKCS1v15 : .rsa2048PKCS1v15
    }

    private var keyType: String {
        switch material {
        case .p256: "a key on P-256"
        case .p384: "a key on P-384"
        case .p521: "a key on P-521"
        case .ed25519: "an Ed25519 key"
        case .rsa(let key): "an RSA key of \(key.bits) bits"
        }
    }

    private var fits: Bool {
        switch (material, algorithm) {
        case (.p256, .ecdsaP256SHA256), (.p384, .ecdsaP384SHA384), (.p384, .ecdsaP384SHA256),
            (.p521, .ecdsaP521SHA512), (.p521, .ecdsaP521SHA256), (.ed25519, .ed25519):
            true
        case (.rsa(let key), .rsa2048PKCS1v15), (.rsa(let key), .rsa2048PSS): key.bits >= 2048
        case (.rsa(let key), .rsa3072PKCS1v15), (.rsa(let key), .rsa3072PSS): key.bits >= 3072
        case (.rsa(let key), .rsa4096PKCS1v15), (.rsa(let key), .rsa4096PSS): key.bits >= 4096
        default: false
        }
    }

    /// The object identifier of P-521, which TUF has no scheme for.
    private static let p521: [UInt8] = [0x2B, 0x81, 0x04, 0x00, 0x23]

    /// The point of a key on a curve; nil for a key of another type.
    private static func point(_ der: [UInt8], on curve: [UInt8]) -> ArraySlice<UInt8>? {
        var outer = DERReader(der)
        guard var inner = outer.sequence(), outer.isAtEnd, var algorithm = inner.sequence(),
            algorithm.objectIdentifier() == KeyAlgorithm.ellipticCurve, algorithm.objectIdentifier() == curve,
            algorithm.isAtEnd, let point = inner.bitString(), inner.isAtEnd
        else { return nil }
        return point
    }

    /// Refuses points on P-256 and P-384 in their short form.
    private static func checkPoint(_ der: [UInt8]) throws {
        for curve in [KeyAlgorithm.p256.curve, KeyAlgorithm.p384.curve].compactMap(\.self) {
            guard let point = point(der, on: curve) else { continue }
            guard point.first == 4 else {
                throw PublicKeyMaterial.malformed("a point that is written in full")
            }
        }
    }
}

extension VerificationKey: Hashable {
    /// Equal if they are the same key and sign alike.
    public static func == (a: VerificationKey, b: VerificationKey) -> Bool {
        a.subjectPublicKeyInfo == b.subjectPublicKeyInfo && a.algorithm == b.algorithm
    }

    /// Hashes the key itself.
    public func hash(into hasher: inout Hasher) { hasher.combine(subjectPublicKeyInfo) }
}

/// A digest that was made elsewhere, in the shape that the cryptographic library takes.
private struct SignedDigest: Crypto.Digest {
    // The library asks the instance for its bytes; the length of a type of digests it uses nowhere in ECDSA.
    static var byteCount: Int { 0 }
    private let bytes: [UInt8]

    init(_ digest: TrustCore.Digest) { bytes = digest.bytes }

    var description: String { Hex.encode(bytes) }
    func makeIterator() -> Array<UInt8>.Iterator { bytes.makeIterator() }
    func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try bytes.withUnsafeBytes(body)
    }
}
