// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

extension PolicyCode {
    /// The entries about channels that sign nothing, and what was seen of them before.
    var ledgerEntry: RefusalEntry {
        switch self {
        case .unobserved:
            RefusalEntry(
                .missing,
                "nobody signs the index, and nothing was written down of the file",
                explanation:
                    "Of a channel that signs nothing, all that can be checked is that it stays as it was seen. Without "
                    + "that, any bytes would do.",
                remedy: "fetch the package through `kingsnake proxy`, which keeps a ledger of what it sees"
            )
        case .hashChanged:
            RefusalEntry(
                .invalid,
                "the index lists another hash for a file than it did when the file was first seen",
                explanation:
                    "A published file never changes: a new build has a new name. Another hash means that somebody put "
                    + "other bytes in its place, whether by mistake or to attack whoever installs it.",
                remedy:
                    "ask the channel's owner why the file changed; meanwhile choose another build or version"
            )
        case .mirrorsDisagree:
            RefusalEntry(
                .invalid,
                "an independent mirror lists another hash for the file than the channel",
                explanation:
                    "One of the two was altered. An attacker who controls one of them is seen because the other is "
                    + "somebody else's.",
                remedy: "tell the owners of channel and mirror, and choose another build or version meanwhile"
            )
        default:
            RefusalEntry(
                .missing,
                "fewer independent mirrors list the same hash than you demand",
                explanation:
                    "You demand that others confirm what the channel lists. A mirror that does not answer, or does not "
                    + "list the file yet, confirms nothing.",
                remedy: "wait until the mirrors have caught up, or name more of them"
            )
        }
    }
}
