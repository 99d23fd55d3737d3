// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

extension PolicyCode {
    /// What the codes about the user's own rules mean: cooldown, revocations, pins, link scripts.
    var ownRuleEntry: RefusalEntry {
        switch self {
        case .cooldown, .ageUnknown: cooldownEntry
        case .revoked, .revocationUnknown: revocationEntry
        case .pinnedElsewhere:
            RefusalEntry(
                .policy,
                "your policy takes packages of this name from another channel only",
                explanation:
                    "Whoever can publish in one of your channels could take the name of a package of yours in another, with a "
                    + "higher version, and solvers would choose it (dependency confusion). So its name was pinned.",
                remedy:
                    "take the package from the channel that is named, and find out why another has one of that name"
            )
        default: linkScriptEntry
        }
    }

    private var cooldownEntry: RefusalEntry {
        switch self {
        case .cooldown:
            RefusalEntry(
                .policy,
                "the file is younger than your policy allows",
                explanation:
                    "Most packages that do harm are found within days. Your policy waits for that long, so that others meet "
                    + "them first.",
                remedy:
                    "choose an older version, or wait; for a fix that cannot wait, except that package in your policy's "
                    + "`cooldown`"
            )
        default:
            RefusalEntry(
                .missing,
                "your policy lets files wait, and nobody says how old this one is",
                explanation:
                    "The index has no date of when it first listed the file (CEP 47) that anybody signed, and this machine has "
                    + "none of its own. The date in the package is no help: whoever made it chose it.",
                remedy:
                    "ask the channel's owner for `indexed_timestamp`, or except the package in your policy's `cooldown`"
            )
        }
    }

    private var revocationEntry: RefusalEntry {
        switch self {
        case .revoked:
            RefusalEntry(
                .policy,
                "your policy revokes the file",
                explanation:
                    "Somebody wrote into your policy that it is not to be used any more, for the reason that is shown. The "
                    + "channel may list it all the same.",
                remedy: "choose a version that is not revoked"
            )
        default:
            RefusalEntry(
                .missing,
                "your policy revokes a publisher, and it cannot be found out who published the package",
                explanation:
                    "The package has attestations, or should have, and none could be verified. Taking them away must not be "
                    + "enough to pass as somebody else.",
                remedy: "try another mirror, or choose a version whose attestations can be verified"
            )
        }
    }

    private var linkScriptEntry: RefusalEntry {
        switch self {
        case .linkScripts:
            RefusalEntry(
                .policy,
                "the package has scripts that run when it is installed, and your policy does not let it",
                explanation:
                    "Such scripts run with all rights of the user, before anybody has called anything of the package. Few "
                    + "packages need them.",
                remedy: "read the scripts; only then except the package in your policy's `install_scripts`"
            )
        default:
            RefusalEntry(
                .missing,
                "your policy is about link scripts, and nobody has looked into the package",
                explanation:
                    "An index does not say which scripts a package has. Only who has its bytes can see that.",
                remedy: "let the package be fetched and looked into, as `kingsnake verify` does"
            )
        }
    }
}
