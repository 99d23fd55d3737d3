// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Transport
import TrustCore

/// An index that nobody signs, in the cache, under the digest of what is kept of it.
protocol ObservedContent: Sendable {
    /// The names under which a channel may have it, in the order in which they are tried.
    static var forms: [String] { get }
    /// The longest file that is fetched under a name.
    static func limit(of form: String) -> Int

    /// The digest of what is kept.
    var digest: Digest { get }

    /// Puts what was fetched under a name into the cache, and opens it.
    ///
    /// - Throws: a `Refusal` if it is no index of this subdir, or if it leads out of the channel; then nothing of it stays.
    static func store(
        _ bytes: StoredBytes,
        _ form: String,
        in cache: BlobCache,
        of subdir: Subdir,
        channel: ChannelURL
    ) async throws -> Self?

    /// Opens what has a digest; nil if it is not in the cache, or not what its name says.
    ///
    /// - Throws: a `Refusal` if it is no index of this subdir, or if it leads out of the channel.
    init?(_ digest: Digest, in cache: BlobCache, of subdir: Subdir, channel: ChannelURL) throws
}

extension ObservedContent {
    /// Puts a file into the cache as it is, and opens it.
    @concurrent
    static func storePlain(
        _ bytes: StoredBytes,
        maximumLength: Int,
        in cache: BlobCache,
        of subdir: Subdir,
        channel: ChannelURL
    ) async throws -> Self? {
        let stored = try await cache.storeObserved(maximumLength: maximumLength) { sink in
            try bytes.forEachPiece(of: 0..<bytes.length) { try $0.withUnsafeBytes(sink) }
        }
        do {
            return try Self(stored.digest, in: cache, of: subdir, channel: channel)
        } catch let refusal as Refusal {
            // Nothing bad stays in the cache. What was there before is another subdir's or channel's, for which it is good.
            if stored.isNew { try cache.remove(stored.digest) }
            throw refusal
        }
    }
}

extension ObservedText: ObservedContent {
    static let forms = ["repodata.json.zst", "repodata.json"]

    static func limit(of form: String) -> Int {
        isDecompressed(form) ? UnsignedIndexReader.compressedLimit : limit
    }

    private static func isDecompressed(_ form: String) -> Bool { form.hasSuffix(".zst") }

    @concurrent
    static func store(
        _ bytes: StoredBytes,
        _ form: String,
        in cache: BlobCache,
        of subdir: Subdir,
        channel: ChannelURL
    ) async throws -> ObservedText? {
        guard isDecompressed(form) else {
            return try await storePlain(bytes, maximumLength: limit, in: cache, of: subdir, channel: channel)
        }
        let unpacked = try UnpackedIndex(bytes, of: "\(subdir.text)/\(form)", in: cache) { text in
            let index = try RepodataFile(text, of: "\(subdir.text)/repodata.json", subdir: subdir)
            try demandInside(index, subdir, channel)
            return index
        }
        return ObservedText(unpacked)
    }
}
