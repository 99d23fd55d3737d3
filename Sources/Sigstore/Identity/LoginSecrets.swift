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
        state = Self.text(random(Self.length))
        nonce = Self.text(random(Self.length))
        verifier = Self.text(random(Self.length))
    }

    /// RFC 7636, 4.2, method S256.
    var challenge: String { Self.text(Digest.of(Array(verifier.utf8)).bytes) }

    /// Base64url without padding.
    private static func text(_ bytes: [UInt8]) -> String {
        let url = Base64.encode(bytes).filter { $0 != UInt8(ascii: "=") }.map { byte in
            switch byte {
            case UInt8(ascii: "+"): UInt8(ascii: "-")
            case UInt8(ascii: "/"): UInt8(ascii: "_")
            default: byte
            }
        }
        return String(decoding: url, as: UTF8.self)
    }
}
