// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// The refusals of timestamps (RFC 3161): why one does not show when a signature was there.
@nonexhaustive
public enum TimestampCode: String, RefusalCode {
    private static let stampAgain =
        "get a timestamp of the signature from an authority that the trusted root names"

    // What a response says.
    case size = "timestamp.size"
    case malformed = "timestamp.malformed"
    case status = "timestamp.status"
    case hash = "timestamp.hash"
    case attributes = "timestamp.attributes"
    // What it says of this signature, and who says so.
    case imprint = "timestamp.imprint"
    case untrusted = "timestamp.untrusted"
    case signerCertificate = "timestamp.signer-certificate"
    case content = "timestamp.content"
    case signature = "timestamp.signature"
    case extendedKeyUsage = "timestamp.extended-key-usage"
    case authorityNotValid = "timestamp.authority-not-valid"
    case authorityPeriod = "timestamp.authority-period"
    // Several of them, and answers to a request.
    case tooMany = "timestamp.too-many"
    case duplicate = "timestamp.duplicate"
    case answer = "timestamp.answer"

    /// What the code means to people.
    public var entry: RefusalEntry {
        switch self {
        case .size, .malformed, .status, .hash, .attributes, .tooMany, .duplicate, .answer: contentEntry
        case .imprint, .untrusted, .signerCertificate, .content, .signature, .extendedKeyUsage,
            .authorityNotValid, .authorityPeriod:
            trustEntry
        }
    }

    private var contentEntry: RefusalEntry {
        switch self {
        case .size:
            RefusalEntry(
                .invalid,
                "the timestamp is larger than any honest one",
                explanation: "Reading takes time and memory that whoever made it does not pay for.",
                remedy: Self.stampAgain
            )
        case .status:
            RefusalEntry(
                .invalid,
                "the authority did not grant the timestamp",
                explanation:
                    "A response that is not granted says why there is no timestamp, and proves nothing.",
                remedy: Self.stampAgain
            )
        case .hash:
            RefusalEntry(
                .invalid,
                "the timestamp uses a hash function that does not count",
                explanation:
                    "Where two signatures with one digest can be made, a timestamp of the one is also one "
                    + "of the other. SHA-256, SHA-384 and SHA-512 count.",
                remedy: Self.stampAgain
            )
        case .attributes:
            RefusalEntry(
                .invalid,
                "the timestamp does not sign all that it must",
                explanation:
                    "The signature must cover what kind of thing is signed, its digest, and by which "
                    + "certificate. What is left out could be put in by others.",
                remedy: Self.stampAgain
            )
        case .tooMany:
            RefusalEntry(
                .invalid,
                "there are more timestamps than any honest signature has",
                explanation:
                    "Each is verified with a slow signature that whoever sent them does not pay for.",
                remedy: "keep one timestamp of each authority"
            )
        case .duplicate:
            RefusalEntry(
                .invalid,
                "a timestamp is there twice",
                explanation: "Where two authorities are demanded, one would count for two.",
                remedy: "keep one timestamp of each authority"
            )
        case .answer:
            RefusalEntry(
                .invalid,
                "the timestamp does not answer the request",
                explanation:
                    "The number in the request comes back in the answer: an old answer that somebody kept "
                    + "has another one.",
                remedy: "ask again; if it repeats, ask another authority"
            )
        default:
            RefusalEntry(
                .invalid,
                "the bytes are not a timestamp response in strict DER",
                explanation: "What two readers could read differently proves nothing.",
                remedy: Self.stampAgain
            )
        }
    }

    private var trustEntry: RefusalEntry {
        switch self {
        case .imprint:
            RefusalEntry(
                .invalid,
                "the timestamp is of something else",
                explanation: "It says when another signature was there, and nothing of this one.",
                remedy: Self.stampAgain
            )
        case .signerCertificate:
            RefusalEntry(
                .invalid,
                "the timestamp names another certificate than the authority's own",
                explanation:
                    "Certificates in a timestamp prove nothing. The trusted root says which one signs, and "
                    + "one that looks alike is an attempt to pass for it.",
                remedy: Self.stampAgain
            )
        case .content:
            RefusalEntry(
                .invalid,
                "the timestamp's content is not what was signed",
                explanation: "The time, or what it is of, was changed after the authority signed it.",
                remedy: Self.stampAgain
            )
        case .signature:
            RefusalEntry(
                .invalid,
                "the timestamp is not signed by the authority that it names",
                explanation: "Anybody can name an authority. Only its key can sign.",
                remedy: Self.stampAgain
            )
        case .extendedKeyUsage:
            RefusalEntry(
                .invalid,
                "the authority's certificate is not one for timestamps alone",
                explanation:
                    "A key that signs other things can be led to sign what looks like a timestamp. "
                    + "Timestamping must be its only use, and marked as critical.",
                remedy: "tell whoever gave you the trusted root"
            )
        case .authorityNotValid:
            RefusalEntry(
                .invalid,
                "the timestamp was made while a certificate of the authority was not valid",
                explanation:
                    "All certificates up to the root must be valid at the time: an authority's key that is "
                    + "retired may since be in other hands.",
                remedy: Self.stampAgain
            )
        case .authorityPeriod:
            RefusalEntry(
                .invalid,
                "the timestamp was made while the trusted root did not count the authority",
                explanation:
                    "The trusted root says from when to when each authority counts. Another authority's "
                    + "period does not help this one.",
                remedy: Self.stampAgain
            )
        default:
            RefusalEntry(
                .invalid,
                "no authority of the trusted root made the timestamp",
                explanation:
                    "Anybody can run an authority that gives any time. Only those count that the instance "
                    + "believes, whatever certificates come along.",
                remedy: Self.stampAgain
            )
        }
    }
}
