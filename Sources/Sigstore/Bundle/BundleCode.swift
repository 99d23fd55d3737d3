// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// The refusals of a Sigstore bundle's form: before anything in it was verified.
@nonexhaustive
public enum BundleCode: String, RefusalCode, ProtobufFieldCode {
    private static let again = "fetch the bundle again; if it repeats, tell who made it"
    private static let maker = "tell who made the bundle to use a released Sigstore client"

    case mediaType = "bundle.media-type"
    case version = "bundle.version"
    case unknownField = "bundle.unknown-field"
    case missingField = "bundle.missing-field"
    case base64 = "bundle.base64"
    case integer = "bundle.integer"
    case limit = "bundle.limit"
    case material = "bundle.material"
    case certificateForm = "bundle.certificate-form"
    case emptyChain = "bundle.empty-chain"
    case rootCertificate = "bundle.root-certificate"
    case content = "bundle.content"
    case signatureCount = "bundle.signature-count"
    case digest = "bundle.digest"
    case logPromise = "bundle.log-promise"
    case inclusionProof = "bundle.inclusion-proof"
    case checkpoint = "bundle.checkpoint"

    /// What the code means to people.
    public var entry: RefusalEntry {
        switch self {
        case .mediaType, .version, .unknownField, .missingField, .base64, .integer, .limit: formEntry
        case .material, .certificateForm, .emptyChain, .rootCertificate: materialEntry
        default: evidenceEntry
        }
    }

    private var formEntry: RefusalEntry {
        switch self {
        case .mediaType:
            RefusalEntry(
                .invalid,
                "the file does not say that it is a Sigstore bundle of a known version",
                explanation:
                    "What must be in a bundle, and what that means, depends on its version. One that is "
                    + "not known cannot be read safely by the rules of another.",
                remedy: "update Kingsnake, or tell who made the bundle if there is no newer version"
            )
        case .version:
            RefusalEntry(
                .policy,
                "the bundle is of a version of the format that is not accepted here",
                explanation:
                    "Older versions of the format demand less evidence. Where none were ever made, one "
                    + "that appears now is more likely an attack than an old file.",
                remedy: "ask who made the bundle to sign again with a current Sigstore client"
            )
        case .unknownField:
            RefusalEntry(
                .invalid,
                "the bundle has a field that its format does not have",
                explanation:
                    "A field that one verifier reads and another skips, or a second spelling of one that "
                    + "both read, lets two verifiers see two bundles.",
                remedy: Self.maker
            )
        case .missingField:
            RefusalEntry(
                .invalid,
                "a field of the bundle that must be there is missing or empty",
                explanation: "What is missing cannot be verified, and is never taken for verified.",
                remedy: Self.maker
            )
        case .base64:
            RefusalEntry(
                .invalid,
                "bytes in the bundle are not written in standard base64",
                explanation:
                    "Lenient decoders skip what they do not know, so that many texts stand for the same "
                    + "bytes, or one text for different ones.",
                remedy: Self.again
            )
        case .integer:
            RefusalEntry(
                .invalid,
                "a number in the bundle is negative, too large, or not written in decimal digits",
                explanation:
                    "Positions in a log and sizes of its tree are counted from 0. A number that wraps "
                    + "around would point somewhere else.",
                remedy: Self.again
            )
        default:
            RefusalEntry(
                .invalid,
                "the bundle has more of something than any honest one",
                explanation:
                    "Every log entry, timestamp and certificate costs time to verify, and anybody can "
                    + "write a bundle with thousands of them.",
                remedy: Self.maker
            )
        }
    }

    private var materialEntry: RefusalEntry {
        switch self {
        case .material:
            RefusalEntry(
                .invalid,
                "the bundle shows its signer by none, or by more than one, of certificate and key",
                explanation: "With two signers in one bundle, two verifiers could name different ones.",
                remedy: Self.maker
            )
        case .certificateForm:
            RefusalEntry(
                .invalid,
                "the bundle carries its certificate in a form that its version does not have",
                explanation:
                    "Versions 0.1 and 0.2 carry a chain, and version 0.3 the signer's certificate alone.",
                remedy: Self.maker
            )
        case .emptyChain:
            RefusalEntry(
                .invalid,
                "the bundle's chain of certificates is empty",
                explanation:
                    "The first certificate of the chain is the signer's: without it nobody has signed.",
                remedy: Self.again
            )
        default:
            RefusalEntry(
                .invalid,
                "the bundle brings the root of its own chain of certificates",
                explanation:
                    "Which root is believed is the verifier's decision. A bundle that brings its own invites "
                    + "careless verifiers to believe that one, so the specification forbids it.",
                remedy: Self.maker
            )
        }
    }

    private var evidenceEntry: RefusalEntry {
        switch self {
        case .content:
            RefusalEntry(
                .invalid,
                "the bundle has none, or both, of a signature and a signed envelope",
                explanation: "With two contents in one bundle, two verifiers could verify different ones.",
                remedy: Self.maker
            )
        case .signatureCount:
            RefusalEntry(
                .invalid,
                "the bundle's envelope does not have exactly one signature",
                explanation:
                    "The bundle shows one signer. Another signature in the envelope would be verified by "
                    + "nobody, or instead of the right one.",
                remedy: Self.maker
            )
        case .digest:
            RefusalEntry(
                .invalid,
                "the artifact's digest in the bundle is of an unknown hash function, or of another length",
                explanation: "A digest that cannot be compared with the artifact says nothing about it.",
                remedy: Self.maker
            )
        case .logPromise:
            RefusalEntry(
                .invalid,
                "an entry of a transparency log comes without the log's signed promise",
                explanation:
                    "In bundles of version 0.1 the promise is all that shows that the log has the entry, "
                    + "and when it took it in.",
                remedy: Self.maker
            )
        case .inclusionProof:
            RefusalEntry(
                .invalid,
                "an entry of a transparency log comes without a proof that the log includes it",
                explanation:
                    "A promise can be broken, or made by a stolen key. From version 0.2 on the bundle "
                    + "must show that the entry is in the log's tree. It is never looked up elsewhere.",
                remedy: Self.maker
            )
        default:
            RefusalEntry(
                .invalid,
                "a proof of inclusion comes without the log's signed checkpoint",
                explanation:
                    "Without the checkpoint, the proof leads to a hash that nobody has signed: anybody "
                    + "can make one.",
                remedy: Self.maker
            )
        }
    }
}
