// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import Logging
internal import SigningKeys
public import TrustCore

/// Publishes what is in the database's logs: see ``LogSituation`` for the order, and for why it may die at
/// any moment.
///
/// Everything that decides is read from the database anew before each step, so a publisher has nothing to
/// lose. Calls wait for each other. A log about which something is wrong is stopped: it is published no more
/// by this publisher, while others go on.
public actor LogPublisher {
    /// Moments between steps, at which tests let it die.
    enum Moment: String, Sendable, CaseIterable {
        case stored, decided, signed, recorded, cosigned, checkpointStored, published, cleaned
    }

    let database: any ServerDatabase
    let blobs: any BlobStore
    let signer: CheckpointSigner
    let witnesses: LogWitnesses?
    let now: @Sendable () -> Timestamp
    let logger: Logger
    let largestStep: Int64
    let passing: @Sendable (Moment) throws -> Void
    private var edges: [Int64: TileEdge] = [:]
    private var stopped: [Int64: Refusal] = [:]
    private var last: Task<[LogOutcome], any Error>?

    /// Makes a publisher.
    ///
    /// - Parameter witnesses: who cosigns the server's own log; nil for nobody. Private channels' logs are
    ///   never shown to witnesses, whom their names are no business of.
    public init(
        database: any ServerDatabase,
        blobs: any BlobStore,
        signer: CheckpointSigner,
        witnesses: LogWitnesses?,
        now: @escaping @Sendable () -> Timestamp,
        logger: Logger
    ) {
        self.init(database, blobs, signer, witnesses, now, logger, largestStep: LogSituation.largestStep) {
            _ in
        }
    }

    init(
        _ database: any ServerDatabase,
        _ blobs: any BlobStore,
        _ signer: CheckpointSigner,
        _ witnesses: LogWitnesses?,
        _ now: @escaping @Sendable () -> Timestamp,
        _ logger: Logger,
        largestStep: Int64,
        passing: @escaping @Sendable (Moment) throws -> Void
    ) {
        self.database = database
        self.blobs = blobs
        self.signer = signer
        self.witnesses = witnesses
        self.now = now
        self.logger = logger
        self.largestStep = largestStep
        self.passing = passing
    }

    /// Brings all logs up to date; answers where each stands.
    ///
    /// - Throws: a `Failure` if the logs could not be read at all. What goes wrong with one log is in its
    ///   outcome.
    @discardableResult
    public func publish() async throws -> [LogOutcome] {
        let before = last
        let task = Task { [self] in
            _ = try? await before?.value
            return try await publishAll()
        }
        last = task
        return try await task.value
    }

    private func publishAll() async throws -> [LogOutcome] {
        var outcomes: [LogOutcome] = []
        for log in try await database.read({ try $0.logs() }) {
            do {
                if let alarm = stopped[log.id] { throw alarm }
                outcomes.append(try await advance(log))
            } catch let alarm as Refusal {
                stopped[log.id] = alarm
                logger.critical("the log is stopped: \(alarm)", metadata: ["log": .string(log.origin)])
                outcomes.append(LogOutcome(log: log, state: .stopped(alarm)))
            } catch {
                edges[log.id] = nil
                logger.error("the log was not published: \(error)", metadata: ["log": .string(log.origin)])
                outcomes.append(LogOutcome(log: log, state: .failed("\(error)")))
            }
        }
        return outcomes
    }

    private func advance(_ log: HostedLog) async throws -> LogOutcome {
        while true {
            let situation = try await situation(of: log.id)
            switch try situation.next(largestStep: largestStep) {
            case .nothing: return LogOutcome(log: situation.log, state: .published(situation.log.size))
            case .integrate(let range): try await integrate(range, situation)
            case .sign(let root): try await sign(root, situation.log)
            case .publish(let root):
                guard try await put(root, situation) else {
                    return LogOutcome(log: situation.log, state: .waitingForWitnesses(root.size))
                }
            }
        }
    }
}

// MARK: - Steps

extension LogPublisher {
    private func situation(of id: Int64) async throws -> LogSituation {
        let (log, decided, document) = try await database.read { transaction in
            (
                try transaction.logs().first { $0.id == id }, try transaction.newestRoot(of: id),
                try transaction.document(LogDocuments.checkpoint, in: .log(id))
            )
        }
        guard let log else { throw Failure(.disk, "a log is not in the database any more") }
        var published: LogSituation.Head?
        if let document {
            let bytes = try await blobs.bytes(of: document.blob, maximumLength: SignedNote.maximumLength)
            let checkpoint = try Checkpoint(text: SignedNote(parsing: bytes).text)
            published = LogSituation.Head(size: checkpoint.size, root: checkpoint.root)
        }
        return LogSituation(
            log: log,
            decided: decided,
            signed: try await signer.head(of: log.origin),
            published: published
        )
    }

    private func tiles(_ log: HostedLog) -> LogTiles {
        LogTiles(database: database, blobs: blobs, log: log.id)
    }

    /// The tree's right edge where a root was decided on, from memory or from the tiles.
    private func edge(_ log: HostedLog, _ decided: LoggedRoot?) async throws -> TileEdge {
        let size = decided?.size ?? 0
        if let edge = edges[log.id], edge.size == size { return edge }
        let edge = try await tiles(log).edge(treeSize: size)
        guard edge.root == decided?.root.bytes ?? MerkleHash.empty else {
            throw Refusal(
                PublishLogCode.tilesDiffer,
                "log `\(log.origin)` at \(size) entries",
                expected: decided?.root.hex,
                found: Hex.encode(edge.root)
            )
        }
        edges[log.id] = edge
        return edge
    }

    private func integrate(_ range: Range<Int64>, _ situation: LogSituation) async throws {
        let log = situation.log, start = LogGrowth.bundleStart(range.lowerBound)
        let count = Int(range.upperBound - start)
        let entries = try await database.read { try $0.entries(of: log.id, from: start, limit: count) }
        guard entries.count == count else {
            throw Refusal(
                PublishLogCode.databaseBehind,
                "log `\(log.origin)`",
                expected: "\(count) entries from \(start) on",
                found: "\(entries.count)"
            )
        }
        let edge = try await edge(log, situation.decided)
        let growth = try LogGrowth(of: edge, entries: entries, origin: log.origin)
        if let signed = situation.signed, signed.size == growth.edge.size, signed.root != growth.edge.root {
            throw Refusal(
                PublishLogCode.secondRoot,
                "log `\(log.origin)` at \(signed.size) entries",
                expected: "\(Hex.encode(signed.root)), as the signer remembers",
                found: Hex.encode(growth.edge.root)
            )
        }
        let tiles = tiles(log), now = now()
        var documents: [HostedDocument] = []
        for file in growth.files {
            documents.append(try await tiles.store(file.bytes, as: file.tile, now: now))
        }
        try passing(.stored)
        guard let root = Digest(.sha256, bytes: growth.edge.root) else { return }
        let decision = LoggedRoot(log: log.id, size: growth.edge.size, root: root, checkpoint: [])
        let put = documents, decided = situation.decided
        try await database.write { transaction in
            // Another process may have gone on meanwhile.
            try Self.demand(decided, in: transaction, log)
            try transaction.put(put)
            try transaction.record(decision)
        }
        edges[log.id] = growth.edge
        try passing(.decided)
    }

    private func sign(_ root: LoggedRoot, _ log: HostedLog) async throws {
        try await demandKey(of: log)
        // Not before all that it stands for is there.
        _ = try await edge(log, root)
        let note = try await signer.sign(
            Checkpoint(origin: log.origin, size: root.size, root: root.root.bytes)
        )
        try passing(.signed)
        try await record(note, root, log) { _ in }
        try passing(.recorded)
    }

    /// A log is signed by one key for ever: a server that lost it must not go on with another one in silence.
    private func demandKey(of log: HostedLog) async throws {
        let document = try await database.read { try $0.document(LogDocuments.key, in: .log(log.id)) }
        guard let document else { return }
        let stated = try await blobs.bytes(of: document.blob, maximumLength: NoteKey.maximumLength + 1)
        let own = Array("\(try await signer.key(of: log.origin))\n".utf8)
        guard stated == own else {
            throw Refusal(
                PublishLogCode.keyDiffers,
                "log `\(log.origin)`",
                expected: String(decoding: stated.dropLast(), as: UTF8.self),
                found: String(decoding: own.dropLast(), as: UTF8.self)
            )
        }
    }

    /// Has a checkpoint cosigned and puts it up; false if too few witnesses cosigned.
    private func put(_ root: LoggedRoot, _ situation: LogSituation) async throws -> Bool {
        let log = situation.log
        var note = try SignedNote(parsing: root.checkpoint)
        if let witnesses, log.channel == nil {
            let tiles = tiles(log)
            let answer = await witnesses.cosign(note, size: root.size, guess: situation.published?.size ?? 0)
            {
                try await tiles.consistencyProof(from: $0, to: root.size)
            }
            for problem in answer.problems {
                logger.warning("\(problem)", metadata: ["log": .string(log.origin)])
            }
            guard witnesses.policy.isQuorum(answer.cosigned) else {
                logger.error(
                    "the checkpoint of \(root.size) entries waits for witnesses",
                    metadata: ["log": .string(log.origin)]
                )
                return false
            }
            note = answer.note
        }
        try passing(.cosigned)
        let now = now()
        var documents = [
            try await document(note.encoded(), LogDocuments.checkpoint, log, isFixed: false, now)
        ]
        if situation.published == nil {
            let key = Array("\(try await signer.key(of: log.origin))\n".utf8)
            documents.append(try await document(key, LogDocuments.key, log, isFixed: false, now))
        }
        try passing(.checkpointStored)
        let put = documents
        try await record(note, root, log) { try $0.put(put) }
        try passing(.published)
        try await clean(log, from: situation.published?.size ?? 0, to: root.size)
        try passing(.cleaned)
        return true
    }

    private func record(
        _ note: SignedNote,
        _ root: LoggedRoot,
        _ log: HostedLog,
        _ also: @escaping @Sendable (any WriteTransaction) throws -> Void
    ) async throws {
        let checkpoint = note.encoded()
        try await database.write { transaction in
            try Self.demand(root, in: transaction, log)
            try transaction.record(
                LoggedRoot(log: log.id, size: root.size, root: root.root, checkpoint: checkpoint)
            )
            try also(transaction)
        }
    }

    /// Takes partial tiles away whose full ones are served now, as C2SP tlog-tiles allows.
    private func clean(_ log: HostedLog, from size1: Int64, to size2: Int64) async throws {
        let entries = LogTile(.entries, index: size1 / Int64(LogTile.fullWidth), treeSize: size1)
        let partial = LogTile.partialHashes(treeSize: size1) + [entries].compactMap { $0 }
        let filled = partial.filter {
            LogTile($0.content, index: $0.index, treeSize: size2)?.isFull == true && !$0.isFull
        }
        guard !filled.isEmpty else { return }
        try await database.write { transaction in
            for tile in filled {
                let old = try transaction.documents(beginningWith: tile.partialPrefix, in: .log(log.id))
                try transaction.removeDocuments(old.map(\.path), in: .log(log.id))
            }
        }
    }

    private func document(
        _ bytes: [UInt8],
        _ path: String,
        _ log: HostedLog,
        isFixed: Bool,
        _ now: Timestamp
    ) async throws -> HostedDocument {
        HostedDocument(
            scope: .log(log.id),
            path: path,
            blob: try await blobs.put(bytes),
            size: UInt64(bytes.count),
            mediaType: "text/plain; charset=utf-8",
            isImmutable: isFixed,
            modified: now
        )
    }

    /// Refuses to go on from a root that is not the newest any more: a second process is at work.
    private static func demand(
        _ decided: LoggedRoot?,
        in transaction: any LogReading,
        _ log: HostedLog
    ) throws {
        let newest = try transaction.newestRoot(of: log.id)
        guard newest?.size == decided?.size, newest?.root == decided?.root else {
            throw Failure(.disk, "another process publishes the log `\(log.origin)`")
        }
    }
}

/// The documents of a log that are no tiles.
enum LogDocuments {
    static let checkpoint = "checkpoint"
    /// The log's key as text, for people who begin to trust it.
    static let key = "key"
}
