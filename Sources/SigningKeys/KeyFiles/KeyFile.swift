// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// Private key files on disk: the only place where Kingsnake reads or writes them.
///
/// Files have mode 0600 from their first moment. They appear whole or not at all, and never replace another
/// file. A file that the group or others can access is refused before it is read. Access control lists are
/// not looked at.
///
/// ## The format
///
/// One JSON object:
///
/// | member | value |
/// |---|---|
/// | `format` | `kingsnake-private-key` |
/// | `version` | `1` |
/// | `scheme` | the signature scheme, such as `ed25519` |
/// | `public` | the public key as PEM |
/// | `protection` | `passphrase` or `none` |
/// | `kdf` | `{"name": "scrypt", "n", "r", "p", "salt"}`; only with a passphrase |
/// | `cipher` | `{"name": "chacha20-poly1305", "nonce"}`; only with a passphrase |
/// | `private` | the PKCS #8 key: encrypted, with the tag behind it, or plain |
///
/// Salt, nonce and private key are hexadecimal. The additional data of the cipher is everything but
/// `private`, as OLPC canonical JSON, so nothing in the file can be altered without the passphrase. There are
/// no other members.
public enum KeyFile {
    /// Reads a private key file: Kingsnake's own JSON, or PEM of another program.
    ///
    /// PEM may be PKCS #8, SEC 1 or PKCS #1; the unencrypted Ed25519, ECDSA and RSA files of OpenSSL and
    /// securesystemslib are among them. Symbolic links are followed; what they lead to is what is checked.
    ///
    /// - Throws: a refusal with `key.file-permissions`, `key.file-format`, `key.foreign-encryption`,
    ///   `key.kdf-parameters` or another `key.` code, or `limit.too-large`; a `Failure` if it cannot be read.
    public static func read(_ path: String) throws -> LockedKey {
        var bytes = try DiskFile.contents(of: path, limit: KeyFileFormat.maximumLength) { mode in
            try checkPermissions(mode, path)
        }
        defer { Wipe.bytes(&bytes) }
        do {
            return try KeyFileFormat.read(bytes)
        } catch let refusal as Refusal {
            throw refusal.located(at: path)
        }
    }

    /// Writes a private key to a new file.
    ///
    /// - Throws: a `Failure` if there is a file already, or it cannot be written.
    public static func write(_ key: PrivateKey, to path: String, protection: KeyProtection) throws {
        var random = SystemRandomNumberGenerator()
        try write(key, to: path, protection: protection, parameters: .standard, using: &random)
    }

    static func write(
        _ key: PrivateKey,
        to path: String,
        protection: KeyProtection,
        parameters: ScryptParameters,
        using random: inout some RandomNumberGenerator
    ) throws {
        // Looked at first so that nobody waits for a passphrase in vain; the writing itself is what is sure.
        try DiskFile.demandAbsence(of: path)
        var bytes = try KeyFileFormat.write(key, protection, parameters: parameters, using: &random)
        defer { Wipe.bytes(&bytes) }
        try DiskFile.create(path, bytes, mode: 0o600)
    }

    private static func checkPermissions(_ mode: UInt32, _ path: String) throws {
        guard mode & 0o077 == 0 else {
            throw Refusal(
                KeyCode.filePermissions,
                KeyFileFormat.subject,
                at: path,
                expected: "mode 600",
                found: "mode \(String(mode, radix: 8))"
            )
        }
    }
}
