// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TrustCore

/// Writes down what shards list, in the ledger of the files of their subdir, so that many shards that come at a time wait for
/// the disk once.
actor ShardSightings {
    let ledger: Ledger
    private let changed: ChangedPackages
    /// What was known when the last files were written down.
    private var known: LedgerTable?
    private var entries: [LedgerEntry] = []
    /// What will write all that is gathered.
    private var next: Task<Void, any Error>?
    private var writing: Task<Void, any Error>?

    /// - Parameter changed: is told of shards that list files whose hash changed.
    init(_ ledger: Ledger, changed: ChangedPackages) {
        self.ledger = ledger
        self.changed = changed
    }

    /// Writes down the files of a shard; it is on the disk when this returns.
    ///
    /// - Parameters:
    ///   - time: when the shard was first seen: it lists the same ever since.
    ///   - isBaseline: whether that was in the first index of all.
    func record(_ shard: Shard, at time: Timestamp, isBaseline: Bool) async throws {
        for record in shard.records {
            let digests = (record.sha256, record.md5)
            guard let seen = LedgerSighting(digests, at: time, isBaseline: isBaseline) else { continue }
            entries.append(.file(Array(record.fileName.text.utf8), seen))
        }
        try await writeSoon()
        if let known { changed.note(shard.records, of: shard.name, by: known) }
    }

    /// Writes what is gathered, once for all who wait.
    private func writeSoon() async throws {
        if let next { return try await next.value }
        let before = writing
        let task = Task {
            _ = try? await before?.value
            try await self.write()
        }
        next = task
        try await task.value
    }

    private func write() async throws {
        writing = next
        next = nil
        let gathered = entries
        entries = []
        known = try await ledger.record(gathered)
    }
}
