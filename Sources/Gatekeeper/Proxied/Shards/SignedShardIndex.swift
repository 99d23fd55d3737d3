// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TUF
import Transport
import TrustCore
import TrustPolicy

/// A signed index whose shards are passed on: packages are looked for in the very shards that clients are shown.
struct SignedShardIndex: SubdirIndex, SignedForm {
    let index: ShardedIndex
    /// SHA-256 of the shard index's bytes.
    let digest: Digest
    let store: SharedShards
    /// The mirrors, each time as if nothing were known of them: one bad shard does not keep others from being fetched.
    let fetching: @Sendable () -> MirroredFetcher

    var fact: SignedIndex { index.fact }

    func entry(of fileName: ArchiveFileName, mirrors: MirroredFetcher, cache: BlobCache) async throws
        -> IndexEntry
    {
        guard let shard = try await shard(of: fileName.name) else {
            return IndexEntry(index: fact, record: nil, baseURL: nil, isRemoved: false)
        }
        let entry = index.entry(of: fileName, in: try shard.contents())
        if entry.record == nil, let fault = shard.fault(of: fileName) { throw fault }
        return entry
    }

    func entries(named name: PackageName, mirrors: MirroredFetcher, cache: BlobCache) async throws
        -> [IndexEntry]
    {
        guard let shard = try await shard(of: name)?.contents() else { return [] }
        return shard.records.map { index.entry(of: $0.fileName, in: shard) }
    }

    private func shard(of name: PackageName) async throws -> UpstreamShard? {
        guard let digest = index.shards.digest(of: name) else { return nil }
        return try await shard(of: name, digest)
    }

    /// The shard with a digest.
    func shard(of name: PackageName, _ digest: Digest) async throws -> UpstreamShard {
        let path = try index.path(of: digest)
        return try await store.shard(of: name, digest, in: index.subdir) { [fetching] in
            try await fetching().shard(path, of: name, digest)
        }
    }
}

extension UpstreamShard {
    /// Why a file's record may not be passed on, if that is so.
    func fault(of file: ArchiveFileName) -> Refusal? {
        faults.first { ByteKey.areEqual($0.subject, file.text) }
    }
}

/// A form of an index that somebody signs.
protocol SignedForm: Sendable {
    /// Who.
    var fact: SignedIndex { get }
}

extension SignedTextIndex: SignedForm {}

/// The forms of one subdir's index that a session has open: what one does not list, another may, where the channel's
/// owner signed forms that do not fit together.
struct OpenForms: SubdirIndex {
    /// In the order in which they are asked; at least one.
    let forms: [any SubdirIndex]

    func entry(of fileName: ArchiveFileName, mirrors: MirroredFetcher, cache: BlobCache) async throws
        -> IndexEntry
    {
        var first: IndexEntry?
        for form in forms {
            let entry = try await form.entry(of: fileName, mirrors: mirrors, cache: cache)
            if entry.record != nil || entry.isRemoved { return entry }
            first = first ?? entry
        }
        guard let first else { preconditionFailure("there is at least one form") }
        return first
    }

    func entries(named name: PackageName, mirrors: MirroredFetcher, cache: BlobCache) async throws
        -> [IndexEntry]
    {
        for form in forms {
            let entries = try await form.entries(named: name, mirrors: mirrors, cache: cache)
            if !entries.isEmpty { return entries }
        }
        return []
    }
}

extension SignedIndexReader {
    /// Reads a subdir's shard index; nil if the signed metadata lists none. One that is none by its content, which the
    /// channel's owner signed, is refused by itself: no mirror has a better one.
    ///
    /// - Throws: `tuf.target-missing`, `tuf.target-hash`, `tuf.target-length`, or a `Failure`.
    func openShards(
        of subdir: Subdir,
        from mirror: BoundMirror,
        in store: SharedShards,
        fetching: @escaping @Sendable () -> MirroredFetcher
    ) async throws -> (any SubdirIndex)? {
        source.turn(to: mirror)
        guard let path = TargetPath("\(subdir.text)/\(Form.shards.rawValue)"),
            let target = try await updater.target(path)
        else { return nil }
        let bytes = try await bytes(of: target)
        let fact = SignedIndex(target, in: try await updater.trusted())
        let shards: ShardIndex
        do {
            shards = try ShardIndex.read(bytes, of: fact.file, subdir: subdir)
        } catch let refusal as Refusal {
            return RefusedIndex(refusal: refusal)
        }
        let digest = Digest.of(bytes)
        try await store.keep(digest, of: subdir)
        return SignedShardIndex(
            index: ShardedIndex(fact: fact, channel: channel.url, subdir: subdir, shards: shards),
            digest: digest,
            store: store,
            fetching: fetching
        )
    }
}
