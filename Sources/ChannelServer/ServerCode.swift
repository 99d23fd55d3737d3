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
    case fileRemoved = "server.file-removed"
    case preconditionFailed = "server.precondition-failed"
    case keyUnknown = "server.key-unknown"
    case tooManyRequests = "server.too-many-requests"

    /// What the code means to people.
    public var entry: RefusalEntry {
        switch self {
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
        case .keyUnknown:
            return RefusalEntry(
                .policy,
                "the server does not know that key",
                explanation: "It was mistyped, taken away, or is another server's.",
                remedy: "log in with another key, or with none"
            )
        case .tooManyRequests:
            return RefusalEntry(
                .policy,
                "too many requests came from there",
                explanation:
                    "The server answers so many requests a second of one address, and more in a burst.",
                remedy: "wait some seconds; keep what was downloaded in a cache"
            )
        }
    }
}

extension ServerCode: HTTPRefusalCode {
    var httpStatus: HTTPResponse.Status {
        switch self {
        case .channelName, .requestMalformed: .badRequest
        case .channelExists, .fileExists: .conflict
        case .channelUnknown, .notFound: .notFound
        case .logForked: .internalServerError
        case .fileRemoved: .gone
        case .preconditionFailed: .preconditionFailed
        case .keyUnknown: .unauthorized
        case .tooManyRequests: .tooManyRequests
        }
    }
}
