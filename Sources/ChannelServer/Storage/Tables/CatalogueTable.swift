// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats

/// What lists say of a file: without its record.
public struct FileSummary: Sendable, Hashable {
    /// The subdir.
    public let subdir: Subdir
    /// The file name.
    public let fileName: ArchiveFileName
    /// Its length in bytes.
    public let size: UInt64
    /// When it was accepted, in milliseconds since 1970.
    public let acceptedAt: UInt64
    /// Whether it is in the index.
    public let state: HostedFile.State
    /// Whether it has attestations.
    public let hasAttestations: Bool

    /// Makes one.
    public init(
        subdir: Subdir,
        fileName: ArchiveFileName,
        size: UInt64,
        acceptedAt: UInt64,
        state: HostedFile.State,
        hasAttestations: Bool
    ) {
        self.subdir = subdir
        self.fileName = fileName
        self.size = size
        self.acceptedAt = acceptedAt
        self.state = state
        self.hasAttestations = hasAttestations
    }
}

/// A package of a channel: lists over several channels are ordered by the package's name, then by the channel's number.
public struct CatalogueEntry: Sendable, Hashable {
    /// The package's name in lower case.
    public let package: String
    /// The channel's number.
    public let channel: Int64

    /// Makes one.
    public init(package: String, channel: Int64) {
        self.package = package
        self.channel = channel
    }
}

/// What a search found so far.
public struct CataloguePage: Sendable, Hashable {
    /// What was found, in order.
    public let found: [CatalogueEntry]
    /// Where the search goes on; nil if it is through.
    public let next: CatalogueEntry?

    /// Makes one.
    public init(found: [CatalogueEntry], next: CatalogueEntry?) {
        self.found = found
        self.next = next
    }
}

/// An entry of a publish log, and where it is in it.
public struct LoggedEntry: Sendable, Hashable {
    /// Its index.
    public let index: Int64
    /// The entry, as the log has it.
    public let bytes: [UInt8]

    /// Makes one.
    public init(index: Int64, bytes: [UInt8]) {
        self.index = index
        self.bytes = bytes
    }
}

/// Answers what people ask who look around: never more than a caller says, and never by looking at a whole channel.
///
/// All of it follows from what is written elsewhere.
public protocol CatalogueReading {
    /// The files of a package, of all subdirs and in all states, those that were accepted last first.
    func fileSummaries(named name: PackageName, of channel: Int64, limit: Int) throws -> [FileSummary]
    /// The files that a channel took in last, in all states, newest first.
    func newestFiles(of channel: Int64, limit: Int) throws -> [FileSummary]
    /// Whether something about a package changed that the index of a subdir does not say yet.
    func isStale(_ name: PackageName, in subdir: Subdir, of channel: Int64) throws -> Bool
    /// How many packages of a channel are listed in `channeldata.json`.
    func packageCount(of channel: Int64) throws -> Int64
    /// A package's element of `channeldata.json`, such as `"zlib":{…}`; nil if it has none.
    func channelData(of name: PackageName, in channel: Int64) throws -> [UInt8]?
    /// Listed packages of some channels whose names have a part in them.
    ///
    /// - Parameters:
    ///   - part: in lower case, compared byte for byte.
    ///   - after: where the search goes on; nil for the beginning.
    ///   - limit: how many to find at most.
    ///   - examining: how many names of these channels to look at, at most; the rest is for the next page.
    func search(
        _ part: String,
        in channels: [Int64],
        after: CatalogueEntry?,
        limit: Int,
        examining: Int
    ) throws -> CataloguePage
    /// The entries of a log about one file, in order: the first of them, if there are more than `limit`.
    func logEntries(
        about fileName: ArchiveFileName,
        in subdir: Subdir,
        of channel: ChannelName,
        log: Int64,
        limit: Int
    ) throws -> [LoggedEntry]
}
