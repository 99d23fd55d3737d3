// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// Proofs about the trees of transparency logs (RFC 6962, sections 2.1.1 and 2.1.2).
///
/// A proof is worth what the root is worth that it leads to: who vouches for the root is not checked here.
public enum MerkleProof {
    private static let subject = "proof of a transparency log"

    /// Refuses a proof that does not lead from a leaf to the root of a tree.
    ///
    /// - Parameters:
    ///   - leafHash: ``MerkleHash/leaf(_:)`` of the entry.
    ///   - index: The leaf's place in the tree, from 0.
    ///   - size: How many leaves the tree has.
    ///   - hashes: The hashes beside the way, lowest first.
    ///   - root: The tree's root.
    /// - Throws: a ``Refusal`` with `merkle.index`, `merkle.proof-length`, `merkle.hash-length` or
    ///   `merkle.root`.
    public static func verifyInclusion(
        leafHash: [UInt8],
        index: Int64,
        size: Int64,
        hashes: [[UInt8]],
        root: [UInt8]
    ) throws {
        let computed = try self.root(leafHash: leafHash, index: index, size: size, hashes: hashes)
        try check(computed, is: root)
    }

    /// The root that a proof of inclusion leads to.
    ///
    /// - Throws: as ``verifyInclusion(leafHash:index:size:hashes:root:)``.
    public static func root(
        leafHash: [UInt8],
        index: Int64,
        size: Int64,
        hashes: [[UInt8]]
    ) throws -> [UInt8] {
        guard index >= 0, index < size else {
            throw Refusal(
                MerkleCode.index,
                subject,
                expected: "a place in a tree of \(size) entries",
                found: "\(index)"
            )
        }
        let (inner, border) = way(from: UInt64(index), in: UInt64(size))
        try check(hashes, count: inner + border)
        try checkLength(leafHash)
        let hash = climb(leafHash, hashes.prefix(inner), at: UInt64(index))
        return climbBorder(hash, hashes.dropFirst(inner))
    }

    /// Refuses a proof that does not show the smaller tree to be the beginning of the larger one.
    ///
    /// Trees of one size are consistent if their roots are equal. From an empty tree nothing can be proved,
    /// so such a proof is refused.
    ///
    /// - Parameters:
    ///   - size1: How many leaves the smaller tree has.
    ///   - size2: How many leaves the larger tree has.
    ///   - hashes: The proof.
    ///   - root1: The smaller tree's root.
    ///   - root2: The larger tree's root.
    /// - Throws: a ``Refusal`` with `merkle.sizes`, `merkle.proof-length`, `merkle.hash-length` or
    ///   `merkle.root`.
    public static func verifyConsistency(
        size1: Int64,
        size2: Int64,
        hashes: [[UInt8]],
        root1: [UInt8],
        root2: [UInt8]
    ) throws {
        if size1 == size2, size1 >= 0 {
            try check(hashes, count: 0)
            return try check(root1, is: root2)
        }
        guard size1 > 0, size1 < size2 else {
            throw Refusal(
                MerkleCode.sizes,
                subject,
                expected: "a tree that is not empty, and a larger one",
                found: "\(size1) and \(size2) entries"
            )
        }
        // The last leaf of the smaller tree belongs to a full subtree that both trees have.
        let shift = size1.trailingZeroBitCount
        let (depth, border) = way(from: UInt64(size1 - 1), in: UInt64(size2))
        let inner = depth - shift
        // If the smaller tree is that subtree, its hash is the root, which is known.
        let isWhole = size1 == 1 << shift
        try check(hashes, count: (isWhole ? 0 : 1) + inner + border)
        let seed = isWhole ? root1 : hashes[0]
        try checkLength(seed)
        let rest = hashes.dropFirst(isWhole ? 0 : 1)
        let mask = UInt64(size1 - 1) >> UInt64(shift)
        let small = climbRight(seed, rest.prefix(inner), at: mask)
        try check(climbBorder(small, rest.dropFirst(inner)), is: root1)
        let large = climb(seed, rest.prefix(inner), at: mask)
        try check(climbBorder(large, rest.dropFirst(inner)), is: root2)
    }
}

// MARK: - The way up

extension MerkleProof {
    /// How many hashes lie beside the way from a leaf to the root: up to where it meets the tree's right
    /// border, and from there on, where they lie on the left only.
    private static func way(from index: UInt64, in size: UInt64) -> (inner: Int, border: Int) {
        let inner = UInt64.bitWidth - (index ^ (size - 1)).leadingZeroBitCount
        return (inner, inner < UInt64.bitWidth ? (index >> UInt64(inner)).nonzeroBitCount : 0)
    }

    private static func climb(_ start: [UInt8], _ hashes: ArraySlice<[UInt8]>, at index: UInt64) -> [UInt8] {
        hashes.enumerated().reduce(start) { hash, step in
            index >> UInt64(step.offset) & 1 == 0
                ? MerkleHash.node(hash, step.element) : MerkleHash.node(step.element, hash)
        }
    }

    /// Takes in only what lies on the left: what is on the right is not in the smaller tree.
    private static func climbRight(_ start: [UInt8], _ hashes: ArraySlice<[UInt8]>, at index: UInt64)
        -> [UInt8]
    {
        hashes.enumerated().reduce(start) { hash, step in
            index >> UInt64(step.offset) & 1 == 0 ? hash : MerkleHash.node(step.element, hash)
        }
    }

    private static func climbBorder(_ start: [UInt8], _ hashes: ArraySlice<[UInt8]>) -> [UInt8] {
        hashes.reduce(start) { MerkleHash.node($1, $0) }
    }

    private static func check(_ hashes: [[UInt8]], count: Int) throws {
        guard hashes.count == count else {
            throw Refusal(
                MerkleCode.proofLength,
                subject,
                expected: "\(count) hashes",
                found: "\(hashes.count)"
            )
        }
        for hash in hashes { try checkLength(hash) }
    }

    private static func checkLength(_ hash: [UInt8]) throws {
        guard hash.count == MerkleHash.byteCount else {
            throw Refusal(
                MerkleCode.hashLength,
                subject,
                expected: "\(MerkleHash.byteCount) bytes",
                found: "\(hash.count)"
            )
        }
    }

    private static func check(_ computed: [UInt8], is root: [UInt8]) throws {
        guard computed == root else {
            throw Refusal(
                MerkleCode.root,
                subject,
                expected: "the root \(Hex.encode(root.prefix(MerkleHash.byteCount)))",
                found: Hex.encode(computed.prefix(MerkleHash.byteCount))
            )
        }
    }
}
