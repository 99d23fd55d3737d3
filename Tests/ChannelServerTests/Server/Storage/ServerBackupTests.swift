// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import DurableFiles
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("Backups of a server")
struct ServerBackupTests {
    /// A server with one file, whose bytes are a blob.
    private func scene() async throws -> ServerScene {
        let scene = try ServerScene()
        let channel = try await scene.channel("main")
        let contract = DatabaseContract(database: scene.database)
        let file = try contract.file("a-1-0.conda", in: channel, bytes: [1, 2, 3])
        for bytes: [UInt8] in [[1, 2, 3], [9]] { _ = try await scene.blobs.put(bytes) }
        _ = try await scene.blobs.put([4, 5, 6])
        try await scene.database.write { try $0.insert(file) }
        return scene
    }

    @Test("What was backed up and restored is what was there, without what nothing refers to")
    func restored() async throws {
        let scene = try await scene()
        let folder = try TemporaryFolder()
        let backup = ServerBackup(directory: folder.path + "/backup")
        #expect(try await backup.make(of: scene.database, scene.blobs) == 2)
        // What comes later is not in it.
        _ = try await scene.channel("later")
        let blobs = try FileBlobStore(directory: folder.path + "/blobs")
        let path = folder.path + "/server.sqlite"
        #expect(try await backup.restore(database: path, blobs: blobs) == 2)
        let database = try SQLiteDatabase(at: path)
        #expect(try await database.read { try $0.channels() }.map(\.name.text) == ["main"])
        #expect(try await database.defects().isEmpty)
        #expect(try await BlobAudit(database: database, blobs: blobs).defects().isEmpty)
        #expect(try await blobs.size(of: Digest.of([4, 5, 6])) == nil)
    }

    @Test("Bad folders, backups and blobs are refused by their codes")
    func refused() async throws {
        let scene = try await scene()
        let folder = try TemporaryFolder()
        let taken = ServerBackup(directory: folder.path)
        try DurableFile.write([], to: folder.path + "/something")
        await refuses(.folderTaken) { _ = try await taken.make(of: scene.database, scene.blobs) }

        let backup = ServerBackup(directory: folder.path + "/backup")
        _ = try await backup.make(of: scene.database, scene.blobs)
        let blobs = try FileBlobStore(directory: folder.path + "/blobs")
        await refuses(.folderTaken) {
            _ = try await backup.restore(database: folder.path + "/something", blobs: blobs)
        }
        let first = Digest.of([1, 2, 3]).hex
        try DurableFile.write(
            [1, 2, 4],
            to: "\(folder.path)/backup/blobs/\(first.prefix(2))/\(first.dropFirst(2))"
        )
        let path = folder.path + "/server.sqlite"
        await refuses(.blobDamaged) { _ = try await backup.restore(database: path, blobs: blobs) }
        #expect(!Folder.exists(path))
        try DurableFile.remove(folder.path + "/backup/complete")
        await refuses(.backupIncomplete) { _ = try await backup.restore(database: path, blobs: blobs) }

        try DurableFile.remove(try #require(scene.blobs.localPath(of: Digest.of([9]))))
        let other = ServerBackup(directory: folder.path + "/other")
        await refuses(.blobDamaged) { _ = try await other.make(of: scene.database, scene.blobs) }
    }

    private func refuses(
        _ code: ServerCode,
        sourceLocation: SourceLocation = #_sourceLocation,
        _ body: () async throws -> Void
    ) async {
        await #expect(sourceLocation: sourceLocation) { try await body() } throws: { error in
            (error as? Refusal)?.is(code) ?? false
        }
    }
}
