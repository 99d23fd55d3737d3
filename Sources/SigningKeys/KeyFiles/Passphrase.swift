// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// A passphrase: not empty, never shown, and wiped when the last copy goes.
///
/// The bytes are used as they are typed; two spellings of an accented letter are two passphrases.
public final class Passphrase: Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// The longest passphrase, in bytes.
    public static let maximumLength = 1024

    let bytes: SecretBytes

    /// Takes the bytes of a passphrase; the caller wipes its own copy.
    ///
    /// - Throws: a `Failure` if it is empty or longer than ``maximumLength``.
    public init(_ bytes: [UInt8]) throws {
        guard !bytes.isEmpty else { throw Failure(.configuration, "the passphrase is empty") }
        guard bytes.count <= Self.maximumLength else {
            throw Failure(.configuration, "the passphrase is longer than \(Self.maximumLength) bytes")
        }
        self.bytes = SecretBytes(bytes)
    }

    /// Takes a passphrase as text.
    public convenience init(_ text: String) throws {
        var bytes = Array(text.utf8)
        defer { Wipe.bytes(&bytes) }
        try self.init(bytes)
    }

    /// Shows that there is a passphrase, and not which.
    public var description: String { "passphrase (not shown)" }
    /// Shows that there is a passphrase, and not which.
    public var debugDescription: String { description }
    /// Shows nothing, so that `dump` does not either.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
