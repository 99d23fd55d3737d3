// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TrustCore

/// A ledger of shard indexes: which were seen, and which shards of a package, by the package's name.
extension LedgerTable {
    /// What a shard index says that is not known yet, with the index itself at the end.
    func news(in file: ObservedShardFile, at time: Timestamp) -> [LedgerEntry] {
        let index = LedgerEntry.index(LedgerIndex(digest: file.digest, time: time))
        guard !hasSeen(index: file.digest) else { return [index] }
        let isBaseline = indexes.isEmpty
        let shards = file.names.compactMap { name -> LedgerEntry? in
            guard let digest = file.index.digest(of: name), order(of: digest, name) == nil else { return nil }
            let seen = LedgerSighting(.sha256, digest, at: time, isBaseline: isBaseline)
            return .file(Array(name.normalized.utf8), seen)
        }
        return shards + [index]
    }

    /// When a package's shard was first named by an index; nil if it never was.
    func sighting(of digest: Digest, _ name: PackageName) -> LedgerSighting? {
        sightings(of: name.normalized.utf8).first { $0.digest == digest }
    }

    /// Whether another shard of the package was first seen after this one was.
    func isOld(_ digest: Digest, _ name: PackageName) -> Bool {
        let seen = sightings(of: name.normalized.utf8)
        return seen.contains { $0.digest == digest } && seen.last?.digest != digest
    }

    /// Whether a shard index that was seen before would take something away that a newer one has: a package, or a shard that
    /// had taken the place of another.
    func isBehind(_ older: ObservedShardFile, _ newer: ObservedShardFile) -> Bool {
        newer.names.contains { name in
            guard let new = newer.index.digest(of: name) else { return false }
            guard let old = older.index.digest(of: name) else { return true }
            return old != new && (order(of: old, name) ?? 0) < (order(of: new, name) ?? 0)
        }
    }

    /// The packages whose shard went back to one of before, from one index to the next.
    func wentBack(from last: ObservedShardFile, to next: ObservedShardFile) -> [PackageName] {
        next.names.filter { name in
            guard let digest = next.index.digest(of: name), let before = last.index.digest(of: name) else {
                return false
            }
            return digest != before && isOld(digest, name)
        }
    }

    private func order(of digest: Digest, _ name: PackageName) -> Int? {
        sightings(of: name.normalized.utf8).firstIndex { $0.digest == digest }
    }
}
