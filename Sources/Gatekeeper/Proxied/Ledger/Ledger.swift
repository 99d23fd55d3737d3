// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import DurableFiles
import TrustCore

/// The record of everything that was seen of one subdir of a channel that signs nothing: every index, and every file's
/// hash with the time at which it was first seen. Nothing is ever taken away.
///
/// A snapshot and a log of what came since; now and then the two become a new snapshot, with a new log. What is recorded
/// is on the disk before it is acted on. Any number of processes may share the folder, and each may be killed at any
/// moment: a log belongs to the snapshot of its number, and a last piece of it that is not whole does not count.
actor Ledger {
    /// How long another process may keep the ledger to itself.
    static let maximumWait = Duration.seconds(120)
    /// A log that is longer than that, and than a quarter of the snapshot, becomes part of the next snapshot.
    static let logLength = 1 << 20

    private let folder: String
    private let scope: Digest
    private let logLength: Int
    private var known: LedgerTable
    /// How much of the log was read.
    private var end = 0

    /// Uses a folder, which is made when there is something to write down: who asks for subdirs that no channel has leaves
    /// nothing behind.
    ///
    /// - Parameters:
    ///   - channel: the channel's identity: a ledger of another one is not read.
    ///   - logLength: how long the log may get.
    init(_ folder: String, of channel: String, _ subdir: Subdir, logLength: Int = logLength) throws {
        self.folder = folder
        self.logLength = logLength
        scope = Digest.of(Array("\(channel)\n\(subdir.text)".utf8))
        known = LedgerTable(LedgerSnapshot(emptyFor: scope))
    }

    /// What is known by now, to whichever process.
    func table() async throws -> LedgerTable {
        guard Folder.exists(folder) else { return known }
        let lock = try await lock()
        defer { withExtendedLifetime(lock) {} }
        _ = try update()
        return known
    }

    /// Writes down an index, unless it is the one that was seen last.
    ///
    /// - Parameter check: is asked before anything is written, and may refuse by what is known.
    /// - Returns: what is known then.
    func record(
        _ index: RepodataFile,
        at time: Timestamp,
        check: @Sendable (LedgerTable) throws -> Void = { _ in }
    ) async throws -> LedgerTable {
        let lock = try await lock()
        defer { withExtendedLifetime(lock) {} }
        let log = try update()
        guard known.newest?.digest != index.digest else { return known }
        try check(known)
        var seen: IndexSightings?
        if !known.hasSeen(index: index.digest) {
            seen = try await IndexSightings(of: index, at: time, isBaseline: known.indexes.isEmpty)
        }
        if let seen, known.isEmpty, index.count > Self.largeCount {
            // What makes a log too long for a frame is a snapshot at once.
            try replace(by: .beginning(with: seen, at: time, scope: scope))
        } else {
            try write(known.news(in: index.digest, seen, at: time), log)
        }
        return known
    }

    /// So many files are written as a snapshot if they are the first.
    private static let largeCount = 10_000

    /// Writes down an index of any sort, unless it is the one that was seen last.
    ///
    /// - Parameters:
    ///   - check: is asked before anything is written, and may refuse by what is known.
    ///   - news: says what is to be written, the index at the end.
    /// - Returns: what is known then.
    func record(
        _ index: Digest,
        check: @Sendable (LedgerTable) throws -> Void = { _ in },
        news: @Sendable (LedgerTable) throws -> [LedgerEntry]
    ) async throws -> LedgerTable {
        let lock = try await lock()
        defer { withExtendedLifetime(lock) {} }
        let log = try update()
        guard known.newest?.digest != index else { return known }
        try check(known)
        try write(news(known), log)
        return known
    }

    /// Writes down what was seen of files besides, as far as it is not known.
    ///
    /// - Returns: what is known then.
    func record(_ files: [LedgerEntry]) async throws -> LedgerTable {
        let lock = try await lock()
        defer { withExtendedLifetime(lock) {} }
        let log = try update()
        let news = files.filter { !known.knows($0) }
        if !news.isEmpty { try write(news, log) }
        return known
    }

    /// Writes down which SHA-256 bytes had that were fetched by an MD5.
    ///
    /// - Returns: what is known then; if somebody else was first, it is theirs that counts.
    func record(fetched sha256: Digest, of file: ArchiveFileName, at time: Timestamp) async throws
        -> LedgerTable
    {
        let lock = try await lock()
        defer { withExtendedLifetime(lock) {} }
        let log = try update()
        let name = Array(file.text.utf8)
        guard !known.sightings(of: name).contains(where: { $0.kind == .fetched }) else { return known }
        try write([.file(name, LedgerSighting(.fetched, sha256, at: time))], log)
        return known
    }

    // MARK: Files

    private var snapshotPath: String { folder + "/snapshot" }

    private static let logPrefix = "log-"

    private func logPath(_ generation: UInt64) -> String {
        folder + "/" + Self.logPrefix + String(generation)
    }

    private func lock() async throws -> FileLock {
        try Folder.createDurably(folder, mode: 0o700)
        return try await FileLock.whenFree(
            folder + "/.lock",
            within: Self.maximumWait,
            holderIs: "writing the ledger",
            at: folder
        )
    }

    /// Reads what others wrote meanwhile, and takes away what a writer left that was killed.
    private func update() throws -> GrowingFile {
        let generation = try currentGeneration()
        if generation != known.snapshot.generation {
            try readSnapshot()
            end = 0
        }
        let log = try GrowingFile(logPath(generation))
        // A log that is shorter than before was put back by somebody: then nothing of it is as it was read.
        if try log.length() < end {
            known =
                generation == 0 ? LedgerTable(LedgerSnapshot(emptyFor: scope)) : LedgerTable(known.snapshot)
            end = 0
        }
        let bytes = try log.read(from: end, maximumLength: LedgerSnapshot.maximumLength)
        let contents = try LedgerFrame.decode(bytes, from: place(end), of: folder)
        known.apply(contents.entries)
        end = contents.end
        if try log.length() > end { try log.cut(to: end) }
        return log
    }

    private func place(_ offset: Int) -> LedgerFrame.Place {
        LedgerFrame.Place(scope: scope, generation: known.snapshot.generation, offset: offset)
    }

    /// The generation of the snapshot that is there; 0 if there never was one.
    private func currentGeneration() throws -> UInt64 {
        guard let file = try DurableFile.open(snapshotPath, maximumLength: LedgerSnapshot.maximumLength)
        else {
            let logs = try Folder.names(in: folder).filter { $0.hasPrefix(Self.logPrefix) }
            guard logs.allSatisfy({ $0 == Self.logPrefix + "0" }) else {
                throw Refusal(LedgerCode.damaged, folder, expected: "a snapshot", found: "its log only")
            }
            return 0
        }
        let head = try file.read(0..<min(file.length, LedgerSnapshot.headLength))
        guard let generation = LedgerSnapshot.generation(inHead: head[...]), generation > 0 else {
            throw Refusal(LedgerCode.damaged, snapshotPath, expected: "the head of a ledger")
        }
        return generation
    }

    private func readSnapshot() throws {
        guard let bytes = try DurableFile.read(snapshotPath, maximumLength: LedgerSnapshot.maximumLength)
        else {
            known = LedgerTable(LedgerSnapshot(emptyFor: scope))
            return
        }
        known = LedgerTable(try LedgerSnapshot(reading: bytes, scope: scope, of: snapshotPath))
    }

    private func write(_ entries: [LedgerEntry], _ log: GrowingFile) throws {
        let frame = LedgerFrame.encode(entries, at: place(end))
        let limit = max(logLength, known.snapshot.bytes.count / 4)
        guard end + frame.count > limit || frame.count > LedgerFrame.maximumLength else {
            try log.append(frame)
            end += frame.count
            known.apply(entries)
            return
        }
        var next = known
        next.apply(entries)
        try next.compact(scope: scope)
        try replace(by: next)
    }

    /// Makes a table that is a snapshot the ledger.
    private func replace(by next: LedgerTable) throws {
        try DurableFile.removeAbandoned(in: folder)
        let bytes = next.snapshot.bytes
        guard bytes.count <= LedgerSnapshot.maximumLength else {
            throw Refusal(
                CoreCode.tooLarge,
                folder,
                expected: "at most \(LedgerSnapshot.maximumLength) bytes"
            )
        }
        // From the moment that this has its name the old log does not count any more.
        try DurableFile.write(bytes, to: snapshotPath, mode: 0o600)
        let old = known.snapshot.generation
        known = next
        end = 0
        try DurableFile.remove(logPath(old))
    }
}
