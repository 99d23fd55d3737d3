// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// Which parts of a tree a proof is made of, for those who have not the tree but can look its hashes up, as
/// in tiles (RFC 6962, sections 2.1.1 and 2.1.2).
public struct MerkleProofPlan: Sendable, Hashable {
    /// The leaves under each hash of the proof, in its order.
    private var ranges: [Range<Int64>] = []

    /// For a proof that a leaf is in a tree; nil if the tree has no such leaf.
    public init?(inclusionOf index: Int64, size: Int64) {
        guard index >= 0, index < size else { return nil }
        var range = 0..<size
        while range.count > 1 {
            let middle = Self.split(range)
            let (inside, beside) =
                index < middle
                ? (range.lowerBound..<middle, middle..<range.upperBound)
                : (middle..<range.upperBound, range.lowerBound..<middle)
            ranges.append(beside)
            range = inside
        }
        ranges.reverse()
    }

    /// For a proof that a tree is the beginning of a larger one; nil for an empty one, and for one that is
    /// larger.
    public init?(consistencyFrom size1: Int64, to size2: Int64) {
        guard size1 > 0, size1 <= size2 else { return nil }
        var range = 0..<size2, isWhole = true
        while range.upperBound != size1 {
            let middle = Self.split(range)
            if size1 <= middle {
                ranges.append(middle..<range.upperBound)
                range = range.lowerBound..<middle
            } else {
                ranges.append(range.lowerBound..<middle)
                range = middle..<range.upperBound
                isWhole = false
            }
        }
        if !isWhole { ranges.append(range) }
        ranges.reverse()
    }

    /// The full subtrees whose roots are needed.
    public var subtrees: [MerkleSubtree] { ranges.flatMap(MerkleSubtree.cover) }

    /// The proof's hashes, made of the subtrees' roots.
    public func hashes(_ root: (MerkleSubtree) throws -> [UInt8]) rethrows -> [[UInt8]] {
        try ranges.map { range in
            let roots = try MerkleSubtree.cover(range).map(root)
            return roots.dropLast().reversed().reduce(roots.last ?? MerkleHash.empty) {
                MerkleHash.node($1, $0)
            }
        }
    }

    /// Where the left part of a range of at least two leaves ends.
    private static func split(_ range: Range<Int64>) -> Int64 {
        let count = range.upperBound - range.lowerBound
        return range.lowerBound + 1 << Int64(Int64.bitWidth - 1 - (count - 1).leadingZeroBitCount)
    }
}
