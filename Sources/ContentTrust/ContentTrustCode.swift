// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// The refusals of `ContentTrust`: why metadata or a record in the format of conda content trust is not trusted.
@nonexhaustive
public enum ContentTrustCode: String, RefusalCode {
    private static let tellOwner = "tell the channel's owner which field is wrong"
    private static let otherMirror = "try another mirror; if it repeats, tell the channel's owner"

    // What a single file says.
    case envelope = "content-trust.envelope"
    case type = "content-trust.type"
    case specVersion = "content-trust.spec-version"
    case versionNumber = "content-trust.version-number"
    case date = "content-trust.date"
    case delegations = "content-trust.delegations"
    case thresholdNumber = "content-trust.threshold-number"
    case duplicateKey = "content-trust.duplicate-key"
    case keyFormat = "content-trust.key-format"
    case keyType = "content-trust.key-type"
    case signatureFormat = "content-trust.signature-format"
    case openPGPHeaders = "content-trust.openpgp-headers"
    case openPGPPacket = "content-trust.openpgp-packet"
    case number = "content-trust.number"
    case recordForms = "content-trust.record-forms"
    // What files say about each other.
    case signatures = "content-trust.signatures"
    case rootVersion = "content-trust.root-version"
    case expired = "content-trust.expired"
    case rollback = "content-trust.rollback"
    case equivocation = "content-trust.equivocation"
    case future = "content-trust.future"
    case sharedKey = "content-trust.shared-key"
    case metadataMissing = "content-trust.metadata-missing"
    // Records.
    case recordUnsigned = "content-trust.record-unsigned"
    case recordSignature = "content-trust.record-signature"
    case recordForm = "content-trust.record-form"

    /// What the code means to people.
    public var entry: RefusalEntry {
        switch self {
        case .envelope:
            RefusalEntry(
                .invalid,
                "the file is not a signed document of conda content trust",
                explanation:
                    "Such a document has two members, `signatures` and `signed`. Whatever stands beside them "
                    + "nobody signed.",
                remedy: Self.otherMirror
            )
        case .type:
            RefusalEntry(
                .invalid,
                "the metadata is of another type than its role demands",
                explanation:
                    "The type is signed: validly signed metadata of one role served as another's is an attack "
                    + "by role confusion.",
                remedy: Self.otherMirror
            )
        case .specVersion:
            RefusalEntry(
                .invalid,
                "the metadata is in a version of the format that is not known",
                explanation:
                    "Another version may mean other things by the same fields. Other clients do not look.",
                remedy: "update Kingsnake, or tell the channel's owner if there is no newer version"
            )
        case .versionNumber:
            RefusalEntry(
                .invalid,
                "the metadata has no version to compare, or one below 1 or above 2^53",
                explanation:
                    "Without a version or a date nobody can tell old metadata from new. Above 2^53 many readers of JSON "
                    + "round: two versions would be one.",
                remedy: Self.tellOwner
            )
        case .date:
            RefusalEntry(
                .invalid,
                "a date is not written as YYYY-MM-DDTHH:MM:SSZ",
                explanation: "A date that two readers read differently expires at two times.",
                remedy: Self.tellOwner
            )
        case .delegations:
            RefusalEntry(
                .invalid,
                "the metadata does not name keys for just the roles that it may",
                explanation:
                    "A root names the keys of the root and of the key manager, a key manager those of the "
                    + "package managers. A name that is not known may be a slip that leaves a role without keys.",
                remedy: Self.tellOwner
            )
        case .thresholdNumber:
            RefusalEntry(
                .invalid,
                "a threshold is below 1, or above the number of keys",
                explanation:
                    "A threshold of zero would accept metadata that nobody signed. One that cannot be met is a slip, "
                    + "which would end the channel.",
                remedy: Self.tellOwner
            )
        case .duplicateKey:
            RefusalEntry(
                .invalid,
                "a role lists one key twice",
                explanation: "Signatures are counted by key: a key that counts twice halves the threshold.",
                remedy: Self.tellOwner
            )
        case .keyFormat:
            RefusalEntry(
                .invalid,
                "a key is not written as 64 lower-case hexadecimal digits",
                explanation:
                    "The format knows one spelling of a key; a second one could be counted as another key.",
                remedy: Self.tellOwner
            )
        case .keyType:
            RefusalEntry(
                .invalid,
                "the key is not an Ed25519 key",
                explanation: "Conda content trust has no other kind of key.",
                remedy: "make an Ed25519 key with `kingsnake root key PATH --scheme ed25519`"
            )
        case .signatureFormat:
            RefusalEntry(
                .invalid,
                "a signature is not written as the format demands",
                explanation:
                    "A signature is 128 lower-case hexadecimal digits, with the OpenPGP headers beside it if it "
                    + "was made by GnuPG. Under metadata, what is written otherwise counts for nothing, and is told where "
                    + "signatures are missing. A record that has such a signature is refused.",
                remedy: Self.otherMirror
            )
        case .openPGPHeaders:
            RefusalEntry(
                .invalid,
                "the OpenPGP headers of a signature are not those of an EdDSA signature of a document",
                explanation:
                    "The headers are signed with the document. Other clients never look inside, so a signature "
                    + "that was made for another purpose would pass.",
                remedy: "sign again with `kingsnake root sign --gpg`, or with GnuPG's defaults and SHA-256"
            )
        case .openPGPPacket:
            RefusalEntry(
                .invalid,
                "what GnuPG answered is not a key or a signature in the form that is needed",
                explanation:
                    "Keys and signatures of GnuPG come in packets: an Ed25519 key of version 4, found by its "
                    + "fingerprint, or one detached signature.",
                remedy: "see that the key is an Ed25519 key with `gpg --list-keys --with-subkey-fingerprint`"
            )
        case .number:
            RefusalEntry(
                .invalid,
                "a number is beyond what a double can hold",
                explanation:
                    "What is signed is the number as Python writes it. One that no double can hold becomes "
                    + "`Infinity` there, which is not JSON and no number.",
                remedy: Self.tellOwner
            )
        case .recordForms:
            RefusalEntry(
                .invalid,
                "the key manager's metadata does not say clearly in which form each key signs",
                explanation:
                    "`record_forms` names forms that are known, of keys that sign records. After a slip a key that signs "
                    + "mamba's form would count as one that signs records in full.",
                remedy: Self.tellOwner
            )
        case .signatures:
            RefusalEntry(
                .invalid,
                "not enough of the role's keys have signed the metadata",
                explanation:
                    "Whoever serves the channel could have written it. A new root needs the keys of the old root "
                    + "and its own.",
                remedy: Self.otherMirror
            )
        case .rootVersion:
            RefusalEntry(
                .invalid,
                "a root is not the next version after the one before",
                explanation:
                    "Roots are followed one by one: each is signed by the keys of the one before. A gap, or the "
                    + "same version again, leaves out who may speak.",
                remedy: Self.otherMirror
            )
        case .expired:
            RefusalEntry(
                .stale,
                "the metadata has expired",
                explanation:
                    "Keys that were taken away since would still count. conda never looks at this date, and mamba "
                    + "not for stored copies.",
                remedy: "try another mirror; if it repeats, ask the channel's owner to sign again"
            )
        case .rollback:
            RefusalEntry(
                .stale,
                "the metadata is older than the copy already trusted (rollback)",
                explanation:
                    "Old metadata brings keys back that were taken away, after they were stolen perhaps.",
                remedy: Self.otherMirror
            )
        case .equivocation:
            RefusalEntry(
                .invalid,
                "the metadata is another document than the one already trusted, of the same version and date",
                explanation:
                    "Two documents of one version are shown to different people, or the newer one cannot be told from the "
                    + "older one.",
                remedy: "tell the channel's owner to give each document a version of its own"
            )
        case .future:
            RefusalEntry(
                .invalid,
                "the metadata says that it was made in the future",
                explanation:
                    "Whoever trusted it once would refuse everything honest as older. A slip does that, and so does "
                    + "the thief of a key.",
                remedy: "check this machine's clock; if it is right, tell the channel's owner"
            )
        case .sharedKey:
            RefusalEntry(
                .invalid,
                "a key that signs records is also the root's or the key manager's",
                explanation:
                    "What records say their makers choose. A key that signs them must sign nothing else, or a record could "
                    + "be made that reads like metadata.",
                remedy: "ask the channel's owner to give each role keys of its own"
            )
        case .metadataMissing:
            RefusalEntry(
                .missing,
                "the channel does not have metadata that its content trust needs",
                explanation:
                    "Without the key manager's metadata nobody can tell who may sign. conda then switches verification "
                    + "off, with one warning: whoever serves the channel decides.",
                remedy: Self.otherMirror
            )
        case .recordUnsigned:
            RefusalEntry(
                .missing,
                "the index gives no signature for the package's record",
                explanation:
                    "Whoever serves the index can leave signatures out, or list a package of his own. conda would "
                    + "say so in brackets, and install it.",
                remedy: "ask the channel's owner to sign the package, or choose one that is signed"
            )
        case .recordSignature:
            RefusalEntry(
                .invalid,
                "not enough of the channel's keys have signed the package's record",
                explanation: "The record was altered after it was signed, or signed by somebody else.",
                remedy: "do not install it; tell the channel's owner"
            )
        case .recordForm:
            RefusalEntry(
                .invalid,
                "the record is signed in a form that does not cover all of it",
                explanation:
                    "mamba verifies a dozen fields of a record, written anew. What they leave out, anybody who "
                    + "serves the index can change.",
                remedy: "ask the channel's owner to sign records in full, too"
            )
        }
    }
}
