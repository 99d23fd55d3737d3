// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// A token that somebody else got: from a file, a pipe, or an environment variable.
public struct GivenIdentity: IdentitySource {
    private let given: IdentityToken

    /// Takes the text that holds a token and nothing else but white space around it.
    ///
    /// - Throws: a `Refusal` with an `identity.…` or `json.…` code, or `limit.too-large`.
    public init(_ text: String) throws {
        let space = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
        let bytes = Array(text.utf8).drop(while: space)
        let end = bytes.lastIndex { !space($0) }.map { $0 + 1 } ?? bytes.startIndex
        given = try IdentityToken(String(decoding: bytes[..<end], as: UTF8.self))
    }

    /// The token, if it is for the audience.
    public func token(audience: String) async throws -> IdentityToken {
        try given.check(audience: audience)
        return given
    }
}
