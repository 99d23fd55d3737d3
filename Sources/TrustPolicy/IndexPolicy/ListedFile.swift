// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
public import TrustCore

/// What an index says of one file, and since when this machine knows it: all that rules about whole indexes see.
///
/// Whether the index was verified is for the caller to know. A date that nobody vouches for is no ``indexed``.
public struct ListedFile: Sendable, Equatable {
    /// The channel, by its canonical address (`ChannelURL.identity`): compared byte by byte.
    public var channel: String
    /// The subdirectory, such as `linux-64`.
    public var subdir: String
    /// The archive's file name.
    public var fileName: String
    /// The package's name, as clients look for it.
    public var name: String
    /// The version, as it was written.
    public var version: String
    /// SHA-256 of the file; nil if the index does not say.
    public var sha256: Digest?
    /// MD5 of the file; nil if the index does not say.
    public var md5: Digest?
    /// Its length in bytes.
    public var size: UInt64?
    /// When the channel's server first listed it (`indexed_timestamp`, CEP 47).
    public var indexed: Timestamp?
    /// When it was built, by the word of whoever made it.
    public var built: Timestamp?
    /// When this machine first saw it in the index, with the digest that it has now.
    public var firstSeen: Timestamp?

    /// Makes a file of which nothing else is known.
    public init(channel: String, subdir: String, fileName: String, name: String, version: String) {
        self.channel = channel
        self.subdir = subdir
        self.fileName = fileName
        self.name = name
        self.version = version
    }

    /// Makes a file of its record in an index that somebody vouches for.
    public init(_ record: PackageRecord, of channel: ChannelURL, in subdir: Subdir) {
        self.init(
            channel: channel.identity,
            subdir: subdir.text,
            fileName: record.fileName.text,
            name: record.name.raw,
            version: record.version
        )
        sha256 = record.sha256
        md5 = record.md5
        size = record.size
        indexed = record.indexedAt
        built = record.builtAt
    }

    /// The name as patterns compare it; nil if it is none, and then every pattern fits it.
    var packageName: PackageName? { try? PackageName(name) }
}
