// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// The keys that may sign something, under the ids by which signatures name them, ready to be asked often: one role's
/// for half a million records, say.
public struct AuthorisedKeys: Sendable {
    /// How many different keys there are.
    public let count: Int
    private let byID: [ByteKey: PublicKey]

    /// Takes keys. The same id may be listed again with the same key.
    ///
    /// - Parameter subject: what they may sign, for messages.
    /// - Throws: a refusal with `signature.ambiguous-key-id`.
    public init(_ keys: [(keyID: String, key: PublicKey)], subject: String) throws {
        var byID: [ByteKey: PublicKey] = [:]
        for (keyID, key) in keys {
            if let other = byID.updateValue(key, forKey: ByteKey(keyID)), other != key {
                throw Refusal(
                    KeyCode.ambiguousKeyID,
                    subject,
                    expected: "one key for each key id",
                    found: "two for `\(Printable.text(keyID))`"
                )
            }
        }
        self.byID = byID
        count = Set(byID.values).count
    }

    subscript(keyID: String) -> PublicKey? { byID[ByteKey(keyID)] }
}
