// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// What an index says of a file, as far as it may be listed or not depending on that.
public struct ListedFile: Sendable {
    /// The channel's canonical address, without credentials.
    public var channel: String
    /// The subdirectory.
    public var subdir: String
    /// The file's name.
    public var fileName: String
    /// The package's name, in lower case.
    public var name: String
    /// The version, as it was written.
    public var version: String
    /// SHA-256 of the file, if the index says it.
    public var sha256: Digest?
    /// MD5 of the file, if the index says it.
    public var md5: Digest?
    /// The file's length, if the index says it.
    public var size: UInt64?
    /// When the channel's server first listed it (CEP 47), if the index says it.
    public var indexed: Timestamp?
    /// When it was built, if the index says it.
    public var built: Timestamp?
    /// When this machine first saw it listed.
    public var firstSeen: Timestamp?

    /// Makes a file of which nothing else is known.
    public init(
        channel: String,
        subdir: String,
        fileName: String,
        name: String,
        version: String
    ) {
        self.channel = channel
        self.subdir = subdir
        self.fileName = fileName
        self.name = name
        self.version = version
    }
}
