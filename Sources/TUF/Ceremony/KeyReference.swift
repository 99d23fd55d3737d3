// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import SigningKeys
internal import TrustCore

/// How somebody who proposes a change says which of a role's keys is meant.
public enum KeyReference: Sendable, CustomStringConvertible {
    /// The key itself.
    case key(PublicKey)
    /// Its name among the signed names of keys, or the beginning of its fingerprint or key id.
    case text(String)

    /// The fewest digits of a fingerprint or key id that are taken for one.
    public static let minimumDigits = 8

    /// What was given.
    public var description: String {
        switch self {
        case .key(let key): "\(key)"
        case .text(let text): text
        }
    }

    /// The keys that could be meant.
    func matches(_ keys: [(keyID: KeyID, key: PublicKey)], names: [KeyID: String]) -> [PublicKey] {
        let found = keys.filter { id, key in
            switch self {
            case .key(let wanted): return key == wanted
            case .text(let text):
                if let name = names[id], ByteKey(name) == ByteKey(text) { return true }
                guard text.utf8.count >= Self.minimumDigits else { return false }
                return key.fingerprint.hex.utf8.starts(with: text.utf8)
                    || id.text.utf8.starts(with: text.utf8)
            }
        }
        return Array(Set(found.map(\.key)))
    }
}
