// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
public import TrustCore

/// A package file that was accepted into a channel. Its name means these bytes for ever.
public struct HostedFile: Sendable, Hashable {
    /// Whether it is in the index.
    public enum State: String, Sendable, CaseIterable {
        /// Listed.
        case listed
        /// Out of the index, and among `removed`; its bytes can still be downloaded, for those who hold a lock.
        case yanked
        /// Out of the index, and its bytes are not served any more. The name stays taken.
        case removed
    }

    /// The number of its channel.
    public let channel: Int64
    /// The subdir.
    public let subdir: Subdir
    /// The file name.
    public let fileName: ArchiveFileName
    /// SHA-256 of its bytes, which are a blob.
    public let sha256: Digest
    /// Its length in bytes.
    public let size: UInt64
    /// Its record for the index, as compact JSON, without what the index adds.
    public let record: [UInt8]
    /// Who published it.
    public let publisher: FilePublisher
    /// When it was accepted, in milliseconds since 1970: its `indexed_timestamp` (CEP 47), which never changes.
    public let acceptedAt: UInt64
    /// Whether it is in the index.
    public var state: State
    /// SHA-256 of its attestations (`FILE.sigs`, CEP 50), which are a blob; nil if it has none.
    public var attestations: Digest?
    /// SHA-256 of the server's own statements about it, which are a blob; nil until it was counter-signed.
    public var counterSignature: Digest?
    /// The entry of the publish log that says that it was accepted.
    public let logIndex: Int64

    /// Makes one.
    public init(
        channel: Int64,
        subdir: Subdir,
        fileName: ArchiveFileName,
        sha256: Digest,
        size: UInt64,
        record: [UInt8],
        publisher: FilePublisher,
        acceptedAt: UInt64,
        state: State = .listed,
        attestations: Digest? = nil,
        counterSignature: Digest? = nil,
        logIndex: Int64
    ) {
        self.channel = channel
        self.subdir = subdir
        self.fileName = fileName
        self.sha256 = sha256
        self.size = size
        self.record = record
        self.publisher = publisher
        self.acceptedAt = acceptedAt
        self.state = state
        self.attestations = attestations
        self.counterSignature = counterSignature
        self.logIndex = logIndex
    }
}

/// Who published a file, as the server knew them.
public struct FilePublisher: Sendable, Hashable {
    /// How the server knew them.
    public enum Kind: String, Sendable, CaseIterable {
        /// By a user's key or password.
        case user
        /// By a token of an OIDC issuer: a trusted publisher.
        case workload
        /// It was there when the channel was imported.
        case imported
    }

    /// How the server knew them.
    public let kind: Kind
    /// A user's name; of a workload its identity, such as `https://github.com/o/r/.github/workflows/w.yml@refs/heads/main`.
    public let name: String
    /// The issuer of a workload's token; nil for others.
    public let issuer: String?

    /// Makes one.
    public init(_ kind: Kind, _ name: String, issuer: String? = nil) {
        self.kind = kind
        self.name = name
        self.issuer = issuer
    }
}

/// Reads which files channels have.
public protocol FileReading {
    /// A file of a channel, in whatever state; nil if the name was never taken.
    func file(_ fileName: ArchiveFileName, in subdir: Subdir, of channel: Int64) throws -> HostedFile?
    /// All files of a subdir in some states, ordered by the bytes of their names.
    func files(in subdir: Subdir, of channel: Int64, _ states: Set<HostedFile.State>) throws -> [HostedFile]
    /// All files of a package, of all subdirs, ordered by subdir and the bytes of their names.
    func files(named name: PackageName, of channel: Int64) throws -> [HostedFile]
    /// The names of a channel's packages that have a file, ordered; at most `limit`, after a name if one is given.
    func packageNames(of channel: Int64, after: PackageName?, limit: Int) throws -> [PackageName]
    /// The subdirs that have a file, or had one; and `noarch`.
    func subdirs(of channel: Int64) throws -> [Subdir]
    /// The subdirs whose index lags behind, and the number of the newest change of each.
    func staleSubdirs() throws -> [StaleSubdir]
}

/// A subdir whose index lags behind.
public struct StaleSubdir: Sendable, Hashable {
    /// The channel's number.
    public let channel: Int64
    /// The subdir.
    public let subdir: Subdir
    /// Grows with each change: what an indexer has seen when it began, and clears when it is done.
    public let change: Int64
    /// The packages that changed since the last index; nil if all may have.
    public let packages: Set<PackageName>?

    /// Makes one.
    public init(channel: Int64, subdir: Subdir, change: Int64, packages: Set<PackageName>?) {
        self.channel = channel
        self.subdir = subdir
        self.change = change
        self.packages = packages
    }
}

/// Changes which files channels have. Each change marks the subdir as stale.
public protocol FileWriting: FileReading {
    /// Takes a file in.
    ///
    /// - Throws: `server.file-exists` if the name is taken, whatever by: who wants to answer "the same again" looks first,
    ///   in the same transaction.
    func insert(_ file: HostedFile) throws
    /// Writes what may change of a file: its state, attestations and counter-signature.
    func update(_ file: HostedFile) throws
    /// Writes a file's counter-signature only, of which no index tells: nothing becomes stale.
    func setCounterSignature(_ blob: Digest, of file: HostedFile) throws
    /// Marks a subdir whose index is to be made anew, for one package or for all.
    func markStale(_ subdir: Subdir, of channel: Int64, package: PackageName?) throws
    /// Says that a subdir's index holds all changes up to a number; later ones stay marked.
    func clearStale(_ stale: StaleSubdir) throws
}
