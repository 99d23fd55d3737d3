// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// What an audit can find wrong in a prefix.
@nonexhaustive
public enum AuditCode: String, RefusalCode {
    case missing = "audit.missing"
    case altered = "audit.altered"
    case kindChanged = "audit.kind-changed"
    case foreign = "audit.foreign"
    case unverifiable = "audit.unverifiable"
    case unreadable = "audit.unreadable"
    case overlap = "audit.overlap"
    case recordCorrupt = "audit.record-corrupt"
    case notInIndex = "audit.not-in-index"
    case differsFromIndex = "audit.differs-from-index"
    case notByMaintainers = "audit.not-by-maintainers"
    case notAllowed = "audit.not-allowed"
    case differsFromPackage = "audit.differs-from-package"
    case unfinished = "audit.unfinished"

    /// What the code means to people.
    public var entry: RefusalEntry {
        let again = "install the package again"
        switch self {
        case .missing:
            return RefusalEntry(
                .invalid,
                "an installed file is gone",
                explanation: "The package's record names a file that is not in the prefix.",
                remedy: again
            )
        case .altered:
            return RefusalEntry(
                .invalid,
                "an installed file is not what was installed",
                explanation: "The file's content differs from the digest in the package's record: "
                    + "it was edited, damaged, or replaced by somebody.",
                remedy: "look at what changed it, then install the package again"
            )
        case .kindChanged:
            return RefusalEntry(
                .invalid,
                "a file has become a link, or a link a file",
                explanation:
                    "What is there now is of another kind than what was installed, as when a file is swapped "
                    + "for a link to another one.",
                remedy: "look at what changed it, then install the package again"
            )
        case .foreign:
            return RefusalEntry(
                .policy,
                "a file belongs to no package",
                explanation:
                    "Nothing in `conda-meta` accounts for it: it was put there by pip, by hand, or by an "
                    + "intruder.",
                remedy: "find out who put it there; remove it if nobody needs it"
            )
        case .unverifiable:
            return RefusalEntry(
                .missing,
                "an installed file cannot be checked",
                explanation:
                    "The package's record has no digest for the file, so nobody can tell whether it was "
                    + "altered.",
                remedy: again
            )
        case .unreadable:
            return RefusalEntry(
                .missing,
                "an installed file cannot be read",
                explanation:
                    "The system did not let us read it, or a link leads to something that is not text, so nobody "
                    + "can tell whether it was altered.",
                remedy: "look at its permissions and at what changed it, then install the package again"
            )
        case .overlap:
            return RefusalEntry(
                .policy,
                "two packages claim one file",
                explanation:
                    "One of them has overwritten the other's file, so one of the two is not as it was "
                    + "published.",
                remedy: "remove one of the two packages"
            )
        case .recordCorrupt:
            return RefusalEntry(
                .invalid,
                "a record in `conda-meta` cannot be read",
                explanation:
                    "Without its record nobody knows which files a package has, and conda does not see it.",
                remedy: again
            )
        case .notInIndex:
            return RefusalEntry(
                .policy,
                "the index no longer has the package",
                explanation:
                    "Channels withdraw packages that are broken or malicious; this one is still installed.",
                remedy: "update the package"
            )
        case .differsFromIndex:
            return RefusalEntry(
                .invalid,
                "the index has another package under this name",
                explanation: "The archive that was installed is not the one that the index vouches for now.",
                remedy: "find out why the channel replaced it, then install the package again"
            )
        case .notByMaintainers:
            return RefusalEntry(
                .invalid,
                "an installed package is not signed by its maintainers, who must sign it",
                explanation:
                    "The channel's offline keys say that this package's own maintainers sign each of its "
                    + "files. They did not sign this one, or do not vouch for it any more.",
                remedy: "remove the package, and ask its maintainers whether they published it"
            )
        case .notAllowed:
            return RefusalEntry(
                .policy,
                "an installed package would not be admitted any more",
                explanation:
                    "Who may publish the package, as the channel's owner or you say it now, does not allow this "
                    + "one: it is not attested, or by somebody else.",
                remedy: "read why with `kingsnake verify URL`, and remove or update the package"
            )
        case .differsFromPackage:
            return RefusalEntry(
                .invalid,
                "an installed file, and its record, are not the package's",
                explanation:
                    "The package itself holds something else there. The record in `conda-meta` was made to "
                    + "agree with what is there now: somebody altered both.",
                remedy: "take the prefix out of use, look at what changed it, and install into a new one"
            )
        case .unfinished:
            return RefusalEntry(
                .missing,
                "an installation is unfinished, or going on right now",
                explanation:
                    "There is a `.kingsnake` folder in the prefix, so its files and records may not fit "
                    + "together yet.",
                remedy: "wait for the other process, or run an installation again, which completes it"
            )
        }
    }
}
