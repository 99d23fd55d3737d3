// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Synchronization

/// What the clients are doing at this moment: the phase in which a kill finds the server, seen from outside.
final class LoadState: Sendable {
    struct Counts: Sendable {
        /// Bodies that are being sent.
        var receiving = 0
        /// Uploads that were sent, and not answered.
        var committing = 0
        var minting = 0
        var changing = 0
        /// How many there ever were.
        var accepted = 0
        var sent = 0
        var minted = 0
        var changed = 0
        var isOver = false
    }

    private let counts = Mutex(Counts())

    func change(_ body: (inout sending Counts) -> Void) { counts.withLock { body(&$0) } }

    var now: Counts { counts.withLock { $0 } }
    /// Whether clients shall begin nothing more.
    var isOver: Bool { counts.withLock { $0.isOver } }
}
