// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
public import TrustCore

/// A log entry that is in a log of the trusted root, and is about the very signature that is verified.
///
/// Only ``LogVerifier`` makes one. That the signature is valid, and that the signer's certificate counted at
/// the time, is not known by it.
public struct VerifiedLogEntry: Sendable {
    /// The log.
    public let log: TrustedRoot.Log
    /// What kind of entry it is.
    public let kind: LogEntryKind
    /// When the log took it in, by its signed word; nil where no valid promise says so, and always for logs
    /// of the second generation.
    public let integratedTime: Moment?
    /// The entry's number as it is shown to people, if the log vouches for it: in the first generation by its
    /// promise, in the second by its proof.
    public let logIndex: Int64?
    /// What the log says of the tree that the entry is in; nil where only a promise vouches for the entry.
    public let checkpoint: Checkpoint?
    /// The other signatures under the checkpoint, as witnesses make them. Nobody has verified them, and none
    /// is needed.
    public let cosignatures: [NoteSignature]
}

/// The entries of a bundle in the logs of a trusted root.
public struct VerifiedLogEntries: Sendable {
    /// All of them, in the order of the bundle.
    public let entries: [VerifiedLogEntry]

    /// How many different logs they are in; by their keys, so that a log counts once however often it has the
    /// entry, and under however many names it is listed.
    public var logCount: Int { Set(entries.map(\.log.key.fingerprint)).count }

    /// The times that logs vouch for.
    public var integratedTimes: [Moment] { entries.compactMap(\.integratedTime) }
}
