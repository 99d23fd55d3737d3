// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CPKCS11
import Crypto
import Synchronization
import TrustCore

/// A signer whose private key stays on a token: a smart card, a security key, a hardware security module.
///
/// Any PKCS #11 module serves: it is loaded while the program runs. Ed25519 keys sign by `CKM_EDDSA`, keys on
/// P-256 and P-384 by `CKM_ECDSA` over a digest that is made here, RSA keys by `CKM_SHA256_RSA_PKCS_PSS`, or
/// `CKM_RSA_PKCS_PSS` where the token lacks that. The session stays open, and logged in, for as long as the
/// signer is kept.
///
/// The public key is read from the token, and every signature is checked with it before it is handed on. That
/// it is the key that others trust is not checked here.
public struct PKCS11Signer: Signer {
    /// The public half, as the token gives it.
    public let publicKey: PublicKey
    /// The URI that chose the key.
    public let uri: PKCS11URI
    private let key: Locked

    /// The session and the key in it; one signature at a time.
    private final class Locked: Sendable {
        let content: Mutex<Content>

        init(_ content: sending Content) { self.content = Mutex(content) }
    }

    private struct Content {
        let session: PKCS11Session
        let key: PKCS11Session.Object
    }

    /// Opens a session, logs in, and finds the one private key that the URI means.
    ///
    /// - Parameter passphrase: asked for the PIN as `token NAME`, if the token needs it and has no keypad.
    /// - Throws: a `Failure` if there is not exactly one such key; a refusal with a `key.` code for a key
    ///   that we cannot use.
    public init(_ uri: PKCS11URI, passphrase: @escaping PassphraseSource) async throws {
        (key, publicKey) = try await BlockingWork.run {
            let module = try PKCS11Module.load(uri.modulePath)
            let session = try PKCS11Session(module, module.token(uri))
            try session.logIn(passphrase)
            let key = try session.privateKey(uri)
            if session.flag(CKA_ALWAYS_AUTHENTICATE, of: key) { try session.keepPIN(passphrase) }
            let publicKey = try session.publicKey(of: key)
            return (Locked(Content(session: session, key: key)), publicKey)
        }
        self.uri = uri
    }

    /// Lets the token sign.
    ///
    /// - Throws: a `Failure` if the token does not sign, or not validly.
    public func sign(_ message: [UInt8]) async throws -> [UInt8] {
        let signature = try await BlockingWork.run { [key, publicKey] in
            try key.content.withLock { content in
                try content.session.signature(over: message, publicKey.scheme, content.key)
            }
        }
        guard publicKey.isValid(signature: signature, for: message) else {
            throw Failure(
                .configuration,
                "the token answered a signature that its own public key does not accept"
            )
        }
        return signature
    }
}

extension PKCS11Session {
    /// The one private key that a URI means.
    func privateKey(_ uri: PKCS11URI) throws -> Object {
        var attributes: [PKCS11Attribute] = [.number(CKA_CLASS, CKO_PRIVATE_KEY)]
        if let label = uri.object { attributes.append(.bytes(CKA_LABEL, label)) }
        if let id = uri.id { attributes.append(.bytes(CKA_ID, id)) }
        let keys = try objects(attributes)
        guard let key = keys.first, keys.count == 1 else {
            throw Failure(
                .configuration,
                (keys.isEmpty ? "no private key" : "\(keys.count) private keys")
                    + " on the token `\(token.name)` \(keys.count > 1 ? "fit" : "fits") the PKCS #11 URI",
                remedy: "name the key by its label with `object=` and by its id with `id=`"
            )
        }
        return key
    }

    /// Signs a message in the form that TUF wants.
    func signature(over message: [UInt8], _ scheme: SignatureScheme, _ key: Object) throws -> [UInt8] {
        switch scheme {
        case .ed25519:
            return try sign(message, with: CKM_EDDSA, key: key)
        case .ecdsaP256:
            return ECDSASignature.der(
                fixedWidth: try sign(Array(SHA256.hash(data: message)), with: CKM_ECDSA, key: key)
            )
        case .ecdsaP384:
            return ECDSASignature.der(
                fixedWidth: try sign(Array(SHA384.hash(data: message)), with: CKM_ECDSA, key: key)
            )
        case .rsassaPSSSHA256:
            return try rsaSignature(
                over: message,
                hashedByToken: canSign(with: CKM_SHA256_RSA_PKCS_PSS),
                key
            )
        case .mlDSA65, .mlDSA87:
            throw Failure(.configuration, "tokens do not sign with \(scheme.rawValue) yet")
        }
    }

    /// Signs with RSA-PSS and a salt as long as the digest, in one of the two ways that tokens have.
    func rsaSignature(over message: [UInt8], hashedByToken: Bool, _ key: Object) throws -> [UInt8] {
        let padding = CK_RSA_PKCS_PSS_PARAMS(hashAlg: CKM_SHA256, mgf: CKG_MGF1_SHA256, sLen: 32)
        return hashedByToken
            ? try sign(message, with: CKM_SHA256_RSA_PKCS_PSS, parameter: padding, key: key)
            : try sign(
                Array(SHA256.hash(data: message)),
                with: CKM_RSA_PKCS_PSS,
                parameter: padding,
                key: key
            )
    }
}
