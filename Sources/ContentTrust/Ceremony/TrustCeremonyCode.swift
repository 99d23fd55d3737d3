// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// The refusals of ceremonies of conda content trust: why a proposal makes no sense, or a signature does not
/// belong to it.
@nonexhaustive
public enum TrustCeremonyCode: String, RefusalCode {
    // What is proposed.
    case noChange = "trust-ceremony.no-change"
    case keyUnknown = "trust-ceremony.key-unknown"
    case keyTwice = "trust-ceremony.key-twice"
    case threshold = "trust-ceremony.threshold"
    case version = "trust-ceremony.version"
    case timestamp = "trust-ceremony.timestamp"
    case expiryPast = "trust-ceremony.expiry-past"
    case rootExpired = "trust-ceremony.root-expired"
    case oldQuorumLost = "trust-ceremony.old-quorum-lost"
    case keyManagerUnsigned = "trust-ceremony.key-manager-unsigned"
    case formWidened = "trust-ceremony.form-widened"
    // The files that travel.
    case fileFormat = "trust-ceremony.file-format"
    case otherRoot = "trust-ceremony.other-root"
    case otherBytes = "trust-ceremony.other-bytes"
    case stranger = "trust-ceremony.stranger"
    case signatureForm = "trust-ceremony.signature-form"
    case signatureInvalid = "trust-ceremony.signature-invalid"
    // The end.
    case incomplete = "trust-ceremony.incomplete"
    case superseded = "trust-ceremony.superseded"

    /// What the code means to people.
    public var entry: RefusalEntry {
        switch self {
        case .noChange:
            RefusalEntry(
                .policy,
                "the proposal changes nothing",
                explanation:
                    "A new version that says the same is only worth a ceremony if the old one expires.",
                remedy: "say what shall change, or give `--renew root` or `--renew key_mgr`"
            )
        case .keyUnknown:
            RefusalEntry(
                .policy,
                "the role has no such key, or more than one that could be meant",
                explanation:
                    "A key is named by its public key file, or by the beginning of the key itself or of its "
                    + "fingerprint, at least eight digits of it.",
                remedy: "see `kingsnake root verify` for the keys, and write more of the digits"
            )
        case .keyTwice:
            RefusalEntry(
                .policy,
                "a role would have one key twice",
                explanation:
                    "Two authorities with one key are one authority: the key counts once, so the threshold would "
                    + "ask for more people than there are.",
                remedy: "let each authority make a key of its own"
            )
        case .threshold:
            RefusalEntry(
                .policy,
                "a threshold is below 1, or higher than the number of keys",
                explanation:
                    "With none, anybody could speak for the role; with too many, nothing could ever be signed for "
                    + "it again. Keys that sign records in different forms cannot stand in for each other.",
                remedy: "change the threshold in the same proposal, or add keys"
            )
        case .version:
            RefusalEntry(
                .invalid,
                "the proposed version is not the next one",
                explanation:
                    "Clients follow roots one by one, and take no key manager older than the one they have.",
                remedy: "propose the change again, from the channel as it is now"
            )
        case .timestamp:
            RefusalEntry(
                .invalid,
                "the proposed metadata is not dated after the one in force",
                explanation: "A date that goes back is what a rollback looks like, so clients refuse it.",
                remedy: "set the clock, and propose again"
            )
        case .expiryPast:
            RefusalEntry(
                .stale,
                "the proposed metadata would be expired before it is published",
                explanation: "Kingsnake and mamba refuse expired metadata; conda never looks.",
                remedy: "propose again with a later expiry"
            )
        case .rootExpired:
            RefusalEntry(
                .stale,
                "the root in force has expired, and no new one is proposed",
                explanation:
                    "Kingsnake and mamba refuse whatever is signed under a root that has expired, so new metadata of the "
                    + "key manager alone would help nobody.",
                remedy:
                    "propose a new root first, or together with it: `kingsnake content-trust delegate DIR --renew root`"
            )
        case .oldQuorumLost:
            RefusalEntry(
                .policy,
                "fewer of the old root keys stay than must sign the change",
                explanation:
                    "A new root counts only if enough of the old keys have signed it. Without the keys that are "
                    + "taken away there are too few, so their holders would have to sign their own removal.",
                remedy: "remove fewer keys at once, or give `--removed-keys-sign` if their holders will sign"
            )
        case .keyManagerUnsigned:
            RefusalEntry(
                .invalid,
                "the new root names other key managers, and nothing that they would sign is proposed",
                explanation:
                    "With this root, the key manager's metadata in force would be worth nothing, and clients would "
                    + "refuse the channel.",
                remedy: "propose again with `kingsnake content-trust delegate`, which proposes both together"
            )
        case .formWidened:
            RefusalEntry(
                .policy,
                "a key that signed mamba's form of records would count for whole records",
                explanation:
                    "Whatever it has signed so far covers a dozen fields of a record. With this, each of those "
                    + "signatures would vouch for a record that is cut down to them.",
                remedy: "make a new key for whole records"
            )
        case .fileFormat:
            RefusalEntry(
                .invalid,
                "the file is no proposal and no signature of a ceremony of conda content trust",
                explanation: "A reader that guesses what was meant could show something else than is signed.",
                remedy: "ask for the file again; it was cut off, or made by a newer program"
            )
        case .otherRoot:
            RefusalEntry(
                .invalid,
                "the chain of roots does not lead through the root that you know",
                explanation:
                    "Whoever makes up a chain of its own can show any change as a small one. What you sign might "
                    + "give a stranger all power.",
                remedy: "do not sign; ask the other authorities by another way which root they know"
            )
        case .otherBytes:
            RefusalEntry(
                .invalid,
                "the signature, or the digest you gave, is for another proposal",
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
        case .signatureForm:
            RefusalEntry(
                .invalid,
                "a signature is not in the form that conda demands of the role",
                explanation:
                    "A root is signed in the form of OpenPGP, everything else by the bare key. Clients refuse the "
                    + "other form.",
                remedy:
                    "sign with `kingsnake root sign`, and key managers' metadata with keys outside of GnuPG"
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
                    "A new root needs the threshold of the version before and its own, and a key manager that of "
                    + "the newest root; clients would refuse it otherwise.",
                remedy: "collect the signatures that are missing with `kingsnake root merge`"
            )
        case .superseded:
            RefusalEntry(
                .stale,
                "the proposal does not follow from what is in force",
                explanation:
                    "The channel has got another version since the proposal was made, or is another channel. Two "
                    + "versions of one number must never be out.",
                remedy: "propose the change again, from the channel as it is now"
            )
        }
    }
}
