// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// The algorithms of signatures that certificates, transparency logs and Sigstore bundles are made with, by
/// the names of Sigstore's registry (`PublicKeyDetails`, protobuf-specs 0.5).
///
/// TUF has its own names and rules: ``SignatureScheme``. Ed25519ph is not there: the cryptographic library
/// has none.
public enum SignatureAlgorithm: String, Sendable, CaseIterable {
    case ecdsaP256SHA256 = "PKIX_ECDSA_P256_SHA_256"
    case ecdsaP384SHA384 = "PKIX_ECDSA_P384_SHA_384"
    case ecdsaP521SHA512 = "PKIX_ECDSA_P521_SHA_512"
    /// Deprecated by the registry; still in use for verification.
    case ecdsaP384SHA256 = "PKIX_ECDSA_P384_SHA_256"
    /// Deprecated by the registry; still in use for verification.
    case ecdsaP521SHA256 = "PKIX_ECDSA_P521_SHA_256"
    case rsa2048PKCS1v15 = "PKIX_RSA_PKCS1V15_2048_SHA256"
    case rsa3072PKCS1v15 = "PKIX_RSA_PKCS1V15_3072_SHA256"
    case rsa4096PKCS1v15 = "PKIX_RSA_PKCS1V15_4096_SHA256"
    case rsa2048PSS = "PKIX_RSA_PSS_2048_SHA256"
    case rsa3072PSS = "PKIX_RSA_PSS_3072_SHA256"
    case rsa4096PSS = "PKIX_RSA_PSS_4096_SHA256"
    case ed25519 = "PKIX_ED25519"

    /// The algorithm of a name in Sigstore's registry.
    ///
    /// - Throws: a `Refusal` with `key.unknown-scheme` for any other name, among them `PKIX_ED25519_PH`,
    ///   which is in the registry and not in our cryptographic library.
    public init(name: String) throws {
        guard let algorithm = Self.allCases.first(where: { ByteKey.areEqual($0.rawValue, name) }) else {
            throw Refusal(
                KeyCode.unknownScheme,
                PublicKey.subject,
                expected: ByteKey.areEqual(name, Self.prehashed) ? "another algorithm than Ed25519ph" : nil,
                found: "`\(name)`"
            )
        }
        self = algorithm
    }

    private static let prehashed = "PKIX_ED25519_PH"

    /// The hash function whose digest is signed; nil where the message itself is.
    public var digest: DigestAlgorithm? {
        switch self {
        case .ecdsaP256SHA256, .ecdsaP384SHA256, .ecdsaP521SHA256, .rsa2048PKCS1v15, .rsa3072PKCS1v15,
            .rsa4096PKCS1v15, .rsa2048PSS, .rsa3072PSS, .rsa4096PSS:
            .sha256
        case .ecdsaP384SHA384: .sha384
        case .ecdsaP521SHA512: .sha512
        case .ed25519: nil
        }
    }
}
