// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import DurableFiles
internal import SigningKeys
internal import TUF
public import TrustCore

/// Makes a server's folder of a backup: all of it, or nothing.
///
/// Everything is put together in `restoring/` in the folder, and takes its place when it is whole; as long as that folder
/// is there, no server is opened on it. Keys, settings and what the log's signer remembers may be in the folder before.
///
/// What a backup is older than was seen by people, and two promises are about that:
/// - A publish log never has two roots for one size. So the backup must have all entries of the last checkpoint that
///   anybody saw: the signer's memory in the folder proves it, or a checkpoint that is given. Where it has not, or nobody
///   can tell, the log ends, and another one, under another name, begins with the entries that are left.
/// - TUF metadata never goes back. Versions leap ahead of any that can have been signed since: a thousand, and ten more for
///   each second. Root and targets are signed elsewhere; what a ceremony published since is to be published again.
public struct ServerRestore: Sendable {
    /// The backup.
    public let backup: ServerBackup
    /// The folder that becomes a server's.
    public let folder: ServerFolder

    /// Takes both.
    public init(_ backup: ServerBackup, to folder: ServerFolder) {
        self.backup = backup
        self.folder = folder
    }

    /// What was done.
    public struct Outcome: Sendable {
        /// What the backup has.
        public let contents: BackupContents
        /// Logs that go on under their names.
        public fileprivate(set) var continued: [String] = []
        /// Logs that ended, and what they are called from now on.
        public fileprivate(set) var renamed: [(old: String, new: String)] = []
        /// The lowest version that the metadata of signed channels will have.
        public fileprivate(set) var leastVersions: [(channel: String, version: Int64)] = []
    }

    /// How many versions a second can have been signed at the most, and how many at once.
    static let versionsPerSecond: Int64 = 10
    static let versionsAtOnce: Int64 = 1000

    /// Does it.
    ///
    /// - Parameters:
    ///   - checkpoints: the last ones that were served, of any of the logs.
    ///   - isLost: what no checkpoint proves to be all is taken for lost: those logs end.
    ///   - now: the time.
    ///   - progress: is told how many blobs are there, of how many.
    /// - Throws: `server.backup-incomplete`, `server.folder-in-use`, `server.folder-taken`, `server.database-damaged`,
    ///   `server.database-newer`, `server.blob-damaged`, `server.restore-unproved`, `publish-log.database-behind`,
    ///   `publish-log.second-root`, a `note.…` code for a checkpoint that the log did not sign; a `Failure` for the disk.
    ///   Then the folder is as it was.
    public func run(
        checkpoints: [SignedNote],
        isLost: Bool,
        now: Timestamp,
        progress: @escaping @Sendable (Int, Int) -> Void = { _, _ in }
    ) async throws -> Outcome {
        let contents = try backup.contents()
        try demandRoom()
        try Folder.createDurably(folder.path, mode: 0o750)
        guard let lock = try FileLock.ifFree(folder.lock) else {
            throw Refusal(ServerCode.folderInUse, folder.path)
        }
        defer { withExtendedLifetime(lock) {} }
        try demandRoom()
        try clear()
        try Folder.createDurably(folder.restoring, mode: 0o700)
        do {
            let outcome = try await prepare(contents, checkpoints, isLost, now, progress)
            try backup.copySettings(to: folder)
            // The database last: without it nobody takes the folder for a server's.
            try DurableFile.rename(parts.blobs, to: folder.blobs)
            try DurableFile.rename(parts.database, to: folder.database)
            try Folder.removeTree(folder.restoring)
            try Folder.synchronize(folder.path)
            return outcome
        } catch {
            try? clear()
            throw error
        }
    }

    /// Where everything is put together.
    private var parts: ServerFolder { ServerFolder(folder.restoring) }

    private func demandRoom() throws {
        guard Folder.exists(folder.path) else { return }
        guard Folder.isFolder(folder.path) else { throw Refusal(ServerCode.folderTaken, folder.path) }
        // What an earlier attempt left is its own, and begun anew.
        if Folder.exists(folder.restoring) { return }
        let allowed = Set(ServerFolder.settingsFiles + ServerFolder.keptBesideBackups)
        guard let other = try Folder.names(in: folder.path).first(where: { !allowed.contains($0) }) else {
            return
        }
        throw Refusal(
            ServerCode.folderTaken,
            folder.path,
            expected: "at most settings and keys",
            found: other
        )
    }

    /// Takes away what an attempt left that was not finished; the mark last.
    private func clear() throws {
        guard Folder.exists(folder.restoring) else { return }
        for path in [folder.database, folder.database + "-wal", folder.database + "-shm", folder.blobs] {
            try Folder.removeTree(path)
        }
        try Folder.removeTree(folder.restoring)
    }

    private func prepare(
        _ contents: BackupContents,
        _ checkpoints: [SignedNote],
        _ isLost: Bool,
        _ now: Timestamp,
        _ progress: @escaping @Sendable (Int, Int) -> Void
    ) async throws -> Outcome {
        let draft = parts.path + "/draft.sqlite"
        try backup.copyDatabase(contents, to: draft)
        let database = try SQLiteDatabase(at: draft)
        defer { try? database.close() }
        let defects = try await database.defects()
        guard defects.isEmpty else {
            throw Refusal(ServerCode.databaseDamaged, backup.directory, found: defects.first)
        }
        var outcome = Outcome(contents: contents)
        try await settleLogs(database, checkpoints, isLost, now, &outcome)
        try await leap(database, contents, now, &outcome)
        let used = try await database.read { try $0.referencedBlobs() }
        _ = try await ServerBackup.copy(
            used,
            from: backup.blobs(),
            to: FileBlobStore(directory: parts.blobs),
            progress
        )
        // One file without a journal, which can be put in its place by a single step.
        try await database.copy(to: parts.database)
        return outcome
    }

    // MARK: Logs

    private func settleLogs(
        _ database: SQLiteDatabase,
        _ checkpoints: [SignedNote],
        _ isLost: Bool,
        _ now: Timestamp,
        _ outcome: inout Outcome
    ) async throws {
        let (logs, retired) = try await database.read { (try $0.logs(), try $0.retiredLogs()) }
        for note in checkpoints {
            let origin = try Checkpoint(text: note.text).origin
            guard logs.contains(where: { $0.origin == origin }) else {
                throw Refusal(
                    PublishLogCode.missing,
                    "log `\(origin)`",
                    expected: "one of the backup's: \(logs.map(\.origin).joined(separator: ", "))"
                )
            }
        }
        for log in logs {
            do {
                try await demandProof(log, database, checkpoints)
                outcome.continued.append(log.origin)
            } catch let refusal as Refusal
                where isLost
                && (refusal.is(PublishLogCode.databaseBehind) || refusal.is(ServerCode.restoreUnproved))
            {
                let name = Self.successor(of: log.origin, now)
                try await database.write { try $0.rename(log.id, to: name) }
                outcome.renamed.append((log.origin, name))
            }
        }
        for lost in try CheckpointSigner.checkpoints(in: folder.log)
        where lost.size > 0 && !retired.contains(lost.origin)
            && !logs.contains(where: { $0.continues(lost.origin) })
        {
            guard isLost else {
                throw Refusal(
                    PublishLogCode.databaseBehind,
                    "log `\(lost.origin)`",
                    expected: "at least \(lost.size) entries, by the signer's memory",
                    found: "a backup from before the log began"
                )
            }
            // It would begin anew with other entries, as soon as its channel has something to log.
            let name = Self.successor(of: lost.origin, now)
            try await database.write { try $0.retire(lost.origin, for: name) }
            outcome.renamed.append((lost.origin, name))
        }
    }

    /// Demands that the backup has all that anybody saw of a log.
    private func demandProof(_ log: HostedLog, _ database: SQLiteDatabase, _ checkpoints: [SignedNote])
        async throws
    {
        let standing = try await LogStanding(of: log, in: database, try backup.blobs())
        var isProved = false
        if let head = try CheckpointSigner.head(of: log.origin, in: folder.log) {
            // The signer went no further than it remembers.
            try await standing.demand(
                Checkpoint(origin: log.origin, size: head.size, root: head.root),
                "the signer's memory",
                in: database
            )
            isProved = true
        }
        for note in checkpoints {
            let checkpoint = try Checkpoint(text: note.text)
            guard checkpoint.origin == log.origin else { continue }
            guard let key = standing.key else {
                // Nothing was published when the backup was made: whatever was since, is lost.
                throw Refusal(
                    PublishLogCode.databaseBehind,
                    "log `\(log.origin)`",
                    expected: "\(checkpoint.size) published entries",
                    found: "a backup from before the first checkpoint"
                )
            }
            try note.verify(by: key.verifier)
            try await standing.demand(checkpoint, "the checkpoint that was served", in: database)
            // One that is older than the backup's own says nothing about what came after it.
            if checkpoint.size >= standing.published?.size ?? 0 { isProved = true }
        }
        guard isProved else {
            throw Refusal(
                ServerCode.restoreUnproved,
                "log `\(log.origin)`",
                expected: "a checkpoint of at least \(standing.published?.size ?? 0) entries, served last"
            )
        }
    }

    /// What follows a log that ends at a moment.
    private static func successor(of origin: String, _ moment: Timestamp) -> String {
        "\(origin)/" + "\(moment)".filter { $0.isASCII && ($0.isNumber || $0.isLetter) }
    }

    // MARK: Metadata

    private func leap(
        _ database: SQLiteDatabase,
        _ contents: BackupContents,
        _ now: Timestamp,
        _ outcome: inout Outcome
    ) async throws {
        let blobs = try backup.blobs()
        let (passed, overflow) = now.seconds.subtractingReportingOverflow(contents.made.seconds)
        let seconds = overflow ? 0 : max(0, min(passed, Int64(1) << 40))
        for channel in try await database.read({ try $0.channels() }) {
            let settings = try ChannelIndexSettings(channel.settings)
            let repository = try await HostedRepository(
                of: channel,
                lifetimes: settings.lifetimes,
                database: database,
                blobs: blobs
            )
            let highest = repository?.editor.status.map(\.version).max() ?? 0
            let leap = Self.versionsAtOnce + Self.versionsPerSecond * seconds
            let (sum, isTooHigh) = max(highest, settings.leastVersion).addingReportingOverflow(leap)
            var changed = channel
            let least = isTooHigh ? Int64.max : sum
            changed.settings[ChannelIndexSettings.leastVersionName] = .number(JSONNumber(least))
            let written = changed
            try await database.write { try $0.update(written) }
            if repository != nil { outcome.leastVersions.append((channel.name.text, least)) }
        }
    }
}

extension HostedLog {
    /// Whether it has the name, or followed a log that had it and ended.
    fileprivate func continues(_ origin: String) -> Bool {
        self.origin == origin || self.origin.utf8.starts(with: Array("\(origin)/".utf8))
    }
}
