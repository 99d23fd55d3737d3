// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TrustCore

/// Verifies the entries of bundles by the transparency logs of a trusted root.
///
/// Make one for a trusted root and use it for all bundles.
public struct LogVerifier: Sendable {
    /// The most entries that a bundle may have.
    public static let maximumEntries = BundleLimits.logEntries

    private static let subject = "log entry"
    private let logs: [KnownLog]

    /// Prepares the logs of a trusted root.
    public init(_ root: TrustedRoot) { logs = root.transparencyLogs.map { KnownLog($0) } }

    /// Verifies all entries of a bundle. One that is bad spoils all.
    ///
    /// - Parameters:
    ///   - entries: The entries.
    ///   - version: The bundle's version, which says what must be there: in 0.1 the log's promise, from 0.2
    ///     on a proof with its checkpoint. Whatever else is there is verified too.
    ///   - signed: What each entry must be about.
    ///   - timestamps: The verified times of timestamp authorities. At each of them the log's key must count,
    ///     if the log says no time itself.
    ///   - threshold: In how many different logs the signature must be, at least one.
    /// - Throws: a `Refusal` with a `log.…` code, or a `merkle.…` or `note.…` code for the proof and its
    ///   checkpoint.
    public func verify(
        _ entries: [LogEntry],
        version: Bundle.Version,
        signed: LoggedSignature,
        timestamps: [Moment] = [],
        threshold: Int = 1
    ) throws -> VerifiedLogEntries {
        guard !entries.isEmpty else { throw Refusal(LogCode.noEntry, "bundle") }
        guard entries.count <= Self.maximumEntries else {
            throw Refusal(
                LogCode.tooManyEntries,
                "bundle",
                expected: "at most \(Self.maximumEntries)",
                found: "\(entries.count)"
            )
        }
        let verified = VerifiedLogEntries(
            entries: try entries.enumerated().map { at, entry in
                do {
                    return try verify(entry, version: version, signed: signed, timestamps: timestamps)
                } catch let refusal as Refusal where entries.count > 1 {
                    throw refusal.located(at: "log entry \(at + 1)")
                }
            }
        )
        guard verified.logCount >= max(threshold, 1) else {
            throw Refusal(
                LogCode.threshold,
                "bundle",
                expected: "entries in \(threshold) logs",
                found: "in \(verified.logCount)"
            )
        }
        return verified
    }

    private func verify(
        _ entry: LogEntry,
        version: Bundle.Version,
        signed: LoggedSignature,
        timestamps: [Moment]
    ) throws -> VerifiedLogEntry {
        let body = try LogEntryBody(entry)
        try checkPresence(entry, version, body.kind)
        let note = try entry.inclusionProof.flatMap { proof in
            proof.checkpoint.isEmpty ? nil : try SignedNote(parsing: Array(proof.checkpoint.utf8))
        }
        let known = logs.filter { $0.isNamed(by: entry) || isUnnamed(entry, body.kind, note, $0) }
        guard !known.isEmpty else {
            throw Refusal(
                LogCode.unknownLog,
                Self.subject,
                expected: "one of \(logs.map { "`\($0.verifier.name)`" }.joined(separator: ", "))",
                found: "the log \(Hex.encode(entry.logID))"
            )
        }
        // A root can have one log several times, with periods of their own; most often there is one.
        var first: (any Error)?
        for log in known {
            do {
                return try verify(entry, body, note, in: log, signed: signed, timestamps: timestamps)
            } catch {
                first = first ?? error
            }
        }
        throw first ?? Refusal(LogCode.unknownLog, Self.subject)
    }

    /// Entries of the second generation may leave the log's id out: then its checkpoint says which log it is.
    private func isUnnamed(_ entry: LogEntry, _ kind: LogEntryKind, _ note: SignedNote?, _ log: KnownLog)
        -> Bool
    {
        kind.generation == .v2 && entry.logID.isEmpty
            && note?.signatures.contains(where: log.verifier.isNamed) ?? false
    }

    private func checkPresence(_ entry: LogEntry, _ version: Bundle.Version, _ kind: LogEntryKind) throws {
        guard version > .v01 || (entry.signedEntryTimestamp != nil && kind.generation == .v1) else {
            throw Refusal(LogCode.promiseMissing, Self.subject, expected: "a signed entry timestamp")
        }
        if version == .v01 { return }
        guard let proof = entry.inclusionProof else {
            throw Refusal(LogCode.proofMissing, Self.subject, expected: "an inclusion proof")
        }
        guard !proof.checkpoint.isEmpty else {
            throw Refusal(LogCode.checkpointMissing, Self.subject, expected: "a checkpoint")
        }
    }
}

// MARK: - One entry in one log

extension LogVerifier {
    private func verify(
        _ entry: LogEntry,
        _ body: LogEntryBody,
        _ note: SignedNote?,
        in log: KnownLog,
        signed: LoggedSignature,
        timestamps: [Moment]
    ) throws -> VerifiedLogEntry {
        let generation = body.kind.generation
        let checkpoint = try checkInclusion(entry, note, in: log, generation)
        let time = try promisedTime(entry, in: log, generation)
        try checkPeriod(entry, log.log, time.map { [$0] } ?? timestamps, generation)
        try body.check(isAbout: signed)
        return VerifiedLogEntry(
            log: log.log,
            kind: body.kind,
            integratedTime: time,
            logIndex: generation == .v2 || time != nil ? entry.logIndex : nil,
            checkpoint: checkpoint,
            cosignatures: note?.signatures.filter { !log.verifier.isNamed(by: $0) } ?? []
        )
    }

    /// Checks that the entry is in a tree, and that the tree is the log's. Without a checkpoint, which only a
    /// bundle of version 0.1 may lack, the proof leads nowhere and proves nothing; still it must be right.
    private func checkInclusion(
        _ entry: LogEntry,
        _ note: SignedNote?,
        in log: KnownLog,
        _ generation: LogEntryKind.Generation
    ) throws -> Checkpoint? {
        guard let proof = entry.inclusionProof else { return nil }
        // RFC 6962, 2.1.1; the index is the one in the proof's tree.
        try MerkleProof.verifyInclusion(
            leafHash: MerkleHash.leaf(entry.canonicalizedBody),
            index: proof.logIndex,
            size: proof.treeSize,
            hashes: proof.hashes,
            root: proof.rootHash
        )
        guard generation == .v1 || proof.logIndex == entry.logIndex else {
            throw Refusal(
                LogCode.index,
                Self.subject,
                expected: "\(proof.logIndex)",
                found: "\(entry.logIndex)"
            )
        }
        guard let note else { return nil }
        // Read before its signature is verified, so that what is missing in it is told from what was altered.
        let checkpoint = try Checkpoint(text: note.text)
        try note.verify(by: log.verifier)
        try log.check(origin: checkpoint.origin, generation)
        guard checkpoint.size == proof.treeSize else {
            throw Refusal(
                LogCode.checkpointSize,
                Self.subject,
                expected: "\(checkpoint.size) entries",
                found: "\(proof.treeSize)"
            )
        }
        guard checkpoint.root == proof.rootHash else {
            throw Refusal(
                LogCode.checkpointRoot,
                Self.subject,
                expected: Hex.encode(checkpoint.root),
                found: Hex.encode(proof.rootHash)
            )
        }
        return checkpoint
    }

    /// The time of a log of the first generation, if the log has signed it. Those of the second sign none, so
    /// what a bundle says there is not looked at.
    private func promisedTime(_ entry: LogEntry, in log: KnownLog, _ generation: LogEntryKind.Generation)
        throws
        -> Moment?
    {
        guard generation == .v1, let promise = entry.signedEntryTimestamp else { return nil }
        let message = try? SignedEntryTimestamp.message(
            body: entry.canonicalizedBody,
            integratedTime: entry.integratedTime,
            logID: entry.logID,
            logIndex: entry.logIndex
        )
        guard let message, log.log.key.isValid(signature: promise, for: message) else {
            throw Refusal(
                LogCode.promise,
                Self.subject,
                expected: "a signature by `\(log.verifier.name)`"
            )
        }
        return Moment(Timestamp(seconds: entry.integratedTime))
    }

    /// Demands a time, and that the log's key counted then.
    private func checkPeriod(
        _ entry: LogEntry,
        _ log: TrustedRoot.Log,
        _ times: [Moment],
        _ generation: LogEntryKind.Generation
    ) throws {
        guard !times.isEmpty else {
            let code: LogCode =
                generation == .v2 ? .timestampRequired : entry.integratedTime == 0 ? .noTime : .unsignedTime
            throw Refusal(code, Self.subject, expected: "a time that is signed")
        }
        for time in times where !log.validFor.contains(time) {
            throw Refusal(
                LogCode.keyPeriod,
                Self.subject,
                expected: log.validFor.words,
                found: "\(time.timestamp)"
            )
        }
    }
}
