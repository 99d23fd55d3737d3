// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CPKCS11
import TrustCore

/// A token, as far as its signing keys go: which it has, and making new ones.
public struct PKCS11Token: Sendable {
    /// A private key on a token.
    public struct Key: Sendable {
        /// The URI by which ``PKCS11Signer`` finds it again.
        public let uri: PKCS11URI
        /// The public half; or why there is none that we could use.
        public let publicKey: Result<PublicKey, any Error>
    }

    private let uri: PKCS11URI
    private let passphrase: PassphraseSource

    /// Names a token. What the URI says about a key is used by ``keys()``, and not by
    /// ``generate(_:label:id:)``.
    ///
    /// - Parameter passphrase: asked for the PIN as `token NAME`.
    public init(_ uri: PKCS11URI, passphrase: @escaping PassphraseSource) {
        self.uri = uri
        self.passphrase = passphrase
    }

    /// The private keys that fit the URI.
    ///
    /// - Throws: a `Failure` if the token cannot be reached.
    public func keys() async throws -> [Key] {
        try await BlockingWork.run { [uri, passphrase] in
            let session = try Self.open(uri, passphrase, writing: false)
            var attributes: [PKCS11Attribute] = [.number(CKA_CLASS, CKO_PRIVATE_KEY)]
            if let label = uri.object { attributes.append(.bytes(CKA_LABEL, label)) }
            if let id = uri.id { attributes.append(.bytes(CKA_ID, id)) }
            return try session.objects(attributes).map { session.described($0) }
        }
    }

    /// Makes a pair of keys on the token; the private half can never leave it.
    ///
    /// RSA keys have 3072 bits.
    ///
    /// - Parameters:
    ///   - label: the name of both halves.
    ///   - id: what ties both halves together: one byte or more that no other key of the token has.
    /// - Throws: a `Failure` if the token does not make such keys, or has one of that id.
    public func generate(_ scheme: SignatureScheme, label: String, id: [UInt8]) async throws -> Key {
        guard !id.isEmpty, id.count <= 64, !label.isEmpty, label.utf8.count <= 128 else {
            throw Failure(.configuration, "a key on a token needs a label and an id")
        }
        return try await BlockingWork.run { [uri, passphrase] in
            let session = try Self.open(uri, passphrase, writing: true)
            let same: [PKCS11Attribute] = [.number(CKA_CLASS, CKO_PRIVATE_KEY), .bytes(CKA_ID, id)]
            guard try session.objects(same).isEmpty else {
                throw Failure(
                    .configuration,
                    "the token `\(session.token.name)` has a key with the id \(Hex.encode(id)) already",
                    remedy: "choose another id"
                )
            }
            return session.described(try session.generate(scheme, label: Array(label.utf8), id: id))
        }
    }

    private static func open(
        _ uri: PKCS11URI,
        _ passphrase: PassphraseSource,
        writing: Bool
    ) throws -> PKCS11Session {
        let module = try PKCS11Module.load(uri.modulePath)
        let session = try PKCS11Session(module, module.token(uri), writing: writing)
        try session.logIn(passphrase)
        return session
    }
}

extension PKCS11Session {
    /// What others need to know about a private key.
    fileprivate func described(_ key: Object) -> PKCS11Token.Key {
        PKCS11Token.Key(
            uri: PKCS11URI(
                modulePath: module.path,
                token: token.label,
                serial: token.serial.isEmpty ? nil : token.serial,
                object: attribute(CKA_LABEL, of: key).flatMap { $0.isEmpty ? nil : $0 },
                id: attribute(CKA_ID, of: key).flatMap { $0.isEmpty ? nil : $0 }
            ),
            publicKey: Result { try publicKey(of: key) }
        )
    }

    fileprivate func generate(_ scheme: SignatureScheme, label: [UInt8], id: [UInt8]) throws -> Object {
        let mechanism: CK_MECHANISM_TYPE
        let parameters: [PKCS11Attribute]
        switch scheme {
        case .ed25519:
            mechanism = CKM_EC_EDWARDS_KEY_PAIR_GEN
            parameters = [.bytes(CKA_EC_PARAMS, DERWriter.objectIdentifier([0x2B, 0x65, 0x70]))]
        case .ecdsaP256, .ecdsaP384:
            let curve = (scheme == .ecdsaP256 ? KeyAlgorithm.p256 : .p384).curve ?? []
            mechanism = CKM_EC_KEY_PAIR_GEN
            parameters = [.bytes(CKA_EC_PARAMS, DERWriter.objectIdentifier(curve))]
        case .rsassaPSSSHA256:
            mechanism = CKM_RSA_PKCS_KEY_PAIR_GEN
            parameters = [.number(CKA_MODULUS_BITS, 3072), .bytes(CKA_PUBLIC_EXPONENT, [1, 0, 1])]
        case .mlDSA65, .mlDSA87:
            throw Failure(.configuration, "tokens do not make keys for \(scheme.rawValue) yet")
        }
        let both: [PKCS11Attribute] = [.flag(CKA_TOKEN, true), .bytes(CKA_LABEL, label), .bytes(CKA_ID, id)]
        return try generate(
            mechanism,
            publicKey: both + [.flag(CKA_VERIFY, true)] + parameters,
            privateKey: both + [
                .flag(CKA_PRIVATE, true), .flag(CKA_SENSITIVE, true), .flag(CKA_EXTRACTABLE, false),
                .flag(CKA_SIGN, true),
            ]
        )
    }
}
