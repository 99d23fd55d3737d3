// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TestSupport
import Testing
import TrustCore

@testable import Gatekeeper

@Suite("A ledger whose writer was killed, or which was damaged")
struct LedgerDamageTests {
    private typealias Scene = LedgerScene

    /// What a ledger knows, to compare.
    private static func known(_ scene: LedgerScene) async throws -> [String] {
        let table = try await scene.open().table()
        return table.indexes.map(\.digest.hex)
            + ["a", "b", "c"].flatMap { table.sightings(of: "\($0)-1-0.conda".utf8).map(\.digest.hex) }
    }

    private static func index(_ names: [String]) throws -> RepodataFile {
        try Scene.index(
            Dictionary(uniqueKeysWithValues: names.map { ("\($0)-1-0.conda", Scene.hash($0)) })
        )
    }

    @Test("Killed at any byte of an entry, the ledger is as before it, and goes on")
    func killedInLog() async throws {
        let scene = try Scene()
        let ledger = try scene.open()
        _ = try await ledger.record(Self.index(["a"]), at: Scene.time(1))
        let before = try scene.folder.read("ledger/log-0").count
        let knownBefore = try await Self.known(scene)
        _ = try await ledger.record(Self.index(["a", "b"]), at: Scene.time(2))
        let whole = try scene.folder.read("ledger/log-0")
        let knownAfter = try await Self.known(scene)
        #expect(knownAfter != knownBefore)
        for length in before...whole.count {
            try scene.folder.write(Array(whole.prefix(length)), to: "ledger/log-0")
            #expect(try await Self.known(scene) == (length < whole.count ? knownBefore : knownAfter))
            // Written once more, nothing is lost and nothing is there twice.
            _ = try await scene.open().record(Self.index(["a", "b"]), at: Scene.time(2))
            #expect(try await Self.known(scene) == knownAfter)
        }
    }

    @Test("After the snapshot with the last number there is no next one")
    func lastGeneration() throws {
        let scope = Digest.of([])
        for generation in [UInt64.max - 1, .max] {
            let bytes = LedgerSnapshot(.init(), generation: generation, scope: scope).bytes
            let snapshot = try LedgerSnapshot(reading: bytes, scope: scope, of: "a ledger")
            var table = LedgerTable(snapshot)
            let code = refusalCode { try table.compact(scope: scope) }
            #expect(code == (generation == .max ? "ledger.damaged" : nil))
            #expect(table.snapshot.generation == .max)
        }
    }

    @Test("A tail that the disk never got, and which is all zeros, does not count")
    func zeros() async throws {
        let scene = try Scene()
        _ = try await scene.open().record(Self.index(["a"]), at: Scene.time(1))
        let known = try await Self.known(scene)
        let log = try scene.folder.read("ledger/log-0")
        try scene.folder.write(log + Array(repeating: 0, count: 5000), to: "ledger/log-0")
        #expect(try await Self.known(scene) == known)
        #expect(try scene.folder.read("ledger/log-0") == log)
    }

    @Test("Killed at any step of making a snapshot, the ledger knows the same")
    func killedInCompaction() async throws {
        var scene = try Scene()
        _ = try await scene.open().record(Self.index(["a"]), at: Scene.time(1))
        let log = try scene.folder.read("ledger/log-0")
        let before = try await Self.known(scene)
        scene.logLength = 0
        _ = try await scene.open().record(Self.index(["a", "b"]), at: Scene.time(2))
        let after = try await Self.known(scene)
        let snapshot = try scene.folder.read("ledger/snapshot")
        func arrange(_ files: [String: [UInt8]]) throws {
            try scene.folder.remove("ledger")
            for (name, bytes) in files { try scene.folder.write(bytes, to: "ledger/" + name) }
        }
        // The new snapshot has not its name yet, whole or not.
        for length in [0, 1, 100, snapshot.count] {
            try arrange(["log-0": log, ".snapshot.tmp-0011": Array(snapshot.prefix(length))])
            #expect(try await Self.known(scene) == before)
        }
        // It has, and the old log is still there.
        try arrange(["snapshot": snapshot, "log-0": log])
        #expect(try await Self.known(scene) == after)
        // The old log is gone, and the new one not there yet.
        try arrange(["snapshot": snapshot])
        #expect(try await Self.known(scene) == after)
        // And it goes on from each.
        _ = try await scene.open().record(Self.index(["c"]), at: Scene.time(3))
        #expect(try await Self.known(scene).count == after.count + 2)
        #expect(try scene.names.filter { $0.hasPrefix("log-") && $0 != "log-2" } == [])
    }

    @Test("A flipped bit anywhere in a snapshot is seen")
    func flippedInSnapshot() async throws {
        let scene = try Scene(logLength: 0)
        _ = try await scene.open().record(Self.index(["a", "b"]), at: Scene.time(1))
        let snapshot = try scene.folder.read("ledger/snapshot")
        for at in snapshot.indices {
            var bytes = snapshot
            bytes[at] ^= 1 << UInt8(at % 8)
            try scene.folder.write(bytes, to: "ledger/snapshot")
            #expect(await refusalCode { try await scene.open().table() } == "ledger.damaged", "byte \(at)")
        }
    }

    @Test("A flipped bit in a log is seen where more was written behind it")
    func flippedInLog() async throws {
        let scene = try Scene()
        let ledger = try scene.open()
        _ = try await ledger.record(Self.index(["a"]), at: Scene.time(1))
        let end = try scene.folder.read("ledger/log-0").count
        _ = try await ledger.record(Self.index(["b"]), at: Scene.time(2))
        let log = try scene.folder.read("ledger/log-0")
        // The first two bytes of the length would make it longer than the file: a frame that was not finished.
        for at in 4..<end {
            var bytes = log
            bytes[at] ^= 0x10
            try scene.folder.write(bytes, to: "ledger/log-0")
            #expect(await refusalCode { try await scene.open().table() } == "ledger.damaged", "byte \(at)")
        }
    }

    @Test("Snapshots that are sound by their checksum and not by what they say are refused")
    func unsound() throws {
        let scope = Digest.of([1])
        let sighting = LedgerSighting(.sha256, Digest.of([2]), at: Scene.time(1))
        var contents = LedgerSnapshot.Contents()
        for name in ["a", "b"] { contents.append(Array(name.utf8), [sighting, sighting]) }
        let good = LedgerSnapshot(contents, generation: 1, scope: scope).bytes
        func code(_ change: (inout [UInt8]) -> Void, scope: Digest = scope) -> String? {
            var bytes = Array(good.dropLast(32))
            change(&bytes)
            bytes += Digest.of(bytes).bytes
            return refusalCode { try LedgerSnapshot(reading: bytes, scope: scope, of: "x") }
        }
        let file = LedgerSnapshot.headLength
        let further = file + 2 * LedgerSnapshot.fileLength
        #expect(code { _ in } == nil)
        let changes: [(inout [UInt8]) -> Void] = [
            { $0[file] = 0xFF }, { $0[file + 4] = 0 }, { $0[file + 4] = 9 }, { $0[file + 5] = 9 },
            { $0[further] = 0xFF }, { $0[further + LedgerSnapshot.furtherLength + 3] = 2 },
            { $0[further + 4] = 0 },
            { $0[$0.count - 2] = UInt8(ascii: "z") }, { $0.append(0) }, { $0.removeLast() },
            { $0[file - 1] = 1 }, { $0[56] = 0xFF }, { $0[60] = 0xFF }, { $0[64] = 0xFF },
        ]
        for (number, change) in changes.enumerated() {
            #expect(code(change) == "ledger.damaged", "change \(number)")
        }
        #expect(code({ _ in }, scope: Digest.of([9])) == "ledger.damaged")
        for length in 0..<good.count {
            let short = Array(good.prefix(length))
            #expect(
                refusalCode { try LedgerSnapshot(reading: short, scope: scope, of: "x") } == "ledger.damaged"
            )
        }
    }

    @Test("A log whose snapshot is gone, and another channel's ledger, are refused")
    func misplaced() async throws {
        let scene = try Scene(logLength: 0)
        _ = try await scene.open().record(Self.index(["a"]), at: Scene.time(1))
        let snapshot = try scene.folder.read("ledger/snapshot")
        _ = try await scene.open().table()
        try scene.folder.remove("ledger/snapshot")
        #expect(await refusalCode { try await scene.open().table() } == "ledger.damaged")
        let other = try Ledger(
            scene.folder.path + "/other",
            of: "https://other.example/x",
            Subdir("linux-64")
        )
        try scene.folder.write(snapshot, to: "other/snapshot")
        #expect(await refusalCode { try await other.table() } == "ledger.damaged")
    }
}
