// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// One conda package as a lock file names it.
///
/// That the file at the URL has these digests, or that the channel's signed index has the package, is not
/// said here.
public struct LockedPackage: Hashable, Sendable {
    /// Where the package stands.
    public let location: PackageURL
    /// The archive's MD5: good for finding a package, never enough to admit one.
    public let md5: Digest?
    /// The archive's SHA-256.
    public let sha256: Digest?
    /// The archive's length in bytes.
    public let size: UInt64?
    /// The category of a conda-lock file, such as `main` or `dev`; nil in other formats.
    public let category: String?
    /// Where in the lock file it is described; counted from 1.
    public let line: Int

    /// Makes an entry.
    public init(
        location: PackageURL,
        md5: Digest? = nil,
        sha256: Digest? = nil,
        size: UInt64? = nil,
        category: String? = nil,
        line: Int = 0
    ) {
        self.location = location
        self.md5 = md5
        self.sha256 = sha256
        self.size = size
        self.category = category
        self.line = line
    }

    /// The URL to fetch from, credentials included: never for messages.
    public var url: String { location.textWithCredentials }
    /// The archive's file name.
    public var fileName: ArchiveFileName { location.fileName }
    /// The channel's subdirectory.
    public var subdir: Subdir { location.subdir }
    /// The channel.
    public var channel: ChannelURL { location.channel }
    /// The package's name.
    public var name: PackageName { location.fileName.name }

    /// Why the lock does not bind the package to any bytes (`lock.missing-digest`): it has no SHA-256, and MD5
    /// can be forged; nil if it has one.
    public var missingDigest: Refusal? {
        guard sha256 == nil else { return nil }
        return Refusal(
            LockCode.missingDigest,
            fileName.text,
            at: "line \(line)",
            expected: "a SHA-256 digest",
            found: md5 == nil ? "no digest" : "MD5 only"
        )
    }
}

/// An entry of a lock file that is no conda package of a channel, and that this program neither installs nor
/// checks.
///
/// Such entries are never dropped: an environment is not what its lock says without them.
public struct UnsupportedLockEntry: Hashable, Sendable {
    /// What sort of entry it is.
    public enum Kind: String, Sendable, CaseIterable {
        /// A Python package, from an index or from elsewhere.
        case pypi
        /// A conda package that is built from sources when it is installed.
        case condaSource = "conda-source"
        /// A conda package that does not stand at CHANNEL/SUBDIR/FILE.
        case outsideChannel = "outside-channel"
    }

    /// What sort of entry it is.
    public let kind: Kind
    /// What the entry is called, fit for a message: a name, or a URL without credentials.
    public let name: String
    /// Where in the lock file it is; counted from 1.
    public let line: Int

    /// Makes an entry.
    public init(kind: Kind, name: String, line: Int) {
        self.kind = kind
        self.name = name
        self.line = line
    }
}
