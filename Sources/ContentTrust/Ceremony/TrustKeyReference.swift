// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import SigningKeys
import TrustCore

/// How somebody who proposes a change says which of a role's keys is meant.
public enum TrustKeyReference: Sendable, CustomStringConvertible {
    /// The key itself.
    case key(PublicKey)
    /// The beginning of its name in the metadata, or of its fingerprint.
    case text(String)

    /// The fewest digits that are taken for a key.
    public static let minimumDigits = 8

    /// What was given.
    public var description: String {
        switch self {
        case .key(let key): "\(key)"
        case .text(let text): text
        }
    }

    func means(_ key: TrustKey) -> Bool {
        switch self {
        case .key(let wanted): key.publicKey == wanted
        case .text(let text):
            text.utf8.count >= Self.minimumDigits
                && (key.hex.utf8.starts(with: text.utf8)
                    || key.publicKey.fingerprint.hex.utf8.starts(with: text.utf8))
        }
    }
}
