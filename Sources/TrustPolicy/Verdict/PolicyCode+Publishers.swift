// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

extension PolicyCode {
    /// What the codes about attestations and publishers mean.
    var publisherEntry: RefusalEntry {
        switch self {
        case .attestationMissing, .attestationStripped, .attestationInvalid, .publisherMissing,
            .attestationDisappeared:
            attestationEntry
        case .otherIdentity, .otherIssuer, .otherNumber, .publisherChanged: identityEntry
        default: conditionEntry
        }
    }

    private var attestationEntry: RefusalEntry {
        switch self {
        case .attestationMissing:
            RefusalEntry(
                .missing,
                "the package must be attested by its publisher, and is not",
                explanation:
                    "The channel's owner or your policy demands an attestation of this package. Without it "
                    + "anybody who can "
                    + "upload to the channel, or sign its index, could have made the package; taking an "
                    + "attestation away "
                    + "must not be enough to pass.",
                remedy: "ask the publisher to attest to the package, or choose a version that is attested"
            )
        case .attestationStripped:
            RefusalEntry(
                .invalid,
                "the index promises attestations of the package, and they are not there",
                explanation:
                    "The index gives the digest of the package's sidecar (CEP 50). Whoever serves the "
                    + "channel took the "
                    + "sidecar away or altered it, or did not copy it.",
                remedy: "try another mirror, and tell the channel's owner"
            )
        case .attestationInvalid:
            RefusalEntry(
                .invalid,
                "the package has attestations, and none of them could be verified",
                explanation:
                    "What should say who made the package does not hold: a signature, a certificate, a log "
                    + "entry or the "
                    + "statement itself is wrong, or is about another package.",
                remedy: "do not use the file; tell the channel's owner what was found"
            )
        case .publisherMissing:
            RefusalEntry(
                .missing,
                "not all publishers who attested to the package at first attest to this file",
                explanation:
                    "Several attested to the first file of this package that you used, and nobody checked which of them "
                    + "it belongs to. If one were enough now, somebody who added an attestation of his own to that "
                    + "file could go on alone.",
                remedy:
                    "find out which of them the package belongs to; only then accept that one with `kingsnake "
                    + "trust publisher accept`"
            )
        default:
            RefusalEntry(
                .missing,
                "the package was attested before, and this file is not",
                explanation:
                    "Files of this package that you used before had a known publisher. An attacker who "
                    + "cannot sign as that "
                    + "publisher would leave the attestation out. Old and unusual releases can lack it "
                    + "honestly.",
                remedy: "ask the publisher whether the file is theirs; only then accept it"
            )
        }
    }

    private var identityEntry: RefusalEntry {
        switch self {
        case .otherIdentity:
            RefusalEntry(
                .policy,
                "the package is attested by somebody who may not publish it",
                explanation:
                    "A valid signature says who signed, not who may. Names are compared whole: "
                    + "`pallets/flask` is not "
                    + "`pallets/flask-cors`.",
                remedy:
                    "compare what was expected with what was found, and ask the channel's owner if both look "
                    + "right"
            )
        case .otherIssuer:
            RefusalEntry(
                .policy,
                "the identity is the expected one, but another issuer vouches for it",
                explanation:
                    "Names mean something only beside the issuer that gave them: anybody can run an issuer "
                    + "that gives "
                    + "out this one.",
                remedy: "find out which issuer the publisher uses before you allow another"
            )
        case .otherNumber:
            RefusalEntry(
                .policy,
                "the repository has the expected name, and is another one",
                explanation:
                    "Numbers of repositories and owners are never given again. A name is: when a project is "
                    + "renamed, moved or "
                    + "closed, somebody else can take it.",
                remedy: "find out from the publisher whether the repository was moved, and to which number"
            )
        default:
            RefusalEntry(
                .policy,
                "somebody else than before publishes the package",
                explanation:
                    "The publisher was believed on first use and written down. A project can move honestly; "
                    + "it is also what a "
                    + "stolen upload token looks like.",
                remedy:
                    "ask the publishers that were known before whether the change is theirs; only then "
                    + "accept it"
            )
        }
    }

    private var conditionEntry: RefusalEntry {
        switch self {
        case .otherClaim:
            RefusalEntry(
                .policy,
                "the right repository published the package, but not as it must",
                explanation:
                    "The workflow, the ref, the environment or another condition differs. A workflow for "
                    + "tests, or a branch "
                    + "that anybody may push to, must not be able to publish.",
                remedy: "compare what was expected with what was found, and ask the publisher which is right"
            )
        case .claimMissing:
            RefusalEntry(
                .policy,
                "the certificate does not say what the policy compares",
                explanation: "What is not said cannot be compared, and so is no match.",
                remedy: "ask the publisher to sign where the certificate says it, or compare something else"
            )
        case .otherChannel:
            RefusalEntry(
                .policy,
                "the attestation is meant for another channel",
                explanation:
                    "The publisher said where the package is to be published (CEP 27). It was copied here, "
                    + "perhaps from a "
                    + "channel for tests.",
                remedy:
                    "get the package from the channel that its publisher names, or list that one in "
                    + "`target_channels`"
            )
        default:
            RefusalEntry(
                .missing,
                "fewer publishers attest to the package than must",
                explanation:
                    "Several publishers must attest to the same bytes, so that one of them alone can do no "
                    + "harm. One who "
                    + "attests twice is still one.",
                remedy: "wait until enough of them have attested, or choose a version that has it"
            )
        }
    }
}
