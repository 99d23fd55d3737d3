// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// What was found in a package archive, all of which was read, hashed, inspected and compared with its
/// manifest.
///
/// Not said here: that the archive is the one that an index or a publisher vouches for. Compare ``sha256``
/// for that.
public struct ArchiveSummary: Sendable {
    /// SHA-256 of all bytes of the archive.
    public let sha256: Digest
    /// MD5 of the same bytes, if it was asked for.
    public let md5: Digest?
    /// The archive's length in bytes.
    public let size: UInt64
    /// What the package says it installs; every entry was compared with the archive.
    public let manifest: PathsManifest
    /// The bytes of those `info/` files that are kept (``keptInfoFiles``), by path.
    public let infoFiles: [String: [UInt8]]
    /// What was counted on the way.
    public let counts: ArchiveCounts

    /// The `info/` files that are kept in memory if they are there.
    public static let keptInfoFiles: Set<String> = [
        "info/index.json", "info/paths.json", "info/link.json", "info/about.json", "info/run_exports.json",
        "info/files", "info/has_prefix", "info/no_link",
    ]
}

/// How much an archive holds.
public struct ArchiveCounts: Sendable, Equatable {
    /// Regular files, those of `info/` included.
    public var files = 0
    /// Symbolic links.
    public var symbolicLinks = 0
    /// Hard links.
    public var hardLinks = 0
    /// Bytes of all regular files.
    public var fileBytes: UInt64 = 0

    /// Counts nothing yet.
    public init() {}
}

/// The digests and the length of an archive, taken while it was read.
package struct ArchiveDigests: Sendable {
    package let sha256: Digest
    package let md5: Digest?
    package let size: UInt64
}
