// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// A token of OpenID Connect: who the issuer says the bearer is.
///
/// A secret for as long as it is valid: whoever has it can sign in its bearer's name. It is never shown.
public struct IdentityToken: Sendable {
    /// The token, as it goes to the certificate authority.
    public let text: String

    /// Takes a token.
    public init(_ text: String) throws { self.text = text }
}
