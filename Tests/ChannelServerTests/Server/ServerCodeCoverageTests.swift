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
        .preconditionFailed: { try await ask("/main/noarch/a-1-0.conda", [.ifMatch: "\"x\""]) },
        .folderTaken: {
            let folder = try TemporaryFolder()
            try DurableFile.write([], to: folder.path + "/something")
            let scene = try ServerScene()
            _ = try await ServerBackup(directory: folder.path).make(of: scene.database, scene.blobs)
        },
        .backupIncomplete: {
            let folder = try TemporaryFolder()
            let blobs = try FileBlobStore(directory: folder.path + "/blobs")
            let backup = ServerBackup(directory: folder.path + "/nothing")
            _ = try await backup.restore(database: folder.path + "/server.sqlite", blobs: blobs)
        },
        .blobDamaged: {
            let folder = try TemporaryFolder()
            let scene = try await ServingScene()
            try await scene.server.accept([1], "c-1-0.conda", into: scene.main)
            let path = try #require(scene.server.blobs.localPath(of: Digest.of([1])))
            try DurableFile.write([2], to: path)
            _ = try await ServerBackup(directory: folder.path + "/b")
                .make(of: scene.server.database, scene.server.blobs)
        },
    ]

    /// Asks a server, and throws the refusal that it answers with.
    private static func ask(_ path: String, _ fields: HTTPFields = [:], of scene: ServingScene? = nil)
        async throws
    {
        let given: ServingScene
        if let scene { given = scene } else { given = try await ServingScene() }
        let answer = try await given.ask(.get, path, fields)
        let problem = try JSONReader.read(Array(answer.body.readableBytesView), of: "the problem").object
        let name = try #require(problem?["code"]?.string)
        throw Refusal(try #require(ServerCode(rawValue: name)), path)
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
