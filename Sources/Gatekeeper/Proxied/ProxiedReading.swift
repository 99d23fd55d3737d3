// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// How a session reads a channel that is passed on to others.
struct ProxiedReading: Sendable {
    /// Where the indexes' texts are made, once for all sessions.
    let texts: SignedTexts
    /// The shards that were fetched, for all sessions.
    let shards: SharedShards
    /// What the session's view rests on.
    let store: SignedViewStore
}
