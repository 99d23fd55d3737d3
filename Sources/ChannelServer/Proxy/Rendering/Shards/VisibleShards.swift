// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import Gatekeeper
internal import TrustCore
internal import TrustPolicy

/// A shard index as clients are shown it, made of the channel's own: shards of which nothing is hidden keep their digests, and
/// are fetched when they are asked for.
///
/// Those of which something may be hidden, or which cannot be passed on as they are, are made anew. What leads elsewhere
/// (`base_url`, `shards_base_url`) and what is not known is left out. The same index under the same policy gives the same bytes.
struct VisibleShards: Sendable {
    /// More shards are not made anew: then the whole index costs less.
    static let maximumRemade = 256
    private static let lanes = 8

    /// The bytes of the index.
    let index: [UInt8]
    /// Their SHA-256.
    let digest: Digest
    /// The shards that are passed on as they are, and whose they are.
    let names: [Digest: PackageName]
    /// The shards that were made anew.
    let remade: [Digest: [UInt8]]

    /// Makes the index; nil if too much of it would have to be made anew.
    ///
    /// - Parameters:
    ///   - faulty: shards that cannot be passed on as they are.
    ///   - shown: those of a shard's records that may be listed, asked for the packages of which some may not.
    init?(
        _ upstream: UpstreamShards,
        hiding reach: NameReach,
        faulty: Set<Digest>,
        shown: @escaping Shown
    ) async throws {
        var shards: [PackageName: Digest] = [:]
        var names: [Digest: PackageName] = [:]
        var toMake: [PackageName] = []
        for text in upstream.index.packageNames {
            // Nobody can choose a package without a proper name.
            guard let name = try? PackageName(text), let digest = upstream.index.digest(of: name) else {
                continue
            }
            switch reach.part(of: name) {
            case .everything: continue
            case .nothing where !faulty.contains(digest):
                shards[name] = digest
                names[digest] = name
            default: toMake.append(name)
            }
        }
        guard toMake.count <= Self.maximumRemade else { return nil }
        var remade: [Digest: [UInt8]] = [:]
        for (name, made) in try await Self.remake(toMake, of: upstream, shown) {
            shards[name] = made.digest
            remade[made.digest] = made.bytes
        }
        index = try ShardIndex(subdir: upstream.subdir, shards: shards).encode()
        digest = Digest.of(index)
        self.names = names
        self.remade = remade
    }

    typealias Shown = @Sendable ([PackageRecord]) async throws -> [PackageRecord]
    private typealias Made = (bytes: [UInt8], digest: Digest)

    private static func remake(
        _ names: [PackageName],
        of upstream: UpstreamShards,
        _ shown: @escaping Shown
    ) async throws -> [PackageName: Made] {
        try await withThrowingTaskGroup(of: (PackageName, Made?).self) { group in
            var rest = names[...]
            var made: [PackageName: Made] = [:]
            for _ in 0..<lanes {
                guard let name = rest.popFirst() else { break }
                group.addTask { (name, try await remade(name, of: upstream, shown)) }
            }
            while let (name, shard) = try await group.next() {
                made[name] = shard
                guard let next = rest.popFirst() else { continue }
                group.addTask { (next, try await remade(next, of: upstream, shown)) }
            }
            return made
        }
    }

    /// What is left of a package's shard; nil if that is nothing.
    private static func remade(
        _ name: PackageName,
        of upstream: UpstreamShards,
        _ shown: Shown
    ) async throws -> Made? {
        let shard: Shard
        do {
            guard let found = try await upstream.shard(of: name) else { return nil }
            shard = try found.contents()
        } catch let refusal as Refusal where !refusal.is(ShardCode.digest) {
            // The bytes are the promised ones, and nothing of them can be read.
            return nil
        }
        let records = try await shown(shard.records)
        guard !records.isEmpty || !shard.removed.isEmpty else { return nil }
        return try Shard(name, records: records, removed: shard.removed).encode()
    }
}
