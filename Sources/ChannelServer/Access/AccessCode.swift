// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import HTTPTypes
public import TrustCore

/// The refusals about who somebody is, and what they may do on a server.
@nonexhaustive
public enum AccessCode: String, RefusalCode {
    case unknownKey = "access.unknown-key"
    case credentialsNeeded = "access.credentials-needed"
    case notAllowed = "access.not-allowed"
    case tooManyRequests = "access.too-many-requests"
    case quotaExceeded = "access.quota-exceeded"
    case userName = "access.user-name"
    case userExists = "access.user-exists"
    case userUnknown = "access.user-unknown"
    case keyUnknown = "access.key-unknown"
    case memberUnknown = "access.member-unknown"
    case lastAdministrator = "access.last-administrator"

    /// What the code means to people.
    public var entry: RefusalEntry {
        switch self {
        case .unknownKey:
            return RefusalEntry(
                .policy,
                "the server does not know that key",
                explanation:
                    "The key is mistyped, was revoked, has expired, or belongs to another server. Nothing is answered "
                    + "to it, also not what is public, so that the mistake is noticed.",
                remedy: "check the key, or ask for a new one with `kingsnake server key create`"
            )
        case .credentialsNeeded:
            return RefusalEntry(
                .policy,
                "that needs a key, or there is no such channel",
                explanation:
                    "Whoever shows nothing may read what is public. They are not told whether a private channel exists.",
                remedy: "check the name, or log in with a key of the server"
            )
        case .notAllowed:
            return RefusalEntry(
                .policy,
                "the key does not allow that",
                explanation:
                    "Its holder has no role that allows it, or the key is limited to something else.",
                remedy: "ask an owner of the channel, or an administrator of the server, for the role"
            )
        case .tooManyRequests:
            return RefusalEntry(
                .policy,
                "there were too many requests",
                explanation:
                    "The server limits how fast one key or one address may ask, so that others are served too.",
                remedy: "wait as long as `Retry-After` says"
            )
        case .quotaExceeded:
            return RefusalEntry(
                .policy,
                "the channel is full",
                explanation: "An administrator said how many bytes or files the channel may hold.",
                remedy: "remove files, or ask an administrator of the server for more"
            )
        case .userName:
            return RefusalEntry(
                .policy,
                "that is no name for a user",
                explanation:
                    "Names are parts of URLs, and are read aloud: they must not be taken for one another.",
                remedy: "choose a name of lower-case letters, digits, `-`, `_` and `.`"
            )
        case .userExists:
            return RefusalEntry(
                .policy,
                "the name is taken",
                explanation:
                    "A name means the same person for ever, since the publish log tells people by it: also after they "
                    + "were removed.",
                remedy: "choose another name"
            )
        case .userUnknown:
            return RefusalEntry(
                .missing,
                "there is no such user",
                explanation: "The server has no user of that name, or they were removed.",
                remedy: "see `kingsnake server user list`"
            )
        case .keyUnknown:
            return RefusalEntry(
                .missing,
                "there is no such key",
                explanation: "No key has that number, or it belongs to somebody else.",
                remedy: "see `kingsnake server key list`"
            )
        case .memberUnknown:
            return RefusalEntry(
                .missing,
                "they have no such role there",
                explanation: "The user is no member of the channel, or has no role for that package.",
                remedy: "see `kingsnake server channel member list`"
            )
        case .lastAdministrator:
            return RefusalEntry(
                .policy,
                "the server would have no administrator",
                explanation: "Somebody must be able to make users and to set right what went wrong.",
                remedy: "make somebody else an administrator first"
            )
        }
    }
}

extension AccessCode: HTTPRefusalCode {
    var httpStatus: HTTPResponse.Status {
        switch self {
        case .unknownKey, .credentialsNeeded: .unauthorized
        case .notAllowed: .forbidden
        case .tooManyRequests: .tooManyRequests
        case .quotaExceeded: .contentTooLarge
        case .userName: .badRequest
        case .userExists, .lastAdministrator: .conflict
        case .userUnknown, .keyUnknown, .memberUnknown: .notFound
        }
    }
}
