// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// How a private key file keeps its key from others.
public enum KeyProtection: Sendable {
    /// Encrypted with a key derived from a passphrase.
    case passphrase(Passphrase)
    /// Not at all, beyond the permissions of the file: whoever copies the file has the key.
    case unsafelyUnencrypted
}
