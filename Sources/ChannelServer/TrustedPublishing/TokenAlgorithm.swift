// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// How a token may be signed: with a public key, in one of the ways that build services use.
enum TokenAlgorithm: String, Sendable, Hashable, CaseIterable {
    /// RSA with PKCS #1 v1.5 and SHA-256.
    case rs256 = "RS256"
    /// ECDSA on P-256 with SHA-256.
    case es256 = "ES256"

    /// The algorithm of a name, to the byte; nil for any other, `none` and those with shared secrets among them.
    static func named(_ name: String) -> TokenAlgorithm? {
        allCases.first { ByteKey.areEqual($0.rawValue, name) }
    }
}
