// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// A full subtree of a tree: one leaf, two, four, and so on.
public struct MerkleSubtree: Hashable, Sendable {
    /// How many levels it is above the leaves: it has 2^height of them.
    public let height: Int
    /// Its place among the subtrees of that height, from 0.
    public let index: Int64

    /// The full subtrees that leaves fall into, from the left.
    ///
    /// The first leaf must be where a subtree as large as the whole range could begin, as is so in trees and
    /// in the parts of their proofs.
    public static func cover(_ range: Range<Int64>) -> [MerkleSubtree] {
        var start = range.lowerBound
        var result: [MerkleSubtree] = []
        while start < range.upperBound {
            let left = range.upperBound - start
            let height = Int64.bitWidth - 1 - left.leadingZeroBitCount
            result.append(MerkleSubtree(height: height, index: start >> Int64(height)))
            start += 1 << Int64(height)
        }
        return result
    }

    /// The tile from whose hashes its root is made, in a tree of a size; nil if it is not in that tree.
    public func tile(treeSize: Int64) -> LogTile? {
        LogTile(.hashes(level: height / 8), index: firstHash / 256, treeSize: treeSize)
    }

    /// Its root.
    ///
    /// - Parameter tile: the hashes of ``tile(treeSize:)``.
    /// - Returns: nil if the tile has not all of its hashes.
    public func root(in tile: TileHashes) -> [UInt8]? {
        let start = Int(firstHash % 256), end = start + 1 << (height % 8)
        return end <= tile.hashes.count ? tile.root(of: start..<end) : nil
    }

    /// The place of its first hash in the level of its tile.
    private var firstHash: Int64 { index << Int64(height % 8) }
}
