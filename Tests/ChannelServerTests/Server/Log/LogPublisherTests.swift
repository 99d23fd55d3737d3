// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import SigningKeys
import Synchronization
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("Publishing a log")
struct LogPublisherTests {
    @Test("What is published is the tree of the entries, at sizes around those of tiles")
    func sizes() async throws {
        let scene = try await LogScene()
        var size = 0
        let watch = try await scene.watch()
        for step in [0, 1, 1, 253, 1, 1, 254, 2, 300] {
            try await scene.append(step, from: size)
            size += step
            #expect(try await scene.publish().size == Int64(size))
            let checkpoint = try await watch.look().checkpoint.checkpoint
            var tree = MerkleTree()
            for entry in try await scene.entries() { tree.append(entry) }
            #expect(checkpoint.size == Int64(size))
            #expect(checkpoint.root == tree.root)
            var tail = LogTail()
            try await tail.extend(to: checkpoint, of: watch) { _ in }
            #expect(tail.entries == (try await scene.entries()))
        }
    }

    @Test("Partial tiles are gone once the full ones are there, but for those of the last tile")
    func partials() async throws {
        let scene = try await LogScene()
        for step in 0..<3 {
            try await scene.append(100, from: step * 100)
            _ = try await scene.publish()
        }
        let id = scene.log.id
        let paths = try await scene.server.database.read {
            try $0.documents(beginningWith: "tile/", in: .log(id))
        }
        .map(\.path)
        #expect(
            Set(paths) == [
                "tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/000",
                "tile/entries/001.p/44",
            ]
        )
    }

    @Test("Entries have no gaps, and each log its own")
    func indexes() async throws {
        let scene = try await LogScene()
        let hidden = try await scene.server.channel("hidden", .members)
        let url = scene.server.parts.publicURL, entry = scene.entry(1), main = scene.channel
        let indexes = try await scene.server.database.write { transaction in
            try [main, hidden, main, hidden, main].map {
                try transaction.append(entry, of: $0, publicURL: url)
            }
        }
        #expect(indexes == [0, 0, 1, 1, 2])
        let outcomes = try await scene.publisher().publish()
        #expect(
            outcomes.map(\.log.origin) == ["channels.example.org/log", "channels.example.org/hidden/log"]
        )
        #expect(outcomes.map(\.state.size) == [3, 2])
    }

    /// Dies when it has passed so many moments.
    private final class Mortal: Sendable {
        struct Died: Error {}
        private let left: Mutex<Int>
        init(after count: Int) { left = Mutex(count) }
        var survived: Bool { left.withLock { $0 > 0 } }
        func pass(_: LogPublisher.Moment) throws {
            let isDead = left.withLock { left in
                left -= 1
                return left <= 0
            }
            if isDead { throw Died() }
        }
    }

    @Test(
        "Dying between any two steps leaves one tree that only grows, without gaps, with one root for a size"
    )
    func dying() async throws {
        let scene = try await LogScene()
        let watch = try await scene.watch()
        var roots: [Int64: [UInt8]] = [:], passed: Set<LogPublisher.Moment> = []
        var appended = 0, deaths = 0
        // Rounds of several checkpoints each, dying after one moment, then after two, until nothing is left
        // to die at.
        for moment in 1... {
            try await scene.append(130, from: appended)
            appended += 130
            let mortal = Mortal(after: moment)
            let seen = Mutex<Set<LogPublisher.Moment>>([])
            let outcomes = try await scene.publisher(largestStep: 100) { moment in
                seen.withLock { _ = $0.insert(moment) }
                try mortal.pass(moment)
            }.publish()
            passed.formUnion(seen.withLock { $0 })
            #expect(outcomes.first?.state.alarm == nil)
            try await Self.check(scene, watch, &roots)
            if mortal.survived { break }
            deaths += 1
        }
        #expect(passed == Set(LogPublisher.Moment.allCases))
        #expect(deaths >= LogPublisher.Moment.allCases.count)
        #expect(try await scene.publish().size == Int64(appended))
        try await Self.check(scene, watch, &roots)
        #expect(try await watch.look().checkpoint.checkpoint.size == Int64(appended))
    }

    /// What must be true at every moment: P4.
    private static func check(_ scene: LogScene, _ watch: LogWatch, _ roots: inout [Int64: [UInt8]])
        async throws
    {
        let id = scene.log.id
        let log = try #require(try await scene.server.database.read { try $0.logs().first { $0.id == id } })
        let entries = try await scene.entries()
        #expect(entries.count == Int(log.size))
        if let decided = try await scene.server.database.read({ try $0.newestRoot(of: id) }) {
            #expect(
                roots.updateValue(decided.root.bytes, forKey: decided.size) ?? decided.root.bytes
                    == decided.root.bytes
            )
        }
        if let signed = try await scene.signer.head(of: log.origin) {
            #expect(roots.updateValue(signed.root, forKey: signed.size) ?? signed.root == signed.root)
        }
        let checkpoint: Checkpoint
        do {
            // Demands that it continues the last one that was seen.
            checkpoint = try await watch.look().checkpoint.checkpoint
        } catch let refusal as Refusal where refusal.is(PublishLogCode.missing) { return }
        var tree = MerkleTree()
        for entry in entries { tree.append(entry) }
        #expect(checkpoint.root == tree.root(size: Int(checkpoint.size)))
        #expect(
            roots.updateValue(checkpoint.root, forKey: checkpoint.size) ?? checkpoint.root == checkpoint.root
        )
        var tail = LogTail()
        try await tail.extend(to: checkpoint, of: watch) { _ in }
        #expect(tail.entries == Array(entries.prefix(Int(checkpoint.size))))
    }

    @Test("A checkpoint that was recorded and not put up is put up by the next publisher")
    func republished() async throws {
        let scene = try await LogScene()
        try await scene.append(5, from: 0)
        struct Died: Error {}
        _ = try await scene.publisher { if $0 == .recorded { throw Died() } }.publish()
        await #expect(throws: Refusal.self) { try await scene.watch().look() }
        #expect(try await scene.publish().size == 5)
        #expect(try await scene.watch().look().checkpoint.checkpoint.size == 5)
    }

    @Test("With a database from before what was signed, the log stops, and says so again")
    func oldDatabase() async throws {
        let first = try await LogScene()
        try await first.append(5, from: 0)
        _ = try await first.publish()
        // The same folder of the signer, beside a database that has less.
        let second = try await LogScene()
        let name = Digest.of(Array(first.log.origin.utf8)).hex + ".signed"
        try FileManager.default.copyItem(
            atPath: first.server.folder.path + "/publish-log/" + name,
            toPath: second.server.folder.path + "/publish-log/" + name
        )
        try await second.append(3, from: 0)
        let publisher = second.publisher()
        #expect(try await publisher.publish().first?.state.alarm == "publish-log.database-behind")
        #expect(try await publisher.publish().first?.state.alarm == "publish-log.database-behind")
        let id = second.log.id
        #expect(try await second.server.database.read { try $0.newestRoot(of: id) } == nil)
    }

    @Test("A second process that decides meanwhile is noticed, and nothing of its is written over")
    func secondProcess() async throws {
        let scene = try await LogScene()
        try await scene.append(5, from: 0)
        let other = scene.publisher()
        let outcomes = try await scene.publisher { moment in
            guard moment == .stored else { return }
            let done = DispatchSemaphore(value: 0)
            Task {
                _ = try? await other.publish()
                done.signal()
            }
            done.wait()
        }.publish()
        guard case .failed = outcomes.first?.state else {
            Issue.record("it went on")
            return
        }
        #expect(try await scene.publish().size == 5)
    }
}
