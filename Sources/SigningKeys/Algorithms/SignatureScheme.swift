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
    /// RSASSA-PSS with SHA-256 and MGF1 with SHA-256.
    ///
    /// We sign with a salt of 32 bytes, and accept salts of any length, since some hardware makes longer ones
    /// (RFC 8017, 9.1.2).
    case rsassaPSSSHA256 = "rsassa-pss-sha256"
    /// ML-DSA-65 (FIPS 204) over `tuf`, 0x01 and the SHA-512 digest of the message (TAP 21, draft).
    case mlDSA65 = "ml-dsa-65/1"
    /// ML-DSA-87 (FIPS 204) over `tuf`, 0x01 and the SHA-512 digest of the message (TAP 21, draft).
    case mlDSA87 = "ml-dsa-87/1"

    /// The schemes that count in metadata unless more are asked for: those of the specification, without
    /// drafts, whose form may still change under the same name.
    public static let standard: Set<SignatureScheme> = [.ed25519, .ecdsaP256, .ecdsaP384, .rsassaPSSSHA256]
    /// All schemes, drafts too.
    public static let withDrafts = Set(allCases)

    /// The TUF key type that new keys of this scheme are listed under.
    var tufKeyType: String {
        switch self {
        case .ed25519: "ed25519"
        case .ecdsaP256, .ecdsaP384: "ecdsa"
        case .rsassaPSSSHA256: "rsa"
        case .mlDSA65, .mlDSA87: "ml-dsa"
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
        case Array("ml-dsa".utf8): [.mlDSA65, .mlDSA87]
        default: nil
        }
    }
}
