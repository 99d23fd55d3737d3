// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// The refusals of signed channels: what is wrong with a channel's folder, or with what is put into it.
@nonexhaustive
public enum ChannelCode: String, RefusalCode {
    case alreadyThere = "channel.already-there"
    case notAChannel = "channel.not-a-channel"
    case packageExists = "channel.package-exists"
    case packageUnknown = "channel.package-unknown"
    case packageName = "channel.package-name"
    case subdirNotDelegated = "channel.subdir-not-delegated"
    case keyNotAuthorised = "channel.key-not-authorised"
    case indexUnsigned = "channel.index-unsigned"
    case indexAltered = "channel.index-altered"
    case indexesDisagree = "channel.indexes-disagree"
    case packageMissing = "channel.package-missing"
    case shardMissing = "channel.shard-missing"
    case packageUnlisted = "channel.package-unlisted"

    /// What the code means to people.
    public var entry: RefusalEntry {
        switch self {
        case .alreadyThere:
            return RefusalEntry(
                .invalid, "there is a signed channel, or its keys, here already",
                explanation: "Beginning anew would replace the root that users have pinned.",
                remedy: "choose another folder, or work on the channel that is there")
        case .notAChannel:
            return RefusalEntry(
                .missing, "the folder holds no signed channel",
                explanation: "There is no TUF root in it to start from.",
                remedy: "check the path, or make a channel with `kingsnake channel init`")
        case .packageExists:
            return RefusalEntry(
                .invalid, "the channel has another package of that file name",
                explanation: "A file name means the same bytes for ever; lock files and caches rely on it.",
                remedy: "build the package again with a new build number")
        case .packageUnknown:
            return RefusalEntry(
                .missing, "the channel does not list the package",
                explanation: "Only what the index lists can be removed from it.",
                remedy: "see `kingsnake channel status` for what is there")
        case .packageName:
            return RefusalEntry(
                .invalid, "the package calls itself something else than its file name does",
                explanation: "Name, version and build in `info/index.json` must be those of the file name, "
                    + "or a solver and an installer would mean two packages.",
                remedy: "rename the file, or build the package again")
        case .subdirNotDelegated:
            return RefusalEntry(
                .policy, "the channel has no role for the package's subdir",
                explanation: "Each subdir's index is signed by a role that the offline targets key must have named first.",
                remedy: "name every subdir when the channel is made: `kingsnake channel init DIR --subdir NAME`")
        case .keyNotAuthorised:
            return RefusalEntry(
                .policy, "the key at hand may not sign for this role",
                explanation: "The channel's root or targets metadata names other keys for it.",
                remedy: "use the folder of keys that belongs to this channel")
        case .indexUnsigned:
            return RefusalEntry(
                .missing, "a subdir has an index file that no role vouches for",
                explanation: "Whatever is not among the signed targets could have been put there by anyone.",
                remedy: "remove the file, or find out who put it there")
        case .indexAltered:
            return RefusalEntry(
                .invalid, "an index file is not the one that was signed",
                explanation: "Ordinary clients read this file; somebody changed it after it was signed, or a copy is incomplete.",
                remedy: "run `kingsnake channel sign --repair` where the keys are, or copy the channel again")
        case .indexesDisagree:
            return RefusalEntry(
                .invalid, "the forms of a subdir's index do not say the same",
                explanation: "Clients that read different forms would see different packages.",
                remedy: "run `kingsnake channel sign --repair` where the keys are")
        case .packageMissing:
            return RefusalEntry(
                .missing, "a package that the index lists is not there",
                explanation: "Clients would find it in the index and fail to download it.",
                remedy: "copy the package from another mirror, or remove it with `kingsnake channel remove`")
        case .shardMissing:
            return RefusalEntry(
                .missing, "a shard that the shard index lists is not there",
                explanation: "Clients that read shards could not see the package.",
                remedy: "run `kingsnake channel sign --repair` where the keys are")
        case .packageUnlisted:
            return RefusalEntry(
                .invalid, "there is a package in the folder that the index does not list",
                explanation: "It can be downloaded by name although nobody signed for it.",
                remedy: "add it with `kingsnake channel add`, or remove the file")
        }
    }
}
