// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Transport
import TrustCore
import TrustPolicy

/// A verified index of one subdir, in whichever form the channel signs.
protocol SubdirIndex: Sendable {
    /// What it says of a file name. A sharded index fetches the package's shard first, and checks it by its
    /// digest.
    func entry(of fileName: ArchiveFileName, mirrors: MirroredFetcher, cache: BlobCache) async throws
        -> IndexEntry
    /// What it says of all files of a package, in its order; fetched and checked likewise.
    func entries(named name: PackageName, mirrors: MirroredFetcher, cache: BlobCache) async throws
        -> [IndexEntry]
}

/// An index in one file: `repodata.json`.
struct WholeIndex: SubdirIndex {
    /// Who vouches for it; nil if nobody does, and only its records are signed.
    let fact: SignedIndex?
    let repodata: RepodataIndex
    /// Demands signatures of its records; nil if the channel's pin does not.
    var signers: RecordCheck?

    func entries(named name: PackageName, mirrors: MirroredFetcher, cache: BlobCache) throws -> [IndexEntry] {
        let removed = Set(repodata.removed.map { ByteKey($0) })
        return try repodata.records(named: name).map { record in
            IndexEntry(
                index: fact,
                record: record,
                baseURL: repodata.info.baseURL,
                isRemoved: removed.contains(ByteKey(record.fileName.text)),
                // A record that is not signed as it must be is one that nobody vouches for.
                recordSignature: try? signers?.verify(record)
            )
        }
    }

    func entry(of fileName: ArchiveFileName, mirrors: MirroredFetcher, cache: BlobCache) throws -> IndexEntry
    {
        let isRemoved = repodata.removed.contains { ByteKey($0) == ByteKey(fileName.text) }
        let record = try repodata.record(fileName: fileName)
        return IndexEntry(
            index: fact,
            record: record,
            baseURL: repodata.info.baseURL,
            isRemoved: isRemoved,
            recordSignature: try record.flatMap { try signers?.verify($0) }
        )
    }
}

/// An index in one small file a package: shards (CEP 16).
///
/// CEP 16 names a shard by the SHA-256 of its bytes and does not demand that clients check it. We do, before
/// the first byte of it is decompressed: whoever could swap a shard would control both `depends` and
/// `sha256`.
struct ShardedIndex: SubdirIndex {
    let fact: SignedIndex
    let channel: ChannelURL
    let subdir: Subdir
    let shards: ShardIndex

    func entry(
        of fileName: ArchiveFileName,
        mirrors: MirroredFetcher,
        cache: BlobCache
    ) async throws -> IndexEntry {
        guard let digest = shards.digest(of: fileName.name) else {
            return IndexEntry(index: fact, record: nil, baseURL: nil, isRemoved: false)
        }
        return entry(of: fileName, in: try await fetch(fileName.name, digest, mirrors, cache))
    }

    /// What a package's shard says of one of its files.
    func entry(of fileName: ArchiveFileName, in shard: Shard) -> IndexEntry {
        let isRemoved = shard.removed.contains { ByteKey($0) == ByteKey(fileName.text) }
        let record = shard.records.first { $0.fileName == fileName }
        return IndexEntry(index: fact, record: record, baseURL: shards.baseURL, isRemoved: isRemoved)
    }

    func entries(named name: PackageName, mirrors: MirroredFetcher, cache: BlobCache) async throws
        -> [IndexEntry]
    {
        guard let digest = shards.digest(of: name) else { return [] }
        let shard = try await fetch(name, digest, mirrors, cache)
        return shard.records.map { entry(of: $0.fileName, in: shard) }
    }

    /// Where a shard is, below the channel (`gate.outside-channel` if it is elsewhere).
    func path(of digest: Digest) throws -> String {
        try channel.path(of: try shards.url(of: digest, channel: channel, subdir: subdir))
    }

    private func fetch(
        _ name: PackageName,
        _ digest: Digest,
        _ mirrors: MirroredFetcher,
        _ cache: BlobCache
    ) async throws -> Shard {
        if let bytes = try cache.bytes(of: digest, maximumLength: Shard.maximumLength) {
            return try Shard.read(bytes, expected: digest, of: name, subdir: subdir)
        }
        let path = try path(of: digest)
        let found = try await mirrors.bytes(path, maximumLength: Shard.maximumLength, mustExist: true) {
            bytes in
            (bytes, try Shard.read(bytes, expected: digest, of: name, subdir: subdir, at: path))
        }
        guard let (bytes, shard) = found else {
            preconditionFailure("what must exist is there or was thrown")
        }
        try await cache.store(expected: digest, size: nil) { sink in
            try bytes.withUnsafeBytes { try sink($0) }
        }
        return shard
    }
}

extension ChannelURL {
    /// The part of a URL below the channel, for its mirrors to be asked for (`gate.outside-channel` for
    /// another's).
    func path(of url: String) throws -> String {
        // An absolute address in an index has no credentials, even if it is the channel's own.
        for base in [textWithCredentials + "/", identity + "/"] where url.utf8.starts(with: base.utf8) {
            return String(decoding: Array(url.utf8.dropFirst(base.utf8.count)), as: UTF8.self)
        }
        throw Refusal(GateCode.outsideChannel, description, expected: "a place below the channel")
    }
}
