// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import DurableFiles
internal import SigningKeys
public import TrustCore

/// Looks whether everything that a server keeps is there, and is what it was; also while the server runs. It changes
/// nothing.
///
/// Checked are the database's pages and references; that every blob that anything leads to is there and has its digest;
/// publish logs, from the entries up to the signed checkpoint, with every tile on the way; indexes against the files that
/// were accepted, and their signatures from the first root down; keys. Not checked: that packages are what their records
/// say, which was checked when they came; and attestations.
public struct ServerCheck: Sendable {
    let folder: ServerFolder
    let now: Timestamp

    /// Takes a server's folder.
    public init(_ folder: ServerFolder, now: Timestamp) {
        self.folder = folder
        self.now = now
    }

    /// What was found.
    public struct Report: Sendable {
        /// What is wrong.
        public internal(set) var findings: [Refusal] = []
        /// How many channels were looked at.
        public internal(set) var channels = 0
        /// How many blobs were read.
        public internal(set) var blobs = 0
        /// How many entries the logs have.
        public internal(set) var logEntries: Int64 = 0
        /// Subdirs whose index is to be made anew, and was not compared.
        public internal(set) var stale = 0
        /// Blobs that nothing leads to and that will be swept away once they are a day old, and their bytes.
        public internal(set) var unreferenced: (count: Int, bytes: UInt64) = (0, 0)
    }

    /// Looks at everything.
    ///
    /// - Parameter progress: is told how many blobs were read, of how many.
    /// - Throws: `server.restore-unfinished`, `server.database-newer`; a `Failure` where there is no server, or something
    ///   could not be read. What is wrong otherwise is in the report.
    public func run(progress: @escaping @Sendable (Int, Int) -> Void = { _, _ in }) async throws -> Report {
        try folder.demandRestored()
        var report = Report()
        let database: SQLiteDatabase
        do {
            database = try SQLiteDatabase(reading: folder.database)
        } catch let refusal as Refusal where refusal.is(ServerCode.databaseDamaged) {
            report.findings.append(refusal)
            return report
        }
        defer { try? database.close() }
        let defects = try await database.defects()
        guard defects.isEmpty else {
            // What else it says is not worth reading.
            report.findings = defects.prefix(100).map {
                Refusal(ServerCode.databaseDamaged, folder.database, found: $0)
            }
            return report
        }
        guard Folder.isFolder(folder.blobs) else {
            report.findings.append(Refusal(ServerCode.blobDamaged, folder.blobs, found: "no folder"))
            return report
        }
        let blobs = try FileBlobStore(directory: folder.blobs)
        try await checkBlobs(database, blobs, progress, &report)
        try await checkLogs(database, blobs, &report)
        try await checkChannels(database, blobs, &report)
        try checkFileModes(&report)
        return report
    }

    private func checkBlobs(
        _ database: SQLiteDatabase,
        _ blobs: FileBlobStore,
        _ progress: @escaping @Sendable (Int, Int) -> Void,
        _ report: inout Report
    ) async throws {
        // Listed before what is referred to is read: an upload stores its blob first.
        let stored = try await blobs.digests(untouchedSince: now.advanced(bySeconds: 86_400))
        let used = try await database.read { try $0.referencedBlobs() }
        report.blobs = used.count
        for digest in stored where !used.contains(digest) {
            report.unreferenced.count += 1
            report.unreferenced.bytes += try await blobs.size(of: digest) ?? 0
        }
        for defect in try await BlobAudit(database: database, blobs: blobs).defects(progress: progress) {
            switch defect {
            case .missing(let digest):
                report.findings.append(Refusal(ServerCode.blobDamaged, digest.description, found: "no file"))
            case .altered(let digest):
                report.findings.append(
                    Refusal(ServerCode.blobDamaged, digest.description, found: "other bytes")
                )
            }
        }
    }

    // MARK: Logs

    private func checkLogs(_ database: SQLiteDatabase, _ blobs: FileBlobStore, _ report: inout Report)
        async throws
    {
        for log in try await database.read({ try $0.logs() }) {
            report.logEntries += log.size
            try await collect(&report) {
                try await LogCheck.run(log, folder: folder.log, database, blobs)
            }
        }
    }

    // MARK: Channels

    private func checkChannels(_ database: SQLiteDatabase, _ blobs: FileBlobStore, _ report: inout Report)
        async throws
    {
        for channel in try await database.read({ try $0.channels() }) {
            report.channels += 1
            let check = HostedChannelCheck(
                channel: channel,
                keys: ChannelKeys(directory: folder.keys),
                database: database,
                blobs: blobs,
                now: now
            )
            do {
                let found = try await check.run()
                report.findings += found.findings
                report.stale += found.stale
            } catch let failure as Failure {
                // A blob that is not there was told already.
                guard report.findings.contains(where: { $0.is(ServerCode.blobDamaged) }) else {
                    throw failure
                }
            }
        }
    }

    private func collect(_ report: inout Report, _ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let refusal as Refusal {
            report.findings.append(refusal)
        } catch let failure as Failure {
            guard report.findings.contains(where: { $0.is(ServerCode.blobDamaged) }) else { throw failure }
        }
    }

    // MARK: Keys

    /// Folders of keys are for the server's user only. Key files are looked at where they are used.
    private func checkFileModes(_ report: inout Report) throws {
        for path in [folder.keys, folder.log] where Folder.exists(path) {
            let mode = try Folder.permissions(of: path)
            guard mode & 0o077 != 0 else { continue }
            report.findings.append(
                Refusal(
                    KeyCode.filePermissions,
                    path,
                    expected: "a folder that its owner alone may enter (mode 700)",
                    found: "mode \(String(mode, radix: 8))"
                )
            )
        }
    }
}
