// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Crypto
import TrustCore

/// An encrypted private key: its PKCS #8 form under ChaCha20-Poly1305, with the rest of the file
/// authenticated.
struct SealedKey: Sendable {
    static let nonceLength = 12
    static let tagLength = 16

    let publicKey: PublicKey
    let parameters: ScryptParameters
    let salt: [UInt8]
    let nonce: [UInt8]
    /// The canonical JSON of the file without the sealed key.
    let header: [UInt8]
    /// The ciphertext and the tag.
    let sealed: [UInt8]

    static func seal(
        _ key: PrivateKey,
        _ passphrase: Passphrase,
        _ parameters: ScryptParameters,
        salt: [UInt8],
        nonce: [UInt8],
        header: [UInt8]
    ) throws -> [UInt8] {
        var plain = key.pkcs8
        defer { Wipe.bytes(&plain) }
        let box = try ChaChaPoly.seal(
            plain,
            using: parameters.deriveKey(from: passphrase, salt: salt),
            nonce: ChaChaPoly.Nonce(data: nonce),
            authenticating: header
        )
        return Array(box.ciphertext) + Array(box.tag)
    }

    func open(_ passphrase: Passphrase) throws -> PrivateKey {
        let key: SymmetricKey
        do {
            key = try parameters.deriveKey(from: passphrase, salt: salt)
        } catch {
            throw Failure(.configuration, "there is not enough memory to derive the key from the passphrase")
        }
        guard
            let box = try? ChaChaPoly.SealedBox(
                nonce: ChaChaPoly.Nonce(data: nonce),
                ciphertext: sealed.dropLast(Self.tagLength),
                tag: sealed.suffix(Self.tagLength)
            ),
            let plain = try? ChaChaPoly.open(box, using: key, authenticating: header)
        else { throw Refusal(KeyCode.wrongPassphrase, KeyFileFormat.subject) }
        var bytes = Array(plain)
        defer { Wipe.bytes(&bytes) }
        return try KeyFileFormat.privateKey(pkcs8: bytes, publicKey)
    }
}
