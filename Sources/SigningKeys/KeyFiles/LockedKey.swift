// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// A private key as it is in a file: its public half is known, the private one may still need a passphrase.
///
/// The public half of an encrypted file is unverified until it is unlocked: do not decide anything by it but
/// which passphrase to ask for.
public struct LockedKey: Sendable {
    enum Content: Sendable {
        case open(PrivateKey)
        case sealed(SealedKey)
    }

    let content: Content

    init(_ content: Content) { self.content = content }

    /// The public half, as the file says.
    public var unverifiedPublicKey: PublicKey {
        switch content {
        case .open(let key): key.publicKey
        case .sealed(let sealed): sealed.publicKey
        }
    }

    /// Whether a passphrase is needed.
    public var isEncrypted: Bool {
        switch content {
        case .open: false
        case .sealed: true
        }
    }

    /// The private key; the passphrase is asked for only if there is need of one.
    ///
    /// - Throws: a refusal with `key.wrong-passphrase` or `key.pair-mismatch`; a `Failure` if a passphrase is
    ///   needed and there is none.
    public func unlock(passphrase: () throws -> Passphrase?) throws -> PrivateKey {
        switch content {
        case .open(let key): return key
        case .sealed(let sealed):
            guard let passphrase = try passphrase() else {
                throw Failure(
                    .configuration,
                    "the private key is encrypted, and there is no passphrase",
                    remedy: "give the passphrase of the key"
                )
            }
            return try sealed.open(passphrase)
        }
    }
}
