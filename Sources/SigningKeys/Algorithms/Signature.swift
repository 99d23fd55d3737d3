// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// A signature as it arrived: unverified, under the id of a key that we may or may not know.
public struct Signature: Sendable {
    /// The id of the key that is said to have signed; compared as bytes.
    public let keyID: String
    /// The signature; may be empty, as unfinished ceremonies leave it.
    public let bytes: [UInt8]

    /// Makes a signature.
    public init(keyID: String, bytes: [UInt8]) {
        self.keyID = keyID
        self.bytes = bytes
    }
}
