// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import TUF
internal import TrustCore

/// What there is to do for the index of one channel, decided from what is stored and nothing else.
///
/// So a process that died anywhere leaves nothing behind that the next one would have to know.
struct IndexAgenda: Sendable, Equatable {
    /// What is known of a channel at a moment.
    struct Situation: Sendable {
        /// The channel's number.
        var channel: Int64
        /// The subdirs whose index lags behind.
        var stale: [StaleSubdir] = []
        /// The subdirs that shall have an index.
        var wanted: Set<Subdir> = []
        /// The subdirs that have all files of an index.
        var served: Set<Subdir> = []
        /// The roles that are to be renewed, and when the next one will be; nil where the channel has no
        /// root.
        var renewals: (due: [RoleName], next: Timestamp)?
        /// The subdirs that are delegated, and whose role does not vouch for what is served.
        var unsigned: Set<Subdir> = []
    }

    /// The subdirs whose index is to be made, in order.
    let subdirs: [StaleSubdir]
    /// The roles to be renewed.
    let renewals: [RoleName]
    /// The subdirs to be signed as they are.
    let unsigned: [Subdir]
    /// When to look again, if nobody says before that something changed; nil if time changes nothing.
    let next: Timestamp?

    /// Whether there is nothing to do now.
    var isEmpty: Bool { subdirs.isEmpty && renewals.isEmpty && unsigned.isEmpty }

    /// Decides.
    init(_ situation: Situation) {
        let stale = situation.stale.filter { $0.channel == situation.channel }
        let missing = situation.wanted.subtracting(situation.served).subtracting(stale.map(\.subdir))
        // Of what was never marked there is nothing to be unmarked; that no file changed is not known.
        let unmarked = missing.map {
            StaleSubdir(channel: situation.channel, subdir: $0, change: 0, packages: nil)
        }
        subdirs = (stale + unmarked).sorted { $0.subdir < $1.subdir }
        renewals = situation.renewals?.due ?? []
        unsigned = situation.unsigned.subtracting(subdirs.map(\.subdir)).sorted()
        next = situation.renewals?.next
    }
}
