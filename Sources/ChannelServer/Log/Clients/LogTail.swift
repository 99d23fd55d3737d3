// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import SigningKeys
internal import TrustCore

/// All entries of a log up to a checkpoint, of which those that were seen before are kept on this machine.
struct LogTail {
    /// The entries.
    private(set) var entries: [[UInt8]] = []
    /// How many of them were new.
    private(set) var newCount = 0
    private var frontier = MerkleFrontier()

    /// Reads what was kept, and the rest from the log.
    ///
    /// The root is computed from all entries, so that whatever was kept, or is served, is what the checkpoint
    /// stands for.
    ///
    /// - Throws: `publish-log.tiles-differ` if the entries do not lead to the checkpoint's root, and whatever
    ///   the source throws.
    mutating func extend(
        to checkpoint: Checkpoint,
        of watch: LogWatch,
        progress: @Sendable (Int) -> Void
    ) async throws {
        let width = Int64(LogTile.fullWidth)
        let before = Int64(entries.count)
        while frontier.size < checkpoint.size {
            let bundle = frontier.size / width
            let inBundle = min(width, checkpoint.size - bundle * width),
                known = frontier.size - bundle * width
            let kept = try Self.kept(bundle, watch.memory)
            let all: [[UInt8]]
            if kept.count >= Int(inBundle) {
                all = Array(kept.prefix(Int(inBundle)))
            } else {
                all = try await watch.source.entries(inBundle: bundle, treeSize: checkpoint.size)
                newCount += all.count - max(Int(known), kept.count)
            }
            guard all.count == Int(inBundle) else { throw watch.damaged(checkpoint) }
            for entry in all.dropFirst(Int(known)) {
                entries.append(entry)
                frontier.append(leafHash: MerkleHash.leaf(entry))
            }
            progress(all.count)
        }
        guard frontier.size == checkpoint.size, frontier.root == checkpoint.root else {
            throw watch.damaged(checkpoint)
        }
        // Not before it is known that they are the log's.
        for bundle in stride(from: before / width, to: (checkpoint.size + width - 1) / width, by: 1) {
            let range = Int(bundle * width)..<Int(min(checkpoint.size, (bundle + 1) * width))
            guard try Self.kept(bundle, watch.memory).count < range.count else { continue }
            try watch.memory.keep(bundle: EntryBundle.encode(entries[range]), bundle)
        }
    }

    /// What was kept of a bundle. What cannot be read was never kept.
    private static func kept(_ bundle: Int64, _ memory: LogMemory) throws -> [[UInt8]] {
        guard let bytes = try memory.bundle(bundle) else { return [] }
        return (try? EntryBundle.read(bytes, atMost: LogTile.fullWidth, of: "bundle")) ?? []
    }
}
