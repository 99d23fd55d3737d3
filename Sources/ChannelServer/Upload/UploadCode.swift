// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import HTTPTypes
internal import Hummingbird
public import TrustCore

/// The refusals of packages that are sent to a server. What is wrong with an archive or with an attestation
/// has the codes of those areas.
@nonexhaustive
public enum UploadCode: String, RefusalCode {
    case tooLarge = "upload.too-large"
    case length = "upload.length"
    case digest = "upload.digest"
    case tooSlow = "upload.too-slow"
    case incomplete = "upload.incomplete"
    case form = "upload.form"
    case name = "upload.name"
    case subdir = "upload.subdir"
    case builtInFuture = "upload.built-in-future"
    case anonymous = "upload.anonymous"
    case fileUnknown = "upload.file-unknown"
    case fileRemoved = "upload.file-removed"
    case attestationMissing = "upload.attestation-missing"
    case attestationUnverified = "upload.attestation-unverified"
    case publisherRefused = "upload.publisher-refused"
    case refusedByServer = "upload.refused-by-server"
    case storageFull = "upload.storage-full"

    /// What the code means to people.
    public var entry: RefusalEntry {
        switch self {
        case .tooLarge, .length, .digest, .tooSlow, .incomplete, .form, .storageFull: transferEntry
        case .name, .subdir, .builtInFuture, .anonymous, .fileUnknown, .fileRemoved: packageEntry
        case .attestationMissing, .attestationUnverified, .publisherRefused: attestationEntry
        case .refusedByServer:
            RefusalEntry(
                .policy,
                "the server refused the package",
                explanation:
                    "What the server said about it is shown as it came, for only the server knows its reasons.",
                remedy: "correct what the server says"
            )
        }
    }

    /// What is wrong with how it came.
    private var transferEntry: RefusalEntry {
        switch self {
        case .tooLarge:
            RefusalEntry(
                .policy,
                "that is larger than the server takes",
                explanation: "A server that took anything would run out of disk.",
                remedy: "make the package smaller, or ask who runs the server"
            )
        case .length:
            RefusalEntry(
                .invalid,
                "the file is not as long as was announced",
                explanation: "Something was lost or added on the way.",
                remedy: "send it again"
            )
        case .digest:
            RefusalEntry(
                .invalid,
                "the file that arrived is not the one that was announced",
                explanation:
                    "Its SHA-256 is another than the sender said: it was changed on the way, or mistaken.",
                remedy: "send it again"
            )
        case .tooSlow:
            RefusalEntry(
                .policy,
                "the upload is too slow",
                explanation: "Uploads that come drop by drop would hold all of a server's connections.",
                remedy: "send it again over a better connection"
            )
        case .incomplete:
            RefusalEntry(
                .invalid,
                "the upload broke off",
                explanation: "The connection ended before the file did.",
                remedy: "send it again"
            )
        case .storageFull:
            RefusalEntry(
                .policy,
                "the server has no room for uploads",
                explanation:
                    "What is free of its disk is held in reserve, so that what is there can still be indexed, signed and "
                    + "served.",
                remedy: "try again later, and tell whoever runs the server"
            )
        default:
            RefusalEntry(
                .invalid,
                "the form in the request is not one that the server takes",
                explanation:
                    "A form (`multipart/form-data`) has a boundary, parts with short headers, and an end; and only the "
                    + "fields of its protocol.",
                remedy: "correct the request"
            )
        }
    }

    /// What is wrong with the package, or with what is asked for it.
    private var packageEntry: RefusalEntry {
        switch self {
        case .name:
            RefusalEntry(
                .invalid,
                "the request names two different files",
                explanation: "The name in the form and the one in its header fields must be the same.",
                remedy: "correct the request"
            )
        case .subdir:
            RefusalEntry(
                .invalid,
                "the package is for another subdir than the one it was sent to",
                explanation:
                    "Its `info/index.json` says what it is for, and that is where solvers would look for it.",
                remedy: "send it to the subdir that it is for, or build it again"
            )
        case .builtInFuture:
            RefusalEntry(
                .invalid,
                "the package says that it was built in the future",
                explanation:
                    "Clients can leave out what is newer than a date; a wrong date would hide a package, or prefer it.",
                remedy: "set the clock of the machine that builds, and build it again"
            )
        case .anonymous:
            RefusalEntry(
                .missing,
                "nobody answers for the upload",
                explanation: "The publish log says of each file who published it.",
                remedy: "send a key with the request"
            )
        case .fileUnknown:
            RefusalEntry(
                .missing,
                "the channel has no such file",
                explanation: "It was never published there, or under another name.",
                remedy: "check subdir and file name"
            )
        default:
            RefusalEntry(
                .policy,
                "the file was removed from the channel, and its name stays taken",
                explanation:
                    "A name that came back with its bytes would undo a decision that was meant for good.",
                remedy: "publish it under a new build number or version"
            )
        }
    }

    private var attestationEntry: RefusalEntry {
        switch self {
        case .attestationMissing:
            RefusalEntry(
                .policy,
                "the channel takes only packages that their publishers attest to",
                explanation:
                    "An attestation (CEP 27) says who published the file, for everybody to check; it must come with the "
                    + "package.",
                remedy: "attest to it with `kingsnake attest create`, and publish it with `kingsnake publish`"
            )
        case .attestationUnverified:
            RefusalEntry(
                .invalid,
                "an attestation that came with the package could not be verified",
                explanation: "Clients would refuse it too, so it is not served.",
                remedy: "attest to the package again"
            )
        default:
            RefusalEntry(
                .policy,
                "clients would refuse the package by what the channel's owner demands of publishers",
                explanation:
                    "The owner signed whose attestations the package needs, and these are not among them.",
                remedy: "let the right publisher attest to it with `kingsnake attest create`"
            )
        }
    }
}

extension UploadCode: HTTPRefusalCode {
    var httpStatus: HTTPResponse.Status {
        switch self {
        case .tooLarge: .contentTooLarge
        case .length, .incomplete, .form, .name: .badRequest
        // What quetz answers: clients take it for a fault on the way, and send again.
        case .digest: .notAcceptable
        case .tooSlow: .requestTimeout
        case .anonymous: .unauthorized
        case .fileUnknown: .notFound
        case .fileRemoved: .conflict
        case .publisherRefused: .forbidden
        case .storageFull: HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage")
        case .subdir, .builtInFuture, .attestationMissing, .attestationUnverified, .refusedByServer:
            .unprocessableContent
        }
    }
}
