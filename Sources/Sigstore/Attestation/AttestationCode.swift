// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// The refusals of what attestations say, and of the files that they are served in (CEP 27, CEP 50).
@nonexhaustive
public enum AttestationCode: String, RefusalCode {
    private static let publisher = "ask who published the package to attest to it again, with a released tool"
    private static let mirror = "try another mirror; if it repeats, tell the channel's owner"

    case payloadType = "attestation.payload-type"
    case statementType = "attestation.statement-type"
    case limit = "attestation.limit"
    case predicateType = "attestation.predicate-type"
    case subjectCount = "attestation.subject-count"
    case subjectName = "attestation.subject-name"
    case digestSet = "attestation.digest-set"
    case digestForm = "attestation.digest-form"
    case predicate = "attestation.predicate"
    case targetChannelMissing = "attestation.target-channel-missing"
    case targetChannel = "attestation.target-channel"
    case targetChannelSlash = "attestation.target-channel-slash"
    case targetChannelCredentials = "attestation.target-channel-credentials"
    case fileName = "attestation.file-name"
    case digest = "attestation.digest"
    case channel = "attestation.channel"
    case sidecarReference = "attestation.sidecar-reference"
    case sidecarDigest = "attestation.sidecar-digest"
    case sidecarShape = "attestation.sidecar-shape"
    case pep740Version = "attestation.pep740-version"

    /// What the code means to people.
    public var entry: RefusalEntry {
        switch self {
        case .payloadType, .statementType, .limit, .predicateType, .pep740Version: statementEntry
        case .subjectCount, .subjectName, .digestSet, .digestForm: subjectEntry
        case .predicate, .targetChannelMissing, .targetChannel, .targetChannelSlash,
            .targetChannelCredentials:
            predicateEntry
        case .fileName, .digest, .channel: matchEntry
        default: sidecarEntry
        }
    }

    private var statementEntry: RefusalEntry {
        switch self {
        case .payloadType:
            RefusalEntry(
                .invalid,
                "what is signed is not an in-toto statement",
                explanation:
                    "The type is signed with the content, so that text signed for one purpose cannot be "
                    + "shown for another.",
                remedy: Self.publisher
            )
        case .statementType:
            RefusalEntry(
                .invalid,
                "the statement is of a version that is not known",
                explanation: "Another version may mean other things by the same fields.",
                remedy: Self.publisher
            )
        case .limit:
            RefusalEntry(
                .invalid,
                "the statement, or the file of attestations, has more of something than any honest one",
                explanation:
                    "Everything in it costs time to verify, and anybody can write one with thousands.",
                remedy: "tell who made the attestation, or the channel's owner"
            )
        case .predicateType:
            RefusalEntry(
                .invalid,
                "the attestation is not one of publishing a package",
                explanation:
                    "That somebody signed something about a package is not enough: a test report or a "
                    + "scan, validly signed, is no word of its publisher (CEP 27).",
                remedy: Self.publisher
            )
        default:
            RefusalEntry(
                .invalid,
                "the attestation of a Python distribution is of a version that is not known",
                explanation: "There is one version of the format (PEP 740); another may mean other things.",
                remedy: "update Kingsnake, or get the attestation from the index again"
            )
        }
    }

    private var subjectEntry: RefusalEntry {
        switch self {
        case .subjectCount:
            RefusalEntry(
                .invalid,
                "the attestation is not about exactly one package",
                explanation: "CEP 27 demands exactly one subject, so that tools cannot pick different ones.",
                remedy: Self.publisher
            )
        case .subjectName:
            RefusalEntry(
                .invalid,
                "the attestation's subject is not the full file name of a conda package",
                explanation:
                    "The name is what binds an attestation to the package that is asked for. It is no "
                    + "path, and has name, version, build and format (CEP 27).",
                remedy: Self.publisher
            )
        case .digestSet:
            RefusalEntry(
                .invalid,
                "the attestation does not give its package's SHA-256, or gives other digests beside it",
                explanation:
                    "CEP 27 demands a single digest. Tools that look at different ones of several could see "
                    + "different packages.",
                remedy: Self.publisher
            )
        default:
            RefusalEntry(
                .invalid,
                "the SHA-256 in the attestation is not written as 64 lower-case hexadecimal digits",
                explanation:
                    "A digest in another form may be compared as text by one tool and as a number by "
                    + "another.",
                remedy: Self.publisher
            )
        }
    }

    private var predicateEntry: RefusalEntry {
        switch self {
        case .predicate:
            RefusalEntry(
                .invalid,
                "what the attestation says about its package is not an object",
                explanation: "CEP 27 demands an object or nothing at all.",
                remedy: Self.publisher
            )
        case .targetChannelMissing:
            RefusalEntry(
                .invalid,
                "the attestation says something about its package, and not for which channel it is",
                explanation: "An object without `targetChannel` is none that CEP 27 allows.",
                remedy: Self.publisher
            )
        case .targetChannel:
            RefusalEntry(
                .invalid,
                "the channel in the attestation is not the URL of a channel",
                explanation:
                    "It is compared with the channel that a package came from. What is no URL, or one "
                    + "that can be read in two ways, matches the wrong one, or none.",
                remedy: Self.publisher
            )
        case .targetChannelSlash:
            RefusalEntry(
                .invalid,
                "the channel in the attestation ends in a slash",
                explanation: "CEP 27 forbids it, so that one channel has one spelling.",
                remedy: Self.publisher
            )
        default:
            RefusalEntry(
                .invalid,
                "the channel in the attestation has a user name, a password or a token in it",
                explanation:
                    "Attestations are public, and logged where nothing is ever removed. Whoever reads "
                    + "them could publish with these credentials.",
                remedy: "withdraw the credentials at once, and attest to the package again without them"
            )
        }
    }

    private var matchEntry: RefusalEntry {
        switch self {
        case .fileName:
            RefusalEntry(
                .invalid,
                "the attestation is about a package of another file name",
                explanation:
                    "A genuine package of another name or version, served under this one with its genuine "
                    + "attestation, is an attack that digests alone do not stop (CEP 27).",
                remedy: Self.mirror
            )
        case .digest:
            RefusalEntry(
                .invalid,
                "the attestation is about a package of other bytes",
                explanation:
                    "The package was changed after it was attested to, or another was put in its place.",
                remedy: Self.mirror
            )
        default:
            RefusalEntry(
                .policy,
                "the attestation is about a package of another channel",
                explanation:
                    "Its publisher made it for another channel. In a mirror that is right; elsewhere, a "
                    + "package was taken from one channel to another that its publisher did not choose.",
                remedy:
                    "find out whether this channel mirrors the other one, and say so in the policy if it does"
            )
        }
    }

    private var sidecarEntry: RefusalEntry {
        switch self {
        case .sidecarReference:
            RefusalEntry(
                .invalid,
                "the digest of a package's attestations is not 64 lower-case hexadecimal digits",
                explanation:
                    "It becomes part of the URL that they are fetched from: any other text could lead "
                    + "elsewhere (CEP 50).",
                remedy: "tell the channel's owner"
            )
        case .sidecarDigest:
            RefusalEntry(
                .invalid,
                "the package's attestations are not the ones that the index names",
                explanation:
                    "Somebody changed or replaced the file, or took attestations away. It is not read, "
                    + "and the package is not taken for one without attestations (CEP 50).",
                remedy: Self.mirror
            )
        default:
            RefusalEntry(
                .invalid,
                "the file of a package's attestations is not a list of one or more of them",
                explanation: "An empty list would say that there are attestations, and show none (CEP 50).",
                remedy: Self.mirror
            )
        }
    }
}
