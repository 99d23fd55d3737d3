// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// What a change of keys is about: one role, or all that the online or the offline keys sign.
public enum CeremonyRole: Sendable, Hashable, CustomStringConvertible {
    /// A top-level role.
    case topLevel(MetadataKind)
    /// A role, or the common prefix of hash bins, to which the top-level targets delegate.
    case delegated(RoleName)
    /// Timestamp, snapshot, and every delegated role that has the keys of the timestamp.
    case online
    /// Root and the top-level targets.
    case offline

    /// Reads `root`, `targets`, `snapshot`, `timestamp`, `online`, `offline`, or the name of a delegated role;
    /// nil if no role can have that name.
    public init?(_ text: String) {
        guard let name = RoleName(text) else { return nil }
        if let kind = name.topLevelKind {
            self = .topLevel(kind)
        } else {
            let groups: [CeremonyRole] = [.online, .offline]
            self = groups.first { ByteKey($0.description) == ByteKey(text) } ?? .delegated(name)
        }
    }

    /// The word that means it.
    public var description: String {
        switch self {
        case .topLevel(let kind): kind.rawValue
        case .delegated(let name): name.text
        case .online: "online"
        case .offline: "offline"
        }
    }
}
