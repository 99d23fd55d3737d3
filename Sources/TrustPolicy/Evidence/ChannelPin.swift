// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// What the user's pin of a channel demands of its packages. What the channel shows beside that decides nothing.
public enum ChannelPin: String, Sendable, CaseIterable {
    /// Pinned to a TUF root: the index must be signed.
    case index
    /// Pinned to a root of conda content trust: the package's record must be signed. Nobody signs the index.
    case records
    /// Pinned to both: the index must be signed, and the package's record in it too.
    case indexAndRecords = "index-and-records"
    /// Pinned to nothing: the channel signs nothing, and only what this machine saw of it before is compared with. The
    /// standard policy refuses it; ``Policy/observed`` is for it.
    case observed

    /// Whether the index must be signed.
    public var demandsIndex: Bool { self == .index || self == .indexAndRecords }
    /// Whether the record must be signed by itself.
    public var demandsRecords: Bool { self == .records || self == .indexAndRecords }
}

/// Something that signatures over records alone do not protect from.
public enum OpenAttack: String, Sendable, CaseIterable {
    /// An old index can be shown for ever.
    case freshness
    /// Packages can be left out.
    case completeness
    /// An older index can take the place of a newer one, and records of several can be mixed.
    case rollback
    /// What another channel's owner signed with the same keys can be shown as this channel's: neither records nor lists
    /// of keys name a channel.
    case channel

    /// In words.
    public var description: String {
        switch self {
        case .freshness: "an old index can be shown for ever"
        case .completeness: "packages and their newer versions can be hidden"
        case .rollback: "the index can go back, and records of different times can be mixed"
        case .channel: "records of another channel with the same keys can be shown"
        }
    }

    /// All of them in one sentence.
    public static let sentence = allCases.map(\.description).joined(separator: "; ")
}
