// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Hummingbird
public import TrustCore

/// The refusals of a server as a whole: what was asked of it does not fit what it has.
@nonexhaustive
public enum ServerCode: String, RefusalCode {
    case channelName = "server.channel-name"
    case channelExists = "server.channel-exists"
    case channelUnknown = "server.channel-unknown"
    case fileExists = "server.file-exists"
    case notFound = "server.not-found"
    case logForked = "server.log-forked"
    case requestMalformed = "server.request-malformed"
    case folderTaken = "server.folder-taken"
    case backupIncomplete = "server.backup-incomplete"
    case blobDamaged = "server.blob-damaged"
    case fileRemoved = "server.file-removed"
    case preconditionFailed = "server.precondition-failed"
    case foreignPage = "server.foreign-page"
    case method = "server.method"
    // Operations: see `ServerCode+Operations.swift`.
    case databaseNewer = "server.database-newer"
    case databaseDamaged = "server.database-damaged"
    case folderInUse = "server.folder-in-use"
    case restoreUnfinished = "server.restore-unfinished"
    case restoreUnproved = "server.restore-unproved"
    case indexDiffers = "server.index-differs"
    case keyMissing = "server.key-missing"

    /// What the code means to people.
    public var entry: RefusalEntry {
        switch self {
        case .databaseNewer, .databaseDamaged, .folderInUse, .restoreUnfinished, .restoreUnproved,
            .indexDiffers, .keyMissing:
            return operationsEntry
        case .channelName:
            return RefusalEntry(
                .invalid,
                "that is no name for a channel",
                explanation:
                    "The name is a part of URLs, and must not be taken for one of the server's own paths.",
                remedy: "choose a name of lower-case letters, digits, `-`, `_` and `.`"
            )
        case .channelExists:
            return RefusalEntry(
                .policy,
                "the server has a channel of that name",
                explanation: "A channel's name means the same channel for ever.",
                remedy: "choose another name"
            )
        case .channelUnknown:
            return RefusalEntry(
                .missing,
                "there is no such channel",
                explanation: "The server has none of that name, or none that the caller may know of.",
                remedy: "check the name, and with what you log in"
            )
        case .fileExists:
            return RefusalEntry(
                .invalid,
                "the channel has another file of that name",
                explanation: "A file name means the same bytes for ever; lock files and caches rely on it.",
                remedy: "publish it under a new build number or version"
            )
        case .notFound:
            return RefusalEntry(
                .missing,
                "there is nothing at that address",
                explanation: "The server serves nothing under the path that was asked for.",
                remedy: "check the address"
            )
        case .logForked:
            return RefusalEntry(
                .invalid,
                "the publish log has another root for that size",
                explanation:
                    "A log that says two things about its first entries would show different histories to "
                    + "different people.",
                remedy: "stop the server, and compare its database and its blobs with the last backup"
            )
        case .requestMalformed:
            return RefusalEntry(
                .invalid,
                "the request is not what the server understands",
                explanation: "A field is missing, too long, or not of its form.",
                remedy: "correct the request"
            )
        case .folderTaken:
            return RefusalEntry(
                .policy,
                "there is something there already",
                explanation: "A backup or a server would be mixed with what is there.",
                remedy: "choose an empty folder"
            )
        case .backupIncomplete:
            return RefusalEntry(
                .missing,
                "the backup is not whole",
                explanation: "Making it was interrupted: it lacks some of what the database leads to.",
                remedy: "use an earlier backup"
            )
        case .blobDamaged:
            return RefusalEntry(
                .invalid,
                "a stored file is missing or altered",
                explanation:
                    "Its bytes are not those that its name, the SHA-256, stands for: the disk is failing, or "
                    + "somebody wrote to the server's folder.",
                remedy: "restore the file from a backup, and look for the cause"
            )
        case .fileRemoved:
            return RefusalEntry(
                .missing,
                "the file was removed",
                explanation:
                    "Its bytes are not served any more. Its name stays taken, so that it never means other bytes.",
                remedy: "use another version, or ask the channel's owners"
            )
        case .preconditionFailed:
            return RefusalEntry(
                .invalid,
                "it is not what the request expects it to be",
                explanation:
                    "`If-Match` or `If-Unmodified-Since` names another state than the one that is there.",
                remedy: "ask again without the condition"
            )
        case .foreignPage:
            return RefusalEntry(
                .policy,
                "another site’s page asked for a change",
                explanation:
                    "A browser sends the key it was given with every request for this server, also when the page of a "
                    + "stranger makes it. Such a page must not change anything.",
                remedy: "use `kingsnake` or another program"
            )
        case .method:
            return RefusalEntry(
                .invalid,
                "the server does nothing by that method",
                explanation:
                    "It answers GET, HEAD, POST, PUT and DELETE, and takes none of them from a header field.",
                remedy: "use one of these"
            )
        }
    }
}

extension ServerCode: HTTPRefusalCode {
    var httpStatus: HTTPResponse.Status {
        switch self {
        case .channelName, .requestMalformed: .badRequest
        case .channelExists, .fileExists, .folderTaken: .conflict
        case .channelUnknown, .notFound: .notFound
        case .fileRemoved: .gone
        case .preconditionFailed: .preconditionFailed
        case .foreignPage: .forbidden
        case .method: .methodNotAllowed
        default: .internalServerError
        }
    }
}
