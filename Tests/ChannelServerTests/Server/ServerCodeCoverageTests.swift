// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import DurableFiles
import HTTPTypes
import HummingbirdTesting
import NIOCore
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("Refusal codes of the server")
struct ServerCodeCoverageTests {
    static let provocations: [ServerCode: @Sendable () async throws -> Void] = [
        .channelName: { _ = try ChannelName("t") },
        .channelExists: {
            let scene = try ServerScene()
            _ = try await scene.channel("a")
            _ = try await scene.channel("a")
        },
        .channelUnknown: { try await ask("/absent/noarch/a-1-0.conda", [.authorization: "Bearer alice"]) },
        .fileExists: {
            let scene = try await ServingScene()
            try await scene.server.accept([1], "a-1-0.conda", into: scene.main)
        },
        .notFound: { try await ask("/main/noarch/b-1-0.conda") },
        .logForked: {
            let scene = try ServerScene()
            try await scene.database.write { transaction in
                let log = try transaction.createLog(origin: "o", channel: nil)
                for byte in [UInt8(1), 2] {
                    try transaction.record(
                        LoggedRoot(log: log.id, size: 1, root: Digest.of([byte]), checkpoint: [])
                    )
                }
            }
        },
        .requestMalformed: { try await ask("/main/noarch/%00") },
        .fileRemoved: {
            let scene = try await ServingScene()
            try await scene.server.accept([1], "b-1-0.conda", into: scene.main, state: .removed)
            try await ask("/main/noarch/b-1-0.conda", of: scene)
        },
        .method: {
            let scene = try await ServingScene()
            try problem(of: try await scene.ask(.trace, "/main/notices.json"))
        },
        .preconditionFailed: { try await ask("/main/noarch/a-1-0.conda", [.ifMatch: "\"x\""]) },
        .foreignPage: {
            let scene = try await ServingScene()
            let answer = try await scene.ask(.post, "/main/", [.origin: "https://evil.example"])
            let problem = try JSONReader.read(Array(answer.body.readableBytesView), of: "the problem").object
            throw Refusal(try #require(ServerCode(rawValue: problem?["code"]?.string ?? "")), "it")
        },
        .folderTaken: {
            let folder = try TemporaryFolder()
            try DurableFile.write([], to: folder.path + "/something")
            _ = try await ServerScene().backUp(to: ServerBackup(directory: folder.path))
        },
        .backupIncomplete: { _ = try ServerBackup(directory: try TemporaryFolder().path).contents() },
        .blobDamaged: {
            let folder = try TemporaryFolder()
            let scene = try await ServingScene()
            try await scene.server.accept([1], "c-1-0.conda", into: scene.main)
            let path = try #require(scene.server.blobs.localPath(of: Digest.of([1])))
            try DurableFile.write([2], to: path)
            _ = try await scene.server.backUp(to: ServerBackup(directory: folder.path + "/b"))
        },
        .databaseNewer: {
            let scene = try ServerScene()
            try SQLiteFile(scene.layout.database)
                .run("INSERT INTO grdb_migrations (identifier) VALUES ('9999 of the future')")
            _ = try SQLiteDatabase(at: scene.layout.database)
        },
        .databaseDamaged: {
            let folder = try TemporaryFolder()
            try DurableFile.write(Array("no database".utf8), to: folder.path + "/server.sqlite")
            _ = try SQLiteDatabase(reading: folder.path + "/server.sqlite")
        },
        .folderInUse: {
            let scene = try ServerScene(), folder = try TemporaryFolder()
            let backup = ServerBackup(directory: folder.path + "/b")
            _ = try await scene.backUp(to: backup)
            let server = ServerFolder(folder.path + "/s")
            let lock = try FileLock.ifFree(server.lock)
            defer { withExtendedLifetime(lock) {} }
            _ = try await ServerRestore(backup, to: server)
                .run(checkpoints: [], isLost: false, now: scene.now)
        },
        .restoreUnfinished: {
            let scene = try ServerScene()
            try Folder.create(scene.layout.restoring)
            _ = try await ServerCheck(scene.layout, now: scene.now).run()
        },
        .restoreUnproved: {
            let scene = try ServerScene(), folder = try TemporaryFolder()
            _ = try await scene.database.write { try $0.createLog(origin: "o", channel: nil) }
            let backup = ServerBackup(directory: folder.path + "/b")
            _ = try await scene.backUp(to: backup)
            _ = try await ServerRestore(backup, to: ServerFolder(folder.path + "/s"))
                .run(checkpoints: [], isLost: false, now: scene.now)
        },
        .indexDiffers: {
            let scene = try ServerScene()
            let channel = try await scene.channel("main")
            let contract = DatabaseContract(database: scene.database)
            let file = try contract.file("a-1-0.conda", in: channel)
            for bytes: [UInt8] in [[1], [9]] { _ = try await scene.blobs.put(bytes) }
            try await scene.database.write { transaction in
                try transaction.insert(file)
                for stale in try transaction.staleSubdirs() { try transaction.clearStale(stale) }
            }
            try await checked(scene)
        },
        .keyMissing: {
            let scene = try await LogScene()
            try await scene.publisher().publish()
            try DurableFile.remove(scene.server.layout.log + "/key.json")
            try await checked(scene.server)
        },
    ]

    /// Looks at a server, and throws the first finding.
    private static func checked(_ scene: ServerScene) async throws {
        let report = try await ServerCheck(scene.layout, now: scene.now).run()
        if let finding = report.findings.first { throw finding }
    }

    /// Asks a server, and throws the refusal that it answers with.
    private static func ask(_ path: String, _ fields: HTTPFields = [:], of scene: ServingScene? = nil)
        async throws
    {
        let given: ServingScene
        if let scene { given = scene } else { given = try await ServingScene() }
        try problem(of: try await given.ask(.get, path, fields))
    }

    private static func problem(of answer: TestResponse) throws {
        let problem = try JSONReader.read(Array(answer.body.readableBytesView), of: "the problem").object
        let name = try #require(problem?["code"]?.string)
        throw Refusal(try #require(ServerCode(rawValue: name)), "the request")
    }

    @Test(
        "Each code is provoked by the smallest request that breaks its rule",
        arguments: ServerCode.allCases
    )
    func eachCodeIsProvoked(code: ServerCode) async throws {
        let provocation = try #require(Self.provocations[code])
        #expect(await refusalCode { try await provocation() } == code.rawValue)
        #expect(code.defects(in: "server.").isEmpty)
    }
}
