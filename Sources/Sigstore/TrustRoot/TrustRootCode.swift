// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// The refusals of a Sigstore instance's trust root and signing configuration: before anything was verified
/// by them.
@nonexhaustive
public enum TrustRootCode: String, RefusalCode, ProtobufFieldCode {
    private static let owner = "tell who runs the Sigstore instance, or use its current trust root"

    case mediaType = "trust-root.media-type"
    case missingField = "trust-root.missing-field"
    case base64 = "trust-root.base64"
    case integer = "trust-root.integer"
    case limit = "trust-root.limit"
    case time = "trust-root.time"
    case validityStart = "trust-root.validity-start"
    case key = "trust-root.key"
    case logID = "trust-root.log-id"
    case noCertificates = "trust-root.no-certificates"
    case noLogs = "trust-root.no-logs"
    case selector = "trust-root.selector"
    case services = "trust-root.services"

    /// What the code means to people.
    public var entry: RefusalEntry {
        switch self {
        case .mediaType, .missingField, .base64, .integer, .limit, .time: formEntry
        default: contentEntry
        }
    }

    private var formEntry: RefusalEntry {
        switch self {
        case .mediaType:
            RefusalEntry(
                .invalid,
                "the file is not a trust root or a signing configuration of a known version",
                explanation: "A version that is not known cannot be read safely by the rules of another.",
                remedy: "update Kingsnake, or give a file of a version that it knows"
            )
        case .missingField:
            RefusalEntry(
                .invalid,
                "a field of the trust root or signing configuration that must be there is missing or empty",
                explanation:
                    "A key or a place that is not there cannot be used, and nothing is assumed instead.",
                remedy: Self.owner
            )
        case .base64:
            RefusalEntry(
                .invalid,
                "bytes in the trust root are not written in standard base64",
                explanation: "A lenient decoder could take one text for another key than its writer meant.",
                remedy: Self.owner
            )
        case .integer:
            RefusalEntry(
                .invalid,
                "a number in the signing configuration is negative, too large, or not in decimal digits",
                explanation:
                    "It says how many logs or timestamps a signature needs, or which protocol is spoken.",
                remedy: Self.owner
            )
        case .limit:
            RefusalEntry(
                .invalid,
                "the trust root or signing configuration has more of something than any honest one",
                explanation: "Every key and certificate costs time whenever something is verified.",
                remedy: Self.owner
            )
        default:
            RefusalEntry(
                .invalid,
                "a time in the trust root or signing configuration is not written as YYYY-MM-DDTHH:MM:SSZ",
                explanation:
                    "A time that two readers read differently ends the trust in a key at two times. A "
                    + "fraction of the second may stand before the `Z`.",
                remedy: Self.owner
            )
        }
    }

    private var contentEntry: RefusalEntry {
        switch self {
        case .validityStart:
            RefusalEntry(
                .invalid,
                "the trust root or signing configuration does not say from when on something counts",
                explanation:
                    "Without a start, a key that is new or was stolen before its time would count for all "
                    + "signatures that were ever made.",
                remedy: Self.owner
            )
        case .key:
            RefusalEntry(
                .invalid,
                "a key in the trust root cannot be read, is too weak, or is of another type than it says",
                explanation:
                    "A trust root with a damaged key is a damaged trust root; no part of it is used.",
                remedy: Self.owner
            )
        case .logID:
            RefusalEntry(
                .invalid,
                "a log in the trust root has no name, or one of another length than 4 to 32 bytes",
                explanation: "Entries and certificates say by this name which log they are in.",
                remedy: Self.owner
            )
        case .noCertificates:
            RefusalEntry(
                .invalid,
                "an authority in the trust root has no certificate",
                explanation:
                    "The last certificate is the one that is believed; without it there is nothing to "
                    + "believe.",
                remedy: Self.owner
            )
        case .noLogs:
            RefusalEntry(
                .invalid,
                "the trust root has no transparency log with a key that is understood",
                explanation:
                    "An attestation of a package counts only if it is in a public log (CEP 27), so that "
                    + "nothing could be verified by this root.",
                remedy: "give the trust root of an instance with a transparency log, or update Kingsnake"
            )
        case .selector:
            RefusalEntry(
                .invalid,
                "the signing configuration does not say which of its logs or timestamp authorities to use",
                explanation:
                    "It must say `ALL`, `ANY`, or `EXACT` with a count above 0. Guessing could sign with "
                    + "less evidence than its owner demands.",
                remedy: Self.owner
            )
        default:
            RefusalEntry(
                .invalid,
                "the signing configuration has too few services that count now and are understood",
                explanation:
                    "It demands so many, of different operators, that one that misbehaves is not enough. "
                    + "A signature with fewer would be refused by verifiers.",
                remedy: "update the signing configuration, or Kingsnake, and check the computer's clock"
            )
        }
    }
}
