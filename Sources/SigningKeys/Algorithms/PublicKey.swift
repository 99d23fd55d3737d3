// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// A public key that was decoded and checked when it was read.
///
/// Two keys are equal exactly if they are the same key, however they are spelled: hexadecimal or PEM, a
/// compressed point or a full one, under the new TUF key type or the legacy one. So one key counts once
/// (GHSA-3633-5h82-39pq; TAP 12).
///
/// Not checked: whether the 32 bytes of an Ed25519 key are a point on the curve. A key that is none verifies
/// nothing.
public struct PublicKey: Sendable {
    /// The scheme that signatures by this key are made in.
    public let scheme: SignatureScheme
    /// The TUF key type, as it was given.
    public let tufKeyType: String
    /// The TUF public value, as it was given: hexadecimal text or PEM.
    public let tufPublicValue: String
    /// The key as a DER `SubjectPublicKeyInfo` (RFC 5280), in the one form we write: what makes keys equal.
    public let subjectPublicKeyInfo: [UInt8]
    private let material: PublicKeyMaterial

    /// Reads a key as TUF metadata lists it (specification 1.0.34, section 4.2).
    ///
    /// Ed25519 keys are 64 hexadecimal digits; ECDSA keys PEM, or a point in hexadecimal digits; RSA keys PEM
    /// (`PUBLIC KEY` or `RSA PUBLIC KEY`) of 2048 to 8192 bits; ML-DSA keys PEM, and unknown unless accepted.
    ///
    /// - Parameter schemes: the schemes that are known here; drafts are not, unless somebody asks for them.
    /// - Throws: a refusal with `key.unknown-type`, `key.unknown-scheme`, `key.scheme-mismatch`,
    ///   `key.malformed`, `key.too-weak` or `key.too-large`. Metadata may list keys of types that are not
    ///   known yet: a caller that wants to skip those catches the first two.
    public init(
        tufKeyType keyType: String,
        scheme: String,
        publicValue: String,
        accepting schemes: Set<SignatureScheme> = SignatureScheme.standard
    ) throws {
        guard let allowed = SignatureScheme.allowed(forTUFKeyType: keyType) else {
            throw Refusal(KeyCode.unknownType, Self.subject, found: "`\(Printable.text(keyType))`")
        }
        let known = SignatureScheme.allCases.first { ByteKey($0.rawValue) == ByteKey(scheme) }
        guard let known, schemes.contains(known) else {
            throw Refusal(KeyCode.unknownScheme, Self.subject, found: "`\(Printable.text(scheme))`")
        }
        guard allowed.contains(known) else {
            throw Refusal(
                KeyCode.schemeMismatch,
                Self.subject,
                expected: "`\(allowed[0].rawValue)` for key type `\(keyType)`",
                found: "`\(known.rawValue)`"
            )
        }
        let material = try PublicKeyMaterial(tufPublicValue: publicValue, scheme: known)
        guard material.scheme == known else {
            throw Refusal(
                KeyCode.schemeMismatch,
                Self.subject,
                expected: "a key for `\(known.rawValue)`",
                found: "one for `\(material.scheme.rawValue)`"
            )
        }
        self.init(material, tufKeyType: keyType, tufPublicValue: publicValue)
    }

    /// Reads a PEM public key (`PUBLIC KEY`, or `RSA PUBLIC KEY`); the key itself decides the scheme.
    public init(pem: String) throws {
        self.init(try PublicKeyMaterial(pem: Array(pem.utf8)))
    }

    /// Reads a DER `SubjectPublicKeyInfo`, as in certificates; the key itself decides the scheme.
    public init(subjectPublicKeyInfo: [UInt8]) throws {
        self.init(try SubjectPublicKeyInfo.read(subjectPublicKeyInfo))
    }

    /// Takes the 32 bytes of an Ed25519 key.
    public init(ed25519 bytes: [UInt8]) throws {
        self.init(try PublicKeyMaterial(ed25519: bytes))
    }

    init(_ material: PublicKeyMaterial, tufKeyType: String? = nil, tufPublicValue: String? = nil) {
        scheme = material.scheme
        subjectPublicKeyInfo = SubjectPublicKeyInfo.write(material)
        self.tufKeyType = tufKeyType ?? material.scheme.tufKeyType
        self.tufPublicValue = tufPublicValue ?? material.tufPublicValue(subjectPublicKeyInfo)
        self.material = material
    }

    static let subject = "public key"

    /// Whether the signature over the message was made by this key.
    ///
    /// Never traps: a signature of the wrong length or encoding is simply not valid.
    public func isValid(signature: [UInt8], for message: [UInt8]) -> Bool {
        material.isValid(signature: signature, for: message)
    }

    /// The SHA-256 digest of ``subjectPublicKeyInfo``, to show to people. It is not a TUF key id.
    public var fingerprint: Digest { Digest.of(subjectPublicKeyInfo) }

    /// The key as PEM text (`PUBLIC KEY`), with a final newline, as OpenSSL writes it.
    public var pem: String { PEMBlock.write(label: "PUBLIC KEY", subjectPublicKeyInfo) }

    /// The key as TUF metadata lists it; the TUF key id is the digest of this in canonical JSON.
    public var tufKeyObject: JSONValue {
        [
            "keytype": .string(tufKeyType),
            "keyval": ["public": .string(tufPublicValue)],
            "scheme": .string(scheme.rawValue),
        ]
    }
}

extension PublicKey: Hashable {
    /// Equal if they are the same key, however spelled.
    public static func == (a: PublicKey, b: PublicKey) -> Bool {
        a.subjectPublicKeyInfo == b.subjectPublicKeyInfo
    }

    /// Hashes the key itself.
    public func hash(into hasher: inout Hasher) { hasher.combine(subjectPublicKeyInfo) }
}

extension PublicKey: CustomStringConvertible {
    /// The scheme and the fingerprint.
    public var description: String { "\(scheme.rawValue) key \(fingerprint)" }
}
