// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// The refusals of proofs about transparency logs' trees.
@nonexhaustive
public enum MerkleCode: String, RefusalCode {
    case index = "merkle.index"
    case sizes = "merkle.sizes"
    case proofLength = "merkle.proof-length"
    case hashLength = "merkle.hash-length"
    case root = "merkle.root"

    /// What the code means to people.
    public var entry: RefusalEntry {
        let ask = "ask whoever gave you the proof for a new one from the log"
        return switch self {
        case .index:
            RefusalEntry(
                .invalid,
                "the proof is for a place that the log's tree does not have",
                explanation:
                    "A place beyond the end of the tree can be chosen so that another entry's proof fits.",
                remedy: ask
            )
        case .sizes:
            RefusalEntry(
                .invalid,
                "the proof is between trees of which the second is not the larger",
                explanation:
                    "A log only grows. One that shrank has dropped entries, and from an empty tree nothing "
                    + "can be proved.",
                remedy: ask
            )
        case .proofLength:
            RefusalEntry(
                .invalid,
                "the proof has too few or too many hashes",
                explanation:
                    "The place and the size of the tree fix how many hashes a proof has. Any other number "
                    + "is a proof of something else.",
                remedy: ask
            )
        case .hashLength:
            RefusalEntry(
                .invalid,
                "a hash of the proof is not 32 bytes long",
                explanation:
                    "Hashes of another length would let the parts of one node be read as those of another.",
                remedy: ask
            )
        case .root:
            RefusalEntry(
                .invalid,
                "the proof does not lead to the root of the log's tree",
                explanation:
                    "The entry or the proof was altered, or the entry is not in the log: what the log shows "
                    + "to everybody is not what is shown here.",
                remedy: ask
            )
        }
    }
}
