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
    case recordWithoutDigest = "channel.record-without-digest"
    case shardMissing = "channel.shard-missing"
    case packageUnlisted = "channel.package-unlisted"
    case planUnsafe = "channel.plan-unsafe"
    case keysServed = "channel.keys-served"
    case notDelegated = "channel.not-delegated"
    case notTheirs = "channel.not-theirs"
    case maintainersUnsigned = "channel.maintainers-unsigned"
    case listAwaited = "channel.list-awaited"
    case trustMissing = "channel.trust-missing"
    case trustRootDiffers = "channel.trust-root-differs"
    case recordUnsignable = "channel.record-unsignable"
    case signatureStale = "channel.signature-stale"
    case policyAltered = "channel.policy-altered"
    case patternUnknown = "channel.pattern-unknown"
    case packageUnattested = "channel.package-unattested"
    case attestationsAltered = "channel.attestations-altered"

    /// What the code means to people.
    public var entry: RefusalEntry {
        switch self {
        case .alreadyThere:
            return RefusalEntry(
                .policy,
                "there is a channel, or its keys, here already",
                explanation: "Beginning anew would replace the root that users have pinned, or the index of "
                    + "what is here.",
                remedy: "choose another folder, or work on the channel that is there"
            )
        case .notAChannel:
            return RefusalEntry(
                .missing,
                "the folder holds no signed channel",
                explanation: "There is no TUF root in it to start from.",
                remedy: "check the path, or make a channel with `kingsnake channel init`"
            )
        case .packageExists:
            return RefusalEntry(
                .invalid,
                "the channel has another package of that file name",
                explanation: "A file name means the same bytes for ever; lock files and caches rely on it.",
                remedy: "build the package again with a new build number"
            )
        case .packageUnknown:
            return RefusalEntry(
                .missing,
                "the channel does not list the package",
                explanation: "Only what the index lists can be removed from it.",
                remedy: "see `kingsnake channel list DIR` for what is there"
            )
        case .packageName:
            return RefusalEntry(
                .invalid,
                "the package calls itself something else than its file name does",
                explanation: "Name, version and build in `info/index.json` must be those of the file name, "
                    + "or a solver and an installer would mean two packages.",
                remedy: "rename the file, or build the package again"
            )
        case .subdirNotDelegated:
            return RefusalEntry(
                .policy,
                "the channel has no role for the package's subdir",
                explanation: "Each subdir's index is signed by a role that the offline targets key must have "
                    + "named first.",
                remedy: "add the subdir with `kingsnake channel add-subdir DIR NAME`, which needs the "
                    + "targets key"
            )
        case .keyNotAuthorised:
            return RefusalEntry(
                .policy,
                "the keys at hand may not sign for this role",
                explanation: "The channel's root or targets metadata, or `key_mgr.json` for records, names "
                    + "other keys for it, or more of them than are here.",
                remedy: "use the folder of keys that belongs to this channel"
            )
        case .indexUnsigned:
            return RefusalEntry(
                .missing,
                "a subdir has an index file that no role vouches for",
                explanation: "Whatever is not among the signed targets could have been put there by anyone.",
                remedy: "remove the file, or find out who put it there"
            )
        case .indexAltered:
            return RefusalEntry(
                .invalid,
                "an index file is not the one that was signed",
                explanation: "Ordinary clients read this file; somebody changed it after it was signed, or a "
                    + "copy is incomplete.",
                remedy: "run `kingsnake channel sign --repair` where the keys are, or copy the channel again"
            )
        case .indexesDisagree:
            return RefusalEntry(
                .invalid,
                "the forms of a subdir's index do not say the same",
                explanation: "Clients that read different forms would see different packages.",
                remedy: "run `kingsnake channel sign --repair` where the keys are"
            )
        case .packageMissing:
            return RefusalEntry(
                .missing,
                "a package that the index lists is not there",
                explanation: "Clients would find it in the index and fail to download it.",
                remedy: "copy the package from another mirror, or remove it with `kingsnake channel remove`"
            )
        case .recordWithoutDigest:
            return RefusalEntry(
                .missing,
                "the index gives no SHA-256 for a package",
                explanation: "Nothing says which bytes the package has, so any would do, and our clients "
                    + "refuse it.",
                remedy: "remove the package with `kingsnake channel remove`, and add it again"
            )
        case .shardMissing:
            return RefusalEntry(
                .missing,
                "a shard that the shard index lists is not there",
                explanation: "Clients that read shards could not see the package.",
                remedy: "run `kingsnake channel sign --repair` where the keys are"
            )
        case .packageUnlisted:
            return RefusalEntry(
                .invalid,
                "there is a package in the folder that the index does not list",
                explanation: "It can be downloaded by name although nobody signed for it.",
                remedy: "add it with `kingsnake channel add`, or remove the file"
            )
        case .planUnsafe:
            return RefusalEntry(
                .invalid,
                "a publication would write outside the channel's folder",
                explanation: "Whoever opens a channel finishes a publication that was interrupted, by the "
                    + "plan in `.kingsnake/pending`. "
                    + "In a copy that somebody else made, the plan, or a link in the folder, could name any "
                    + "file of yours.",
                remedy: "copy the channel again without its `.kingsnake` folder, and have no symbolic links "
                    + "to folders in it"
            )
        case .keysServed:
            return RefusalEntry(
                .policy,
                "the folder of keys would be inside the folder that is served",
                explanation: "A web server would hand the private keys to whoever asks for them.",
                remedy: "choose a folder for the keys that is not below the channel's"
            )
        case .notDelegated:
            return RefusalEntry(
                .missing,
                "the channel does not demand that maintainers sign this package",
                explanation:
                    "The top-level targets metadata, which the offline key signs, delegates the package to "
                    + "nobody: the online key vouches for it.",
                remedy:
                    "see `kingsnake channel delegate list DIR`; `delegate add`, with the targets key, makes the demand"
            )
        case .notTheirs:
            return RefusalEntry(
                .invalid,
                "the maintainers' list names what they may not sign",
                explanation:
                    "A list holds files of one package only. The name parsed from the file's name decides: "
                    + "`foo-bar-1.0-0.conda` is of `foo-bar`, whatever the pattern `foo-*` covers.",
                remedy:
                    "let the maintainers make the list with `kingsnake channel delegate propose`, and sign that"
            )
        case .maintainersUnsigned:
            return RefusalEntry(
                .policy,
                "the package's maintainers must sign this file, and have not",
                explanation:
                    "The offline targets key has delegated the package to its maintainers. Clients refuse "
                    + "what these do not vouch for, so it is not published.",
                remedy:
                    "let the maintainers run `kingsnake channel delegate propose` and `sign`, then publish the "
                    + "signed list and the package with `kingsnake channel delegate accept`"
            )
        case .listAwaited:
            return RefusalEntry(
                .missing,
                "clients would refuse a package, for want of a list that its new maintainers have signed",
                explanation:
                    "The package passes to maintainers, or to others than before. From then on clients refuse every "
                    + "file of it that is not on a list signed by enough of their keys. The first such list must "
                    + "name what the index has, so that nothing goes away unasked.",
                remedy:
                    "let them make a list with `kingsnake channel delegate propose` and sign it, then publish with "
                    + "`kingsnake root publish --list NAME=FILE`; or give `--await-lists` and accept the list later"
            )
        case .trustMissing:
            return RefusalEntry(
                .missing,
                "the channel's metadata of conda content trust is not there",
                explanation:
                    "Records are signed by the keys that `key_mgr.json` names, and the keys of `1.root.json` say that "
                    + "it is the right one. Both lie at the top of the channel's folder.",
                remedy:
                    "make them with `kingsnake content-trust init`, or copy them back into the channel's folder"
            )
        case .trustRootDiffers:
            return RefusalEntry(
                .invalid,
                "the channel serves another root of conda content trust than its owner keeps",
                explanation:
                    "Whoever pins the served one trusts other keys. The owner's copy, `trust-root.json` beside the keys, "
                    + "is the one that counts.",
                remedy: "find out who changed the served root, and copy the owner's over it"
            )
        case .recordUnsignable:
            return RefusalEntry(
                .invalid,
                "the index has records that must not be signed",
                explanation:
                    "A signature covers a record and not the file name or the subdir under which it is listed: the record "
                    + "itself must say which file of which subdir it is of, and give its SHA-256. One that does not, "
                    + "or that our own client would refuse, gets no signature.",
                remedy:
                    "correct the records, or sign the others alone with `kingsnake content-trust sign --leave-unsigned`"
            )
        case .signatureStale:
            return RefusalEntry(
                .invalid,
                "a record is not signed as the channel's content trust demands",
                explanation:
                    "It was changed after it was signed, or signed by other keys, or not at all. conda and mamba would "
                    + "say that the package is not trusted, or refuse it.",
                remedy: "run `kingsnake content-trust sign` where the keys are"
            )
        case .policyAltered, .patternUnknown, .packageUnattested, .attestationsAltered:
            return publisherEntry
        }
    }

    /// What is wrong with publishers and attestations.
    private var publisherEntry: RefusalEntry {
        switch self {
        case .policyAltered:
            RefusalEntry(
                .invalid,
                "the owner's policy of publishers is not the one that was signed",
                explanation:
                    "`publishers.json` at the top of the channel says who may publish what. Its digest is signed by the "
                    + "offline targets key, so that nobody can widen it or take it away.",
                remedy:
                    "find out who changed it, and sign it again with `kingsnake channel publishers set DIR FILE`"
            )
        case .patternUnknown:
            RefusalEntry(
                .missing,
                "the owner's policy has no such entry",
                explanation: "Entries are named by the very pattern that they were made with.",
                remedy: "see `kingsnake channel publishers list DIR` for what it has"
            )
        case .packageUnattested:
            RefusalEntry(
                .policy,
                "clients would refuse the package by what the channel's owner demands of publishers",
                explanation:
                    "The policy that the owner signed says whose attestations the package needs. It has none of these "
                    + "beside it, or others, so it is not published.",
                remedy:
                    "let the publisher attest to it with `kingsnake attest create`, and give the package with the "
                    + "`.sigs` file beside it; or give `--await-attestations` and take them up later"
            )
        default:
            RefusalEntry(
                .invalid,
                "the attestations of a package are not the ones that its record promises",
                explanation:
                    "Clients fetch them by the digest in the index, and refuse the package where they are missing or "
                    + "others (CEP 50).",
                remedy:
                    "run `kingsnake channel sign DIR --repair`, or put the right `.sigs` file beside the package"
            )
        }
    }
}
