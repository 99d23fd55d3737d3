// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Transport
import TrustCore
import TrustPolicy

/// A verified index of one subdir, in whichever form the channel signs.
protocol SubdirIndex: Sendable {
    /// Who vouches for it.
    var fact: SignedIndex { get }

    /// What it says of a file name. A sharded index fetches the package's shard first, and checks it by its digest.
    func entry(of fileName: ArchiveFileName, mirrors: MirroredFetcher, cache: BlobCache) async throws -> IndexEntry
}

/// An index in one file: `repodata.json`.
struct WholeIndex: SubdirIndex {
    let fact: SignedIndex
    let repodata: RepodataIndex

    func entry(of fileName: ArchiveFileName, mirrors: MirroredFetcher, cache: BlobCache) throws -> IndexEntry {
        let isRemoved = repodata.removed.contains { ByteKey($0) == ByteKey(fileName.text) }
        return IndexEntry(index: fact, record: try repodata.record(fileName: fileName), isRemoved: isRemoved)
    }
}

/// An index in one small file a package: shards (CEP 16).
///
/// CEP 16 names a shard by the SHA-256 of its bytes and does not demand that clients check it. We do, before
/// the first byte of it is decompressed: whoever could swap a shard would control both `depends` and `sha256`.
struct ShardedIndex: SubdirIndex {
    let fact: SignedIndex
    let subdir: Subdir
    let shards: ShardIndex

    /// The longest shard that is fetched, compressed: thirty times the largest known.
    private static let shardLimit = 16 << 20

    func entry(
        of fileName: ArchiveFileName,
        mirrors: MirroredFetcher,
        cache: BlobCache
    ) async throws -> IndexEntry {
        guard let digest = shards.digest(of: fileName.name) else {
            return IndexEntry(index: fact, record: nil, isRemoved: false)
        }
        let shard = try await fetch(digest, mirrors, cache)
        let isRemoved = shard.removed.contains { ByteKey($0) == ByteKey(fileName.text) }
        return IndexEntry(index: fact, record: try shard.record(fileName: fileName), isRemoved: isRemoved)
    }

    private func fetch(_ digest: Digest, _ mirrors: MirroredFetcher, _ cache: BlobCache) async throws -> Shard {
        let subject = "shard \(digest.hex)"
        if let bytes = try cache.bytes(of: digest, maximumLength: Self.shardLimit) {
            return try Shard.read(bytes, expected: digest, subdir: subdir, of: subject)
        }
        let path = "\(subdir.text)/\(shards.path(of: digest))"
        let shard = try await mirrors.bytes(path, maximumLength: Self.shardLimit, mustExist: true) { bytes in
            (bytes, try Shard.read(bytes, expected: digest, subdir: subdir, of: subject))
        }
        guard let (bytes, value) = shard else { throw Refusal(GateCode.indexMissing, subject) }
        _ = try await cache.store(expected: digest, size: nil) { sink in try bytes.withUnsafeBytes { try sink($0) } }
        return value
    }
}
