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
    static func scene() async throws -> ServerScene {
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
        let scene = try await Self.scene()
        try DurableFile.write(Array(#"{"schema":1,"port":1}"#.utf8), to: scene.folder.path + "/server.json")
        let folder = try TemporaryFolder()
        let backup = ServerBackup(directory: folder.path + "/backup")
        let contents = try await scene.backUp(to: backup)
        #expect(contents.blobs == 2 && contents.bytes == 4 && contents.channels == 1)
        #expect(contents.settings == ["server.json"])
        #expect(try backup.contents() == contents)
        // What comes later is not in it.
        _ = try await scene.channel("later")
        let server = ServerFolder(folder.path + "/server")
        let outcome = try await ServerRestore(backup, to: server).run(
            checkpoints: [],
            isLost: false,
            now: scene.now
        )
        #expect(outcome.contents == contents && outcome.renamed.isEmpty && outcome.leastVersions.isEmpty)
        let database = try SQLiteDatabase(at: server.database)
        let blobs = try FileBlobStore(directory: server.blobs)
        #expect(try await database.read { try $0.channels() }.map(\.name.text) == ["main"])
        #expect(try await database.defects().isEmpty)
        #expect(try await BlobAudit(database: database, blobs: blobs).defects().isEmpty)
        #expect(try await blobs.size(of: Digest.of([4, 5, 6])) == nil)
        #expect(!Folder.exists(server.restoring))
        #expect(try ServerSettings(directory: server.path).port == 1)
    }

    @Test("Bad folders, backups and blobs are refused by their codes, and leave nothing behind")
    func refused() async throws {
        let scene = try await Self.scene()
        let folder = try TemporaryFolder()
        try DurableFile.write([], to: folder.path + "/something")
        await refuses(.folderTaken) { _ = try await scene.backUp(to: ServerBackup(directory: folder.path)) }

        let backup = ServerBackup(directory: folder.path + "/backup")
        _ = try await scene.backUp(to: backup)
        func restore(to name: String) async throws {
            _ = try await ServerRestore(backup, to: ServerFolder(folder.path + name))
                .run(checkpoints: [], isLost: false, now: scene.now)
        }
        await refuses(.folderTaken) { try await restore(to: "") }
        await refuses(.folderTaken) { try await restore(to: "/something") }

        let target = ServerFolder(folder.path + "/server")
        let lock = try #require(try FileLock.ifFree(target.lock))
        await refuses(.folderInUse) { try await restore(to: "/server") }
        withExtendedLifetime(lock) {}
        let first = Digest.of([1, 2, 3]).hex
        let blob = "\(folder.path)/backup/blobs/\(first.prefix(2))/\(first.dropFirst(2))"
        try DurableFile.write([1, 2, 4], to: blob)
        await refuses(.blobDamaged) { try await restore(to: "/other") }
        #expect(try Folder.names(in: folder.path + "/other") == ["server.lock"])
        try DurableFile.write([1, 2, 3], to: blob)

        let database = folder.path + "/backup/server.sqlite"
        let bytes = try #require(try DurableFile.read(database, maximumLength: 1 << 30))
        try DurableFile.write(bytes + [0], to: database)
        await refuses(.databaseDamaged) { try await restore(to: "/other") }
        try DurableFile.write(bytes, to: database)
        try DurableFile.remove(folder.path + "/backup/backup.json")
        await refuses(.backupIncomplete) { try await restore(to: "/other") }
        #expect(try Folder.names(in: folder.path + "/other") == ["server.lock"])

        try DurableFile.remove(try #require(scene.blobs.localPath(of: Digest.of([9]))))
        let other = ServerBackup(directory: folder.path + "/second")
        await refuses(.blobDamaged) { _ = try await scene.backUp(to: other) }
        await refuses(.backupIncomplete) { _ = try other.contents() }
    }

    @Test("What an interrupted restoration left is no server, and is begun anew")
    func interrupted() async throws {
        let scene = try await Self.scene()
        let folder = try TemporaryFolder()
        let backup = ServerBackup(directory: folder.path + "/backup")
        _ = try await scene.backUp(to: backup)
        let server = ServerFolder(folder.path + "/server")
        // All moments: nothing is in its place yet, the blobs are, everything is and only the mark is left.
        for names in [[], ["blobs"], ["blobs", "server.sqlite"]] {
            try Folder.createDurably(server.restoring + "/blobs/00")
            if names.contains("blobs") { try Folder.createDurably(server.blobs + "/00") }
            if names.contains("server.sqlite") { try DurableFile.write([1], to: server.database) }
            await refuses(.restoreUnfinished) {
                _ = try HostedServer.open(
                    directory: server.path,
                    settings: ServerSettings(),
                    now: { scene.now },
                    random: { [UInt8](repeating: 7, count: $0) },
                    logger: scene.parts.logger
                )
            }
            await refuses(.restoreUnfinished) { _ = try await ServerCheck(server, now: scene.now).run() }
            _ = try await ServerRestore(backup, to: server)
                .run(checkpoints: [], isLost: false, now: scene.now)
            #expect(try await ServerCheck(server, now: scene.now).run().findings.isEmpty)
            try Folder.removeTree(server.path)
        }
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

extension ServerScene {
    /// The scene's folder, which is laid out as a server's.
    var layout: ServerFolder { ServerFolder(folder.path) }

    func backUp(to backup: ServerBackup) async throws -> BackupContents {
        try await backup.make(of: database, blobs, in: layout, now: now)
    }
}
