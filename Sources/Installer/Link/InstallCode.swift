// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// The refusals of installing: reasons for which a prefix is left as it was.
@nonexhaustive
public enum InstallCode: String, RefusalCode {
    case recordMismatch = "install.record-mismatch"
    case duplicatePackage = "install.duplicate-package"
    case notInstalled = "install.not-installed"
    case pythonMissing = "install.python-missing"
    case pythonChanged = "install.python-changed"
    case clobberPackage = "install.clobber-package"
    case clobberForeign = "install.clobber-foreign"
    case fileIsFolder = "install.file-is-folder"
    case throughLink = "install.through-link"
    case linkEscapes = "install.link-escapes"
    case caseCollision = "install.case-collision"
    case prefixTooLong = "install.prefix-too-long"
    case sourceAltered = "install.source-altered"
    case journal = "install.journal"

    /// What the code means to people.
    public var entry: RefusalEntry {
        let tell = "tell the publisher of the package, who has to rebuild it"
        switch self {
        case .recordMismatch:
            return RefusalEntry(
                .invalid,
                "the package is not the one that its record describes",
                explanation:
                    "Name, version, build and noarch kind in the index must be those in the package's own "
                    + "`info/index.json`, or one package is installed under another's name.",
                remedy: "tell the channel's owner, whose index and package disagree"
            )
        case .duplicatePackage:
            return RefusalEntry(
                .policy,
                "one package is to be installed twice",
                explanation: "A prefix holds one version of a package; two would overwrite each other.",
                remedy: "name each package once"
            )
        case .notInstalled:
            return RefusalEntry(
                .missing,
                "a package that is to be removed is not installed",
                explanation: "Nothing in `conda-meta` has this name, so there is nothing to remove.",
                remedy: "check the name against `conda-meta`"
            )
        case .pythonMissing:
            return RefusalEntry(
                .missing,
                "a noarch Python package needs a Python, and there is none",
                explanation: "Where its modules go depends on the version of the Python in the prefix.",
                remedy: "install `python` too"
            )
        case .pythonChanged:
            return RefusalEntry(
                .policy,
                "another Python would leave installed packages behind",
                explanation: "Noarch packages are linked into the site-packages of one Python version; "
                    + "with another version they would no longer be found.",
                remedy: "install the named packages again in the same step"
            )
        case .clobberPackage:
            return RefusalEntry(
                .policy,
                "two packages install one file",
                explanation:
                    "The later one would overwrite the earlier one's file, which is how one package takes "
                    + "over another.",
                remedy: "leave one of the two packages out"
            )
        case .clobberForeign:
            return RefusalEntry(
                .policy,
                "a file is in the way that no package owns",
                explanation: "Overwriting it would lose what somebody put there.",
                remedy: "move the file away and try again"
            )
        case .fileIsFolder:
            return RefusalEntry(
                .policy,
                "a path is to be a file and a folder",
                explanation:
                    "One of two packages, or of a package and the prefix, needs a folder where the other has "
                    + "a file.",
                remedy: "leave one of the two out, or move the file away"
            )
        case .throughLink:
            return RefusalEntry(
                .invalid,
                "a file would be written through a symbolic link",
                explanation:
                    "A link in the place of a folder makes a package write somewhere else, outside the "
                    + "prefix even.",
                remedy: "replace the link by a folder, or leave the package out"
            )
        case .linkEscapes:
            return RefusalEntry(
                .invalid,
                "a symbolic link leads out of the prefix",
                explanation:
                    "Through it a later step would read or write files that belong to nobody's package.",
                remedy: tell
            )
        case .caseCollision:
            return RefusalEntry(
                .policy,
                "two paths are one on this file system",
                explanation:
                    "The file system does not tell upper from lower case, so one file would overwrite the "
                    + "other.",
                remedy: "use a file system that tells upper from lower case"
            )
        case .prefixTooLong:
            return RefusalEntry(
                .policy,
                "the prefix is longer than the place a program has for it",
                explanation: "A path inside a binary can be replaced by a shorter one only.",
                remedy: "choose a prefix with a shorter path"
            )
        case .sourceAltered:
            return RefusalEntry(
                .invalid,
                "an unpacked file is no longer what was checked",
                explanation:
                    "The file differs from the package's list: it was altered after it had been unpacked.",
                remedy: "unpack the package again; if it repeats, look for what else writes to that folder"
            )
        case .journal:
            return RefusalEntry(
                .invalid,
                "the journal of an unfinished installation cannot be understood",
                explanation:
                    "A journal says which files still have to be moved; following a damaged one could move "
                    + "others.",
                remedy: "make the prefix anew"
            )
        }
    }
}
