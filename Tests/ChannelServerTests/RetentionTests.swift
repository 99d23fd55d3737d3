// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import DurableFiles
import Foundation
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("Retention of superseded files")
struct RetentionTests {
    private static func day(_ number: Int) -> Timestamp { ChannelScene.start.advanced(byDays: number) }

    @Test("Superseded files stay for seven days after they were superseded, and no longer")
    func staysSevenDays() async throws {
        let scene = try await ChannelScene.make()
        try await scene.add([.sample()], now: Self.day(0))
        let before = Set(try scene.files().keys)
        // Superseded long after they were written: what counts is the end of their use.
        try await scene.add([FixturePackage("zlib-1.3.2-h0_0.conda")], now: Self.day(20))
        let superseded = before.intersection(try scene.files().keys).subtracting(try Self.needed(scene))
            .filter { !$0.hasSuffix(".root.json") }
        #expect(
            superseded.contains { $0.contains("/shards/") }
                && superseded.contains { $0.contains(".repodata.json") }
        )
        #expect(superseded.contains("tuf/2.linux-64.json") && superseded.contains("tuf/2.snapshot.json"))
        #expect(
            try await scene.sign(.whatIsDue, now: Self.day(26)).pruned.filter(superseded.contains).isEmpty
        )
        #expect(superseded.isSubset(of: try scene.files().keys))
        let change = try await scene.sign(.whatIsDue, now: Self.day(28))
        #expect(Set(change.pruned).intersection(superseded) == superseded)
        #expect(superseded.isDisjoint(with: try scene.files().keys))
        try scene.check(now: Self.day(28))
        try Reader(scene.directory, root: scene.folder.read("keys/root.json"), now: Self.day(28))
            .readEverything()
    }

    /// The files that metadata in force leads to, and all that is no metadata, index or shard.
    private static func needed(_ scene: ChannelScene) throws -> Set<String> {
        let files = try scene.files()
        // Everything that is gone does not verify: so needed is what cannot be taken away.
        var needed: Set<String> = []
        for path in files.keys {
            let copy = try scene.copy()
            try FileManager.default.removeItem(atPath: copy.directory + "/" + path)
            if refusalCode({ try copy.check(now: day(20)) }) != nil { needed.insert(path) }
        }
        return needed
    }

    @Test("Roots and packages stay for ever, as do files of other names")
    func keepsForEver() async throws {
        let scene = try await ChannelScene.make()
        try await scene.add([.sample()])
        try await scene.remove([.sample()])
        let package = try FixturePackage.sample().path
        let foreign = [
            "linux-64/README", "linux-64/shards/note.txt", "tuf/notes.json", "tuf/x.snapshot.json",
            "index.html",
        ]
        for name in foreign { try scene.folder.write([1], to: "channel/" + name) }
        for month in 1...3 { try await scene.sign(.everything, now: Self.day(month * 30)) }
        for path in try scene.files().keys {
            try DurableFile.setModified(scene.directory + "/" + path, to: Timestamp(seconds: 1))
        }
        let change = try await scene.sign(.everything, now: Self.day(120))
        #expect(!change.pruned.isEmpty)
        let left = Set(try scene.files().keys)
        #expect((1...5).allSatisfy { left.contains("tuf/\($0).root.json") })
        #expect(left.isSuperset(of: foreign) && left.contains(package))
        #expect(left.filter { $0.hasSuffix(".snapshot.json") && !$0.contains("x.") }.count == 2)
        try scene.check(now: Self.day(120))
    }

    @Test("Leftovers of an index that nobody remembers go when they are old")
    func leftovers() async throws {
        let scene = try await ChannelScene.make()
        let digest = Digest.of([1]).hex
        let old = ["linux-64/\(digest).repodata.json.zst", "linux-64/shards/\(digest).msgpack.zst"]
        let young = ["noarch/\(digest).repodata.json", "noarch/shards/\(digest).msgpack.zst"]
        for path in old + young { try scene.folder.write([1], to: "channel/" + path) }
        for path in old { try DurableFile.setModified(scene.directory + "/" + path, to: Self.day(-8)) }
        for path in young { try DurableFile.setModified(scene.directory + "/" + path, to: Self.day(-6)) }
        #expect(try await scene.sign().pruned == old)
        #expect(young.allSatisfy { Folder.exists(scene.directory + "/" + $0) })
    }

    @Test("What comes back into use is not removed, however old it is")
    func comesBack() async throws {
        let scene = try await ChannelScene.make()
        try await scene.add([.sample()], now: Self.day(0))
        try await scene.remove([.sample()], now: Self.day(1))
        try await scene.add([.sample()], now: Self.day(20))
        try await scene.sign(.everything, now: Self.day(40))
        try scene.check(now: Self.day(40))
    }

    @Test("Where the index in force is damaged, nothing of its subdir is removed")
    func damagedIndex() async throws {
        let scene = try await ChannelScene.make()
        try await scene.add([.sample()])
        for path in try scene.files().keys where path.contains("repodata_shards") {
            try scene.folder.write([1], to: "channel/" + path)
        }
        for path in try scene.files().keys {
            try DurableFile.setModified(scene.directory + "/" + path, to: Timestamp(seconds: 1))
        }
        let change = try await scene.sign(.everything)
        #expect(!change.pruned.contains { $0.hasPrefix("linux-64/") || $0.hasPrefix("noarch/") })
        try await scene.sign(repairing: true)
        try scene.check()
    }
}
