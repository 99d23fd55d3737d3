// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// The refusals about a channel that signs nothing, as far as its index and its ledger are concerned; what a verdict says
/// of one file has codes of the policy (`ledger.hash-changed` and others).
@nonexhaustive
public enum LedgerCode: String, RefusalCode {
    case rollback = "ledger.rollback"
    case tooOld = "ledger.view-too-old"
    case damaged = "ledger.damaged"

    /// False for what lies on this machine, or is nobody's fault.
    public var accusesServer: Bool { self == .rollback }

    /// What the code means to people.
    public var entry: RefusalEntry {
        switch self {
        case .rollback:
            RefusalEntry(
                .stale,
                "the channel shows an index that it had replaced by a newer one",
                explanation:
                    "Files that were listed since would vanish, among them repairs of what is now known to be broken. A "
                    + "mirror that lags does this, and so does whoever wants you to install something old.",
                remedy: "try another mirror, or wait until this one has caught up"
            )
        case .tooOld:
            RefusalEntry(
                .stale,
                "what was last seen of the channel is too old to go on with",
                explanation:
                    "The channel has not answered for longer than is put up with. Nobody signs until when its index is "
                    + "good, so that whoever keeps it from answering could otherwise hold you at an old state for ever.",
                remedy: "see why the channel does not answer, or name a mirror of it"
            )
        case .damaged:
            RefusalEntry(
                .invalid,
                "the ledger of what was seen of a channel is not as it was written",
                explanation:
                    "A ledger that lost a part cannot tell whether a file changed. Going on without it would make "
                    + "whatever is shown next count as what was seen first.",
                remedy: "restore the ledger's folder from a copy, and see what else on the disk is damaged"
            )
        }
    }
}
