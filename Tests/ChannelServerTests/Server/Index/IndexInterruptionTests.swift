// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import NIOCore
import Synchronization
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

/// Blobs that stop being kept after a number of operations: a process that dies there.
private final class DyingBlobs: BlobStore {
    struct Death: Error {}
    private let base: any BlobStore
    private let left: Mutex<Int>

    init(_ base: any BlobStore, after count: Int) {
        self.base = base
        left = Mutex(count)
    }

    private func live() throws {
        try left.withLock { left in
            guard left > 0 else { throw Death() }
            left -= 1
        }
    }

    func stage() async throws -> any StagedBlob {
        try live()
        return try await base.stage()
    }
    func commit(_ staged: any StagedBlob) async throws {
        try live()
        try await base.commit(staged)
    }
    func put(_ bytes: [UInt8]) async throws -> Digest {
        try live()
        return try await base.put(bytes)
    }
    func size(of digest: Digest) async throws -> UInt64? { try await base.size(of: digest) }
    func bytes(of digest: Digest, maximumLength: Int) async throws -> [UInt8] {
        try await base.bytes(of: digest, maximumLength: maximumLength)
    }
    func localPath(of digest: Digest) -> String? { base.localPath(of: digest) }
    func digests(untouchedSince moment: Timestamp) async throws -> [Digest] {
        try await base.digests(untouchedSince: moment)
    }
    func remove(_ digests: [Digest], untouchedSince moment: Timestamp) async throws -> Int {
        try await base.remove(digests, untouchedSince: moment)
    }
    func discardAbandoned(startedBefore: Timestamp) async throws {
        try await base.discardAbandoned(startedBefore: startedBefore)
    }
}

@Suite("An indexer that dies")
struct IndexInterruptionTests {
    private func parts(_ scene: IndexScene, dyingAfter count: Int) -> ServerParts {
        let parts = scene.server.parts
        return ServerParts(
            database: parts.database,
            blobs: DyingBlobs(parts.blobs, after: count),
            access: parts.access,
            publicURL: parts.publicURL,
            now: parts.now,
            random: parts.random,
            changed: parts.changed,
            logger: parts.logger
        )
    }

    @Test("Wherever it dies, readers see the index of before, whole; and the next one makes the right one")
    func everywhere() async throws {
        var steps = 0
        var isDone = false
        while !isDone {
            let scene = try await IndexScene()
            let old = try FixturePackage.sample(), new = try FixturePackage.other()
            try await scene.publish([old])
            try await scene.index()
            try await scene.intake.accept(scene.firstCeremony())
            try await scene.publish([new])
            let dying = IndexWorker(parts: parts(scene, dyingAfter: steps), keys: scene.keys)
            do {
                _ = try await dying.index(scene.channel)
                isDone = true
            } catch is DyingBlobs.Death {
                #expect(try await scene.repodata().fileNames == [old.fileName.text])
                #expect(try await scene.admits(old))
                #expect(try await !scene.admits(new))
                try await scene.index()
            }
            #expect(Set(try await scene.repodata().fileNames) == [old.fileName.text, new.fileName.text])
            #expect(try await scene.admits(new))
            steps += 1
            try #require(steps < 100)
        }
        // Shard, shard index, five texts staged and kept, three files of metadata.
        #expect(steps > 10)
    }

    @Test("A file that is published while the index is made is in the next one")
    func meanwhile() async throws {
        let scene = try await IndexScene()
        try await scene.publish([.sample()])
        let stale = try await scene.server.database.read { try $0.staleSubdirs() }
        try await scene.publish([.other()])
        // What an indexer clears that began before the second file.
        try await scene.server.database.write { transaction in
            for one in stale { try transaction.clearStale(one) }
        }
        #expect(try await scene.server.database.read { try $0.staleSubdirs() }.first?.packages?.count == 1)
    }

    @Test("Of two indexers that made the same, one publishes, and the other begins again")
    func twice() async throws {
        let scene = try await IndexScene()
        try await scene.publish([.sample()])
        async let one: Timestamp? = scene.index()
        async let two: Timestamp? = scene.index()
        _ = try await (one, two)
        try await scene.intake.accept(scene.firstCeremony())
        try await scene.publish([.other()])
        async let three: Timestamp? = scene.index()
        async let four: Timestamp? = scene.index()
        _ = try await (three, four)
        #expect(try await scene.admits(.other()))
    }

    @Test(
        "Superseded shards stay for a week, other superseded forms of the index for an hour, roots for ever"
    )
    func retention() async throws {
        let scene = try await IndexScene()
        try await scene.publish([.sample()])
        try await scene.index()
        try await scene.intake.accept(scene.firstCeremony())
        let (channel, database) = (scene.channel.id, scene.server.database)
        func paths() async throws -> Set<String> {
            try await Set(
                database.read { try $0.documents(beginningWith: "", in: .channel(channel)) }.map(\.path)
            )
        }
        let before = try await paths()
        try await scene.publish([FixturePackage("zlib-1.4-h0_0.conda")])
        try await scene.index()
        #expect(try await paths().isSuperset(of: before))
        scene.server.advance(seconds: 3601)
        try await scene.index()
        let hour = try await paths()
        let gone = before.subtracting(hour)
        #expect(
            !gone.isEmpty
                && gone.allSatisfy {
                    $0.hasPrefix("linux-64/") && $0.hasSuffix("json") || $0.hasSuffix(".json.zst")
                }
        )
        scene.server.advance(seconds: 7 * 86_400)
        try await scene.index()
        scene.server.advance(seconds: 86_400)
        try await scene.index()
        let week = try await paths()
        #expect(before.filter { $0.contains("/shards/") }.isDisjoint(with: week))
        #expect(week.contains("tuf/1.root.json") && !week.contains("tuf/1.linux-64.json"))
        #expect(try await scene.admits(.sample()))
    }
}
