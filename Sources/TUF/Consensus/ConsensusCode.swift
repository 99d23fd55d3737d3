// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// The refusals of several repositories that must agree: what is wrong with the map file, or with their
/// answers.
@nonexhaustive
public enum ConsensusCode: String, RefusalCode {
    // What the map file says.
    case repositoryName = "consensus.repository-name"
    case duplicateRepository = "consensus.duplicate-repository"
    case repositoryURL = "consensus.repository-url"
    case unknownRepository = "consensus.unknown-repository"
    case thresholdNumber = "consensus.threshold-number"
    // What the repositories say.
    case tooFew = "consensus.too-few"
    case disagreement = "consensus.disagreement"

    private static let correct = "correct the map file"

    /// What the code means to people.
    public var entry: RefusalEntry {
        switch self {
        case .repositoryName:
            RefusalEntry(
                .invalid,
                "a repository's name in the map file could not be the name of a folder",
                explanation:
                    "Each repository's trusted metadata is kept in a folder of its name; `..` or a slash in "
                    + "it would let the map file choose what is overwritten (CVE-2026-24686).",
                remedy:
                    "use letters, digits, `.`, `_` and `-` in its name, beginning with a letter or digit"
            )
        case .duplicateRepository:
            RefusalEntry(
                .invalid,
                "the map file names one repository twice",
                explanation:
                    "A repository that is listed twice could count twice towards the threshold, and two "
                    + "names that differ in case only are one folder on some file systems.",
                remedy: Self.correct
            )
        case .repositoryURL:
            RefusalEntry(
                .invalid,
                "a repository in the map file has no address, or one that is neither http, https nor file",
                explanation: "Without an address nothing can be asked of the repository.",
                remedy: Self.correct
            )
        case .unknownRepository:
            RefusalEntry(
                .invalid,
                "a mapping names a repository that the map file does not describe",
                explanation: "A repository that cannot be asked cannot be one of those that agree.",
                remedy: Self.correct
            )
        case .thresholdNumber:
            RefusalEntry(
                .invalid,
                "the threshold of a mapping is below 1 or above the number of its repositories",
                explanation:
                    "Below 1, files that nobody vouches for would be accepted; above, none ever could be.",
                remedy: Self.correct
            )
        case .tooFew:
            RefusalEntry(
                .missing,
                "too few repositories vouch for the file",
                explanation:
                    "The map file demands that several repositories promise the same length and a common "
                    + "digest, so that one of them alone cannot slip in a file.",
                remedy: "wait until the other repositories have the file; if they never do, tell their owners"
            )
        case .disagreement:
            RefusalEntry(
                .invalid,
                "two repositories promise different files under one path",
                explanation:
                    "At least one of them is wrong or was broken into, and nothing says which; counting the "
                    + "others would hide it.",
                remedy: "tell the owners of both repositories which digests they promise"
            )
        }
    }
}
