// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// The refusals of an import that no upload could meet: what is wrong with the channel that is imported. What is
/// wrong with one of its packages has the codes of uploads and archives.
@nonexhaustive
public enum ImportCode: String, RefusalCode {
    case rootNeeded = "import.root-needed"
    case indexMissing = "import.index-missing"
    case packageMissing = "import.package-missing"
    case attestationsMissing = "import.attestations-missing"
    case undigested = "import.undigested"

    /// What the code means to people.
    public var entry: RefusalEntry {
        switch self {
        case .rootNeeded:
            RefusalEntry(
                .missing,
                "the channel is signed, and nobody said by which root",
                explanation:
                    "Its metadata could vouch for every package, but only from a root that came by another way.",
                remedy: "give the channel's root with --root, or say --ignore-signatures"
            )
        case .indexMissing:
            RefusalEntry(
                .missing,
                "the channel has no index there",
                explanation:
                    "What is imported, and which bytes it must be, is read from `repodata.json` or from shards.",
                remedy: "check the place, and index the folder if it never was"
            )
        case .packageMissing:
            RefusalEntry(
                .missing,
                "the index lists a package that is not there",
                explanation: "Nobody can install it from the old channel either.",
                remedy: "bring the file back, or leave it out"
            )
        case .attestationsMissing:
            RefusalEntry(
                .missing,
                "the index promises attestations that are not there",
                explanation: "Without them nobody could check any more who published the package.",
                remedy: "bring the file back, or say --drop-attestations"
            )
        case .undigested:
            RefusalEntry(
                .invalid,
                "the index does not say which bytes the package must be",
                explanation: "A record without SHA-256 and MD5 fits any file.",
                remedy: "index the old channel again"
            )
        }
    }
}
