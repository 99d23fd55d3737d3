// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import SigningKeys
import Synchronization
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

extension IndexScene {
    /// The entries of the log that the channel's entries go to.
    func entries() async throws -> [PublishLogEntry] {
        let channel = channel.id
        return try await server.database.read { transaction in
            guard let now = try transaction.channel(id: channel), let log = try transaction.log(of: now)
            else {
                return []
            }
            return try transaction.entries(of: log.id, from: 0, limit: .max).map {
                try PublishLogEntry(parsing: $0)
            }
        }
    }

    /// Demands that each index that is served is the one that was logged last for its subdir.
    func demandLogged() async throws {
        var logged: [String: [String: Digest]] = [:]
        for entry in try await entries() where entry.event == .index {
            logged[try #require(entry.subdir)] = Dictionary(
                uniqueKeysWithValues: try entry.indexFiles().map { ($0.name, $0.sha256) }
            )
        }
        let channel = channel.id
        let served = try await server.database.read { transaction in
            var served: [String: [String: Digest]] = [:]
            for name in ["noarch", "linux-64"] {
                let files = try ChannelIndexer.files(of: Subdir(name), channel, transaction)
                guard !files.isEmpty else { continue }
                served[name] = Dictionary(uniqueKeysWithValues: files.map { ($0.name, $0.sha256) })
            }
            return served
        }
        #expect(logged == served)
    }
}

/// A database whose process dies as its n-th writing transaction commits: before, so that nothing of it is there.
private final class DyingDatabase: ServerDatabase {
    struct Death: Error {}
    private let base: any ServerDatabase
    private let left: Mutex<Int>

    init(_ base: any ServerDatabase, after count: Int) {
        self.base = base
        left = Mutex(count)
    }

    func read<Result: Sendable>(_ body: @escaping @Sendable (any ReadTransaction) throws -> Result)
        async throws -> Result
    {
        try await base.read(body)
    }

    func write<Result: Sendable>(_ body: @escaping @Sendable (any WriteTransaction) throws -> Result)
        async throws -> Result
    {
        let dies = left.withLock { left in
            left -= 1
            return left < 0
        }
        return try await base.write { transaction in
            let result = try body(transaction)
            if dies { throw Death() }
            return result
        }
    }
}

@Suite("The publish log of indexes and keys")
struct LoggedIndexTests {
    @Test("Each index that is put up is logged once, with all its files, and a renewed signature is none")
    func logged() async throws {
        let scene = try await IndexScene()
        try await scene.index()
        let first = try await scene.entries()
        #expect(first.map(\.event) == [.index, .index])
        #expect(Set(first.compactMap(\.subdir)) == ["linux-64", "noarch"])
        #expect(try first.allSatisfy { try $0.indexFiles().map(\.name) == IndexFile.names.sorted() })
        #expect(first.allSatisfy { $0.details["snapshot_version"] == nil })
        try await scene.demandLogged()
        try await scene.index()
        #expect(try await scene.entries().count == 2)
        try await scene.intake.accept(scene.firstCeremony())
        try await scene.publish([.sample()])
        try await scene.index()
        let second = try await scene.entries().last
        #expect(second?.event == .index && second?.subdir == "linux-64")
        #expect(second?.details["snapshot_version"]?.integer == 2)
        try await scene.demandLogged()
        // Hourly signatures, and one more look at packages that changed nothing.
        let count = try await scene.entries().count
        let timestamp = try await scene.document("tuf/timestamp.json")
        scene.server.advance(seconds: 7200)
        let channel = scene.channel.id
        try await scene.server.database.write {
            try $0.markStale(.noarch, of: channel, package: nil)
        }
        try await scene.index()
        #expect(try await scene.document("tuf/timestamp.json") != timestamp)
        #expect(try await scene.entries().count == count)
        #expect(try await scene.server.database.read { try $0.staleSubdirs() }.isEmpty)
    }

    @Test("A private channel's indexes are in its own log, and their names nowhere else")
    func hidden() async throws {
        let scene = try await IndexScene()
        var channel = scene.channel
        channel.visibility = .members
        let hidden = channel
        try await scene.server.database.write { try $0.update(hidden) }
        try await scene.index()
        let logs = try await scene.server.database.read { try $0.logs() }
        #expect(logs.map(\.channel) == [channel.id] && logs.first?.size == 2)
    }

    @Test("A process that dies at any transaction leaves no index without its entry, and none in advance")
    func interrupted() async throws {
        var steps = 0, isDone = false
        while !isDone {
            let scene = try await IndexScene()
            try await scene.publish([.sample()])
            try await scene.index()
            try await scene.intake.accept(scene.firstCeremony())
            try await scene.publish([.other()])
            let parts = scene.server.parts
            let dying = ServerParts(
                database: DyingDatabase(parts.database, after: steps),
                blobs: parts.blobs,
                access: parts.access,
                publicURL: parts.publicURL,
                now: parts.now,
                random: parts.random,
                changed: parts.changed,
                logger: parts.logger
            )
            do {
                _ = try await IndexWorker(parts: dying, keys: scene.keys).index(scene.channel)
                isDone = true
            } catch is DyingDatabase.Death {}
            try await scene.demandLogged()
            try await scene.index()
            try await scene.demandLogged()
            #expect(try await scene.admits(.other()))
            steps += 1
            try #require(steps < 50)
        }
        #expect(steps > 2)
    }

    @Test("Of two indexers that made the same, one logs it")
    func twice() async throws {
        let scene = try await IndexScene()
        async let one: Timestamp? = scene.index()
        async let two: Timestamp? = scene.index()
        _ = try await (one, two)
        #expect(try await scene.entries().count == 2)
        try await scene.demandLogged()
    }

    @Test("What a ceremony decided is logged with it, once, with who brought it and the metadata's digests")
    func ceremony() async throws {
        let scene = try await IndexScene()
        try await scene.index()
        let ceremony = try await scene.firstCeremony()
        try await scene.intake.accept(ceremony, by: FilePublisher(.user, "alice"))
        try await scene.intake.accept(ceremony)
        let changes = try await scene.entries().filter { $0.event == .keyChange }
        let change = try #require(changes.first)
        #expect(changes.count == 1 && change.publisher == FilePublisher(.user, "alice"))
        for (role, path) in [("root", "tuf/1.root.json"), ("targets", "tuf/1.targets.json")] {
            let file = try #require(try await scene.document(path))
            #expect(
                change.details[role] == ["sha256": .string(Digest.of(file).hex), "version": 1],
                "\(role)"
            )
        }
        // A ceremony that is refused leaves nothing.
        let stranger = try PrivateKey.generate(.ed25519).publicKey
        let other = try await IndexScene()
        let wrong = try await other.firstCeremony(online: stranger)
        await #expect(throws: Refusal.self) { try await other.intake.accept(wrong) }
        #expect(try await other.entries().isEmpty)
    }

    @Test("The longest entry about an index is far from the longest that a log takes")
    func length() throws {
        let channel = HostedChannel(
            id: 1,
            name: try ChannelName(String(repeating: "c", count: 64)),
            visibility: .everybody,
            created: Timestamp(seconds: 0)
        )
        let files = IndexFile.names.map { IndexFile(name: $0, sha256: Digest.of([]), size: .max) }
        let entry = PublishLogEntry.index(
            of: try Subdir("linux-64"),
            in: channel,
            files: files,
            snapshot: .max >> 11,
            time: Timestamp(seconds: 1_800_000_000)
        )
        #expect(try entry.encoded().count < 2048)
    }
}
