// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// The refusals of `TUF`: why metadata, or a file that it should vouch for, is not trusted.
@nonexhaustive
public enum TUFCode: String, RefusalCode {
    private static let tellOwner = "tell the channel's owner which field is wrong"
    private static let otherMirror = "try another mirror; if it repeats, tell the channel's owner"

    // What a single file says.
    case wrongType = "tuf.wrong-type"
    case specVersion = "tuf.spec-version"
    case versionNumber = "tuf.version-number"
    case expiresFormat = "tuf.expires-format"
    case lengthNumber = "tuf.length-number"
    case hashFormat = "tuf.hash-format"
    case noSupportedHash = "tuf.no-supported-hash"
    case thresholdNumber = "tuf.threshold-number"
    case duplicateKeyID = "tuf.duplicate-keyid"
    case duplicateSignature = "tuf.duplicate-signature"
    case roleMissing = "tuf.role-missing"
    case roleName = "tuf.role-name"
    case reservedRoleName = "tuf.reserved-role-name"
    case duplicateRole = "tuf.duplicate-role"
    case delegationPaths = "tuf.delegation-paths"
    case pathHashPrefix = "tuf.path-hash-prefix"
    case succinctRoles = "tuf.succinct-roles"
    case targetPath = "tuf.target-path"
    // What files say about each other.
    case signatures = "tuf.signatures"
    case expired = "tuf.expired"
    case rollback = "tuf.rollback"
    case versionMismatch = "tuf.version-mismatch"
    case metadataLength = "tuf.metadata-length"
    case metadataHash = "tuf.metadata-hash"
    case metadataMissing = "tuf.metadata-missing"
    case roleRemoved = "tuf.role-removed"
    case roleNotInSnapshot = "tuf.role-not-in-snapshot"
    case rootChainTooLong = "tuf.root-chain-too-long"
    case tooManyDelegations = "tuf.too-many-delegations"
    case updateTooLarge = "tuf.update-too-large"
    // Target files.
    case targetNotFound = "tuf.target-not-found"
    case targetMissing = "tuf.target-missing"
    case targetLength = "tuf.target-length"
    case targetHash = "tuf.target-hash"
    // Editing a repository.
    case notDelegated = "tuf.not-delegated"

    /// False for a long chain of roots, which the channel's owner signed.
    public var accusesServer: Bool { self != .rootChainTooLong }

    /// What the code means to people.
    public var entry: RefusalEntry {
        switch self {
        case .wrongType:
            RefusalEntry(
                .invalid,
                "the metadata is of another type than its role demands",
                explanation:
                    "The type is signed: a validly signed snapshot served as a timestamp is an attack by "
                    + "role confusion.",
                remedy: Self.otherMirror
            )
        case .specVersion:
            RefusalEntry(
                .invalid,
                "the metadata is written for a TUF specification that is not supported",
                explanation: "Another major version may mean other things by the same fields.",
                remedy: "update Kingsnake, or tell the channel's owner if there is no newer version"
            )
        case .versionNumber:
            RefusalEntry(
                .invalid,
                "a metadata version is below 1, or too high to go on from",
                explanation:
                    "Versions are compared to detect rollback; they start at 1. After the highest number no later "
                    + "version could follow.",
                remedy: Self.tellOwner
            )
        case .expiresFormat:
            RefusalEntry(
                .invalid,
                "an expiry date is not written as `YYYY-MM-DDTHH:MM:SSZ`",
                explanation:
                    "A date that two readers take for two moments can be expired for one and not for the "
                    + "other.",
                remedy: Self.tellOwner
            )
        case .lengthNumber:
            RefusalEntry(
                .invalid,
                "a promised length is negative",
                explanation: "Lengths limit what is downloaded; there is none below 0.",
                remedy: Self.tellOwner
            )
        case .hashFormat:
            RefusalEntry(
                .invalid,
                "a promised hash is not a hexadecimal digest of the right length",
                explanation: "No file can have such a digest.",
                remedy: Self.tellOwner
            )
        case .noSupportedHash:
            RefusalEntry(
                .invalid,
                "a file is promised without a hash by SHA-256 or SHA-512",
                explanation: "Without a hash that can be checked, any file would be accepted.",
                remedy: Self.tellOwner
            )
        case .thresholdNumber:
            RefusalEntry(
                .invalid,
                "a role's threshold is below 1",
                explanation: "With a threshold of 0, metadata that nobody signed would be valid.",
                remedy: Self.tellOwner
            )
        case .duplicateKeyID:
            RefusalEntry(
                .invalid,
                "a role lists one key id twice",
                explanation: "A key that is listed twice could count twice towards the threshold.",
                remedy: Self.tellOwner
            )
        case .duplicateSignature:
            RefusalEntry(
                .invalid,
                "the metadata has two signatures with one key id",
                explanation:
                    "Counting signatures instead of keys is how thresholds were forged in other clients.",
                remedy: Self.otherMirror
            )
        case .roleMissing:
            RefusalEntry(
                .invalid,
                "the root metadata lacks a top-level role",
                explanation: "Root must say who signs root, timestamp, snapshot and targets.",
                remedy: Self.tellOwner
            )
        case .roleName:
            RefusalEntry(
                .invalid,
                "a role's name cannot name a file, or a new role's name is not plain",
                explanation:
                    "Role names become file names; one that is empty, too long or odd is not guessed at.",
                remedy: Self.tellOwner
            )
        case .reservedRoleName:
            RefusalEntry(
                .invalid,
                "a delegated role has the name of a top-level role",
                explanation: "It would be looked up and stored in the place of the real one.",
                remedy: Self.tellOwner
            )
        case .duplicateRole:
            RefusalEntry(
                .invalid,
                "two delegations have the same role name",
                explanation: "Verifiers would disagree on whose keys the role has.",
                remedy: Self.tellOwner
            )
        case .delegationPaths:
            RefusalEntry(
                .invalid,
                "a delegation has both or neither of `paths` and `path_hash_prefixes`",
                explanation: "What a role is trusted with must be said in exactly one way.",
                remedy: Self.tellOwner
            )
        case .pathHashPrefix:
            RefusalEntry(
                .invalid,
                "a path hash prefix is not 1 to 64 hexadecimal digits",
                explanation: "It would match nothing, or, if empty, everything.",
                remedy: Self.tellOwner
            )
        case .succinctRoles:
            RefusalEntry(
                .invalid,
                "hash bins are described with a bit length outside 1 to 32, or beside named roles",
                explanation:
                    "The number of bins and the bin of a path would not be defined. Where a repository is "
                    + "edited the bit length is at most 20, since all of its bins are gone through.",
                remedy: Self.tellOwner
            )
        case .targetPath:
            RefusalEntry(
                .invalid,
                "the path of a target file could leave its folder",
                explanation:
                    "Absolute paths, `..`, backslashes and control characters let metadata choose what is "
                    + "written where on a client's disk.",
                remedy: Self.tellOwner
            )
        case .expired:
            RefusalEntry(
                .stale,
                "the metadata is expired",
                explanation:
                    "Whoever withholds newer metadata can only do so until the old expires (freeze attack). "
                    + "The owner may also have failed to renew it, or this machine's clock may be wrong.",
                remedy:
                    "check this machine's clock, then try another mirror; if it repeats, tell the channel's "
                    + "owner"
            )
        case .rollback:
            RefusalEntry(
                .stale,
                "the metadata is older than the copy already trusted (rollback)",
                explanation:
                    "Old metadata is validly signed and vouches for packages with known holes; once a newer "
                    + "version was seen, an older one is never trusted again.",
                remedy: "try another mirror; if it repeats, tell the channel's owner"
            )
        case .versionMismatch:
            RefusalEntry(
                .invalid,
                "the metadata has another version than was asked for",
                explanation:
                    "Versions that do not belong together would be mixed (mix-and-match attack), or a root "
                    + "in the chain of trust skipped.",
                remedy: Self.otherMirror
            )
        case .metadataLength:
            RefusalEntry(
                .invalid,
                "the metadata has another length than was promised",
                explanation:
                    "The metadata that vouches for this file gives its length; these are other bytes.",
                remedy: Self.otherMirror
            )
        case .metadataHash:
            RefusalEntry(
                .invalid,
                "the metadata is not the file that was promised",
                explanation:
                    "The metadata that vouches for this file gives its digest; these are other bytes.",
                remedy: Self.otherMirror
            )
        case .metadataMissing:
            RefusalEntry(
                .missing,
                "a metadata file is not on the server",
                explanation:
                    "The metadata that was read says that there is such a file; a mirror withholds it or is "
                    + "not complete.",
                remedy: Self.otherMirror
            )
        case .roleRemoved:
            RefusalEntry(
                .invalid,
                "a role that was in the trusted snapshot is missing in the new one",
                explanation:
                    "A role that vanishes takes its files, and its protection against rollback, with it.",
                remedy: Self.otherMirror
            )
        case .roleNotInSnapshot:
            RefusalEntry(
                .invalid,
                "a role is not in the snapshot",
                explanation: "Without a version in the snapshot, any old metadata of the role would do.",
                remedy: Self.tellOwner
            )
        case .rootChainTooLong:
            RefusalEntry(
                .invalid,
                "there are more new root versions than an update may follow",
                explanation: "A server could send root versions without end; honest channels have few. "
                    + "Those that were verified are kept, and the next run goes on from the last of them.",
                remedy: "run it again; if it does not end, get a newer trusted root from the channel's owner"
            )
        case .tooManyDelegations:
            RefusalEntry(
                .invalid,
                "the search for a file visited more delegated roles than allowed",
                explanation: "A delegated role could make every search endless by delegating on and on.",
                remedy: Self.tellOwner
            )
        case .updateTooLarge:
            RefusalEntry(
                .invalid,
                "the repository sends more metadata than one update may take",
                explanation:
                    "Each file can keep to its own limit and all of them together still fill memory and disk "
                    + "(endless data attack).",
                remedy: Self.otherMirror
            )
        case .targetNotFound:
            RefusalEntry(
                .missing,
                "no role vouches for the file",
                explanation: "The file is not in the signed metadata, so nothing says what it should be.",
                remedy: "check the name; if it is right, the channel does not sign this file"
            )
        case .targetMissing:
            RefusalEntry(
                .missing,
                "a file that the metadata vouches for is not on the server",
                explanation: "The mirror withholds the file or is not complete.",
                remedy: Self.otherMirror
            )
        case .targetLength:
            RefusalEntry(
                .invalid,
                "the file has another length than the metadata promises",
                explanation: "The file was cut off, extended, or swapped for another.",
                remedy: Self.otherMirror
            )
        case .targetHash:
            RefusalEntry(
                .invalid,
                "the file is not the one that the metadata promises",
                explanation: "The signed digest is another: the file was altered or swapped for another.",
                remedy: Self.otherMirror
            )
        case .notDelegated:
            RefusalEntry(
                .policy,
                "the role is not trusted with the path",
                explanation:
                    "No delegation gives the path to the role, so no client would find the file there.",
                remedy: "delegate the path to the role first, or name a role that has it"
            )
        case .signatures:
            RefusalEntry(
                .invalid,
                "too few of the role's keys have signed the metadata",
                explanation:
                    "The metadata was altered, signed by somebody else, or its keys were changed without "
                    + "a root that says so.",
                remedy: Self.otherMirror
            )
        }
    }
}
