// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// The refusals about compressed bytes, whatever is inside.
@nonexhaustive
public enum CompressionCode: String, RefusalCode {
    case corrupt = "compression.corrupt"
    case truncated = "compression.truncated"
    case trailingData = "compression.trailing-data"
    case tooLarge = "compression.too-large"
    case window = "compression.window"

    /// What the code means to people.
    public var entry: RefusalEntry {
        let again = "fetch the file again, from another mirror if there is one"
        switch self {
        case .corrupt:
            return RefusalEntry(
                .invalid,
                "the compressed data is damaged or not in the format it should be",
                explanation: "Bytes that do not decompress cannot be checked any further.",
                remedy: again
            )
        case .truncated:
            return RefusalEntry(
                .invalid,
                "the compressed data ends too early",
                explanation: "A file that was cut off would otherwise pass for a shorter one.",
                remedy: again
            )
        case .trailingData:
            return RefusalEntry(
                .invalid,
                "something follows the end of the compressed data",
                explanation: "Bytes that one reader skips and another reads are bytes that nobody checked.",
                remedy: again
            )
        case .tooLarge:
            return RefusalEntry(
                .invalid,
                "the data decompresses to more than is allowed",
                explanation: "A few kilobytes can be made to fill all memory (a decompression bomb).",
                remedy: "try another mirror; if it repeats, tell the channel's owner"
            )
        case .window:
            return RefusalEntry(
                .invalid,
                "the compressed data asks its reader for too much memory",
                explanation: "A Zstandard frame names the window that a reader must keep, up to terabytes; "
                    + "more than the limit is refused before it is allocated.",
                remedy: "ask the publisher to compress the file without a long window"
            )
        }
    }
}
