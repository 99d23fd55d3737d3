// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import Transport
internal import TrustCore

/// Reads the index of a subdir as clients that check nothing do, and the digests of all its forms.
struct ServedIndexReader {
    private static let limit = 1 << 30

    let fetcher: any Fetcher
    /// The subdir's URL.
    let url: String
    /// Whether `repodata.json` and `run_exports.json` are read although the same is there compressed.
    let readsAll: Bool

    /// Reads it; an index without files where nothing is served.
    func read(_ name: LoggedIndex.Name, _ subdir: Subdir) async throws -> LoggedIndex {
        var files: [(name: String, sha256: Digest)] = []
        var text: [UInt8]?
        var source: String?
        if let packed = try await bytes(ChannelLayout.compressedIndex) {
            files.append((ChannelLayout.compressedIndex, Digest.of(packed)))
            source = ChannelLayout.compressedIndex
            text = try Zstd.decompress(
                packed,
                maximumLength: Self.limit,
                of: RedactedURL("\(url)/\(ChannelLayout.compressedIndex)").description
            )
        } else if let plain = try await bytes(ChannelLayout.plainIndex) {
            files.append((ChannelLayout.plainIndex, Digest.of(plain)))
            source = ChannelLayout.plainIndex
            text = plain
        }
        let others = [
            ChannelLayout.shardIndex, ChannelLayout.currentIndex, IndexFile.compressedRunExports,
        ]
        for other in others + (readsAll ? [ChannelLayout.plainIndex, IndexFile.runExports] : [])
        where other != source {
            let digest = try await fetcher.digest(of: "\(url)/\(other)", maximumLength: Self.limit)
            if let digest { files.append((other, digest)) }
        }
        return try LoggedIndex(text, of: name, subdir: subdir, files: files, source: source)
    }

    private func bytes(_ file: String) async throws -> [UInt8]? {
        try await fetcher.bytes("\(url)/\(file)", maximumLength: Self.limit)
    }
}

extension Fetcher {
    /// The SHA-256 of a resource, which is not held in memory; nil if there is none.
    func digest(of url: String, maximumLength: Int) async throws -> Digest? {
        var digest = StreamingDigest()
        let outcome = try await fetch(FetchRequest(url, maximumLength: maximumLength)) { digest.update($0) }
        let found = digest.finish()
        return outcome == .complete ? found : nil
    }
}
