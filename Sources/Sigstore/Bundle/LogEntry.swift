// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// What a bundle shows of its entry in a transparency log (`TransparencyLogEntry`, protobuf-specs). Unverified.
public struct LogEntry: Sendable {
    /// Where the log put the entry, and how to compute that (RFC 6962, section 2.1.1).
    public struct InclusionProof: Sendable {
        /// The entry's place in the tree of the proof; not the entry's ``LogEntry/logIndex``, which counts through all
        /// trees that a log ever had.
        public let logIndex: Int64
        /// How many entries that tree has.
        public let treeSize: Int64
        /// The hash of that tree.
        public let rootHash: [UInt8]
        /// The hashes beside the way from the entry to the root, lowest first.
        public let hashes: [[UInt8]]
        /// A signed note (C2SP tlog-checkpoint), as text.
        public let checkpoint: String

        /// Takes what a bundle says; nothing is checked.
        public init(
            logIndex: Int64,
            treeSize: Int64,
            rootHash: [UInt8],
            hashes: [[UInt8]],
            checkpoint: String
        ) {
            self.logIndex = logIndex
            self.treeSize = treeSize
            self.rootHash = rootHash
            self.hashes = hashes
            self.checkpoint = checkpoint
        }
    }

    /// The entry's number, counted through all trees that the log ever had.
    public let logIndex: Int64
    /// The log's name, ``TrustedRoot/Log/logID``.
    public let logID: [UInt8]
    /// What the entry's body is said to be, such as `hashedrekord`.
    public let kind: String
    /// The version of that kind, such as `0.0.1`.
    public let version: String
    /// When the log took it in, by its own word; 0 where it does not say.
    public let integratedTime: Int64
    /// The log's promise to include the entry: its signature over body, time, log and index; nil if there is none.
    public let signedEntryTimestamp: [UInt8]?
    /// Nil if there is none.
    public let inclusionProof: InclusionProof?
    /// The very bytes that are in the log.
    public let canonicalizedBody: [UInt8]

    /// Takes what a bundle says; nothing is checked.
    public init(
        logIndex: Int64,
        logID: [UInt8],
        kind: String,
        version: String,
        integratedTime: Int64,
        signedEntryTimestamp: [UInt8]?,
        inclusionProof: InclusionProof?,
        canonicalizedBody: [UInt8]
    ) {
        self.logIndex = logIndex
        self.logID = logID
        self.kind = kind
        self.version = version
        self.integratedTime = integratedTime
        self.signedEntryTimestamp = signedEntryTimestamp
        self.inclusionProof = inclusionProof
        self.canonicalizedBody = canonicalizedBody
    }
}
