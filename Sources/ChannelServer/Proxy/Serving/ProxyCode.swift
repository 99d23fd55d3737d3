// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import HTTPTypes
public import TrustCore

/// The refusals of the proxy itself: what was asked of it is nothing that it passes on. What is wrong with a channel or a
/// package has the code of whoever found it.
@nonexhaustive
public enum ProxyCode: String, RefusalCode {
    case path = "proxy.path"
    case notAChannelFile = "proxy.not-a-channel-file"
    case notServed = "proxy.not-served"
    case notListed = "proxy.not-listed"
    case unknownChannel = "proxy.unknown-channel"
    case tunnel = "proxy.tunnel"
    case loop = "proxy.loop"
    case foreignHost = "proxy.foreign-host"
    case foreignPage = "proxy.foreign-page"
    case credentials = "proxy.credentials"
    case method = "proxy.method"
    case doctorOff = "proxy.doctor-off"
    case accessRefused = "proxy.access-refused"

    /// What the code means to people.
    public var entry: RefusalEntry {
        switch self {
        case .path:
            return RefusalEntry(
                .invalid,
                "the address is not one that an honest client sends",
                explanation:
                    "Its path leads upwards, has encoded slashes, backslashes or escapes inside of escapes, or a query: what "
                    + "could mean one thing here and another to a channel's server is passed on to nobody.",
                remedy: "correct the channel's URL in the client's settings"
            )
        case .notAChannelFile:
            return RefusalEntry(
                .policy,
                "the proxy passes on files of channels only",
                explanation:
                    "An address of a channel's file ends in a subdir and an index or a package, such as "
                    + "`linux-64/repodata.json.zst`. Nothing can be verified of anything else.",
                remedy: "fetch it without the proxy if you trust where it comes from"
            )
        case .notServed:
            return RefusalEntry(
                .missing,
                "nothing verifies this file, so the proxy passes it on to nobody",
                explanation:
                    "The channel may have it, but no verified index promises its bytes. Clients do without it.",
                remedy: "use one of the indexes that the proxy serves; clients do so on their own"
            )
        case .notListed:
            return RefusalEntry(
                .missing,
                "the channel's verified index has no such file",
                explanation:
                    "A file that merely lies on a server could have been put there by anyone; the proxy passes on what the "
                    + "verified index lists.",
                remedy: "refresh the client's index, or check the name"
            )
        case .unknownChannel:
            return RefusalEntry(
                .policy,
                "the proxy does not serve this channel",
                explanation: "It was started for certain channels, and this is none of them.",
                remedy: "start the proxy with `--channel` and the channel's URL, or with `--any-channel`"
            )
        case .tunnel:
            return RefusalEntry(
                .policy,
                "the proxy opens no tunnels, for it could not look into them",
                explanation:
                    "A client that asks for an `https://` URL wants an encrypted connection that nobody can verify packages "
                    + "in. If it were opened, everything would pass unchecked.",
                remedy:
                    "ask for the channel by `http://`: the client talks to this proxy only, and the proxy asks the channel "
                    + "by https"
            )
        case .loop:
            return RefusalEntry(
                .invalid,
                "the request leads back to this proxy",
                explanation: "Answering it would mean to ask oneself, again and again.",
                remedy: "correct the channel's URL: it names the proxy instead of the channel's server"
            )
        case .foreignHost:
            return RefusalEntry(
                .policy,
                "the request is meant for a host that the proxy is not",
                explanation:
                    "The page of a stranger can make a browser ask this proxy under a name of its own. So a name that is not "
                    + "the proxy's is refused.",
                remedy: "ask the proxy by its address, or start it with `--host-name` and the name"
            )
        case .foreignPage:
            return RefusalEntry(
                .policy,
                "a page in a browser asks for a channel's file",
                explanation:
                    "Any page can make the browser of whoever looks at it ask a proxy on the same machine, which would fetch "
                    + "and keep what the page names. Clients of channels say nothing of pages.",
                remedy: "ask with a client, or open the address itself in the browser"
            )
        case .credentials:
            return RefusalEntry(
                .invalid,
                "the credentials cannot be passed on to the channel",
                explanation:
                    "The proxy passes on a token (`Bearer`, or `/t/TOKEN/` in the path), or a user and a password. It never "
                    + "sends a request without what the client showed.",
                remedy: "give the client a token for the channel's URL, or a user and a password"
            )
        case .method:
            return RefusalEntry(
                .invalid,
                "the proxy answers GET and HEAD only",
                explanation: "Nothing can be changed in a channel through the proxy.",
                remedy: "send uploads to the channel's server"
            )
        case .doctorOff:
            return RefusalEntry(
                .policy,
                "the proxy was told not to offer what `kingsnake doctor` tries clients with",
                explanation:
                    "Its settings say `\"doctor\": false`, or it belongs to one command of `kingsnake run`. What it verifies is "
                    + "verified all the same, but nobody can have it shown.",
                remedy: "take `\"doctor\": false` out of the proxy's settings and start it again"
            )
        case .accessRefused:
            return RefusalEntry(
                .policy,
                "the channel's server refused access",
                explanation:
                    "It answered with status 401 or 403, which says nothing of what is there: some servers hide so what they do "
                    + "not have, too. The proxy showed it what the client, or else the proxy's settings, gave for the channel.",
                remedy:
                    "check the channel's URL, and give the client credentials for it, or write them into the proxy's settings"
            )
        }
    }

    /// None of these is found in what a channel's server says.
    public var accusesServer: Bool { false }
}

extension ProxyCode: HTTPRefusalCode {
    var httpStatus: HTTPResponse.Status {
        switch self {
        case .path, .credentials: .badRequest
        case .notServed, .notListed: .notFound
        case .method: .methodNotAllowed
        case .loop: HTTPResponse.Status(code: 508, reasonPhrase: "Loop Detected")
        case .notAChannelFile, .unknownChannel, .tunnel, .foreignHost, .foreignPage, .doctorOff,
            .accessRefused:
            .forbidden
        }
    }
}
