// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// One form of a subdir's index of an observed channel, which is kept fresh.
protocol ObservedForm: Actor {
    /// Which form of which subdir.
    nonisolated var key: ProxiedIndexKey { get }
    /// When what is remembered was last confirmed; nil if nothing is.
    var checked: Timestamp? { get }

    /// The index: as it is remembered if that is fresh, else as the channel has it now; nil if it has none.
    func load() async throws -> ObservedLoaded?
    /// The index as it is remembered, however old; nil if none is.
    func loadRemembered() async throws -> ObservedLoaded?
    /// Whether an index is still the one that is remembered, in whichever process, and was confirmed with the other form as
    /// it is remembered.
    nonisolated func isSettled(on digest: Digest) -> Bool
}

/// An index, and when the channel last confirmed it.
struct ObservedLoaded: Sendable {
    let part: ObservedPart
    let checked: Timestamp
}

/// What a view holds of a subdir, in one form.
enum ObservedPart: Sendable {
    case text(ObservedIndex)
    case shards(ObservedShards)

    /// Differs whenever the index does.
    var digest: Digest {
        switch self {
        case .text(let index): index.text.digest
        case .shards(let shards): shards.file.digest
        }
    }
}
