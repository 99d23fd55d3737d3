// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import DurableFiles
import Logging
import SigningKeys
import TUF
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("Restoring a server that people have seen")
struct ServerRestoreTests {
    /// A log of two published entries that is backed up, and what was served of it.
    private struct World {
        let scene: LogScene
        let folder: TemporaryFolder
        let backup: ServerBackup

        init() async throws {
            scene = try await LogScene()
            try await scene.append(2, from: 1)
            try await scene.publisher().publish()
            folder = try TemporaryFolder()
            backup = ServerBackup(directory: folder.path + "/backup")
            _ = try await scene.server.backUp(to: backup)
        }

        var target: ServerFolder { ServerFolder(folder.path + "/server") }

        /// What the log serves now.
        func checkpoint() async throws -> SignedNote {
            let log = scene.log.id
            let document = try #require(
                try await scene.server.database.read { try $0.document("checkpoint", in: .log(log)) }
            )
            return try SignedNote(
                parsing: try await scene.server.blobs.bytes(of: document.blob, maximumLength: 1 << 20)
            )
        }

        @discardableResult
        func restore(_ checkpoints: [SignedNote] = [], isLost: Bool = false) async throws
            -> ServerRestore.Outcome
        {
            try await ServerRestore(backup, to: target).run(
                checkpoints: checkpoints,
                isLost: isLost,
                now: scene.server.now
            )
        }

        /// Puts the log's key back, and its signer's memory if that is there still.
        func putBack(memory: Bool) throws {
            let old = scene.server.layout.log
            try Folder.createDurably(target.log, mode: 0o700)
            for name in try Folder.names(in: old) where name == "key.json" || (memory && name != "lock") {
                let bytes = try #require(try DurableFile.read("\(old)/\(name)", maximumLength: 1 << 20))
                try DurableFile.write(bytes, to: "\(target.log)/\(name)", mode: 0o600)
            }
        }

        /// Publishes another entry with what was restored; answers where the log stands.
        func goOn() async throws -> LogOutcome {
            let database = try SQLiteDatabase(at: target.database)
            let entry = try scene.entry(9).encoded()
            try await database.write { transaction in
                _ = try transaction.append(entry, to: try #require(try transaction.logs().first).id)
            }
            try database.close()
            return try #require(try await publishAgain())
        }

        /// Publishes what was restored; answers where the log stands.
        func publishAgain() async throws -> LogOutcome? {
            let database = try SQLiteDatabase(at: target.database)
            let publisher = LogPublisher(
                database: database,
                blobs: try FileBlobStore(directory: target.blobs),
                signer: try CheckpointSigner(folder: target.log),
                witnesses: nil,
                now: { Timestamp(seconds: 1_800_000_000) },
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
            )
            return try await publisher.publish().first
        }
    }

    @Test("A log whose last checkpoint the backup has goes on under its name")
    func continued() async throws {
        let world = try await World()
        let outcome = try await world.restore([try await world.checkpoint()])
        #expect(outcome.continued == ["channels.example.org/log"] && outcome.renamed.isEmpty)
        try world.putBack(memory: false)
        let stands = try await world.goOn()
        guard case .published(3) = stands.state else { throw Failure(.disk, "\(stands)") }
        #expect(stands.log.origin == "channels.example.org/log")
    }

    @Test("The signer's memory in the folder proves the same")
    func remembered() async throws {
        let world = try await World()
        try world.putBack(memory: true)
        #expect(try await world.restore().continued == ["channels.example.org/log"])
        guard case .published(3) = try await world.goOn().state else {
            throw Failure(.disk, "the log does not go on")
        }
    }

    @Test(
        "A backup from between an entry's commit and its signature goes on, and signs the root that was signed"
    )
    func betweenSteps() async throws {
        let world = try await World()
        try await world.scene.append(1, from: 3)
        let second = ServerBackup(directory: world.folder.path + "/second")
        _ = try await world.scene.server.backUp(to: second)
        try await world.scene.publisher().publish()
        let served = try Checkpoint(text: try await world.checkpoint().text)
        try world.putBack(memory: true)
        _ = try await ServerRestore(second, to: world.target)
            .run(checkpoints: [], isLost: false, now: world.scene.server.now)
        let restored = try #require(try await world.publishAgain())
        guard case .published(3) = restored.state else { throw Failure(.disk, "\(restored)") }
        let root = try await LogStanding.root(
            of: restored.log,
            size: 3,
            in: try SQLiteDatabase(at: world.target.database)
        )
        #expect(root == served.root)
        // Other entries in the place of those that were signed are found before anything of them is decided on.
        try SQLiteFile(world.target.database).run(
            "UPDATE log_entry SET entry = x'03' WHERE position = 2; DELETE FROM log_root WHERE size = 3;"
                + "DELETE FROM document WHERE path = 'checkpoint'"
        )
        let stopped = try #require(try await world.publishAgain())
        guard case .stopped(let refusal) = stopped.state else { throw Failure(.disk, "\(stopped)") }
        #expect(refusal.is(PublishLogCode.secondRoot))
    }

    @Test("Where nobody proves that nothing was published since, nothing is restored")
    func unproved() async throws {
        let world = try await World()
        let before = try await world.checkpoint()
        await refuses(ServerCode.restoreUnproved) { try await world.restore() }
        #expect(try Folder.names(in: world.target.path) == ["server.lock"])
        // A checkpoint that is older than the backup proves nothing about what came after it.
        try await world.scene.append(1, from: 3)
        try await world.scene.publisher().publish()
        let second = ServerBackup(directory: world.folder.path + "/second")
        _ = try await world.scene.server.backUp(to: second)
        await refuses(ServerCode.restoreUnproved) {
            _ = try await ServerRestore(second, to: world.target)
                .run(checkpoints: [before], isLost: false, now: world.scene.server.now)
        }
    }

    @Test("Lost entries end the log: what is left goes on under another name, with every index as it was")
    func lost() async throws {
        let world = try await World()
        try await world.scene.append(1, from: 3)
        try await world.scene.publisher().publish()
        let newest = try await world.checkpoint()
        await refuses(PublishLogCode.databaseBehind) { try await world.restore([newest]) }
        try world.putBack(memory: true)
        await refuses(PublishLogCode.databaseBehind) { try await world.restore() }
        let outcome = try await world.restore([newest], isLost: true)
        #expect(outcome.continued.isEmpty)
        let renamed = try #require(outcome.renamed.first)
        #expect(renamed.old == "channels.example.org/log" && renamed.new.hasPrefix(renamed.old + "/2"))
        let stands = try await world.goOn()
        guard case .published(3) = stands.state else { throw Failure(.disk, "\(stands)") }
        #expect(stands.log.origin == renamed.new)
        // Whoever looks finds nothing wrong, and the old log's last checkpoint is no checkpoint of the new one.
        #expect(
            try await ServerCheck(world.target, now: world.scene.server.now).run().findings.isEmpty
        )
    }

    @Test("A log that began after the backup was made does not begin again under its name; once is enough")
    func begunLater() async throws {
        let world = try await World()
        let origin = "channels.example.org/secret/log"
        _ = try await world.scene.signer.sign(Checkpoint(origin: origin, size: 6, root: Digest.of([6]).bytes))
        try world.putBack(memory: true)
        await refuses(PublishLogCode.databaseBehind) { try await world.restore() }
        let outcome = try await world.restore(isLost: true)
        #expect(outcome.continued == ["channels.example.org/log"])
        let renamed = try #require(outcome.renamed.first)
        #expect(renamed.old == origin && renamed.new.hasPrefix(origin + "/2"))
        let database = try SQLiteDatabase(at: world.target.database)
        let made = try await database.write { try $0.createLog(origin: origin, channel: nil) }
        #expect(made.origin == renamed.new)
    }

    @Test(
        "A log that ended, or whose name was taken away, is missed by no later restore",
        arguments: [true, false]
    )
    func endedBefore(isRetired: Bool) async throws {
        let world = try await World()
        let origin = "channels.example.org/secret/log", successor = origin + "/20270115T080000Z"
        _ = try await world.scene.signer.sign(Checkpoint(origin: origin, size: 6, root: Digest.of([6]).bytes))
        let channel = try await world.scene.server.channel("secret").id
        try await world.scene.server.database.write { transaction in
            if isRetired {
                try transaction.retire(origin, for: successor)
            } else {
                _ = try transaction.createLog(origin: successor, channel: channel)
            }
        }
        let second = ServerBackup(directory: world.folder.path + "/second")
        _ = try await world.scene.server.backUp(to: second)
        _ = try await world.scene.signer.sign(Checkpoint(origin: successor, size: 0, root: MerkleHash.empty))
        try world.putBack(memory: true)
        let outcome = try await ServerRestore(second, to: world.target)
            .run(checkpoints: [], isLost: false, now: world.scene.server.now)
        #expect(outcome.renamed.isEmpty && outcome.continued.count == (isRetired ? 1 : 2))
    }

    @Test("A checkpoint of another history or by another key ends it, whatever is said")
    func foreign() async throws {
        let world = try await World()
        let log = "channels.example.org/log"
        func checkpoint(_ root: [UInt8], _ folder: String) async throws -> SignedNote {
            try await CheckpointSigner(folder: world.folder.path + "/" + folder, signer: folderKey(folder))
                .sign(Checkpoint(origin: log, size: 2, root: root))
        }
        func folderKey(_ name: String) throws -> any Signer {
            name == "other"
                ? try PrivateKey.generate(.ed25519)
                : try KeyFile.read(world.scene.server.layout.log + "/key.json").unlock { nil }
        }
        let fork = try await checkpoint(Digest.of([1]).bytes, "same")
        await refuses(PublishLogCode.secondRoot) { try await world.restore([fork], isLost: true) }
        let forged = try await checkpoint(Digest.of([1]).bytes, "other")
        await #expect { try await world.restore([forged], isLost: true) } throws: { error in
            (error as? Refusal)?.codeName.hasPrefix("note.") ?? false
        }
        let elsewhere = try await CheckpointSigner(
            folder: world.folder.path + "/elsewhere",
            signer: try folderKey("elsewhere")
        ).sign(Checkpoint(origin: "example.net/log", size: 2, root: Digest.of([1]).bytes))
        await refuses(PublishLogCode.missing) { try await world.restore([elsewhere]) }
    }

    @Test("A log is never signed by another key in the place of one that was lost")
    func lostKey() async throws {
        let world = try await World()
        try await world.restore([try await world.checkpoint()])
        let stands = try await world.goOn()
        guard case .stopped(let refusal) = stands.state else { throw Failure(.disk, "\(stands)") }
        #expect(refusal.is(PublishLogCode.keyDiffers))
    }

    @Test("Signed metadata leap ahead of all that clients can have seen")
    func leap() async throws {
        let package = try FixturePackage("a-1-0.conda")
        let scene = try await IndexScene()
        try await scene.publish([package])
        try await scene.index()
        try await scene.intake.accept(try await scene.firstCeremony())
        let folder = try TemporaryFolder()
        let backup = ServerBackup(directory: folder.path + "/backup")
        _ = try await scene.server.backUp(to: backup)
        // What clients have seen is newer than the backup.
        for _ in 0..<3 {
            scene.server.advance(seconds: 4_000)
            try await scene.index()
        }
        let seen = try await Self.versions(scene.server.database, scene.server.blobs, scene.channel)
        let target = ServerFolder(folder.path + "/server")
        let outcome = try await ServerRestore(backup, to: target)
            .run(checkpoints: [], isLost: true, now: scene.server.now)
        let least = try #require(outcome.leastVersions.first)
        #expect(least.channel == "main" && least.version > 120_000)
        let database = try SQLiteDatabase(at: target.database)
        let blobs = try FileBlobStore(directory: target.blobs)
        let parts = ServerParts(
            database: database,
            blobs: blobs,
            access: TrustingAccess(),
            publicURL: "https://channels.example.org",
            now: { [server = scene.server] in server.now },
            random: { [UInt8](repeating: 1, count: $0) },
            changed: {},
            logger: scene.server.parts.logger
        )
        let channel = try #require(try await database.read { try $0.channels() }.first)
        _ = try await IndexWorker(parts: parts, keys: scene.keys).index(channel)
        let now = try await Self.versions(database, blobs, channel)
        for role in [RoleName.timestamp, .snapshot, try #require(RoleName("linux-64"))] {
            #expect(try #require(now[role]) >= least.version && least.version > seen[role] ?? 0)
        }
        // Offline roles are others' to sign, and a root's versions are followed one by one.
        #expect(now[.root] == 1 && now[.targets] == 1)
    }

    private static func versions(
        _ database: SQLiteDatabase,
        _ blobs: FileBlobStore,
        _ channel: HostedChannel
    ) async throws -> [RoleName: Int64] {
        let repository = try await HostedRepository(
            of: channel,
            lifetimes: try ChannelIndexSettings(channel.settings).lifetimes,
            database: database,
            blobs: blobs
        )
        return Dictionary(
            uniqueKeysWithValues: try #require(repository).editor.status.map { ($0.role, $0.version) }
        )
    }

    private func refuses(
        _ code: some RefusalCode,
        sourceLocation: SourceLocation = #_sourceLocation,
        _ body: () async throws -> Void
    ) async {
        await #expect(sourceLocation: sourceLocation) { try await body() } throws: { error in
            (error as? Refusal)?.is(code) ?? false
        }
    }
}
