// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// How a signing key is named on the command line and in settings: one text for every kind of key.
///
/// | text | is |
/// |---|---|
/// | a path | a private key file, as ``KeyFile`` reads it |
public struct SignerReference: Sendable, Hashable {
    /// The text, as it was given.
    public let text: String
    private let path: String

    /// Reads a reference. Nothing is opened, asked or run yet.
    ///
    /// - Throws: a `Failure` if the text is not in one of the forms.
    public init(_ text: String) throws {
        self.text = text
        path = text
    }

    /// The signer, ready to sign.
    ///
    /// - Parameter passphrase: asked for the passphrase of an encrypted file.
    /// - Throws: a refusal with a `key.` code, or a `Failure` if the key cannot be reached.
    public func signer(passphrase: PassphraseSource) async throws -> any Signer {
        try KeyFile.read(path).unlock { try passphrase(path) }
    }
}

extension SignerReference: CustomStringConvertible {
    /// The text; it holds no secrets.
    public var description: String { text }
}
