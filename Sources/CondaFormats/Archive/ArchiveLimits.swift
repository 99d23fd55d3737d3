// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// How much a package archive may ask for, checked before memory or disk is given.
///
/// The defaults let through every package known to us, several times over.
public struct ArchiveLimits: Sendable {
    /// Entries, those that the format itself needs (long names and the like) included; and names, those of
    /// folders that are only implied included.
    public var entries = 2_000_000
    /// Bytes of all names together.
    public var nameBytes = 256 << 20
    /// Bytes after decompression, of both parts together.
    public var unpackedBytes: UInt64 = 64 << 30
    /// Bytes of a single file.
    public var fileBytes: UInt64 = 32 << 30
    /// How many times larger than the compressed bytes the content may be ...
    public var ratio: UInt64 = 1000
    /// ... once it is larger than this.
    public var ratioAppliesFrom: UInt64 = 64 << 20
    /// Bytes of a pax header or of a GNU long name.
    public var extensionBytes = 1 << 20
    /// Components of a path.
    public var depth = 128
    /// Bytes of one of the `info/` files that are kept in memory, `info/paths.json` and `info/files`
    /// excepted.
    public var infoFileBytes: UInt64 = 16 << 20
    /// Bytes of `info/paths.json` and `info/files`.
    public var manifestBytes: UInt64 = 512 << 20
    /// Whether names that differ only by case are refused. See ``CaseCollisions``.
    public var caseCollisions = CaseCollisions.refused

    /// The default limits.
    public init() {}
}

/// What to do about names that are different on Linux and one name on macOS and Windows.
public enum CaseCollisions: Sendable {
    /// Refuse them: on a file system that ignores case one file would replace the other.
    case refused
    /// Let them through: some packages that are only for Linux (terminal databases, kernel headers) have
    /// them. Where the file system ignores case, unpacking fails instead; it never overwrites.
    case allowed
}
