// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// The refusals of Gatekeeper: what stands between a package and its admission.
@nonexhaustive
public enum GateCode: String, RefusalCode {
    case notTrusted = "trust.channel-unknown"
    case alreadyPinned = "trust.already-pinned"
    case pinDamaged = "trust.pin-damaged"
    case rootDigestMismatch = "trust.root-digest"
    case noRoot = "trust.no-root"
    case indexMissing = "gate.index-missing"
    case outsideChannel = "gate.outside-channel"
    case repodataMissing = "gate.repodata-missing"
    case recordSubdir = "gate.record-subdir"
    case recordFile = "gate.record-file"
    case maintainersSilent = "gate.maintainers-silent"
    case maintainersDisagree = "gate.maintainers-disagree"
    case sidecarMissing = "gate.sidecar-missing"
    case noTrustedRoot = "gate.no-trusted-root"
    case shardsOnly = "gate.shards-only"
    case indexMoved = "gate.index-moved"

    /// What the code means to people.
    public var entry: RefusalEntry {
        switch self {
        case .notTrusted:
            return RefusalEntry(
                .missing,
                "no root is pinned for the channel of this package",
                explanation: "Without a root to start from nothing the channel says can be checked: "
                    + "an index from an unknown signer is as good as an unsigned one.",
                remedy: "get the channel's root from its owner and run `kingsnake trust add URL --root FILE`"
            )
        case .alreadyPinned:
            return RefusalEntry(
                .invalid,
                "the channel is already pinned to another root",
                explanation: "Roots change by rotation, which the old root signs. A second, unrelated root "
                    + "is what an impostor would offer, so it never replaces a pin in passing.",
                remedy: "ask the channel's owner why the root differs; `kingsnake trust list` shows the "
                    + "pinned one"
            )
        case .pinDamaged:
            return RefusalEntry(
                .invalid,
                "the pinned root on this machine is not the one that was pinned",
                explanation: "The trust store keeps the digest of the root that the user gave. The file "
                    + "beside it was altered or lost, "
                    + "by a failing disk or by somebody who can write to the store.",
                remedy: "find out who changed the trust store, and restore it from a copy you trust"
            )
        case .rootDigestMismatch:
            return RefusalEntry(
                .invalid,
                "the channel's root is not the one with the digest you gave",
                explanation: "The digest came to you by a way you trust; the root came from the channel. "
                    + "They do not fit.",
                remedy: "check the digest with the channel's owner"
            )
        case .noRoot:
            return RefusalEntry(
                .missing,
                "the channel shows no TUF root",
                explanation: "Only a channel that signs its index can be pinned.",
                remedy: "check the URL, or ask the channel's owner to sign it (`kingsnake channel init`)"
            )
        case .indexMissing:
            return RefusalEntry(
                .missing,
                "the channel's signed metadata lists no index for this subdir",
                explanation: "An index that is not among the signed targets could have been put there by "
                    + "anyone.",
                remedy: "check that the channel has packages for this platform"
            )
        case .outsideChannel:
            return RefusalEntry(
                .invalid,
                "the index says that its files are somewhere outside the channel",
                explanation: "An absolute `base_url` leads past the channel's mirrors, and past any proxy "
                    + "that checks. "
                    + "In a signed channel everything is fetched from below the channel's own address.",
                remedy: "ask the channel's owner to use a relative `base_url`"
            )
        case .repodataMissing:
            return RefusalEntry(
                .missing,
                "the channel has no `repodata.json` for this subdir that could carry signatures",
                explanation:
                    "The signatures of conda content trust stand in `repodata.json` and `repodata.json.zst`; shards "
                    + "carry none. Without them nothing shows that a record was signed.",
                remedy: "check that the channel has packages for this platform, or try another mirror"
            )
        case .recordSubdir:
            return RefusalEntry(
                .invalid,
                "the signed record does not say which subdir it is of",
                explanation:
                    "The signature covers the record and not the index around it, so a record without subdir could be "
                    + "listed for any platform.",
                remedy: "ask the channel's owner to sign records that name their subdir"
            )
        case .recordFile:
            return RefusalEntry(
                .invalid,
                "the signed record is of another file than the one it is listed under",
                explanation:
                    "The file name is not signed: a validly signed record can be moved under another name, as both "
                    + "conda and mamba let it.",
                remedy: "do not install it; tell the channel's owner"
            )
        case .maintainersSilent:
            return RefusalEntry(
                .invalid,
                "the channel's online key alone vouches for a package that its maintainers must sign",
                explanation:
                    "The channel's offline keys say that this package's own maintainers sign each of its "
                    + "files. The index lists a file that they did not sign, as the thief of an online key would.",
                remedy: "do not install it; ask the package's maintainers whether they published it"
            )
        case .maintainersDisagree:
            return RefusalEntry(
                .invalid,
                "the index lists other bytes than the package's maintainers signed",
                explanation:
                    "The maintainers signed a file of this name. The channel's online key lists another "
                    + "one under it: what a forged package looks like.",
                remedy: "do not install it; tell the package's maintainers and the channel's owner"
            )
        case .sidecarMissing:
            return RefusalEntry(
                .missing,
                "the index promises attestations of the package, and no mirror has them",
                explanation:
                    "The index names the file of attestations by its digest, so there must be one. That it is "
                    + "not there is never read as a package without attestations: somebody may have taken it "
                    + "away (CEP 50).",
                remedy: "try another mirror; if it repeats, tell the channel's owner"
            )
        case .noTrustedRoot:
            return RefusalEntry(
                .missing,
                "there is no Sigstore instance whose word counts for the channel",
                explanation:
                    "An attestation is verified by the keys and certificates of an instance, its trusted root. "
                    + "Without one anybody could have signed it.",
                remedy: "give the trusted root of the instance by which the channel's publishers sign"
            )
        case .shardsOnly:
            return RefusalEntry(
                .missing,
                "the channel has nothing but shards for this subdir, and a whole index is needed",
                explanation:
                    "A client that reads no shards, or a policy that looks at every record, needs one index that names "
                    + "every file. One that was put together from shards would be vouched for by nobody.",
                remedy: "use a client that reads shards, or ask the channel's owner for `repodata.json.zst`"
            )
        case .indexMoved:
            return RefusalEntry(
                .stale,
                "the channel lists other bytes under this file name than the index that the client was shown",
                explanation:
                    "The file was replaced in the channel after the client read its index, so that what is right by "
                    + "the newest index is wrong by the client's.",
                remedy: "have the client read the index anew"
            )
        }
    }
}
