// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import DurableFiles
import Transport
import TrustCore

/// The text of an index that nobody signs, in the cache, read by the strict rules.
///
/// What is kept in memory of a record is its file name and 16 bytes.
struct ObservedText: Sendable {
    /// The longest `repodata.json`: the largest channel has 363 MB.
    static let limit = UnsignedIndexReader.indexLimit

    let path: String
    let file: RepodataFile
    /// The channel's own compressed form of it; nil if that is not at hand.
    let compressed: StoredBytes?

    var digest: Digest { file.digest }

    /// Opens the text with a digest; nil if it is not in the cache, or not what its name says.
    ///
    /// - Throws: a `Refusal` if it is no index of this subdir, or if it leads out of the channel.
    init?(_ digest: Digest, in cache: BlobCache, of subdir: Subdir, channel: ChannelURL) throws {
        guard let path = try cache.path(of: digest),
            let bytes = try DurableFile.open(path, maximumLength: Self.limit)
        else { return nil }
        file = try RepodataFile(bytes, of: "\(subdir.text)/repodata.json", subdir: subdir)
        guard file.digest == digest else {
            try cache.remove(digest)
            return nil
        }
        self.path = path
        compressed = nil
        try Self.demandInside(file, subdir, channel)
    }

    /// Takes a text that was put into the cache and opened just now.
    init(_ unpacked: UnpackedIndex) {
        path = unpacked.path
        file = unpacked.index
        compressed = unpacked.compressed
    }

    static func demandInside(_ file: RepodataFile, _ subdir: Subdir, _ channel: ChannelURL) throws {
        // As for any index that nobody signs: a mirror that leads elsewhere is left for the next one.
        let place = try PackageLocation(channel: channel, subdir: subdir, baseURL: file.info.baseURL)
        _ = try channel.path(of: place.folderWithCredentials + "/")
    }

    /// Puts the text back into the cache if it was taken out of it meanwhile: nobody else would, as long as the channel
    /// says that it did not change.
    func restore(to cache: BlobCache) async throws {
        guard !Folder.exists(path) else { return }
        let bytes = file.source
        try await cache.store(expected: digest, size: UInt64(bytes.length)) { sink in
            try bytes.forEachPiece(of: 0..<bytes.length) { try $0.withUnsafeBytes(sink) }
        }
    }

    /// What it says of a file; nil if it does not list it.
    ///
    /// - Throws: a `Refusal` if the record is not as it should be.
    func record(of fileName: ArchiveFileName) throws -> PackageRecord? {
        guard let position = file.position(of: fileName.text.utf8) else { return nil }
        return try file.records(at: [position], withSignatures: false).first?.read(in: file)
    }

    /// The digests in the record of a file, without reading the rest of it.
    func digests(of fileName: ArchiveFileName) -> RecordDigestPair? {
        guard let position = file.position(of: fileName.text.utf8),
            let stored = try? file.records(at: [position], withSignatures: false).first
        else { return nil }
        let digests = RecordDigests(stored.text)
        return (digests.sha256, digests.md5)
    }

    /// The files of a package, in the order of the text.
    func fileNames(of package: PackageName) -> [ArchiveFileName] {
        (0..<file.count).compactMap { position in
            try? ArchiveFileName(String(decoding: file.fileNameBytes(at: position), as: UTF8.self))
        }.filter { $0.name == package }
    }

    /// Whether a file is listed here that another index does not list.
    func hasMore(than other: RepodataFile) -> Bool {
        (0..<file.count).contains { other.position(of: file.fileNameBytes(at: $0)) == nil }
    }
}
