// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// The refusals of lock files.
@nonexhaustive
public enum LockCode: String, RefusalCode {
    case encoding = "lock.encoding"
    case syntax = "lock.syntax"
    case alias = "lock.alias"
    case duplicateKey = "lock.duplicate-key"
    case tooDeep = "lock.too-deep"
    case shape = "lock.shape"
    case unknownFormat = "lock.unknown-format"
    case notALock = "lock.not-a-lock"
    case unsupportedVersion = "lock.unsupported-version"
    case badURL = "lock.bad-url"
    case badDigest = "lock.bad-digest"
    case missingDigest = "lock.missing-digest"
    case conflictingEntries = "lock.conflicting-entries"
    case entryMismatch = "lock.entry-mismatch"
    case danglingEntry = "lock.dangling-entry"
    case wrongPlatform = "lock.wrong-platform"
    case platformMissing = "lock.platform-missing"
    case environmentMissing = "lock.environment-missing"

    /// What the code means to people.
    public var entry: RefusalEntry {
        switch self {
        case .encoding, .syntax, .alias, .duplicateKey, .tooDeep, .shape: textEntry
        case .unknownFormat, .notALock, .unsupportedVersion, .platformMissing, .environmentMissing:
            choiceEntry
        default: packageEntry
        }
    }

    private var textEntry: RefusalEntry {
        let again = "make the lock file again with the tool that wrote it"
        switch self {
        case .encoding:
            return RefusalEntry(
                .invalid,
                "the lock file is not valid UTF-8",
                explanation: "Two programs replace broken text in two ways, and then install different "
                    + "packages.",
                remedy: again
            )
        case .syntax:
            return RefusalEntry(
                .invalid,
                "the lock file is not well-formed",
                explanation: "A reader that guesses what was meant may install something else than was "
                    + "locked.",
                remedy: again
            )
        case .alias:
            return RefusalEntry(
                .invalid,
                "the lock file uses YAML anchors or aliases",
                explanation: "No tool writes them into lock files, and a few lines of them can stand "
                    + "for more data than fits in memory.",
                remedy: again
            )
        case .duplicateKey:
            return RefusalEntry(
                .invalid,
                "the lock file has one key twice",
                explanation: "Readers disagree on which of the two counts, so that one digest could be "
                    + "reviewed and another used.",
                remedy: again
            )
        case .tooDeep:
            return RefusalEntry(
                .invalid,
                "the lock file is nested deeper than any honest one",
                explanation: "Deep nesting exhausts the stack of a recursive reader.",
                remedy: again
            )
        default:
            return RefusalEntry(
                .invalid,
                "a value in the lock file is missing or of another type than the format demands",
                explanation: "Every field a decision rests on must be there and be what its format says.",
                remedy: again
            )
        }
    }

    private var choiceEntry: RefusalEntry {
        switch self {
        case .unknownFormat:
            RefusalEntry(
                .invalid,
                "this is no kind of lock file that is known",
                explanation: "The kinds are explicit lists of URLs (`@EXPLICIT`), conda-lock and pixi "
                    + "lock files.",
                remedy: "give a lock file made by conda, conda-lock or pixi"
            )
        case .notALock:
            RefusalEntry(
                .missing,
                "this file asks for packages but does not lock any",
                explanation: "Environment files and lists of specifications leave the choice of "
                    + "packages to a solver "
                    + "and name no digest; what they stand for changes with the channel.",
                remedy: "lock the environment first, with `conda list --explicit`, conda-lock or pixi"
            )
        case .unsupportedVersion:
            RefusalEntry(
                .invalid,
                "the lock file has a version of its format that is not supported",
                explanation: "Fields change their meaning between versions; reading one version as "
                    + "another would misread what is locked.",
                remedy: "write the lock file again with a current version of its tool, or update this program"
            )
        case .platformMissing:
            RefusalEntry(
                .missing,
                "the lock file has nothing for this platform",
                explanation: "A lock for another platform says nothing about which packages belong on "
                    + "this one.",
                remedy: "lock the environment for this platform, or choose one that the file has"
            )
        default:
            RefusalEntry(
                .missing,
                "the lock file has no environment of this name",
                explanation: "Each environment has packages of its own.",
                remedy: "choose an environment that the file has"
            )
        }
    }

    private var packageEntry: RefusalEntry {
        let again = "make the lock file again, and review what changes"
        switch self {
        case .badURL:
            return RefusalEntry(
                .invalid,
                "a package's URL in the lock file is not one",
                explanation: "From the URL it must be clear which file of which channel is locked.",
                remedy: again
            )
        case .badDigest:
            return RefusalEntry(
                .invalid,
                "a digest in the lock file is not one",
                explanation: "A digest of another length or alphabet can match no package; skipping it "
                    + "would unlock the package.",
                remedy: again
            )
        case .missingDigest:
            return RefusalEntry(
                .missing,
                "a locked package has no SHA-256 digest",
                explanation: "Without it the lock names a file but not its content; MD5 can be forged.",
                remedy: "write the lock file with SHA-256 digests, as `conda list --explicit --sha256` does"
            )
        case .conflictingEntries:
            return RefusalEntry(
                .invalid,
                "two entries of the lock file contradict each other",
                explanation: "One file with two digests, or one environment with two packages of a "
                    + "name: which of the two counts would depend on the reader.",
                remedy: again
            )
        case .entryMismatch:
            return RefusalEntry(
                .invalid,
                "an entry says something else than its URL",
                explanation: "People review the name and version that an entry states; the program "
                    + "downloads the URL.",
                remedy: again
            )
        case .danglingEntry:
            return RefusalEntry(
                .invalid,
                "an environment names a package that the lock file does not describe",
                explanation: "Without the description there is no digest.",
                remedy: again
            )
        default:
            return RefusalEntry(
                .invalid,
                "a package is locked for another platform than its own",
                explanation: "Packages of an environment come from its platform's subdirectory or from "
                    + "`noarch`.",
                remedy: again
            )
        }
    }
}
