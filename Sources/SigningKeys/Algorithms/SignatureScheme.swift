// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// How a signature is made and checked, by the name that TUF gives it.
///
/// The scheme always comes from the trusted key, never from the signature (CVE-2015-9258).
/// (TUF specification 1.0.34, section 4.2.)
public enum SignatureScheme: String, Sendable, CaseIterable {
    /// Ed25519 as in RFC 8032, over the message itself; 64-byte signatures.
    case ed25519
    /// ECDSA on P-256 over SHA-256; DER signatures.
    case ecdsaP256 = "ecdsa-sha2-nistp256"
    /// ECDSA on P-384 over SHA-384; DER signatures.
    case ecdsaP384 = "ecdsa-sha2-nistp384"
    /// RSASSA-PSS with SHA-256, MGF1 with SHA-256 and a salt of 32 bytes.
    ///
    /// Signatures with salts of other lengths, which some hardware makes, are not accepted.
    case rsassaPSSSHA256 = "rsassa-pss-sha256"

    /// The TUF key type that new keys of this scheme are listed under.
    var tufKeyType: String {
        switch self {
        case .ed25519: "ed25519"
        case .ecdsaP256, .ecdsaP384: "ecdsa"
        case .rsassaPSSSHA256: "rsa"
        }
    }

    /// The schemes a TUF key type may be combined with; nil for an unknown key type.
    ///
    /// `ecdsa-sha2-nistp256` as a key type is the legacy spelling, which is still out there.
    static func allowed(forTUFKeyType keyType: String) -> [SignatureScheme]? {
        switch Array(keyType.utf8) {
        case Array("ed25519".utf8): [.ed25519]
        case Array("ecdsa".utf8): [.ecdsaP256, .ecdsaP384]
        case Array("ecdsa-sha2-nistp256".utf8): [.ecdsaP256]
        case Array("ecdsa-sha2-nistp384".utf8): [.ecdsaP384]
        case Array("rsa".utf8): [.rsassaPSSSHA256]
        default: nil
        }
    }
}
