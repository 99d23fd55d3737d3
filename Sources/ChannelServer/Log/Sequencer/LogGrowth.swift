// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// What new entries make of a log's tree: its new right edge, and the files to be served.
struct LogGrowth: Sendable {
    /// The tree's right edge after them.
    let edge: TileEdge
    /// Every tile and bundle that is new, partial ones among them.
    let files: [(tile: LogTile, bytes: [UInt8])]

    /// Adds entries.
    ///
    /// - Parameters:
    ///   - edge: the tree's right edge before them.
    ///   - entries: the entries from the beginning of the last bundle on, those that the tree has already
    ///     among them.
    /// - Throws: `publish-log.tiles-differ` if an entry that the tree has already is another now.
    init(of edge: TileEdge, entries: [[UInt8]], origin: String) throws {
        var grown = edge
        var files: [(tile: LogTile, bytes: [UInt8])] = []
        let start = Self.bundleStart(edge.size)
        let old = Int(edge.size - start)
        try Self.check(entries.prefix(old), edge, origin)
        for entry in entries.dropFirst(old) { files += grown.append(leafHash: MerkleHash.leaf(entry)) }
        if grown.size > edge.size {
            files += grown.partialTiles
            for first in stride(from: 0, to: entries.count, by: LogTile.fullWidth) {
                let bundle = entries[first..<min(entries.count, first + LogTile.fullWidth)]
                let index = (start + Int64(first)) / Int64(LogTile.fullWidth)
                guard let tile = LogTile(.entries, index: index, treeSize: grown.size) else { continue }
                files.append((tile, try EntryBundle.encode(bundle)))
            }
        }
        self.edge = grown
        self.files = files
    }

    /// The first entry of the bundle that an index is in.
    static func bundleStart(_ index: Int64) -> Int64 { index - index % Int64(LogTile.fullWidth) }

    private static func check(_ entries: ArraySlice<[UInt8]>, _ edge: TileEdge, _ origin: String) throws {
        let hashes = edge.size.isMultiple(of: Int64(LogTile.fullWidth)) ? [] : edge.partialTiles.first?.bytes
        guard entries.flatMap({ MerkleHash.leaf($0) }) == hashes ?? [] else {
            throw Refusal(
                PublishLogCode.tilesDiffer,
                "log `\(origin)`",
                expected: "the entries before \(edge.size) as they were published",
                found: "others in the database"
            )
        }
    }
}
