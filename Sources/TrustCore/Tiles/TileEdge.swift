// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// The right edge of a tiled log's tree: what is needed to add entries, and to write the tiles that this
/// makes.
public struct TileEdge: Sendable {
    /// The hashes of the partial tile of each level, lowest first; none where the level's last tile is full.
    private var levels: [[[UInt8]]] = []
    /// The same as the roots of full subtrees.
    private var frontier = MerkleFrontier()

    /// Of a log without entries.
    public init() {}

    /// Reads the edge of a tree of a size from its tiles.
    ///
    /// Whether the tiles are what they were when they were written shows in ``root``.
    ///
    /// - Parameter tiles: the bytes of ``LogTile/partialHashes(treeSize:)``.
    /// - Throws: `tiled-log.tile`.
    public init(treeSize: Int64, tiles: [LogTile: [UInt8]]) throws {
        var read: [LogTile: TileHashes] = [:]
        for tile in LogTile.partialHashes(treeSize: treeSize) {
            guard case .hashes(let level) = tile.content else { continue }
            let hashes = try TileHashes(tiles[tile] ?? [], of: tile)
            read[tile] = hashes
            while levels.count <= level { levels.append([]) }
            levels[level] = hashes.hashes
        }
        let roots = MerkleSubtree.cover(0..<max(0, treeSize)).compactMap { subtree in
            subtree.tile(treeSize: treeSize).flatMap { read[$0] }.flatMap { subtree.root(in: $0) }
        }
        guard let frontier = MerkleFrontier(size: treeSize, hashes: roots) else {
            throw Refusal(TiledLogCode.tile, "the tiles at the tree's right edge", expected: "all of them")
        }
        self.frontier = frontier
    }

    /// How many entries the log has.
    public var size: Int64 { frontier.size }
    /// The tree's root.
    public var root: [UInt8] { frontier.root }

    /// Adds an entry's hash; answers the tiles that are full now, with their bytes.
    public mutating func append(leafHash: [UInt8]) -> [(tile: LogTile, bytes: [UInt8])] {
        frontier.append(leafHash: leafHash)
        var full: [(tile: LogTile, bytes: [UInt8])] = []
        var hash = leafHash, level = 0
        while true {
            if level == levels.count { levels.append([]) }
            levels[level].append(hash)
            guard levels[level].count == LogTile.fullWidth,
                let tile = LogTile(
                    .hashes(level: level),
                    index: size >> Int64(8 * (level + 1)) - 1,
                    treeSize: size
                )
            else { return full }
            let bytes = levels[level].flatMap { $0 }
            full.append((tile, bytes))
            levels[level] = []
            // A full tile is a subtree of its own, whose root the tree's edge may have joined with others.
            guard let hashes = try? TileHashes(bytes, of: tile) else { return full }
            hash = hashes.root(of: 0..<LogTile.fullWidth)
            level += 1
        }
    }

    /// The partial tiles, with their bytes.
    public var partialTiles: [(tile: LogTile, bytes: [UInt8])] {
        LogTile.partialHashes(treeSize: size).compactMap { tile in
            guard case .hashes(let level) = tile.content, level < levels.count else { return nil }
            return (tile, levels[level].flatMap { $0 })
        }
    }
}
