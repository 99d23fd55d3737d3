// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// What rules object to, by the rule's name and what is wrong: the codes of findings that do not permit.
@nonexhaustive
public enum PolicyCode: String, RefusalCode {
    case indexUnsigned = "signed-index.missing"
    case recordUnsigned = "signed-record.missing"
    case unlisted = "in-index.unlisted"
    case removed = "in-index.removed"
    case digestMissing = "index-digest.missing"
    case digestDiffers = "index-digest.differs"
    case lockDiffers = "lock-agrees.differs"
    case attestationMissing = "attested.missing"
    case attestationStripped = "attested.stripped"
    case attestationInvalid = "attested.invalid"
    case otherIdentity = "publisher.other-identity"
    case otherIssuer = "publisher.other-issuer"
    case otherNumber = "publisher.other-number"
    case otherClaim = "publisher.other-claim"
    case claimMissing = "publisher.claim-missing"
    case otherChannel = "publisher.other-channel"
    case tooFewPublishers = "publisher.too-few"
    case publisherChanged = "known-publisher.changed"
    case publisherMissing = "known-publisher.incomplete"
    case attestationDisappeared = "known-publisher.disappeared"
    case unobserved = "ledger.unobserved"
    case hashChanged = "ledger.hash-changed"
    case mirrorsDisagree = "ledger.mirrors-disagree"
    case mirrorsMissing = "ledger.mirrors-missing"
    case empty = "policy.empty"
    case cooldown = "policy.cooldown"
    case ageUnknown = "policy.cooldown-unknown"
    case revoked = "policy.revoked"
    case revocationUnknown = "policy.revoked-unknown"
    case pinnedElsewhere = "policy.pinned-elsewhere"
    case linkScripts = "policy.link-scripts"
    case linkScriptsUnknown = "policy.link-scripts-unknown"

    /// What the code means to people.
    public var entry: RefusalEntry {
        switch self {
        case .attestationMissing, .attestationStripped, .attestationInvalid, .otherIdentity, .otherIssuer,
            .otherNumber, .otherClaim, .claimMissing, .otherChannel, .tooFewPublishers, .publisherChanged,
            .publisherMissing, .attestationDisappeared:
            publisherEntry
        case .cooldown, .ageUnknown, .revoked, .revocationUnknown, .pinnedElsewhere, .linkScripts,
            .linkScriptsUnknown:
            ownRuleEntry
        case .unobserved, .hashChanged, .mirrorsDisagree, .mirrorsMissing: ledgerEntry
        case .indexUnsigned:
            RefusalEntry(
                .missing,
                "no signed index speaks about the package",
                explanation:
                    "Without a signature over the index, whoever serves it decides what is installed.",
                remedy: "ask the channel's owner to sign the channel"
            )
        case .recordUnsigned:
            RefusalEntry(
                .missing,
                "the channel's package keys have not signed the package's record",
                explanation:
                    "The channel is pinned to a root of conda content trust. A record without the signatures that "
                    + "it demands could be of anybody who serves the index.",
                remedy: "ask the channel's owner to sign the package's record"
            )
        case .unlisted:
            RefusalEntry(
                .policy,
                "the channel's index does not list the package",
                explanation:
                    "The channel's owner vouches for packages of the index only, by signing it or the records in it; a file "
                    + "that merely lies on the server could have been put there by anyone.",
                remedy: "check the name, or choose a package that the channel lists"
            )
        case .removed:
            RefusalEntry(
                .policy,
                "the channel's index lists the package as removed",
                explanation: "The channel's owner took it back, perhaps because it does harm.",
                remedy: "choose another version or build"
            )
        case .digestMissing:
            RefusalEntry(
                .missing,
                "the index gives no SHA-256 for the package",
                explanation: "Nothing says which bytes the package has, so any would do. MD5 can be forged.",
                remedy: "ask the channel's owner to index the package again with its SHA-256"
            )
        case .digestDiffers:
            RefusalEntry(
                .invalid,
                "the bytes are not the ones that the index promises",
                explanation:
                    "The file was altered, rebuilt or repacked after it was indexed, or it is another "
                    + "package of the same name.",
                remedy: "do not use the file; fetch the package from the channel with `kingsnake install`"
            )
        case .lockDiffers:
            RefusalEntry(
                .invalid,
                "the lock demands other bytes than the channel has",
                explanation: "Either the lock was altered, or the channel's package is not the one that was "
                    + "locked: a file name means the same bytes for ever.",
                remedy: "find out which of the two changed before you lock again"
            )
        default:
            RefusalEntry(
                .policy,
                "the policy has no rules",
                explanation: "An empty policy admits nothing: it is never read as \"anyone\".",
                remedy: "give the policy at least one rule"
            )
        }
    }
}
