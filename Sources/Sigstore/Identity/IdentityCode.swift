// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// The refusals of what says who a signer is, before anything is signed: tokens, and the answers of the
/// services that make them.
@nonexhaustive
public enum IdentityCode: String, RefusalCode {
    case tokenForm = "identity.token-form"
    case unsigned = "identity.unsigned"
    case claim = "identity.claim"
    case emailUnverified = "identity.email-unverified"
    case audience = "identity.audience"
    case expired = "identity.expired"
    case notYetValid = "identity.not-yet-valid"
    case issuer = "identity.issuer"
    case provider = "identity.provider"
    case answer = "identity.answer"
    case state = "identity.state"
    case nonce = "identity.nonce"

    /// What the code means to people.
    public var entry: RefusalEntry {
        switch self {
        case .tokenForm, .unsigned, .claim, .emailUnverified: contentEntry
        case .audience, .expired, .notYetValid: useEntry
        default: loginEntry
        }
    }

    private var contentEntry: RefusalEntry {
        let another = "get a new identity token, and pass it on whole and unchanged"
        return switch self {
        case .tokenForm:
            RefusalEntry(
                .invalid,
                "this is not an identity token",
                explanation:
                    "An identity token is a signed JSON Web Token: three parts in base64url without padding, "
                    + "joined by dots (RFC 7515). Access tokens and passwords are none, and must not be sent "
                    + "to a certificate authority by mistake.",
                remedy: another
            )
        case .unsigned:
            RefusalEntry(
                .invalid,
                "the identity token is not signed by its issuer",
                explanation:
                    "A token without a signature, or with one that everybody can make who can check it, is "
                    + "nobody's word.",
                remedy: another
            )
        case .claim:
            RefusalEntry(
                .invalid,
                "a claim of the identity token is missing or not as it must be",
                explanation:
                    "Issuer, subject, audience and expiry decide what a token is good for; the certificate "
                    + "authority would refuse one that lacks any of them, too.",
                remedy: another
            )
        default:
            RefusalEntry(
                .invalid,
                "the issuer has not verified the e-mail address in the identity token",
                explanation:
                    "Anybody could claim the address. No certificate authority of Sigstore's names a signer "
                    + "by one that is not verified.",
                remedy: "verify your e-mail address with the identity provider, and log in again"
            )
        }
    }

    private var useEntry: RefusalEntry {
        switch self {
        case .audience:
            RefusalEntry(
                .policy,
                "the identity token was made for somebody else",
                explanation:
                    "A token says for whom it is. Sending one to another service would let that service act "
                    + "in your name where the token is meant for.",
                remedy: "get a token whose audience is the certificate authority's, which is `sigstore`"
            )
        case .expired:
            RefusalEntry(
                .stale,
                "the identity token has expired",
                explanation:
                    "Tokens are valid for minutes, so that a stolen one is soon worth nothing. The "
                    + "certificate authority refuses one that has expired.",
                remedy: "get a new identity token, and check the clock of this machine"
            )
        default:
            RefusalEntry(
                .stale,
                "the identity token is not valid yet",
                explanation:
                    "Its issuer says from when on it counts, and on this machine it is not that late.",
                remedy: "check the clock of this machine"
            )
        }
    }

    private var loginEntry: RefusalEntry {
        let again = "start the login again, and finish it in the same browser"
        return switch self {
        case .issuer:
            RefusalEntry(
                .invalid,
                "the answer is from another identity provider than the one that was asked",
                explanation:
                    "A provider that speaks for another could make somebody log in at the wrong place, or "
                    + "pass on a token of somebody else (OpenID Connect Discovery 1.0, 4.3).",
                remedy: "check the URL of the identity provider, to the letter"
            )
        case .provider:
            RefusalEntry(
                .invalid,
                "the identity provider's configuration does not allow a protected login",
                explanation:
                    "Codes and tokens are secrets: they go to `https:` addresses only, and a code must be "
                    + "bound to the login that asked for it (RFC 7636 with S256).",
                remedy: "log in with another identity provider, or give a token with `--identity-token`"
            )
        case .answer:
            RefusalEntry(
                .invalid,
                "a service that makes identity tokens answered something else",
                explanation: "What is not exactly an answer of the protocol is not guessed at.",
                remedy: "try again; if it repeats, tell who runs the service"
            )
        case .state:
            RefusalEntry(
                .invalid,
                "the answer in the browser does not belong to this login",
                explanation:
                    "A web page could send the browser here with a code of somebody else, so that you would "
                    + "sign in their name (GHSA-hm8f-75xx-w2vr).",
                remedy: again
            )
        default:
            RefusalEntry(
                .invalid,
                "the identity token does not belong to this login",
                explanation:
                    "A token that was made in another login was put in the place of this one's (OpenID "
                    + "Connect Core 1.0, 3.1.3.7).",
                remedy: again
            )
        }
    }
}
