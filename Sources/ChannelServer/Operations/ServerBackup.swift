// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import DurableFiles
internal import NIOCore
internal import TrustCore

/// A copy of what a server stores, in a folder: its database as it was at one moment, and every blob that this leads to.
///
/// Private keys are not in it, and must be kept elsewhere: whoever gets hold of a backup must not be able to sign.
public struct ServerBackup: Sendable {
    /// The folder.
    public let directory: String

    private static let databaseName = "server.sqlite"
    private static let blobsName = "blobs"
    /// Says that the backup is whole; written last.
    private static let stampName = "complete"
    private static let pieceLength = 1 << 20

    /// Names a folder.
    public init(directory: String) { self.directory = directory }

    /// Makes a backup while the server runs.
    ///
    /// The database is copied first: blobs never change, and none that it leads to is swept away while the backup takes
    /// less time than the sweep's grace. Each blob is verified as it is copied.
    ///
    /// - Parameter progress: is told how many blobs are there, of how many.
    /// - Returns: how many blobs it has.
    /// - Throws: `server.folder-taken` if there is something in the folder; `server.blob-damaged`; a `Failure` for the disk.
    public func make(
        of database: SQLiteDatabase,
        _ blobs: any BlobStore,
        progress: @Sendable (Int, Int) -> Void = { _, _ in }
    ) async throws -> Int {
        try Self.demandEmpty(directory)
        try Folder.createDurably(directory, mode: 0o700)
        try await database.copy(to: databasePath)
        let count = try await copyBlobs(from: blobs, to: FileBlobStore(directory: blobsPath), progress)
        try DurableFile.write([], to: stampPath)
        return count
    }

    /// Puts what is in a backup where a server will find it.
    ///
    /// - Parameters:
    ///   - path: where the database will be; there must be none.
    ///   - blobs: where the blobs will be.
    /// - Returns: how many blobs it had.
    /// - Throws: `server.backup-incomplete`, `server.folder-taken`, `server.blob-damaged`; a `Failure` for the disk.
    public func restore(
        database path: String,
        blobs: any BlobStore,
        progress: @Sendable (Int, Int) -> Void = { _, _ in }
    ) async throws -> Int {
        guard Folder.exists(stampPath) else { throw Refusal(ServerCode.backupIncomplete, directory) }
        if Folder.exists(path) { throw Refusal(ServerCode.folderTaken, path) }
        let count = try await copyBlobs(from: FileBlobStore(directory: blobsPath), to: blobs, progress)
        // The database last: until it is there, nobody takes the folder for a server's.
        let copy = try SQLiteDatabase(at: databasePath)
        let unfinished = path + ".restoring"
        try DurableFile.remove(unfinished)
        try await copy.copy(to: unfinished)
        try copy.close()
        try DurableFile.rename(unfinished, to: path)
        return count
    }

    private func copyBlobs(
        from source: any BlobStore,
        to target: any BlobStore,
        _ progress: @Sendable (Int, Int) -> Void
    ) async throws -> Int {
        let database = try SQLiteDatabase(at: databasePath)
        let used = try await database.read { try $0.referencedBlobs() }
        try database.close()
        for (count, digest) in used.sorted(by: { $0.hex < $1.hex }).enumerated() {
            try await Self.copy(digest, from: source, to: target)
            progress(count + 1, used.count)
        }
        return used.count
    }

    /// Copies a blob piece by piece; it is kept only if it has its digest.
    private static func copy(_ digest: Digest, from source: any BlobStore, to target: any BlobStore)
        async throws
    {
        guard let path = source.localPath(of: digest),
            let file = try OpenFile(readingIfThere: path, followingLinks: false)
        else { throw Refusal(ServerCode.blobDamaged, digest.description, found: "no file") }
        let staged = try await target.stage()
        let bytes = try file.stored()
        for start in stride(from: 0, to: bytes.length, by: pieceLength) {
            let piece = try bytes.read(start..<min(start + pieceLength, bytes.length))
            try await staged.write(ByteBuffer(bytes: piece))
        }
        let found = try await staged.finish()
        guard found.sha256 == digest else {
            await staged.discard()
            throw Refusal(ServerCode.blobDamaged, digest.description, found: found.sha256.description)
        }
        try await target.commit(staged)
    }

    private static func demandEmpty(_ directory: String) throws {
        guard Folder.exists(directory) else { return }
        guard Folder.isFolder(directory), try Folder.names(in: directory).isEmpty else {
            throw Refusal(ServerCode.folderTaken, directory)
        }
    }

    private var databasePath: String { directory + "/" + Self.databaseName }
    private var blobsPath: String { directory + "/" + Self.blobsName }
    private var stampPath: String { directory + "/" + Self.stampName }
}
