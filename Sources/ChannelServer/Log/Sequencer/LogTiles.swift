// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// The tiles of a log, as documents whose bytes are blobs.
struct LogTiles: Sendable {
    let database: any ServerDatabase
    let blobs: any BlobStore
    let log: Int64

    static let mediaType = "application/octet-stream"

    /// The bytes of tiles.
    ///
    /// - Throws: `publish-log.tiles-differ` for one that is not there.
    func bytes(of tiles: [LogTile]) async throws -> [LogTile: [UInt8]] {
        let log = log
        let documents = try await database.read { transaction in
            try tiles.map { try transaction.document($0.path, in: .log(log)) }
        }
        var bytes: [LogTile: [UInt8]] = [:]
        for (tile, document) in zip(tiles, documents) {
            guard let document else {
                throw Refusal(PublishLogCode.tilesDiffer, tile.path, expected: "a tile", found: "nothing")
            }
            bytes[tile] = try await blobs.bytes(
                of: document.blob,
                maximumLength: EntryBundle.maximumLength
            )
        }
        return bytes
    }

    /// The right edge of the tree of a size.
    func edge(treeSize: Int64) async throws -> TileEdge {
        try TileEdge(
            treeSize: treeSize,
            tiles: await bytes(of: LogTile.partialHashes(treeSize: treeSize))
        )
    }

    /// The proof that a tree is the beginning of a larger one; empty for an empty tree, from which there is
    /// none.
    func consistencyProof(from size1: Int64, to size2: Int64) async throws -> [[UInt8]] {
        guard let plan = MerkleProofPlan(consistencyFrom: size1, to: size2) else { return [] }
        let tiles = Set(plan.subtrees.compactMap { $0.tile(treeSize: size2) })
        var hashes: [LogTile: TileHashes] = [:]
        for (tile, bytes) in try await bytes(of: Array(tiles)) {
            hashes[tile] = try TileHashes(bytes, of: tile)
        }
        return try plan.hashes { subtree in
            let tile = subtree.tile(treeSize: size2).flatMap { hashes[$0] }
            guard let root = tile.flatMap({ subtree.root(in: $0) }) else {
                throw Refusal(PublishLogCode.tilesDiffer, "the tiles of a proof", expected: "all of them")
            }
            return root
        }
    }

    /// Stores bytes, and answers the document that they will be. It is not put up here.
    func store(_ bytes: [UInt8], as tile: LogTile, now: Timestamp) async throws -> HostedDocument {
        HostedDocument(
            scope: .log(log),
            path: tile.path,
            blob: try await blobs.put(bytes),
            size: UInt64(bytes.count),
            mediaType: Self.mediaType,
            isImmutable: true,
            modified: now
        )
    }
}
