// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// The refusals of ceremonies: why a proposal makes no sense, or a signature does not belong to it.
@nonexhaustive
public enum CeremonyCode: String, RefusalCode {
    // What is proposed.
    case noChange = "ceremony.no-change"
    case roleUnknown = "ceremony.role-unknown"
    case keyUnknown = "ceremony.key-unknown"
    case keyTwice = "ceremony.key-twice"
    case thresholdBelowOne = "ceremony.threshold-below-one"
    case thresholdUnreachable = "ceremony.threshold-unreachable"
    case expiryPast = "ceremony.expiry-past"
    case oldQuorumLost = "ceremony.old-quorum-lost"
    case targetsUnsigned = "ceremony.targets-unsigned"
    // The files that travel.
    case fileFormat = "ceremony.file-format"
    case otherRoot = "ceremony.other-root"
    case otherBytes = "ceremony.other-bytes"
    case stranger = "ceremony.stranger"
    case signatureInvalid = "ceremony.signature-invalid"
    // The end.
    case incomplete = "ceremony.incomplete"
    case superseded = "ceremony.superseded"

    /// What the code means to people.
    public var entry: RefusalEntry {
        switch self {
        case .noChange:
            RefusalEntry(
                .policy,
                "the proposal changes nothing",
                explanation:
                    "A new version that says the same is only worth a ceremony if the old one expires.",
                remedy: "say what shall change, or give `--renew root` or `--renew targets`"
            )
        case .roleUnknown:
            RefusalEntry(
                .policy,
                "there is no such role",
                explanation:
                    "Keys belong to `root`, `targets`, `snapshot`, `timestamp`, to a role that the top-level "
                    + "targets delegate to, to `online`, which is all that the online keys sign, or to `offline`, which is "
                    + "root and targets.",
                remedy: "see `kingsnake channel status` for the roles"
            )
        case .keyUnknown:
            RefusalEntry(
                .policy,
                "the role has no such key, or more than one that could be meant",
                explanation: "A key is named by its public key file, its name, or the beginning of its "
                    + "fingerprint or key id, at least eight digits of it.",
                remedy: "see `kingsnake root verify` for the keys, and write more of the fingerprint"
            )
        case .keyTwice:
            RefusalEntry(
                .policy,
                "a role would have one key twice",
                explanation:
                    "Two authorities with one key are one authority: the key counts once, so the threshold "
                    + "would ask for more people than there are.",
                remedy: "let each authority make a key of its own"
            )
        case .thresholdBelowOne:
            RefusalEntry(
                .policy,
                "a threshold is below 1",
                explanation: "Nobody would have to sign, so anybody could speak for the role.",
                remedy: "choose a threshold of at least 1"
            )
        case .thresholdUnreachable:
            RefusalEntry(
                .policy,
                "a threshold is higher than the number of keys",
                explanation:
                    "Nothing could ever be signed for the role again; for root that ends the channel.",
                remedy: "lower the threshold in the same proposal, or add keys"
            )
        case .expiryPast:
            RefusalEntry(
                .stale,
                "the proposed metadata would be expired before it is published",
                explanation:
                    "Clients refuse expired metadata, so the whole channel would stop working for them.",
                remedy: "propose again with a later expiry"
            )
        case .oldQuorumLost:
            RefusalEntry(
                .policy,
                "fewer of the old root keys stay than must sign the change",
                explanation:
                    "A new root counts only if enough of the old keys have signed it. Without the keys that "
                    + "are taken away there are too few, so their holders would have to sign their own removal.",
                remedy: "remove fewer keys at once, or give `--removed-keys-sign` if their holders will sign"
            )
        case .targetsUnsigned:
            RefusalEntry(
                .invalid,
                "the new root names other targets keys, and nothing that they would sign is proposed",
                explanation:
                    "With this root, the targets metadata in force would be worth nothing, and clients would "
                    + "refuse the channel.",
                remedy: "propose again with `kingsnake root propose`, which proposes both together"
            )
        case .fileFormat:
            RefusalEntry(
                .invalid,
                "the file is no proposal and no signature of a ceremony",
                explanation: "A reader that guesses what was meant could show something else than is signed.",
                remedy: "ask for the file again; it was cut off, or made by a newer program"
            )
        case .otherRoot:
            RefusalEntry(
                .invalid,
                "the chain of roots does not begin with the root that you know",
                explanation:
                    "Whoever makes up a chain of its own can show any change as a small one. What you sign "
                    + "might give a stranger all power.",
                remedy: "do not sign; ask the other authorities by another way which root they know"
            )
        case .otherBytes:
            RefusalEntry(
                .invalid,
                "the signature, the digest you gave, or a file that came along, is for another proposal",
                explanation:
                    "The proposal was changed after somebody signed it, or two proposals are under way.",
                remedy: "compare the digests with the other authorities, and sign the same proposal"
            )
        case .stranger:
            RefusalEntry(
                .policy,
                "the key has no say in what is proposed",
                explanation: "Neither the version in force nor the proposed one names this key for the role.",
                remedy: "use the key that the role names; `kingsnake root verify` shows which those are"
            )
        case .signatureInvalid:
            RefusalEntry(
                .invalid,
                "a signature was not made by the key that it names",
                explanation: "The file was damaged on its way, or somebody signs in the name of another.",
                remedy: "ask the authority for the file again, by a way you trust"
            )
        case .incomplete:
            RefusalEntry(
                .missing,
                "too few authorities have signed",
                explanation:
                    "A new root needs the threshold of the version before and its own; clients would refuse "
                    + "it otherwise.",
                remedy: "collect the signatures that are missing with `kingsnake root merge`"
            )
        case .superseded:
            RefusalEntry(
                .stale,
                "the proposal does not follow from what is in force",
                explanation:
                    "The channel has got another version since the proposal was made, or is another channel. "
                    + "Two versions of one number must never be out.",
                remedy: "propose the change again, from the channel as it is now"
            )
        }
    }
}
