// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import SigningKeys
internal import TrustCore

/// Follows a log: each checkpoint is signed by whom it must be, and continues the last one that was seen.
public struct LogWatch: Sendable {
    let source: LogSource
    let policy: LogPolicy
    /// What is kept of the log.
    public let memory: LogMemory

    /// - Parameter policy: whose word counts.
    public init(_ source: LogSource, policy: LogPolicy, memory: LogMemory) {
        self.source = source
        self.policy = policy
        self.memory = memory
    }

    /// What was seen.
    public struct Sighting: Sendable {
        /// The log's word now.
        public let checkpoint: VerifiedCheckpoint
        /// How many entries there were when the log was seen last; nil for the first time.
        public let previousSize: Int64?
    }

    /// Reads the log's checkpoint, verifies it, and keeps it.
    ///
    /// - Throws: `log-policy.log`, `log-policy.quorum`, `publish-log.shrunk`, `publish-log.forked`,
    ///   `publish-log.rewritten`, `publish-log.tiles-differ`, `publish-log.missing`, a `note.…` code, or a
    ///   `Failure`.
    public func look() async throws -> Sighting {
        let verified = try policy.verify(try await source.checkpoint())
        guard let note = try memory.checkpoint() else {
            try memory.keep(verified.note)
            return Sighting(checkpoint: verified, previousSize: nil)
        }
        let last = try Checkpoint(text: note.text), new = verified.checkpoint
        guard ByteKey.areEqual(last.origin, new.origin) else {
            throw Refusal(
                LogPolicyCode.log,
                "log `\(source.name)`",
                expected: "the log `\(last.origin)`, as before",
                found: "`\(new.origin)`"
            )
        }
        guard new.size >= last.size else {
            throw Refusal(
                PublishLogCode.shrunk,
                "log `\(source.name)`",
                expected: "at least \(last.size) entries",
                found: "\(new.size)"
            )
        }
        try await check(new, continues: last, verified.note, tiles: source)
        try memory.keep(verified.note)
        return Sighting(checkpoint: verified, previousSize: last.size)
    }

    /// Compares what the log shows here with what it shows elsewhere: one of both continues the other.
    ///
    /// Nothing of the other is kept but what proves a fork.
    ///
    /// - Parameter other: the same log at another address, such as a mirror of it, or seen through a proxy.
    /// - Returns: what is shown there.
    /// - Throws: `publish-log.forked` or `publish-log.rewritten` for two histories, and as ``look()``.
    public func compare(_ here: VerifiedCheckpoint, with other: LogSource) async throws -> VerifiedCheckpoint
    {
        let there = try policy.verify(try await other.checkpoint())
        guard ByteKey.areEqual(here.checkpoint.origin, there.checkpoint.origin) else {
            throw Refusal(
                LogPolicyCode.log,
                "log `\(other.name)`",
                expected: "the log `\(here.checkpoint.origin)`",
                found: "`\(there.checkpoint.origin)`"
            )
        }
        if there.checkpoint.size < here.checkpoint.size {
            try await check(here.checkpoint, continues: there.checkpoint, there.note, tiles: source)
        } else {
            try await check(there.checkpoint, continues: here.checkpoint, there.note, tiles: other)
        }
        return there
    }

    /// - Parameters:
    ///   - note: what is kept if one contradicts the other.
    ///   - source: whose tiles are read, which are those of the new checkpoint's tree.
    private func check(
        _ new: Checkpoint,
        continues last: Checkpoint,
        _ note: SignedNote,
        tiles source: LogSource
    ) async throws {
        if new.size == last.size {
            guard new.root == last.root else { throw try contradiction(.forked, last, new.root, note) }
            return
        }
        guard let plan = MerkleProofPlan(consistencyFrom: last.size, to: new.size) else { return }
        let before = MerkleSubtree.cover(0..<last.size)
        let roots = try await source.roots(of: plan.subtrees + before, treeSize: new.size)
        let hashes = try plan.hashes { try Self.root($0, roots) }
        // What the tiles say is the old root. Only where they fit the new one, too, is it the log's own word.
        let old = try before.map { try Self.root($0, roots) }
        let oldRoot = MerkleFrontier(size: last.size, hashes: old)?.root ?? []
        do {
            try MerkleProof.verifyConsistency(
                size1: last.size,
                size2: new.size,
                hashes: hashes,
                root1: oldRoot,
                root2: new.root
            )
        } catch { throw damaged(new, cause: error) }
        guard oldRoot == last.root else { throw try contradiction(.rewritten, last, oldRoot, note) }
    }

    /// The proof that an entry is in the tree of a checkpoint.
    ///
    /// - Throws: `publish-log.missing`, `publish-log.tiles-differ`, or a `Failure`.
    func proof(of entry: [UInt8], at index: Int64, in verified: VerifiedCheckpoint) async throws -> LogProof {
        let size = verified.checkpoint.size
        guard let plan = MerkleProofPlan(inclusionOf: index, size: size) else {
            throw Refusal(
                MerkleCode.index,
                "log `\(source.name)`",
                expected: "an entry below \(size)",
                found: "\(index)"
            )
        }
        let roots = try await source.roots(of: plan.subtrees, treeSize: size)
        let hashes = try plan.hashes { try Self.root($0, roots) }
        let proof = LogProof(index: index, hashes: hashes, checkpoint: verified.note, extra: entry)
        do {
            try proof.verify(leafHash: MerkleHash.leaf(entry))
        } catch { throw damaged(verified.checkpoint, cause: error) }
        return proof
    }

    private static func root(_ subtree: MerkleSubtree, _ roots: [MerkleSubtree: [UInt8]]) throws -> [UInt8] {
        guard let root = roots[subtree] else {
            throw Refusal(TiledLogCode.tile, "a proof", expected: "all tiles that it is made of")
        }
        return root
    }

    func damaged(_ checkpoint: Checkpoint, cause: (any Error)? = nil) -> Refusal {
        Refusal(
            PublishLogCode.tilesDiffer,
            "log `\(source.name)` at \(checkpoint.size) entries",
            expected: "the root \(Hex.encode(checkpoint.root))",
            cause: cause
        )
    }

    private func contradiction(
        _ code: PublishLogCode,
        _ last: Checkpoint,
        _ root: [UInt8],
        _ note: SignedNote
    ) throws -> Refusal {
        Refusal(
            code,
            "log `\(source.name)` at \(last.size) entries",
            at: try memory.keepEvidence(note),
            expected: "the root \(Hex.encode(last.root)), as seen before",
            found: Hex.encode(root)
        )
    }
}
