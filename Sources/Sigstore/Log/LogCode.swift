// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// The refusals of entries in Sigstore's transparency logs. Proofs and checkpoints have their own:
/// ``TrustCore/MerkleCode`` and ``TrustCore/NoteCode``.
@nonexhaustive
public enum LogCode: String, RefusalCode {
    // Which entries there are, and of which logs.
    case noEntry = "log.no-entry"
    case tooManyEntries = "log.too-many-entries"
    case threshold = "log.threshold"
    case unknownLog = "log.unknown-log"
    case keyPeriod = "log.key-period"
    // What shows that an entry is in the log.
    case promiseMissing = "log.promise-missing"
    case proofMissing = "log.proof-missing"
    case checkpointMissing = "log.checkpoint-missing"
    case promise = "log.promise"
    case checkpointOrigin = "log.checkpoint-origin"
    case checkpointSize = "log.checkpoint-size"
    case checkpointRoot = "log.checkpoint-root"
    case index = "log.index"
    // When.
    case noTime = "log.no-time"
    case unsignedTime = "log.unsigned-time"
    case timestampRequired = "log.timestamp-required"
    // What the entry says.
    case kind = "log.kind"
    case kindDiffers = "log.kind-differs"
    case body = "log.body"
    case bodyForm = "log.body-form"
    case content = "log.content"
    case digest = "log.digest"
    case signer = "log.signer"
    case signature = "log.signature"

    private static let askSigner = "ask the publisher for a bundle with the entry of this very signature"
    private static let signAgain = "ask the publisher to sign again with a current client"

    /// What the code means to people.
    public var entry: RefusalEntry {
        switch self {
        case .noEntry:
            RefusalEntry(
                .missing,
                "the bundle has no entry in a transparency log",
                explanation:
                    "A signature that is in no public log can be made and shown to one victim only, and "
                    + "nobody would notice.",
                remedy: Self.signAgain
            )
        case .tooManyEntries:
            RefusalEntry(
                .invalid,
                "the bundle has more log entries than any honest one",
                explanation: "Each costs time to verify, and nobody has vouched for the bundle yet.",
                remedy: Self.signAgain
            )
        case .threshold:
            RefusalEntry(
                .missing,
                "the entries are in fewer logs than are demanded",
                explanation: "Several entries in one log are worth one: only that log would have to lie.",
                remedy: Self.signAgain
            )
        case .unknownLog:
            RefusalEntry(
                .invalid,
                "the entry is in a log that the trusted root does not have",
                explanation:
                    "Anybody can run a log. Only those of the trusted root are known to show everybody the "
                    + "same.",
                remedy: "see whether the bundle is of another Sigstore instance, or update the trusted root"
            )
        case .keyPeriod:
            RefusalEntry(
                .invalid,
                "the log's key did not count at the time of the entry",
                explanation:
                    "A key is in use for a while, and may be lost after it. What it signs outside that time "
                    + "proves nothing.",
                remedy: "update the trusted root, which says when keys count"
            )
        case .promiseMissing:
            RefusalEntry(
                .missing,
                "the bundle lacks the log's promise that its version demands",
                explanation:
                    "A bundle of version 0.1 must have a signed entry timestamp: the log's signature over "
                    + "the entry.",
                remedy: Self.signAgain
            )
        case .proofMissing:
            RefusalEntry(
                .missing,
                "the entry has no proof that it is in the log",
                explanation:
                    "Bundles of version 0.2 and later carry the proof, so that they can be verified offline "
                    + "and the log need not be believed.",
                remedy: Self.signAgain
            )
        case .checkpointMissing:
            RefusalEntry(
                .missing,
                "the proof of the entry has no checkpoint",
                explanation:
                    "A proof leads to a root. Without a checkpoint nobody says that it is the log's.",
                remedy: Self.signAgain
            )
        case .promise:
            RefusalEntry(
                .invalid,
                "the log's promise for the entry is not valid",
                explanation:
                    "The signed entry timestamp covers the entry, its index, its time and the log. One of "
                    + "them was altered, or the signature is not the log's.",
                remedy: Self.askSigner
            )
        case .checkpointOrigin:
            RefusalEntry(
                .invalid,
                "the checkpoint is about another log than the one that signed it",
                explanation: "A log's checkpoint names the log first. One key may sign for several.",
                remedy: Self.askSigner
            )
        case .checkpointSize:
            RefusalEntry(
                .invalid,
                "the checkpoint is of a tree of another size than the proof",
                explanation: "The log vouches for one tree, and the proof is about another.",
                remedy: Self.askSigner
            )
        case .checkpointRoot:
            RefusalEntry(
                .invalid,
                "the checkpoint has another root than the proof",
                explanation: "The log vouches for one tree, and the proof is about another.",
                remedy: Self.askSigner
            )
        case .index:
            RefusalEntry(
                .invalid,
                "the entry's index is not the one in its proof",
                explanation:
                    "In logs of the second generation they are the same. The index beside the proof is "
                    + "vouched for by nobody.",
                remedy: Self.askSigner
            )
        case .noTime:
            RefusalEntry(
                .missing,
                "nothing shows when the signature was made",
                explanation:
                    "The signer's certificate counts for minutes. Without a time that a log or a timestamp "
                    + "authority has signed, a lost key could sign for ever.",
                remedy: Self.signAgain
            )
        case .unsignedTime:
            RefusalEntry(
                .invalid,
                "the entry says a time that the log has not signed",
                explanation:
                    "Only the log's promise covers the time. Without one, anybody can write any time into "
                    + "the bundle.",
                remedy: Self.signAgain
            )
        case .timestampRequired:
            RefusalEntry(
                .missing,
                "the entry is in a log that says no times, and there is no timestamp",
                explanation:
                    "Logs of the second generation leave the time to timestamp authorities. Without their "
                    + "word a lost key could sign for ever.",
                remedy: Self.signAgain
            )
        case .kind:
            RefusalEntry(
                .invalid,
                "the entry is of a kind that is not known",
                explanation:
                    "What an entry vouches for depends on its kind. One that cannot be read vouches for "
                    + "nothing.",
                remedy: "update Kingsnake, or ask the publisher to sign again with a current client"
            )
        case .kindDiffers:
            RefusalEntry(
                .invalid,
                "the bundle says another kind of entry than the entry itself",
                explanation:
                    "Only what the entry says is in the log. Read as another kind it could mean anything.",
                remedy: Self.askSigner
            )
        case .body:
            RefusalEntry(
                .invalid,
                "the entry's body is not what its kind demands",
                explanation:
                    "A body is one JSON object with certain members. One that two programs read differently "
                    + "would vouch for two things.",
                remedy: Self.askSigner
            )
        case .bodyForm:
            RefusalEntry(
                .invalid,
                "the entry's body is not in canonical form",
                explanation:
                    "Logs store bodies in the form of RFC 8785 and no other, so these bytes are not as a "
                    + "log wrote them.",
                remedy: Self.askSigner
            )
        case .content:
            RefusalEntry(
                .invalid,
                "the entry is of a kind that cannot be about what the bundle signs",
                explanation: "An entry for a file says nothing about an envelope, and the other way round.",
                remedy: Self.askSigner
            )
        case .digest:
            RefusalEntry(
                .invalid,
                "the entry is about other content than what is signed here",
                explanation:
                    "A genuine entry of another signing was put into the bundle (CVE-2022-36056, "
                    + "CVE-2026-22703).",
                remedy: Self.askSigner
            )
        case .signer:
            RefusalEntry(
                .invalid,
                "the entry names another certificate or key than the bundle",
                explanation:
                    "A genuine entry of another signer was put into the bundle (CVE-2022-36056, "
                    + "CVE-2026-22703).",
                remedy: Self.askSigner
            )
        case .signature:
            RefusalEntry(
                .invalid,
                "the entry is for another signature than the bundle's",
                explanation:
                    "A genuine entry of another signing was put into the bundle, so this signature is in no "
                    + "log (CVE-2022-36056, CVE-2026-22703).",
                remedy: Self.askSigner
            )
        }
    }
}
