// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TestSupport
import Testing
import TrustCore

@testable import Gatekeeper

/// A folder with a ledger, and indexes to write into it.
struct LedgerScene {
    let folder: TemporaryFolder
    var logLength: Int

    init(logLength: Int = Ledger.logLength) throws {
        folder = try TemporaryFolder()
        self.logLength = logLength
    }

    var path: String { folder.path + "/ledger" }

    func open() throws -> Ledger {
        try Ledger(path, of: "https://conda.example.org/forge", Subdir("linux-64"), logLength: logLength)
    }

    static func time(_ number: Int) -> Timestamp { Timestamp(seconds: 1_800_000_000 + Int64(number)) }

    static func hash(_ text: String) -> Digest { Digest.of(Array(text.utf8)) }

    /// An index of file names with hashes: of 64 digits SHA-256, of 32 MD5.
    static func index(_ files: [String: Digest]) throws -> RepodataFile {
        var records = JSONObject()
        for (name, digest) in files.sorted(by: { $0.key < $1.key }) {
            var record = JSONObject()
            record[digest.algorithm.rawValue] = .string(digest.hex)
            records[name] = .object(record)
        }
        return try RepodataFile(StoredBytes(JSONWriter.encode(["packages.conda": .object(records)])))
    }

    /// The names of files in the ledger's folder.
    var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: path).filter { !$0.hasPrefix(".") } }
    }
}

@Suite("The ledger of a channel that signs nothing")
struct LedgerTests {
    private typealias Scene = LedgerScene

    @Test(
        "What is written is there for whoever opens it, from the log and from a snapshot",
        arguments: [0, 1 << 20]
    )
    func isKept(logLength: Int) async throws {
        let scene = try Scene(logLength: logLength)
        let ledger = try scene.open()
        let (a, b) = (Scene.hash("a"), Scene.hash("b"))
        let first = try Scene.index(["a-1-0.conda": a])
        let second = try Scene.index(["a-1-0.conda": a, "b-1-0.conda": b, "Z-1-0.tar.bz2": a])
        _ = try await ledger.record(first, at: Scene.time(1))
        _ = try await ledger.record(second, at: Scene.time(2))
        // The same once more is no news.
        _ = try await ledger.record(second, at: Scene.time(3))
        for ledger in [ledger, try scene.open()] {
            let table = try await ledger.table()
            #expect(table.indexes.map(\.digest) == [first.digest, second.digest])
            #expect(table.indexes.map(\.time) == [Scene.time(1), Scene.time(2)])
            #expect(
                table.sightings(of: "a-1-0.conda".utf8)
                    == [LedgerSighting(.sha256, a, at: Scene.time(1), isBaseline: true)]
            )
            #expect(
                table.sightings(of: "b-1-0.conda".utf8) == [LedgerSighting(.sha256, b, at: Scene.time(2))]
            )
            #expect(table.sightings(of: "Z-1-0.tar.bz2".utf8).count == 1)
            #expect(table.sightings(of: "c-1-0.conda".utf8) == [])
            #expect(table.firstSeen("a-1-0.conda".utf8) { nil } == nil)
            #expect(table.firstSeen("b-1-0.conda".utf8) { nil } == Scene.time(2))
        }
        #expect(try scene.names.contains("snapshot") == (logLength == 0))
    }

    @Test("Many indexes, with compaction now and then, are what a plain dictionary says")
    func againstModel() async throws {
        let scene = try Scene(logLength: 3_000)
        var ledger = try scene.open()
        var model: [String: [LedgerSighting]] = [:]
        var indexes: [Digest] = []
        var random = Lottery(seed: 7)
        for round in 0..<40 {
            var files: [String: Digest] = [:]
            for _ in 0..<Int(random.next() % 30) {
                let name = "p\(random.next() % 40)-1-0.conda"
                let digest = Scene.hash("\(random.next() % 3)")
                files[name] = random.next() % 5 == 0 ? Digest.of(digest.bytes, by: .md5) : digest
            }
            let index = try Scene.index(files)
            if indexes.last == index.digest { continue }
            let isBaseline = indexes.isEmpty
            if !indexes.contains(index.digest) {
                for (name, digest) in files {
                    let kind: LedgerSighting.Kind = digest.algorithm == .md5 ? .md5 : .sha256
                    let seen = LedgerSighting(kind, digest, at: Scene.time(round), isBaseline: isBaseline)
                    guard !(model[name] ?? []).contains(where: { $0.saysTheSame(as: seen) }) else { continue }
                    model[name, default: []].append(seen)
                }
            }
            indexes.append(index.digest)
            if random.next() % 3 == 0 { ledger = try scene.open() }
            let table = try await ledger.record(index, at: Scene.time(round))
            #expect(table.indexes.map(\.digest) == indexes)
            for (name, sightings) in model { #expect(table.sightings(of: name.utf8) == sightings) }
        }
        let snapshots = try await ledger.table().snapshot
        #expect(snapshots.generation > 2 && snapshots.fileCount > 20)
        #expect(try scene.names.filter { $0.hasPrefix("log-") } == ["log-\(snapshots.generation)"])
    }

    @Test("Two that share a folder see what the other writes, over snapshots, and many at once lose nothing")
    func shared() async throws {
        let scene = try Scene(logLength: 400)
        let ledgers = [try scene.open(), try scene.open(), try scene.open()]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, ledger) in ledgers.enumerated() {
                group.addTask {
                    for round in 0..<8 {
                        let name = "p\(number)-\(round)-0.conda"
                        _ = try await ledger.record(
                            Scene.index([name: Scene.hash(name)]),
                            at: Scene.time(round)
                        )
                    }
                }
            }
            try await group.waitForAll()
        }
        for ledger in ledgers + [try scene.open()] {
            let table = try await ledger.table()
            #expect(table.indexes.count == 24)
            for number in 0..<3 {
                for round in 0..<8 {
                    #expect(table.sightings(of: "p\(number)-\(round)-0.conda".utf8).count == 1)
                }
            }
        }
    }

    @Test("A check that refuses keeps an index out, in whole")
    func refusedIndex() async throws {
        let scene = try Scene()
        let ledger = try scene.open()
        let code = await refusalCode {
            try await ledger.record(Scene.index(["a-1-0.conda": Scene.hash("a")]), at: Scene.time(1)) { _ in
                throw Refusal(LedgerCode.rollback, "x")
            }
        }
        #expect(code == "ledger.rollback")
        let table = try await scene.open().table()
        #expect(table.indexes == [] && table.sightings(of: "a-1-0.conda".utf8) == [])
    }

    @Test("Who fetched first by an MD5 is who counts")
    func fetched() async throws {
        let scene = try Scene()
        let file = try ArchiveFileName("a-1-0.conda")
        let (one, two) = (try scene.open(), try scene.open())
        _ = try await one.record(fetched: Scene.hash("a"), of: file, at: Scene.time(1))
        let table = try await two.record(fetched: Scene.hash("b"), of: file, at: Scene.time(2))
        #expect(table.sightings(of: file.text.utf8).map(\.digest) == [Scene.hash("a")])
    }

    @Test("Records without digest, or which are malformed, say nothing, and do not spoil the rest")
    func unclearRecords() async throws {
        let scene = try Scene()
        let hash = Scene.hash("a").hex
        let text =
            #"{"packages.conda":{"a-1-0.conda":{},"b-1-0.conda":{"sha256":1},"c-1-0.conda":{"sha256":"\#(hash)"},"#
            + #""d-1-0.conda":{"sha256":"\#(hash)","sha256":"\#(hash)"}}}"#
        let table = try await scene.open().record(
            RepodataFile(StoredBytes(Array(text.utf8))),
            at: Scene.time(1)
        )
        let known = ["a", "b", "c", "d"].filter { !table.sightings(of: "\($0)-1-0.conda".utf8).isEmpty }
        #expect(known == ["c"])
    }
}

/// Numbers that look drawn, the same ones each time.
struct Lottery {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 33
    }
}
