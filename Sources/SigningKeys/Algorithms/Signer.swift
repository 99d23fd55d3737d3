// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// Something that signs: a key in memory, a hardware token, a remote service.
///
/// `sign` signs the message itself, by the scheme of ``publicKey``; hashing is the signer's business. The
/// bytes are in the form that ``PublicKey/isValid(signature:for:)`` accepts. A signer that cannot sign throws
/// a `Failure` and never answers an empty or made-up signature; its errors hold no secrets.
public protocol Signer: Sendable {
    /// The public half of the key that signs.
    var publicKey: PublicKey { get }

    /// Signs a message.
    func sign(_ message: [UInt8]) async throws -> [UInt8]
}
