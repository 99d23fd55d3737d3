// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import SigningKeys
internal import TrustCore

/// How much a repository may ask of its clients: everything that is counted, in one place.
///
/// Lengths are in bytes. Where the metadata above promises a length, that length is the limit, and the larger
/// `promised…` value is the limit of the promise.
public struct TUFLimits: Sendable {
    /// The longest root metadata.
    public var root = 512_000
    /// The longest timestamp metadata.
    public var timestamp = 16_384
    /// The longest snapshot metadata whose length the timestamp does not promise.
    public var snapshot = 2_000_000
    /// The longest snapshot metadata at all.
    public var promisedSnapshot = 8 << 20
    /// The longest targets metadata whose length the snapshot does not promise.
    public var targets = 5_000_000
    /// The longest targets metadata at all.
    public var promisedTargets = 32 << 20
    /// The longest target file that is downloaded into memory.
    public var targetFile = 1 << 30
    /// How many new root versions one update follows.
    public var rootRotations = 256
    /// How many delegated roles one search visits.
    public var visitedRoles = 32
    /// The deepest nesting of JSON.
    public var jsonDepth = 64
    /// The most JSON values in one metadata file: two bytes of text can ask for a hundred of memory, and a
    /// file is read before its signatures can be checked. Targets metadata of 32 MB have about a million.
    public var jsonValues = 2_000_000
    /// How many bytes of metadata one updater takes from the repository in all: the single files' limits,
    /// times the roles that a repository can name, would be no limit at all (`tuf.update-too-large`).
    public var updateBytes = 256 << 20
    /// The longest time that one refresh, or one look-up, spends on the repository. Taking longer is a
    /// `Failure`: a slow server is no evidence of anything.
    public var duration = Duration.seconds(300)
    /// How many requests to the repository are under way at once when many targets are looked up together.
    public var simultaneousRequests = 48
    /// The signature schemes whose keys count. ``/SigningKeys/SignatureScheme/withDrafts`` adds ML-DSA (TAP
    /// 21, draft).
    public var schemes = SignatureScheme.standard

    /// The defaults.
    public init() {}

    func json(_ bytes: Int) -> JSONLimits {
        JSONLimits(bytes: bytes, depth: jsonDepth, values: jsonValues)
    }

    /// How many delegations of one role a search has to know at most: among so many, more are new to it than
    /// it may visit, so that it ends before it comes to the others.
    var usefulDelegations: Int { 2 * min(max(0, visitedRoles), 1 << 20) + 2 }
}
