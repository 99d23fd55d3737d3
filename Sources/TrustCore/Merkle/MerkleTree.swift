// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// The tree of a transparency log in memory, which grows at its right end (RFC 6962, section 2.1).
///
/// It keeps every hash of a full subtree, about 64 bytes an entry. Roots and proofs can be had of every size
/// that it ever had.
public struct MerkleTree: Sendable {
    /// The hashes of full subtrees: of one leaf, of two, of four, and so on.
    private var levels: [[[UInt8]]] = [[]]

    /// A tree without leaves.
    public init() {}

    /// How many leaves it has.
    public var count: Int { levels[0].count }

    /// Adds a leaf with this content, and answers its index.
    @discardableResult
    public mutating func append(_ content: [UInt8]) -> Int { append(leafHash: MerkleHash.leaf(content)) }

    /// Adds a leaf with this hash, and answers its index.
    @discardableResult
    public mutating func append(leafHash: [UInt8]) -> Int {
        levels[0].append(leafHash)
        var level = 0
        while levels[level].count.isMultiple(of: 2) {
            if level + 1 == levels.count { levels.append([]) }
            let below = levels[level]
            levels[level + 1].append(MerkleHash.node(below[below.count - 2], below[below.count - 1]))
            level += 1
        }
        return count - 1
    }

    /// The root.
    public var root: [UInt8] { hash(0..<count) }

    /// The root that the tree had when it had so many leaves; nil if it never had so many.
    public func root(size: Int) -> [UInt8]? { size >= 0 && size <= count ? hash(0..<size) : nil }

    /// The hashes beside the way from a leaf to the root, lowest first; nil without such a leaf.
    ///
    /// - Parameter size: of a tree as it once was; nil for the tree as it is.
    public func inclusionProof(of index: Int, size: Int? = nil) -> [[UInt8]]? {
        let size = size ?? count
        guard index >= 0, index < size, size <= count else { return nil }
        return path(to: index, in: 0..<size)
    }

    /// The hashes that show a smaller tree to be the beginning of a larger one; nil for sizes it never had,
    /// and from an empty tree.
    public func consistencyProof(from size1: Int, to size2: Int? = nil) -> [[UInt8]]? {
        let size2 = size2 ?? count
        guard size1 > 0, size1 <= size2, size2 <= count else { return nil }
        return size1 == size2 ? [] : subproof(size1, in: 0..<size2, isWhole: true)
    }

    /// RFC 6962, 2.1: `MTH(D[range])`. Every range here begins where a subtree does.
    private func hash(_ range: Range<Int>) -> [UInt8] {
        if range.isEmpty { return MerkleHash.empty }
        if range.count & (range.count - 1) == 0 {
            let level = range.count.trailingZeroBitCount
            return levels[level][range.lowerBound >> level]
        }
        let middle = split(range)
        return MerkleHash.node(hash(range.lowerBound..<middle), hash(middle..<range.upperBound))
    }

    /// RFC 6962, 2.1.1: `PATH(m, D[range])`.
    private func path(to index: Int, in range: Range<Int>) -> [[UInt8]] {
        if range.count == 1 { return [] }
        let middle = split(range)
        return index < middle
            ? path(to: index, in: range.lowerBound..<middle) + [hash(middle..<range.upperBound)]
            : path(to: index, in: middle..<range.upperBound) + [hash(range.lowerBound..<middle)]
    }

    /// RFC 6962, 2.1.2: `SUBPROOF(m, D[range], b)`.
    private func subproof(_ end: Int, in range: Range<Int>, isWhole: Bool) -> [[UInt8]] {
        if end == range.upperBound { return isWhole ? [] : [hash(range)] }
        let middle = split(range)
        return end <= middle
            ? subproof(end, in: range.lowerBound..<middle, isWhole: isWhole)
                + [hash(middle..<range.upperBound)]
            : subproof(end, in: middle..<range.upperBound, isWhole: false)
                + [hash(range.lowerBound..<middle)]
    }

    /// Where the left part of a range of at least two leaves ends: it is the largest full subtree that leaves
    /// something.
    private func split(_ range: Range<Int>) -> Int {
        let highest = Int.bitWidth - 1 - (range.count - 1).leadingZeroBitCount
        return range.lowerBound + 1 << highest
    }
}
