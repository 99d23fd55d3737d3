// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TUF
import Transport
import TrustCore
import TrustPolicy

/// Reads a channel's signed indexes from one mirror: root, timestamp, snapshot, targets, subdir role, index file.
struct SignedIndexReader {
    private let channel: TrustedChannel
    private let mirror: BoundMirror
    private let cache: BlobCache
    private let updater: Updater

    /// The longest index file that is fetched.
    private static let indexLimit = 2 << 30

    /// Refreshes the channel's metadata by the workflow of the TUF specification 1.0.34, section 5.
    init(_ channel: TrustedChannel, mirror: BoundMirror, cache: BlobCache, now: Timestamp) async throws {
        self.channel = channel
        self.mirror = mirror
        self.cache = cache
        updater = try Updater(
            trustedRoot: channel.pinnedRoot,
            metadataURL: mirror.canonical + "/tuf",
            store: try DirectoryMetadataStore(channel.metadataDirectory),
            fetcher: mirror,
            now: now)
        try await updater.refresh()
    }

    /// Fetches a subdir's index in the form that costs least: the shard index, else compressed, else plain repodata.
    func open(_ subdir: Subdir) async throws -> any SubdirIndex {
        for (name, open) in Self.forms {
            guard let path = TargetPath("\(subdir.text)/\(name)"),
                let target = try await updater.target(path)
            else { continue }
            let bytes = try await fetch(target, path)
            let fact = SignedIndex(
                role: target.role.text, file: path.text, versions: await updater.versions,
                expires: await updater.expires)
            return try open(bytes, fact, subdir)
        }
        throw Refusal(GateCode.indexMissing, subdir.text, at: channel.url.description)
    }

    private typealias Opening = @Sendable ([UInt8], SignedIndex, Subdir) throws -> any SubdirIndex

    private static let forms: [(name: String, open: Opening)] = [
        ("repodata_shards.msgpack.zst", { bytes, fact, subdir in
            ShardedIndex(
                fact: fact, subdir: subdir, shards: try ShardIndex.read(bytes, of: fact.file, subdir: subdir))
        }),
        ("repodata.json.zst", { bytes, fact, subdir in
            let text = try Zstd.decompress(bytes, maximumLength: indexLimit, of: fact.file)
            return WholeIndex(fact: fact, repodata: try RepodataIndex(text, of: fact.file, subdir: subdir))
        }),
        ("repodata.json", { bytes, fact, subdir in
            WholeIndex(fact: fact, repodata: try RepodataIndex(bytes, of: fact.file, subdir: subdir))
        }),
    ]

    private func fetch(_ target: TargetDescription, _ path: TargetPath) async throws -> [UInt8] {
        if let sha256 = target.file.hashes.digest(by: .sha256),
            let bytes = try cache.bytes(of: sha256, maximumLength: Self.indexLimit)
        {
            return bytes
        }
        let bytes = try await updater.bytes(of: target)
        return bytes
    }
}
