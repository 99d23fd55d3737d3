// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// A publish log: the server's own, or that of one private channel, whose names nobody else shall read.
public struct HostedLog: Sendable, Hashable {
    /// The database's own number for it.
    public let id: Int64
    /// The name in its checkpoints, such as `channels.example.org/log`.
    public let origin: String
    /// The private channel whose log it is; nil for the server's.
    public let channel: Int64?
    /// How many entries it has.
    public let size: Int64

    /// Makes one.
    public init(id: Int64, origin: String, channel: Int64?, size: Int64) {
        self.id = id
        self.origin = origin
        self.channel = channel
        self.size = size
    }
}

/// A root that was decided on for a size of a log: there is never a second one.
public struct LoggedRoot: Sendable, Hashable {
    /// The log's number.
    public let log: Int64
    /// How many entries it is about.
    public let size: Int64
    /// The Merkle tree's root hash.
    public let root: Digest
    /// The signed checkpoint; empty until it was signed.
    public let checkpoint: [UInt8]

    /// Makes one.
    public init(log: Int64, size: Int64, root: Digest, checkpoint: [UInt8]) {
        self.log = log
        self.size = size
        self.root = root
        self.checkpoint = checkpoint
    }
}

/// Reads publish logs.
public protocol LogReading {
    /// All logs.
    func logs() throws -> [HostedLog]
    /// The log that a channel's entries go to; nil until there is one.
    func log(of channel: HostedChannel) throws -> HostedLog?
    /// Entries of a log, in order, from an index on.
    func entries(of log: Int64, from: Int64, limit: Int) throws -> [[UInt8]]
    /// Names that were taken away, see ``LogWriting/retire(_:for:)``.
    func retiredLogs() throws -> [String]
    /// The root of the largest size that one was decided on for.
    func newestRoot(of log: Int64) throws -> LoggedRoot?
}

/// Writes publish logs.
public protocol LogWriting: LogReading {
    /// Makes a log; under another name if that one was taken away.
    func createLog(origin: String, channel: Int64?) throws -> HostedLog
    /// Adds an entry; answers its index, which is the number of entries before it. There are no gaps.
    func append(_ entry: [UInt8], to log: Int64) throws -> Int64
    /// Decides on a root, before it is signed; or writes the checkpoint of the root that was decided on.
    ///
    /// - Throws: `server.log-forked` if another root was decided on for that size.
    func record(_ root: LoggedRoot) throws
    /// Gives a log another name, under which nothing of it was published yet: for one that cannot be gone on with under
    /// its own. Its entries stay, with their indexes; its roots and documents are taken away.
    func rename(_ log: Int64, to origin: String) throws
    /// Takes a name away that a log had of which nothing is left here: one that would be made under it gets the other name.
    func retire(_ origin: String, for successor: String) throws
}
