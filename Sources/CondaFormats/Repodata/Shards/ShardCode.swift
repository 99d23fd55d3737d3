// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// The refusals about sharded indexes (CEP 16) beyond those of their records.
@nonexhaustive
public enum ShardCode: String, RefusalCode {
    case shape = "shard.shape"
    case version = "shard.version"
    case digest = "shard.digest"
    case digestLength = "shard.digest-length"
    case number = "shard.number"
    case otherPackage = "shard.other-package"
    case unknownMember = "shard.unknown-member"

    /// What the code means to people.
    public var entry: RefusalEntry {
        let owner = "tell the channel's owner"
        switch self {
        case .shape:
            return RefusalEntry(
                .invalid,
                "a part of the shard or the shard index is missing or of another type than CEP 16 demands",
                explanation:
                    "Every field a decision rests on must be there and be what its specification says.",
                remedy: owner
            )
        case .version:
            return RefusalEntry(
                .invalid,
                "the shard index is of a version that is not known",
                explanation:
                    "A later version may give old fields a new meaning; reading it by the old rules is a "
                    + "guess.",
                remedy: "update kingsnake"
            )
        case .digest:
            return RefusalEntry(
                .invalid,
                "a shard is not the one that its index names",
                explanation:
                    "The SHA-256 of the shard's bytes differs from the one in the shard index: whoever "
                    + "altered the shard decides what is installed and what its checksum should be.",
                remedy: "try another mirror; if it repeats, tell the channel's owner"
            )
        case .digestLength:
            return RefusalEntry(
                .invalid,
                "binary data in a shard or its index is not a digest of the right length",
                explanation:
                    "The only binary data in these files are digests; one that cannot be compared checks "
                    + "nothing.",
                remedy: owner
            )
        case .number:
            return RefusalEntry(
                .invalid,
                "a number in a record has no counterpart in the other format",
                explanation:
                    "JSON has neither infinity nor NaN, and MessagePack no integers beyond 64 bits; rounding "
                    + "would change the record.",
                remedy: owner
            )
        case .otherPackage:
            return RefusalEntry(
                .invalid,
                "a shard holds a record of another package",
                explanation:
                    "The records of a package are in its own shard only; one in another's would be found or "
                    + "missed depending on what else was looked up.",
                remedy: owner
            )
        case .unknownMember:
            return RefusalEntry(
                .invalid,
                "a shard holds something besides the records of its package",
                explanation:
                    "What a later format adds may list further packages, and lead anywhere. Nobody could check it, so a "
                    + "shard that has it is not passed on as it is.",
                remedy: "read the index anew: it names a shard without what cannot be checked"
            )
        }
    }
}
