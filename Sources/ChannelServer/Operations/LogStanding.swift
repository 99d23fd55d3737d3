// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import SigningKeys
internal import TrustCore

/// What a database says of one publish log, to be compared with what others saw of it.
struct LogStanding: Sendable {
    let log: HostedLog
    /// The root of the largest size that was decided on.
    let decided: LoggedRoot?
    /// The checkpoint that is served, and its signature verified; nil for none.
    let published: Checkpoint?
    /// The key that is served as the log's own; nil if nothing was published yet.
    let key: NoteKey?

    private static let page = 4096

    /// Reads where a log stands now, whatever size the given one has.
    ///
    /// - Throws: a `note.…` code for a checkpoint that the log's key did not sign; `log-policy.key`; a `Failure` for a
    ///   blob that is not there.
    init(of log: HostedLog, in database: any ServerDatabase, _ blobs: any BlobStore) async throws {
        let (log, decided, checkpoint, key) = try await database.read { transaction in
            (
                try transaction.logs().first { $0.id == log.id } ?? log,
                try transaction.newestRoot(of: log.id),
                try transaction.document(LogDocuments.checkpoint, in: .log(log.id)),
                try transaction.document(LogDocuments.key, in: .log(log.id))
            )
        }
        self.log = log
        self.decided = decided
        var stated: NoteKey?
        if let key {
            var bytes = try await blobs.bytes(of: key.blob, maximumLength: NoteKey.maximumLength + 1)
            if bytes.last == 0x0A { bytes.removeLast() }
            stated = try NoteKey(parsing: String(decoding: bytes, as: UTF8.self))
        }
        self.key = stated
        if let checkpoint {
            let bytes = try await blobs.bytes(
                of: checkpoint.blob,
                maximumLength: SignedNote.maximumLength
            )
            let note = try SignedNote(parsing: bytes)
            if let stated { try note.verify(by: stated.verifier) }
            published = try Checkpoint(text: note.text)
        } else {
            published = nil
        }
    }

    /// The root of the tree of the first entries, as the database has them.
    static func root(of log: HostedLog, size: Int64, in database: any ServerDatabase) async throws -> [UInt8]
    {
        var frontier = MerkleFrontier()
        while frontier.size < size {
            let start = frontier.size, limit = Int(min(Int64(page), size - start))
            let entries = try await database.read { try $0.entries(of: log.id, from: start, limit: limit) }
            guard entries.count == limit else {
                throw behind(log, expected: size, found: start + Int64(entries.count))
            }
            for entry in entries { frontier.append(leafHash: MerkleHash.leaf(entry)) }
        }
        return frontier.root
    }

    /// Demands that the database has all that a checkpoint is about.
    ///
    /// - Throws: `publish-log.database-behind`, `publish-log.second-root`.
    func demand(_ checkpoint: Checkpoint, _ whose: String, in database: any ServerDatabase) async throws {
        guard checkpoint.size <= log.size else {
            throw Self.behind(log, expected: checkpoint.size, found: log.size, whose)
        }
        let root = try await Self.root(of: log, size: checkpoint.size, in: database)
        guard root == checkpoint.root else {
            throw Refusal(
                PublishLogCode.secondRoot,
                "log `\(log.origin)` at \(checkpoint.size) entries",
                expected: "\(Hex.encode(checkpoint.root)), by \(whose)",
                found: Hex.encode(root)
            )
        }
    }

    private static func behind(
        _ log: HostedLog,
        expected: Int64,
        found: Int64,
        _ whose: String = "its own size"
    ) -> Refusal {
        Refusal(
            PublishLogCode.databaseBehind,
            "log `\(log.origin)`",
            expected: "at least \(expected) entries, by \(whose)",
            found: "\(found)"
        )
    }
}
