// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Transport
import TrustCore

/// Shards in the cache, under their digests: each is fetched once, however many want it, and digested whenever it is used.
///
/// Other bytes than the promised ones never get there. A shard with records that are not as they should be does, for it is
/// what the index names, and whoever reads it finds out again.
actor SharedShards {
    /// Which shard, and whose: a digest says nothing of the package that a shard is asked for.
    private struct Key: Hashable {
        let name: PackageName
        let digest: Digest
        let subdir: Subdir
    }

    /// How many shard indexes of a subdir stay in the cache.
    private static let keptIndexes = 2
    /// More good shards than that are not remembered.
    private static let maximumGood = 200_000

    nonisolated let cache: BlobCache
    private var fetching: [Key: Task<UpstreamShard, any Error>] = [:]
    /// Shards that were read, and may be passed on as they are.
    private var good: Set<Key> = []
    private var indexes: [Subdir: [Digest]] = [:]

    init(_ cache: BlobCache) { self.cache = cache }

    /// The shard of a package.
    ///
    /// - Parameters:
    ///   - fetch: answers the bytes of a mirror, which have the digest.
    ///   - note: is told what a shard says before anybody gets it, once in a run at least.
    func shard(
        of name: PackageName,
        _ digest: Digest,
        in subdir: Subdir,
        note: @escaping @Sendable (Shard) async throws -> Void = { _ in },
        fetch: @escaping @Sendable () async throws -> [UInt8]
    ) async throws -> UpstreamShard {
        let key = Key(name: name, digest: digest, subdir: subdir)
        if let task = fetching[key] { return try await task.value }
        let isGood = good.contains(key)
        let task = Task {
            defer { fetching[key] = nil }
            let shard = try await Self.read(key, cache, isGood: isGood, note, fetch)
            if shard.faults.isEmpty { remember(key) }
            return shard
        }
        fetching[key] = task
        return try await task.value
    }

    private func remember(_ key: Key) {
        if good.count >= Self.maximumGood { good = [] }
        good.insert(key)
    }

    @concurrent
    private static func read(
        _ key: Key,
        _ cache: BlobCache,
        isGood: Bool,
        _ note: @Sendable (Shard) async throws -> Void,
        _ fetch: @Sendable () async throws -> [UInt8]
    ) async throws -> UpstreamShard {
        let bytes = try await bytes(key, cache, fetch)
        guard !isGood else { return UpstreamShard(bytes, of: key.name, in: key.subdir, faults: []) }
        let reading = try ShardReading(bytes, of: key.name, subdir: key.subdir)
        try await note(reading.shard)
        return UpstreamShard(bytes, of: key.name, in: key.subdir, faults: reading.faults)
    }

    private static func bytes(_ key: Key, _ cache: BlobCache, _ fetch: @Sendable () async throws -> [UInt8])
        async throws -> [UInt8]
    {
        if let known = try cache.bytes(of: key.digest, maximumLength: Shard.maximumLength) { return known }
        let bytes = try await fetch()
        try Shard.check(bytes, expected: key.digest, of: key.name)
        // What has the name and other bytes is of a disk that fails.
        try cache.remove(key.digest)
        try await cache.store(expected: key.digest, size: UInt64(bytes.count)) { sink in
            try bytes.withUnsafeBytes { try sink($0) }
        }
        return bytes
    }

    /// Notes which shard index a subdir has now, and takes old ones from the cache.
    func keep(_ digest: Digest, of subdir: Subdir) throws {
        var list = indexes[subdir] ?? []
        list.removeAll { $0 == digest }
        list.append(digest)
        let dropped = list.dropLast(Self.keptIndexes)
        indexes[subdir] = Array(list.suffix(Self.keptIndexes))
        for old in dropped where !indexes.values.contains(where: { $0.contains(old) }) {
            try cache.remove(old)
        }
    }
}

extension MirroredFetcher {
    /// The bytes of a shard, from the first mirror that has them. A mirror that serves others is left for the next one.
    ///
    /// - Throws: `shard.digest`, or a `Failure`.
    func shard(_ path: String, of name: PackageName, _ digest: Digest) async throws -> [UInt8] {
        let found = try await bytes(path, maximumLength: Shard.maximumLength, mustExist: true) { bytes in
            try Shard.check(bytes, expected: digest, of: name, at: path)
            return bytes
        }
        guard let found else { preconditionFailure("what must exist is there or was thrown") }
        return found
    }
}
