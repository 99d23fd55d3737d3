// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import NIOCore
internal import TrustCore

/// Puts the files of a subdir's index together from the elements that the database keeps.
///
/// Page by page: the memory that it takes does not grow with the channel. The text is what `RepodataWriter`
/// would write.
struct IndexAssembler: Sendable {
    /// How many elements are read at once: a few megabytes.
    static let pageSize = 4096

    let database: any ServerDatabase
    let blobs: any BlobStore
    let channel: Int64
    let subdir: Subdir
    /// Whether records are signed for conda content trust.
    var hasSignatures = false
    /// How hard `repodata.json.zst` and `run_exports.json.zst` are compressed: of an index, 2 makes no more of it than the
    /// usual 3, in two thirds of the time.
    static let level: Int32 = 2

    /// An index whose files are stored, and the state of the elements that it was made from.
    struct Assembled: Sendable {
        let subdir: Subdir
        let revision: Int64
        let files: [IndexFile]
    }

    /// Makes all files. They are committed as blobs; no document leads to them yet.
    ///
    /// - Returns: nil if the elements changed in between: then it is to be done again.
    func assemble() async throws -> Assembled? {
        let revision = try await revision()
        let files: [IndexFile]
        do {
            files = try await self.files()
        } catch let failure as Failure {
            // A text that grew while it was compressed is no trouble of the disk.
            guard try await self.revision() == revision else { return nil }
            throw failure
        }
        guard try await self.revision() == revision else { return nil }
        return Assembled(subdir: subdir, revision: revision, files: files)
    }

    private func revision() async throws -> Int64 {
        let (channel, subdir) = (channel, subdir)
        return try await database.read { try $0.indexRevision(of: subdir, in: channel) }
    }

    /// The files. They are made at once: most of the time is spent waiting for the disk.
    private func files() async throws -> [IndexFile] {
        async let shards = shardIndex()
        async let whole = texts(listing(.tarBz2, .conda, removed: .removed, .signatures), isCompressed: true)
        async let current = texts(
            listing(.currentTarBz2, .currentConda, removed: nil, .currentSignatures),
            isCompressed: false
        )
        async let exports = texts(runExports, isCompressed: true)
        let (plain, compressed) = try await whole
        let (plainExports, compressedExports) = try await exports
        return [
            (ChannelLayout.shardIndex, try await shards), (ChannelLayout.plainIndex, plain),
            (ChannelLayout.compressedIndex, compressed),
            (ChannelLayout.currentIndex, try await current.plain),
            (IndexFile.runExports, plainExports), (IndexFile.compressedRunExports, compressedExports),
        ].compactMap { name, blob in
            blob.map { IndexFile(name: name, sha256: $0.sha256, size: $0.size) }
        }
    }

    private func shardIndex() async throws -> Stored? {
        let (channel, subdir) = (channel, subdir)
        let shards = try await database.read { try $0.shards(of: subdir, in: channel) }
        let bytes = try ShardIndex(subdir: subdir, shards: shards).encode()
        return (try await blobs.put(bytes), UInt64(bytes.count))
    }

    // MARK: JSON

    private typealias Stored = (sha256: Digest, size: UInt64)

    /// Two lists of records, and perhaps the list of removed names, and the records' signatures.
    private func listing(
        _ old: IndexPart,
        _ new: IndexPart,
        removed: IndexPart?,
        _ signatures: IndexPart
    ) -> [Piece] {
        let info = JSONWriter.encode(.object(RepodataInfo(subdir: subdir).raw))
        let end: [Piece] =
            hasSignatures
            ? [
                .text(Array("],\"repodata_version\":1,\"signatures\":{".utf8)), .list(signatures),
                .text(Array("}}\n".utf8)),
            ] : [.text(Array("],\"repodata_version\":1}\n".utf8))]
        return [
            .text(Array("{\"info\":".utf8) + info + Array(",\"packages\":{".utf8)), .list(old),
            .text(Array("},\"packages.conda\":{".utf8)), .list(new), .text(Array("},\"removed\":[".utf8)),
            removed.map { .list($0) } ?? .text([]),
        ] + end
    }

    /// `run_exports.json` (CEP 12): what packages export, in the form that conda's indexer writes.
    private var runExports: [Piece] {
        let info = JSONWriter.encode(["subdir": .string(subdir.text), "version": 1])
        return [
            .text(Array("{\"info\":".utf8) + info + Array(",\"packages\":{".utf8)),
            .list(.runExportsTarBz2), .text(Array("},\"packages.conda\":{".utf8)), .list(.runExportsConda),
            .text(Array("}}\n".utf8)),
        ]
    }

    /// Stores a text, and perhaps the same compressed.
    private func texts(_ pieces: [Piece], isCompressed: Bool) async throws
        -> (plain: Stored?, compressed: Stored?)
    {
        let text = try await blobs.stageWithoutMD5()
        do {
            guard isCompressed else {
                try await write(pieces) { try await text.write(ByteBuffer(bytes: $0)) }
                return (try await keep(text), nil)
            }
            let packed = try await blobs.stageWithoutMD5()
            do {
                let encoder = try ZstdEncoder(contentLength: try await length(of: pieces), level: Self.level)
                try await write(pieces) { piece in
                    async let stored: Void = text.write(ByteBuffer(bytes: piece))
                    let out = try Self.compressed(piece, by: encoder)
                    if !out.isEmpty { try await packed.write(ByteBuffer(bytes: out)) }
                    try await stored
                }
                var end: [UInt8] = []
                try encoder.finish { end.append(contentsOf: $0) }
                try await packed.write(ByteBuffer(bytes: end))
                return (try await keep(text), try await keep(packed))
            } catch {
                await packed.discard()
                throw error
            }
        } catch {
            await text.discard()
            throw error
        }
    }

    private enum Piece: Sendable {
        case text([UInt8])
        case list(IndexPart)
    }

    private func keep(_ staged: any StagedBlob) async throws -> Stored {
        let digest = try await staged.finish()
        try await blobs.commit(staged)
        return (digest.sha256, digest.size)
    }

    private static func compressed(_ piece: [UInt8], by encoder: ZstdEncoder) throws -> [UInt8] {
        var out: [UInt8] = []
        try piece.withUnsafeBytes { try encoder.consume($0) { out.append(contentsOf: $0) } }
        return out
    }

    /// How long the text will be: a frame says so at its beginning, for readers that allocate by it.
    private func length(of pieces: [Piece]) async throws -> Int {
        let (channel, subdir) = (channel, subdir)
        return try await database.read { transaction in
            try pieces.reduce(0) { sum, piece in
                switch piece {
                case .text(let bytes): return sum + bytes.count
                case .list(let part):
                    let extent = try transaction.indexExtent(part, of: subdir, in: channel)
                    return sum + extent.length + max(0, extent.count - 1)
                }
            }
        }
    }

    private func write(_ pieces: [Piece], to sink: ([UInt8]) async throws -> Void) async throws {
        for piece in pieces {
            switch piece {
            case .text(let bytes): if !bytes.isEmpty { try await sink(bytes) }
            case .list(let part): try await write(part, to: sink)
            }
        }
    }

    private func write(_ part: IndexPart, to sink: ([UInt8]) async throws -> Void) async throws {
        let (channel, subdir) = (channel, subdir)
        let database = database
        @Sendable func page(after name: String) async throws -> IndexPage {
            try await database.read {
                try $0.indexPage(part, of: subdir, in: channel, after: name, limit: Self.pageSize)
            }
        }
        var current = try await page(after: "")
        var isFirst = true
        while current.count > 0 {
            let (text, last) = (current.text, current.last)
            // The next page is read while this one is written.
            async let next = last == nil ? nil : page(after: last ?? "")
            try await sink(isFirst ? text : [UInt8(ascii: ",")] + text)
            isFirst = false
            guard let following = try await next else { return }
            current = following
        }
    }
}
