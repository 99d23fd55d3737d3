// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Transport
import TrustCore

/// A shard index that was seen and written down, and the ledger of shards as it was then.
final class ObservedShards: Sendable {
    let subdir: Subdir
    let file: ObservedShardFile
    let ledger: LedgerTable
    private let configuration: ObservedConfiguration
    private let store: SharedShards
    private let sightings: ShardSightings
    private let changed: ChangedPackages

    init(
        _ subdir: Subdir,
        _ file: ObservedShardFile,
        _ ledger: LedgerTable,
        _ configuration: ObservedConfiguration,
        _ store: SharedShards,
        _ sightings: ShardSightings,
        _ changed: ChangedPackages
    ) {
        self.subdir = subdir
        self.file = file
        self.ledger = ledger
        self.configuration = configuration
        self.store = store
        self.sightings = sightings
        self.changed = changed
    }

    /// The index as renderers and servers see it.
    var upstream: UpstreamShards {
        let changed = ChangedShards(changed.all) { [sightings] records in
            ChangedPackages.findings(on: records, by: try await sightings.ledger.table())
        }
        return UpstreamShards(subdir, id: file.digest, file.index, isSigned: false, changed: changed) {
            try await self.shard(of: $0, $1)
        }
    }

    /// A package's shard. What it lists is in the ledger before anybody gets it.
    ///
    /// - Throws: `ledger.rollback` if it is one that was replaced by another, and the user wants that to be refused.
    func shard(of name: PackageName, _ digest: Digest) async throws -> UpstreamShard {
        if configuration.rollback == .refuse, file.index.digest(of: name) == digest,
            ledger.isOld(digest, name)
        {
            throw Refusal(
                LedgerCode.rollback,
                "the shard of `\(name)`",
                at: configuration.channel.description,
                expected: "one that was not replaced by another",
                found: "\(digest)"
            )
        }
        let path = try configuration.channel.path(
            of: file.index.url(of: digest, channel: configuration.channel, subdir: subdir)
        )
        // Of an index that another process saw the moment is not known here.
        let seen = ledger.sighting(of: digest, name)
        let time = seen?.time ?? configuration.now()
        return try await store.shard(of: name, digest, in: subdir) { [sightings] shard in
            try await sightings.record(shard, at: time, isBaseline: seen?.isBaseline ?? false)
        } fetch: { [configuration] in
            try await configuration.sources().shard(path, of: name, digest)
        }
    }

    /// What it says of a file, and what was seen of the file.
    func listing(of fileName: ArchiveFileName) async throws -> ObservedEntry {
        var record: PackageRecord?
        var isRemoved = false
        if let digest = file.index.digest(of: fileName.name) {
            let shard = try await shard(of: fileName.name, digest)
            let contents = try shard.contents()
            record = contents.records.first { $0.fileName == fileName }
            isRemoved = contents.removed.contains { ByteKey.areEqual($0, fileName.text) }
            if record == nil, let fault = shard.fault(of: fileName) { throw fault }
        }
        let table = try await sightings.ledger.table()
        return ObservedEntry(
            entry: IndexEntry(
                index: nil,
                record: record,
                baseURL: file.index.baseURL,
                isRemoved: isRemoved
            ),
            index: file.digest,
            ledger: table,
            knownSince: record.flatMap { knownSince($0, table) },
            text: nil
        )
    }

    /// Since when a file is there, as far as this machine knows.
    func knownSince(_ record: PackageRecord, _ table: LedgerTable) -> Timestamp? {
        let digests = (record.sha256, record.md5)
        if let seen = table.firstSeen(record.fileName.text.utf8, record: { digests }) { return seen }
        return ledger.indexes.first.map { min($0.time, record.indexedAt ?? record.builtAt ?? $0.time) }
    }
}
