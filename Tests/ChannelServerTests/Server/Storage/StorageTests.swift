// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import DurableFiles
import NIOCore
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("Storage")
struct StorageTests {
    @Test("SQLite keeps what a database promises", arguments: DatabaseContract.checks.indices)
    func database(check: Int) async throws {
        let folder = try TemporaryFolder()
        let database = try SQLiteDatabase(at: folder.path + "/server.sqlite")
        try await DatabaseContract.checks[check].run(DatabaseContract(database: database))
        try database.close()
    }

    @Test("A folder keeps what a blob store promises", arguments: BlobStoreContract.checks.indices)
    func blobs(check: Int) async throws {
        let folder = try TemporaryFolder()
        let blobs = try FileBlobStore(directory: folder.path + "/blobs")
        let probe = folder.path + "/probe"
        try DurableFile.write([], to: probe)
        let contract = BlobStoreContract(
            blobs: blobs,
            age: { digest, moment in
                let path = try #require(blobs.localPath(of: digest))
                try DurableFile.setModified(path, to: moment)
            },
            now: try #require(DurableFile.modified(probe))
        )
        try await BlobStoreContract.checks[check].run(contract)
    }

    @Test("What was committed is there after the database was opened again")
    func reopened() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/server.sqlite"
        let first = try SQLiteDatabase(at: path)
        let channel = try await DatabaseContract(database: first).channel("main")
        try first.close()
        let second = try SQLiteDatabase(at: path)
        #expect(try await second.read { try $0.channels() } == [channel])
        #expect(try await second.defects().isEmpty)
    }

    @Test("What another process commits is noticed, and what this one commits is not taken for it")
    func foreignChanges() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/server.sqlite"
        let own = try SQLiteDatabase(at: path), other = try SQLiteDatabase(at: path)
        let before = try await own.foreignChangeMark()
        _ = try await DatabaseContract(database: own).channel("ours")
        #expect(try await own.foreignChangeMark() == before)
        _ = try await DatabaseContract(database: other).channel("theirs")
        #expect(try await own.foreignChangeMark() != before)
    }

    @Test("A database of a newer program is left alone")
    func newer() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/server.sqlite"
        try SQLiteDatabase(at: path).close()
        try SQLiteFile(path).run("INSERT INTO grdb_migrations (identifier) VALUES ('9999 of the future')")
        let isNewer = { (error: any Error) in (error as? Refusal)?.is(ServerCode.databaseNewer) ?? false }
        #expect { try SQLiteDatabase(at: path) } throws: { isNewer($0) }
        #expect { try SQLiteDatabase(reading: path) } throws: { isNewer($0) }
    }

    @Test("What pages ask for is known of what a database from before them holds, too")
    func beforePages() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/server.sqlite"
        try SQLiteFile(path).migrate(upTo: "1 package facts")
        let entry = #"{"channel":"main","filename":"a-1-0.conda","subdir":"noarch","type":"yank"}"#
        try SQLiteFile(path).run(
            """
            INSERT INTO channel (name, visibility, created, settings) VALUES ('main', 'public', 0, CAST('{}' AS BLOB));
            INSERT INTO channel_package VALUES (1, 'a', x'01'), (1, 'b', x'02');
            INSERT INTO log (origin, channel, size) VALUES ('o', NULL, 2);
            INSERT INTO log_entry VALUES (1, 0, x'00'), (1, 1, CAST('\(entry)' AS BLOB));
            """
        )
        let database = try SQLiteDatabase(at: path)
        let name = try ArchiveFileName("a-1-0.conda"), main = try ChannelName("main")
        let (count, entries) = try await database.read { transaction in
            (
                try transaction.packageCount(of: 1),
                try transaction.logEntries(about: name, in: .noarch, of: main, log: 1, limit: 9)
            )
        }
        #expect(count == 2)
        #expect(entries == [LoggedEntry(index: 1, bytes: Array(entry.utf8))])
        #expect(try await database.defects().isEmpty)
    }

    @Test("A full disk fails the transaction that meets it, and loses nothing before it")
    func full() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/server.sqlite"
        let database = try SQLiteDatabase(at: path, maximumPages: 80)
        let log = try await database.write { try $0.createLog(origin: "example.org/log", channel: nil) }
        var kept: Int64 = 0
        do {
            for _ in 0..<10_000 {
                kept =
                    try await database.write {
                        try $0.append([UInt8](repeating: 1, count: 4_000), to: log.id)
                    } + 1
            }
            Issue.record("the disk never got full")
        } catch let failure as Failure {
            #expect(failure.kind == .disk)
        }
        try database.close()
        let again = try SQLiteDatabase(at: path)
        #expect(try await again.read { try $0.logs() }.map(\.size) == [kept])
        #expect(
            try await again.read { try $0.entries(of: log.id, from: 0, limit: 10_000) }.count == Int(kept)
        )
        #expect(try await again.defects().isEmpty)
    }

    @Test("What a process left behind that was killed while it stored bytes is swept away once it is old")
    func abandoned() async throws {
        let scene = try ServerScene()
        let blob = try #require(scene.blobs.localPath(of: try await scene.blobs.put([1])))
        let left = [
            DurableFile.temporaryName(beside: blob), scene.folder.path + "/blobs/staging/0123456789abcdef",
        ]
        for path in left { try TemporaryFolder.write([1, 2], to: path) }
        let written = try #require(DurableFile.modified(left[0]))
        let audit = BlobAudit(database: scene.database, blobs: scene.blobs)
        for (later, isThere) in [(Int64(0), true), (120, false)] {
            _ = try await audit.sweep(now: written.advanced(bySeconds: later), grace: 60)
            for path in left { #expect(Folder.exists(path) == isThere) }
        }
    }

    @Test("What nothing refers to is swept away once it is old; what something refers to is not")
    func sweep() async throws {
        let scene = try ServerScene()
        let channel = try await scene.channel("main")
        let used = try await scene.blobs.put([1]), document = try await scene.blobs.put([2])
        let unused = try await scene.blobs.put([3])
        let contract = DatabaseContract(database: scene.database)
        let file = try contract.file("a-1-0.conda", in: channel, bytes: [1])
        try await scene.database.write { transaction in
            try transaction.insert(file)
            try transaction.put([
                HostedDocument(
                    scope: .channel(channel.id),
                    path: "noarch/repodata.json",
                    blob: document,
                    size: 1,
                    mediaType: "application/json",
                    isImmutable: false,
                    modified: contract.now
                )
            ])
        }
        let audit = BlobAudit(database: scene.database, blobs: scene.blobs)
        // The row promises attestations whose blob this test never stored.
        #expect(try await audit.defects() == [.missing(Digest.of([9]))])
        let unusedPath = try #require(scene.blobs.localPath(of: unused))
        let written = try #require(DurableFile.modified(unusedPath))
        #expect(try await audit.sweep(now: written, grace: 60) == 0)
        #expect(try await audit.sweep(now: written.advanced(bySeconds: 120), grace: 60) == 1)
        #expect(try await scene.blobs.size(of: unused) == nil)
        #expect(try await scene.blobs.size(of: used) == 1)
        #expect(try await scene.blobs.size(of: document) == 1)
        try DurableFile.write([7], to: try #require(scene.blobs.localPath(of: used)))
        #expect(try await Set(audit.defects()) == [.missing(Digest.of([9])), .altered(used)])
    }
}
