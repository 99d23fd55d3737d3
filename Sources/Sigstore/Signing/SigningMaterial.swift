// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TrustCore

/// The key of a signature, and how a bundle shows it.
struct SigningMaterial: Sendable {
    /// The public half.
    let key: VerificationKey
    /// How a bundle, and an envelope in it, hint at a key that verifiers know; nil where there is a certificate.
    let hint: String?
    private let certificate: [UInt8]
    private let signer: any Signer

    /// A key that was certified.
    init(_ signer: PrivateKey, _ certificate: SigningCertificate) {
        self.signer = signer
        self.certificate = certificate.der
        key = certificate.publicKey
        hint = nil
    }

    /// A key that verifiers know. The hint is what the bundle format recommends: the digest of the key.
    ///
    /// - Throws: a `Failure` if signatures of its kind have no place in bundles.
    init(_ signer: any Signer) throws {
        switch signer.publicKey.scheme {
        case .ecdsaP256, .ecdsaP384, .ed25519: break
        case .rsassaPSSSHA256, .mlDSA65, .mlDSA87:
            throw Failure(
                .configuration,
                "an \(signer.publicKey) cannot sign bundles: verifiers would not know how to read its signatures",
                remedy: "use an ECDSA key on P-256"
            )
        }
        self.signer = signer
        certificate = []
        key = try VerificationKey(subjectPublicKeyInfo: signer.publicKey.subjectPublicKeyInfo)
        hint = Base64.text(key.fingerprint.bytes)
    }

    /// Signs, and makes sure that it is a signature: tokens and commands may answer anything.
    func sign(_ message: [UInt8]) async throws -> [UInt8] {
        let signature = try await signer.sign(message)
        guard key.isValid(signature: signature, for: message) else {
            throw Failure(.configuration, "the signer of the key \(key.fingerprint) made no valid signature")
        }
        return signature
    }

    /// A bundle without evidence.
    func bundle(_ content: Bundle.Content) -> Bundle {
        Bundle(
            version: .v03,
            material: hint.map { .publicKey(hint: $0) } ?? .certificate(certificate, others: []),
            content: content,
            logEntries: [],
            timestamps: []
        )
    }
}
