// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import GRDB
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("Databases of earlier programs")
struct MigrationTests {
    /// The file of a database as a program left it that knew only the first migrations.
    private static func old(upTo name: String, in folder: TemporaryFolder) throws -> String {
        let path = folder.path + "/server.sqlite"
        let queue = try DatabaseQueue(path: path)
        try SQLiteSchema.migrator().migrate(queue, upTo: name)
        try queue.close()
        return path
    }

    private static func schema(_ path: String) throws -> [String] {
        let queue = try DatabaseQueue(path: path)
        return try queue.read {
            try String.fetchAll($0, sql: "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")
        }
    }

    @Test(
        "A database of each earlier state becomes one of today's, and nothing of today's is missing",
        arguments: SQLiteSchema.migrator().migrations
    )
    func forward(from name: String) async throws {
        let folder = try TemporaryFolder(), fresh = try TemporaryFolder()
        let path = try Self.old(upTo: name, in: folder)
        let database = try SQLiteDatabase(at: path)
        #expect(try await database.defects().isEmpty)
        try database.close()
        try SQLiteDatabase(at: fresh.path + "/server.sqlite").close()
        #expect(try Self.schema(path) == Self.schema(fresh.path + "/server.sqlite"))
    }

    @Test(
        "What the first program wrote is read by today's: channels, files, documents, logs, and what follows from them"
    )
    func data() async throws {
        let folder = try TemporaryFolder()
        let path = try Self.old(upTo: "1 access keys", in: folder)
        let queue = try DatabaseQueue(path: path)
        let digest = Digest.of([1, 2, 3])
        let record = Data(#"{"name":"a","version":"1","build":"0","build_number":0,"depends":[]}"#.utf8)
        try await queue.write { database in
            try database.execute(
                sql: """
                    INSERT INTO channel (id, name, visibility, created, settings)
                        VALUES (3, 'main', 'public', 1700000000, CAST('{"a":1}' AS BLOB));
                    INSERT INTO log (id, origin, channel, size) VALUES (1, 'channels.example.org/log', NULL, 1);
                    INSERT INTO log_entry (log, position, entry) VALUES (1, 0, x'7b7d');
                    """
            )
            for (name, state) in [("a-1-0.conda", "listed"), ("a-0-0.conda", "removed")] {
                try database.execute(
                    sql: """
                        INSERT INTO file (channel, subdir, file_name, name, sha256, size, record, publisher_kind,
                            publisher_name, accepted_ms, state, log_index)
                        VALUES (3, 'noarch', ?, 'a', ?, 3, ?, 'user', 'alice', 1700000000123, ?, 0)
                        """,
                    arguments: [name, digest.bytes.withUnsafeBytes { Data($0) }, record, state]
                )
            }
            try database.execute(
                sql: """
                    INSERT INTO document (scope_kind, scope, path, blob, size, media_type, immutable, modified)
                    VALUES ('channel', 3, 'noarch/repodata.json', ?, 3, 'application/json', 0, 1700000000)
                    """,
                arguments: [digest.bytes.withUnsafeBytes { Data($0) }]
            )
        }
        try queue.close()
        #expect(throws: Failure.self) { try SQLiteDatabase(reading: path) }

        let database = try SQLiteDatabase(at: path)
        let channel = try #require(try await database.read { try $0.channels() }.first)
        #expect(channel.id == 3 && channel.name.text == "main" && channel.settings["a"]?.integer == 1)
        let listed = try await database.read { try $0.files(in: .noarch, of: 3, [.listed]) }
        #expect(listed.map(\.fileName.text) == ["a-1-0.conda"] && listed.first?.sha256 == digest)
        #expect(listed.first?.acceptedAt == 1_700_000_000_123)
        // Sums that the first program did not keep are made of what it left: removed files do not count.
        let usage = try await database.read { try $0.usage(of: 3) }
        #expect(usage.bytes == 3 && usage.files == 1)
        #expect(try await database.read { try $0.logs() }.map(\.size) == [1])
        #expect(try await database.read { try $0.entries(of: 1, from: 0, limit: 9) } == [Array("{}".utf8)])
        #expect(
            try await database.read { try $0.document("noarch/repodata.json", in: .channel(3)) }?.blob
                == digest
        )
        #expect(try await database.defects().isEmpty)
        // And it goes on: the next file takes its place beside the old ones.
        let file = try DatabaseContract(database: database).file("b-1-0.conda", in: channel)
        try await database.write { try $0.insert(file) }
        #expect(try await database.read { try $0.usage(of: 3) }.files == 2)
    }
}
