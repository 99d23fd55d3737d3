// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// Where a signer gets the token that says who it is: from its build service, from a login, or from the user.
public protocol IdentitySource: Sendable {
    /// Gets a token for an audience, such as `sigstore`.
    ///
    /// - Throws: a `Refusal` if what was given is no token for it, or a `Failure` if none could be had.
    func token(audience: String) async throws -> IdentityToken
}
