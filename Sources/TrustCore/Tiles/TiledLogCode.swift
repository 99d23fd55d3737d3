// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// The refusals of what a transparency log serves beside its checkpoint: tiles, entries, proofs.
@nonexhaustive
public enum TiledLogCode: String, RefusalCode {
    case tile = "tiled-log.tile"
    case bundle = "tiled-log.bundle"
    case entryLength = "tiled-log.entry-length"
    case proof = "tiled-log.proof"

    /// What the code means to people.
    public var entry: RefusalEntry {
        let ask = "ask whoever runs the log; until then, believe none of its proofs"
        return switch self {
        case .tile:
            RefusalEntry(
                .invalid,
                "a tile of the log has too few or too many hashes",
                explanation: "The tree's size, which the log signed, fixes how many hashes each tile has.",
                remedy: ask
            )
        case .bundle:
            RefusalEntry(
                .invalid,
                "the log's entries are not as many as there must be",
                explanation:
                    "The tree's size, which the log signed, fixes how many entries are in each bundle. What is "
                    + "missing was hidden, or lost.",
                remedy: ask
            )
        case .entryLength:
            RefusalEntry(
                .invalid,
                "the entry is too long for a log",
                explanation: "A bundle of entries has two bytes for the length of each.",
                remedy: "log the digest of what is long, and keep the rest elsewhere"
            )
        case .proof:
            RefusalEntry(
                .invalid,
                "the text is not a proof that something is in a log",
                explanation: "A proof is the text that C2SP calls `c2sp.org/tlog-proof@v1`, and no other.",
                remedy: "make the proof anew, with `kingsnake log prove`"
            )
        }
    }
}
