// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Transport
import TrustCore

/// A shard index that nobody signs, read by the strict rules.
struct ObservedShardFile: ObservedContent {
    static let forms = [ShardIndex.fileName]
    static func limit(of form: String) -> Int { ShardIndex.maximumLength }

    static func store(
        _ bytes: StoredBytes,
        _ form: String,
        in cache: BlobCache,
        of subdir: Subdir,
        channel: ChannelURL
    ) async throws -> ObservedShardFile? {
        try await storePlain(bytes, maximumLength: limit(of: form), in: cache, of: subdir, channel: channel)
    }

    let digest: Digest
    let index: ShardIndex
    /// The proper names in it, in byte order.
    let names: [PackageName]

    init?(_ digest: Digest, in cache: BlobCache, of subdir: Subdir, channel: ChannelURL) throws {
        guard let bytes = try cache.bytes(of: digest, maximumLength: ShardIndex.maximumLength) else {
            return nil
        }
        let subject = "\(subdir.text)/\(ShardIndex.fileName)"
        self.digest = digest
        index = try ShardIndex.read(bytes, of: subject, subdir: subdir)
        names = Set(index.packageNames.compactMap { try? PackageName($0) }).sorted()
        // A mirror that leads elsewhere is left for the next one.
        try index.demandInside(channel, subdir)
    }
}
