// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

extension OIDCCode {
    private var anotherToken: String { "get a new token from the build service, and send it once" }

    var tokenEntry: RefusalEntry {
        switch self {
        case .request:
            RefusalEntry(
                .invalid,
                "the request for a key is not what the server understands",
                explanation: "It takes one JSON object whose only needed member is `token`.",
                remedy: "send `{\"token\": \"…\"}` as the body"
            )
        case .tokenInQuery:
            RefusalEntry(
                .invalid,
                "the token is in the address",
                explanation:
                    "Addresses are written into the logs of every server and proxy on the way; a token there is "
                    + "known to more people than it should be.",
                remedy: "send the token in the body"
            )
        case .tokenForm:
            RefusalEntry(
                .invalid,
                "this is not a token of a build service",
                explanation:
                    "A token is a signed JSON Web Token: three parts in base64url without padding, joined by dots "
                    + "(RFC 7515), whose first two are JSON objects, read strictly.",
                remedy: anotherToken
            )
        case .algorithm:
            RefusalEntry(
                .invalid,
                "the token is not signed in a way that proves anything",
                explanation:
                    "Only RS256 and ES256 count, and only with a key of that sort. A token without signature, or one "
                    + "made with a secret that everybody can know, such as a public key, is nobody's word "
                    + "(RFC 8725, 2.1).",
                remedy: anotherToken
            )
        case .issuer:
            RefusalEntry(
                .policy,
                "the server does not believe this issuer of tokens",
                explanation:
                    "Anybody can run an issuer. The server believes those that its operator named, by their whole "
                    + "address.",
                remedy: "ask the server's operator to add the issuer to `issuers.json`"
            )
        case .key:
            RefusalEntry(
                .invalid,
                "the issuer has no such key",
                explanation:
                    "The token names a key that is not among those that its issuer publishes. Keys of other issuers "
                    + "do not count.",
                remedy: "get a new token; where the issuer has just changed its keys, try again in a minute"
            )
        default:
            RefusalEntry(
                .invalid,
                "the token's signature is not by the issuer's key",
                explanation: "The token was altered, or somebody else made it.",
                remedy: anotherToken
            )
        }
    }

    var claimEntry: RefusalEntry {
        switch self {
        case .claim:
            RefusalEntry(
                .invalid,
                "a claim of the token is missing or not as it must be",
                explanation:
                    "What is not said cannot be compared, and two readings of one claim could be two different jobs.",
                remedy: anotherToken
            )
        case .audience:
            RefusalEntry(
                .invalid,
                "the token was made for somebody else",
                explanation:
                    "A token says for whom it is, and only for one. Otherwise whoever receives it elsewhere could "
                    + "publish here with it.",
                remedy: "ask for a token whose audience is the one that `/_/oidc/audience` answers"
            )
        case .expired:
            RefusalEntry(
                .stale,
                "the token is not valid any more",
                explanation: "Tokens are for minutes, so that one that leaks is soon worth nothing.",
                remedy: anotherToken
            )
        case .notYetValid:
            RefusalEntry(
                .stale,
                "the token is not valid yet",
                explanation: "It was made, or begins to be valid, after the time on the server's clock.",
                remedy: "set the clocks of server and issuer right"
            )
        case .lifetime:
            RefusalEntry(
                .policy,
                "the token is valid for too long",
                explanation:
                    "What is valid for long is a stored secret, which trusted publishing does away with.",
                remedy:
                    "let the issuer make tokens for minutes, or have the operator raise `maximum_lifetime`"
            )
        default:
            RefusalEntry(
                .invalid,
                "the token was used before",
                explanation:
                    "Each token is exchanged once, so that a copy that leaks later is worth nothing.",
                remedy: anotherToken
            )
        }
    }

    var publisherEntry: RefusalEntry {
        let look = "ask a maintainer of the channel to look at the package's trusted publishers"
        return switch self {
        case .reusableWorkflow:
            RefusalEntry(
                .policy,
                "the job is of a reusable workflow",
                explanation:
                    "The job's steps are then from another file than the workflow that was started, often of another "
                    + "repository, and a publisher names one file.",
                remedy: "publish from a job of the workflow itself"
            )
        case .noPublisher:
            RefusalEntry(
                .policy,
                "no trusted publisher fits the token",
                explanation:
                    "A package may be published by the repositories that its maintainers named, by number and name. "
                    + "Whether there are any is not told.",
                remedy: look
            )
        case .workflow:
            RefusalEntry(
                .policy,
                "the workflow is not one that may publish",
                explanation:
                    "The repository is known; a publisher names one workflow of it, by its whole path.",
                remedy: look
            )
        case .ref:
            RefusalEntry(
                .policy,
                "the branch or tag is not one that may be published from",
                explanation:
                    "The repository and the workflow are known; the publisher is limited to certain branches or tags.",
                remedy: look
            )
        case .environment:
            RefusalEntry(
                .policy,
                "the job does not run in the environment that may publish",
                explanation:
                    "The repository and the workflow are known; the publisher is limited to one deployment "
                    + "environment, whose approvals the repository's owner decides on.",
                remedy: look
            )
        default:
            RefusalEntry(
                .policy,
                "the job was started by an event that may not publish",
                explanation:
                    "A job for a pull request can run what a stranger wrote. Publishers refuse such jobs unless they "
                    + "say otherwise.",
                remedy: "publish from a push, a tag, a release, or by hand"
            )
        }
    }

    var settingEntry: RefusalEntry {
        switch self {
        case .provider:
            RefusalEntry(
                .invalid,
                "what the issuer says of itself is not as it must be",
                explanation:
                    "The issuer's configuration must name the issuer itself, and lead to keys over TLS; otherwise "
                    + "somebody else's keys could count as its own.",
                remedy: "look at the issuer's `/.well-known/openid-configuration`, and at `issuers.json`"
            )
        case .issuerFile:
            RefusalEntry(
                .invalid,
                "the file of issuers is not as it must be",
                explanation: "It decides whose word is believed, so nothing in it is guessed or skipped.",
                remedy: "correct `issuers.json`"
            )
        case .publisherForm:
            RefusalEntry(
                .invalid,
                "this does not describe a trusted publisher",
                explanation:
                    "A publisher names the packages, the repository with the numbers that the build service gave to "
                    + "it and to its owner, and the workflow; of other issuers the subject.",
                remedy: "name what is missing"
            )
        case .publisherExists:
            RefusalEntry(
                .invalid,
                "the channel has this trusted publisher",
                explanation: "The same publisher twice would have to be removed twice to be gone.",
                remedy: "remove the other one first"
            )
        case .publisherUnknown:
            RefusalEntry(
                .missing,
                "the channel has no such trusted publisher",
                explanation: "Publishers are removed by their number.",
                remedy: "list the channel's publishers for their numbers"
            )
        default:
            RefusalEntry(
                .policy,
                "the package exists",
                explanation:
                    "A pending publisher is for a package that does not exist yet. Of one that exists, whoever "
                    + "may manage its publishers names one.",
                remedy: "add the publisher without `pending`"
            )
        }
    }
}
