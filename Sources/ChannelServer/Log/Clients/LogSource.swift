// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import SigningKeys
internal import Transport
public import TrustCore

/// A log as others see it: what its URL serves. Nothing of it is believed here.
public struct LogSource: Sendable {
    /// The log's URL, without a slash at the end.
    public let url: String
    private let fetcher: any Fetcher

    /// Takes a log's URL, such as `https://channels.example.org/log`.
    public init(_ url: String, fetcher: any Fetcher) {
        var url = url
        while url.utf8.last == UInt8(ascii: "/") { url.removeLast() }
        self.url = url
        self.fetcher = fetcher
    }

    /// The URL without passwords and tokens.
    var name: String { RedactedURL(url).description }

    /// The checkpoint that it shows now.
    ///
    /// - Throws: `publish-log.missing`, a `note.…` code, or a `Failure`.
    func checkpoint() async throws -> SignedNote {
        let bytes = try await bytes(LogDocuments.checkpoint, maximumLength: SignedNote.maximumLength)
        return try SignedNote(parsing: bytes)
    }

    /// The key that it says is its own: for those who begin to trust it, and have no better word.
    ///
    /// - Throws: `publish-log.missing`, `log-policy.key`, or a `Failure`.
    public func statedKey() async throws -> NoteKey {
        var bytes = try await bytes(LogDocuments.key, maximumLength: NoteKey.maximumLength + 1)
        if bytes.last == 0x0A { bytes.removeLast() }
        return try NoteKey(parsing: String(decoding: bytes, as: UTF8.self))
    }

    /// Some hashes of the tree of a size, as a proof needs them.
    ///
    /// - Throws: `publish-log.missing`, `tiled-log.tile`, or a `Failure`.
    func roots(of subtrees: [MerkleSubtree], treeSize: Int64) async throws -> [MerkleSubtree: [UInt8]] {
        var tiles: [LogTile: TileHashes] = [:]
        var roots: [MerkleSubtree: [UInt8]] = [:]
        for subtree in subtrees {
            guard let tile = subtree.tile(treeSize: treeSize) else { continue }
            let hashes: TileHashes
            if let known = tiles[tile] { hashes = known } else { hashes = try await self.hashes(of: tile) }
            tiles[tile] = hashes
            roots[subtree] = subtree.root(in: hashes)
        }
        return roots
    }

    private func hashes(of tile: LogTile) async throws -> TileHashes {
        let length = LogTile.fullWidth * MerkleHash.byteCount
        if let bytes = try await fetch(tile.path, length) { return try TileHashes(bytes, of: tile) }
        // A partial tile may be gone once its full one is there.
        guard !tile.isFull, let bytes = try await fetch(tile.filled.path, length) else {
            throw missing(tile.path)
        }
        _ = try TileHashes(bytes, of: tile.filled)
        return try TileHashes(Array(bytes.prefix(tile.width * MerkleHash.byteCount)), of: tile)
    }

    /// The entries of a bundle that are in the tree of a size.
    ///
    /// - Throws: `publish-log.missing`, `tiled-log.bundle`, or a `Failure`.
    func entries(inBundle index: Int64, treeSize: Int64) async throws -> [[UInt8]] {
        guard let tile = LogTile(.entries, index: index, treeSize: treeSize) else { return [] }
        if let bytes = try await fetch(tile.path, EntryBundle.maximumLength) {
            return try EntryBundle.read(bytes, count: tile.width, of: tile.path)
        }
        guard !tile.isFull, let bytes = try await fetch(tile.filled.path, EntryBundle.maximumLength) else {
            throw missing(tile.path)
        }
        let all = try EntryBundle.read(bytes, count: LogTile.fullWidth, of: tile.filled.path)
        return Array(all.prefix(tile.width))
    }

    private func bytes(_ path: String, maximumLength: Int) async throws -> [UInt8] {
        guard let bytes = try await fetch(path, maximumLength) else { throw missing(path) }
        return bytes
    }

    private func fetch(_ path: String, _ maximumLength: Int) async throws -> [UInt8]? {
        try await fetcher.bytes("\(url)/\(path)", maximumLength: maximumLength)
    }

    private func missing(_ path: String) -> Refusal {
        Refusal(PublishLogCode.missing, "log `\(name)`", at: path, expected: "a file", found: "nothing")
    }
}
