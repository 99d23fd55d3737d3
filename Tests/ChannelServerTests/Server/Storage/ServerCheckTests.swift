// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import DurableFiles
import Foundation
import Logging
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("kingsnake server check")
struct ServerCheckTests {
    /// A server with a signed channel of one package, and a published log of two entries.
    private struct World {
        let scene: IndexScene
        let package: FixturePackage
        var server: ServerScene { scene.server }
        var folder: ServerFolder { server.layout }

        init() async throws {
            package = try FixturePackage("a-1-0.conda")
            scene = try await IndexScene()
            try await scene.publish([package])
            try await scene.intake.accept(try await scene.firstCeremony())
            try await scene.index()
            let url = scene.server.parts.publicURL
            try await scene.server.database.write { transaction in
                let log = try transaction.publishLog(publicURL: url)
                for byte in [UInt8(1), 2] { _ = try transaction.append([byte], to: log.id) }
            }
            let publisher = LogPublisher(
                database: scene.server.database,
                blobs: scene.server.blobs,
                signer: try CheckpointSigner(folder: scene.server.layout.log),
                witnesses: nil,
                now: { Timestamp(seconds: 1_800_000_000) },
                logger: scene.server.parts.logger
            )
            try await publisher.publish()
            #expect(chmod(scene.server.layout.keys, 0o700) == 0)
        }

        func sql(_ statement: String) throws { try SQLiteFile(folder.database).run(statement) }

        func findings(after seconds: Int64 = 0) async throws -> [String] {
            try await ServerCheck(folder, now: server.now.advanced(bySeconds: seconds)).run()
                .findings.map(\.codeName)
        }
    }

    private struct Damage: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let codes: [String]
        let make: @Sendable (World) async throws -> Void

        init(_ name: String, _ codes: [String], _ make: @escaping @Sendable (World) async throws -> Void) {
            testDescription = name
            self.codes = codes
            self.make = make
        }
    }

    private static let damages: [Damage] = [
        Damage("nothing", []) { _ in },
        Damage("a package's bytes", ["server.blob-damaged"]) {
            try DurableFile.write([1], to: try #require($0.server.blobs.localPath(of: $0.package.sha256)))
        },
        Damage("a package that is gone", ["server.blob-damaged"]) {
            try DurableFile.remove(try #require($0.server.blobs.localPath(of: $0.package.sha256)))
        },
        Damage("an entry of the log", ["publish-log.second-root"]) {
            try $0.sql("UPDATE log_entry SET entry = x'03' WHERE position = 0")
        },
        Damage("the log's last entry", ["publish-log.database-behind"]) {
            try $0.sql("DELETE FROM log_entry WHERE position = 1; UPDATE log SET size = 1")
        },
        Damage("a tile of the log", ["publish-log.tiles-differ"]) {
            try $0.sql(
                """
                UPDATE document SET blob = (SELECT blob FROM document WHERE path = 'checkpoint')
                WHERE path LIKE 'tile/0/%'
                """
            )
        },
        Damage("a tile of the log that is gone", ["publish-log.tiles-differ"]) {
            try $0.sql("DELETE FROM document WHERE path LIKE 'tile/entries/%'")
        },
        Damage("the root that was decided on", ["publish-log.tiles-differ"]) {
            try $0.sql("UPDATE log_root SET root = (SELECT sha256 FROM file)")
        },
        Damage("the log's key that is gone", ["server.key-missing"]) {
            try DurableFile.remove($0.folder.log + "/key.json")
        },
        Damage("another key in the log's place", ["publish-log.key-differs"]) {
            try DurableFile.remove($0.folder.log + "/key.json")
            _ = try CheckpointSigner(folder: $0.folder.log)
        },
        Damage("a file that the index does not list", ["server.index-differs"]) {
            try $0.sql("UPDATE file SET file_name = 'a-2-0.conda', state = 'listed'")
            try $0.sql(
                "INSERT INTO file SELECT channel, subdir, '\($0.package.fileName.text)', name, sha256, size, record,"
                    + " publisher_kind, publisher_name, publisher_issuer, accepted_ms, state, attestations,"
                    + " counter_signature, log_index FROM file"
            )
        },
        Damage("a file that the index lists, and should not", ["server.index-differs"]) {
            try $0.sql("UPDATE file SET state = 'yanked'")
        },
        Damage("an index that is not the signed one", ["server.index-differs"]) {
            try $0.sql(
                """
                UPDATE document SET blob = (SELECT blob FROM document WHERE path = 'tuf/timestamp.json')
                WHERE path = 'linux-64/run_exports.json'
                """
            )
        },
        Damage("the online key that is gone", ["server.key-missing"]) {
            try Folder.removeTree($0.folder.keys + "/main")
        },
        Damage("an online key that others may read", ["key.file-permissions"]) {
            #expect(chmod($0.folder.keys + "/main/online-1.key", 0o644) == 0)
        },
        Damage("a folder of keys that others may enter", ["key.file-permissions"]) {
            #expect(chmod($0.folder.keys, 0o755) == 0)
        },
    ]

    @Test("Each damage is found, and told by its code and no other", arguments: damages)
    private func found(_ damage: Damage) async throws {
        let world = try await World()
        try await damage.make(world)
        #expect(try await world.findings() == damage.codes)
    }

    @Test("Signatures that have run out are told")
    func expired() async throws {
        let codes = try await World().findings(after: 2 * 86_400)
        #expect(codes == ["tuf.expired"])
    }

    @Test("Metadata that are not signed are told by their code")
    func forged() async throws {
        let world = try await World()
        let forged = try await world.server.blobs.put(Array("{}".utf8))
        try world.sql("UPDATE document SET blob = x'\(forged.hex)' WHERE path = 'tuf/timestamp.json'")
        let codes = try await world.findings()
        #expect(
            codes.count == 1 && codes.allSatisfy { $0.hasPrefix("tuf.") || $0.hasPrefix("json.") },
            "\(codes)"
        )
    }

    @Test("What nothing leads to and what waits to be indexed is told, and is nothing wrong")
    func remarks() async throws {
        let world = try await World()
        _ = try await world.server.blobs.put([1, 2, 3, 4])
        try await world.scene.publish([try FixturePackage("b-1-0.conda")])
        let report = try await ServerCheck(world.folder, now: world.server.now).run()
        let logged = try await world.server.database.read { try $0.logs() }.reduce(0) { $0 + $1.size }
        #expect(report.findings.isEmpty && report.stale == 1)
        #expect(logged > 2 && report.logEntries == logged)
        #expect(report.unreferenced.count >= 1 && report.unreferenced.bytes >= 4)
    }

    @Test("A damaged database is told, wherever its damage is", arguments: [0, 4_096, 40_960])
    func damagedDatabase(at position: Int) async throws {
        let world = try await World()
        let folder = try TemporaryFolder()
        let copy = ServerFolder(folder.path)
        try await world.server.database.copy(to: copy.database)
        var bytes = try #require(try DurableFile.read(copy.database, maximumLength: 1 << 30))
        for index in position..<(position + 4_096) where index < bytes.count { bytes[index] = 0xA5 }
        try DurableFile.write(bytes, to: copy.database)
        let report = try await ServerCheck(copy, now: world.server.now).run()
        #expect(!report.findings.isEmpty)
        #expect(report.findings.allSatisfy { $0.is(ServerCode.databaseDamaged) })
    }
}
