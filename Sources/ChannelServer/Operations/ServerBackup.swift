// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import DurableFiles
internal import NIOCore
public import TrustCore

/// A copy of what a server stores, in a folder: its database as it was at one moment, every blob that this leads to, and
/// the files of settings.
///
/// Private keys are not in it, and must be kept elsewhere: whoever gets hold of a backup must not be able to sign. It is
/// confidential all the same: private channels are in it, and hashes of access keys.
public struct ServerBackup: Sendable {
    /// The folder.
    public let directory: String

    private static let databaseName = "server.sqlite"
    private static let blobsName = "blobs"
    private static let settingsName = "settings"
    private static let pieceLength = 1 << 20
    /// How many blobs are copied at once: each waits for the disk.
    private static let width = 8
    private static let settingsLimit = 16 << 20

    /// Names a folder.
    public init(directory: String) { self.directory = directory }

    /// Makes a backup while the server runs.
    ///
    /// The database is copied first: blobs never change, and none that it leads to is swept away while the backup takes
    /// less time than the sweep's grace. Each blob is verified as it is copied. What says that the backup is whole is
    /// written last.
    ///
    /// - Parameters:
    ///   - folder: the server's folder, whose settings are taken along.
    ///   - now: what is noted as the time of the backup.
    ///   - progress: is told how many blobs are there, of how many.
    /// - Returns: what it has.
    /// - Throws: `server.folder-taken` if there is something in the folder; `server.blob-damaged`; a `Failure` for the disk.
    @discardableResult
    public func make(
        of database: SQLiteDatabase,
        _ blobs: any BlobStore,
        in folder: ServerFolder,
        now: Timestamp,
        progress: @escaping @Sendable (Int, Int) -> Void = { _, _ in }
    ) async throws -> BackupContents {
        try demandEmpty()
        try Folder.createDurably(directory, mode: 0o700)
        try await database.copy(to: databasePath)
        let copy = try SQLiteDatabase(reading: databasePath)
        let used = try await copy.read { try $0.referencedBlobs() }
        let (channels, logs) = try await copy.read { (try $0.channels().count, try $0.logs()) }
        try copy.close()
        let bytes = try await Self.copy(used, from: blobs, to: FileBlobStore(directory: blobsPath), progress)
        let contents = BackupContents(
            made: now,
            database: try Self.digest(ofFile: databasePath),
            channels: channels,
            blobs: used.count,
            bytes: bytes,
            logs: logs.map { BackupContents.Log(origin: $0.origin, entries: $0.size) },
            settings: try copySettings(from: folder)
        )
        try DurableFile.write(contents.encoded, to: stampPath)
        return contents
    }

    /// What the backup has.
    ///
    /// - Throws: `server.backup-incomplete` if it is not whole.
    public func contents() throws -> BackupContents {
        guard let bytes = try DurableFile.read(stampPath, maximumLength: Self.settingsLimit) else {
            throw Refusal(ServerCode.backupIncomplete, directory)
        }
        return try BackupContents(parsing: bytes, of: stampPath)
    }

    /// The blobs.
    func blobs() throws -> FileBlobStore { try FileBlobStore(directory: blobsPath) }

    /// Copies the database's file, which must be the one that the backup was made with.
    ///
    /// - Throws: `server.database-damaged`; a `Failure` for the disk.
    func copyDatabase(_ contents: BackupContents, to path: String) throws {
        guard let file = try OpenFile(readingIfThere: databasePath, followingLinks: false) else {
            throw Refusal(ServerCode.backupIncomplete, directory, expected: databasePath)
        }
        var sum = StreamingDigest(.sha256)
        try DurableFile.write(to: path, mode: 0o600) { write in
            try file.readChunks { chunk in
                sum.update(chunk)
                try write(chunk)
            }
        }
        let found = sum.finish()
        guard found == contents.database else {
            throw Refusal(
                ServerCode.databaseDamaged,
                databasePath,
                expected: contents.database.description,
                found: found.description
            )
        }
    }

    /// Puts the files of settings where there are none.
    func copySettings(to folder: ServerFolder) throws {
        for name in ServerFolder.settingsFiles where !Folder.exists("\(folder.path)/\(name)") {
            let path = "\(directory)/\(Self.settingsName)/\(name)"
            guard let bytes = try DurableFile.read(path, maximumLength: Self.settingsLimit) else { continue }
            try DurableFile.write(bytes, to: "\(folder.path)/\(name)", mode: 0o640)
        }
    }

    private func copySettings(from folder: ServerFolder) throws -> [String] {
        try ServerFolder.settingsFiles.filter { name in
            let path = "\(folder.path)/\(name)"
            guard let bytes = try DurableFile.read(path, maximumLength: Self.settingsLimit) else {
                return false
            }
            try Folder.createDurably("\(directory)/\(Self.settingsName)", mode: 0o700)
            try DurableFile.write(bytes, to: "\(directory)/\(Self.settingsName)/\(name)", mode: 0o600)
            return true
        }
    }

    /// Copies blobs, some at once; answers how many bytes they are together.
    static func copy(
        _ digests: Set<Digest>,
        from source: any BlobStore,
        to target: any BlobStore,
        _ progress: @Sendable (Int, Int) -> Void
    ) async throws -> UInt64 {
        try await withThrowingTaskGroup(of: UInt64.self) { group in
            var waiting = digests.sorted { $0.hex < $1.hex }[...], bytes: UInt64 = 0, done = 0
            func start() {
                guard let digest = waiting.popFirst() else { return }
                group.addTask { try await copy(digest, from: source, to: target) }
            }
            for _ in 0..<width { start() }
            while let size = try await group.next() {
                bytes += size
                done += 1
                progress(done, digests.count)
                start()
            }
            return bytes
        }
    }

    /// Copies a blob piece by piece; it is kept only if it has its digest.
    private static func copy(_ digest: Digest, from source: any BlobStore, to target: any BlobStore)
        async throws -> UInt64
    {
        guard let path = source.localPath(of: digest),
            let file = try OpenFile(readingIfThere: path, followingLinks: false)
        else { throw Refusal(ServerCode.blobDamaged, digest.description, found: "no file") }
        let staged = try await target.stage()
        do {
            let bytes = try file.stored()
            for start in stride(from: 0, to: bytes.length, by: pieceLength) {
                let piece = try bytes.read(start..<min(start + pieceLength, bytes.length))
                try await staged.write(ByteBuffer(bytes: piece))
            }
            let found = try await staged.finish()
            guard found.sha256 == digest else {
                throw Refusal(
                    ServerCode.blobDamaged,
                    digest.description,
                    found: found.sha256.description
                )
            }
            try await target.commit(staged)
            return found.size
        } catch {
            await staged.discard()
            throw error
        }
    }

    private static func digest(ofFile path: String) throws -> Digest {
        guard let file = try OpenFile(readingIfThere: path, followingLinks: false) else {
            throw Failure(.disk, "a file that was just written is not there", at: path)
        }
        var sum = StreamingDigest(.sha256)
        try file.readChunks { sum.update($0) }
        return sum.finish()
    }

    private func demandEmpty() throws {
        guard Folder.exists(directory) else { return }
        guard Folder.isFolder(directory), try Folder.names(in: directory).isEmpty else {
            throw Refusal(ServerCode.folderTaken, directory)
        }
    }

    private var databasePath: String { directory + "/" + Self.databaseName }
    private var blobsPath: String { directory + "/" + Self.blobsName }
    private var stampPath: String { directory + "/" + BackupContents.fileName }
}
