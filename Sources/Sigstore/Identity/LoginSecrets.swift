// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// The random values that bind the steps of one login to each other.
struct LoginSecrets: Sendable {
    /// Comes back with the browser: the answer belongs to this login.
    let state: String
    /// Comes back in the token: the token belongs to this login.
    let nonce: String
    /// Goes with the code: who redeems it is who asked for it (RFC 7636).
    let verifier: String

    /// The bytes of randomness in each.
    private static let length = 32

    /// Makes secrets from a source of random bytes.
    init(random: (Int) -> [UInt8]) {
        state = Base64URL.text(random(Self.length))
        nonce = Base64URL.text(random(Self.length))
        verifier = Base64URL.text(random(Self.length))
    }

    /// RFC 7636, 4.2, method S256.
    var challenge: String { Base64URL.text(Digest.of(Array(verifier.utf8)).bytes) }
}
