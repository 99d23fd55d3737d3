// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// As much of a tree as is needed to add leaves and to know the root: the roots of its full subtrees, from
/// the left.
///
/// It is at most 63 hashes, however large the tree. Whoever keeps it, adds a log's new entries and comes to
/// the root that the log signs has seen that nothing of what was there before was changed.
public struct MerkleFrontier: Sendable, Hashable {
    /// How many leaves the tree has.
    public private(set) var size: Int64
    /// The roots of the full subtrees that it falls into, the largest first.
    public private(set) var hashes: [[UInt8]]

    /// Of a tree without leaves.
    public init() {
        size = 0
        hashes = []
    }

    /// Takes what was kept; nil if the hashes are not as many, or as long, as they are for that size.
    public init?(size: Int64, hashes: [[UInt8]]) {
        guard size >= 0, hashes.count == size.nonzeroBitCount,
            hashes.allSatisfy({ $0.count == MerkleHash.byteCount })
        else { return nil }
        self.size = size
        self.hashes = hashes
    }

    /// Adds a leaf with this hash.
    public mutating func append(leafHash: [UInt8]) {
        var hash = leafHash, rest = size
        while rest & 1 == 1, let left = hashes.popLast() {
            hash = MerkleHash.node(left, hash)
            rest >>= 1
        }
        hashes.append(hash)
        size += 1
    }

    /// The root.
    public var root: [UInt8] {
        guard var hash = hashes.last else { return MerkleHash.empty }
        for left in hashes.dropLast().reversed() { hash = MerkleHash.node(left, hash) }
        return hash
    }
}
