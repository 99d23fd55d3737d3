// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

extension NoteKeyID {
    /// The id of a key that signs notes under a name (C2SP signed-note; for RSA as Rekor does).
    ///
    /// - Parameters:
    ///   - name: the name that the key signs under.
    ///   - key: the key; its type decides the form of the id.
    public init(name: String, key: VerificationKey) {
        switch key.algorithm {
        case .ed25519:
            self.init(name: name, type: [0x01], key: key.ed25519Bytes)
        case .ecdsaP256SHA256, .ecdsaP384SHA384, .ecdsaP521SHA512, .ecdsaP384SHA256, .ecdsaP521SHA256:
            self.init(ecdsa: key.subjectPublicKeyInfo)
        case .rsa2048PKCS1v15, .rsa3072PKCS1v15, .rsa4096PKCS1v15, .rsa2048PSS, .rsa3072PSS, .rsa4096PSS:
            self.init(
                name: name,
                type: [0xFF] + Array("PKIX-RSA-PKCS#1v1.5".utf8),
                key: key.subjectPublicKeyInfo
            )
        }
    }

    /// The id of an Ed25519 key that makes cosignatures under a name (C2SP tlog-cosignature); nil for other
    /// keys.
    public init?(witness name: String, key: VerificationKey) {
        guard key.algorithm == .ed25519 else { return nil }
        self.init(name: name, type: [0x04], key: key.ed25519Bytes)
    }
}

extension NoteVerifier {
    /// A verifier of notes that a key signs under a name.
    ///
    /// - Parameter otherKeyIDs: further ids that the key is known by, as a trusted root gives them.
    public init(name: String, key: VerificationKey, otherKeyIDs: Set<NoteKeyID> = []) {
        let own = NoteKeyID(name: name, key: key)
        self.init(name: name, keyIDs: otherKeyIDs.union([own])) { signature, text in
            key.isValid(signature: signature, for: text)
        }
    }

    /// A verifier of cosignatures that a witness's Ed25519 key makes; nil for other keys.
    public init?(witness name: String, key: VerificationKey) {
        guard let own = NoteKeyID(witness: name, key: key) else { return nil }
        self.init(name: name, keyIDs: [own]) { bytes, text in
            guard let cosignature = Cosignature(bytes) else { return false }
            return key.isValid(signature: cosignature.signature, for: cosignature.message(for: text))
        }
    }
}

extension VerificationKey {
    /// The 32 bytes of an Ed25519 key, which end its DER form.
    fileprivate var ed25519Bytes: [UInt8] { Array(subjectPublicKeyInfo.suffix(32)) }
}
