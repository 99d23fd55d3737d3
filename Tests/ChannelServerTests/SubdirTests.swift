// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import DurableFiles
import Foundation
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("Adding subdirs")
struct SubdirTests {
    private func addSubdirs(_ names: [String], to scene: ChannelScene) async throws -> ChannelChange {
        var channel = try scene.open()
        return try await channel.addSubdirs(names.map { try Subdir($0) }, now: ChannelScene.start)
    }

    @Test("A new subdir has every form of an index, takes packages, and leaves the others as they are")
    func adds() async throws {
        let scene = try await ChannelScene.make()
        try await scene.add([.sample()])
        let change = try await addSubdirs(["win-64", "linux-64", "win-64", "osx-64"], to: scene)
        #expect(change.subdirs == ["osx-64", "win-64"])
        #expect(
            change.signed == [
                "osx-64 version 1", "win-64 version 1", "targets version 2", "snapshot version 3",
                "timestamp version 3",
            ]
        )
        #expect(try scene.check().subdirCount == 4)
        #expect(
            try ChannelSettings(in: scene.keys.directory)?.subdirs.map(\.text) == [
                "linux-64", "noarch", "osx-64", "win-64",
            ]
        )
        let package = try FixturePackage("a-1-0.conda", in: "win-64")
        try await scene.add([package])
        #expect(try scene.check().packageCount == 2)
    }

    @Test("A subdir that is there already is left alone, and needs no key")
    func leavesAlone() async throws {
        let scene = try await ChannelScene.make()
        let before = try scene.files()
        try FileManager.default.removeItem(atPath: scene.keys.directory + "/targets-1.key")
        let change = try await addSubdirs(["linux-64", "noarch"], to: scene)
        #expect(change.subdirs.isEmpty && change.signed.isEmpty)
        #expect(try scene.files() == before)
    }

    @Test(
        "Without the targets key, or the online key, nothing changes",
        arguments: ["targets-1.key", "online-1.key"]
    )
    func needsKeys(_ name: String) async throws {
        let scene = try await ChannelScene.make()
        let before = try scene.files()
        try FileManager.default.removeItem(atPath: scene.keys.directory + "/" + name)
        #expect(
            await refusalCode { try await addSubdirs(["win-64"], to: scene) } == "channel.key-not-authorised"
        )
        #expect(try scene.files() == before)
    }

    @Test("An index that nobody signed is not written over")
    func keepsUnsignedIndex() async throws {
        let scene = try await ChannelScene.make()
        try scene.folder.write(Array("{}".utf8), to: "channel/win-64/repodata.json")
        #expect(await refusalCode { try await addSubdirs(["win-64"], to: scene) } == "channel.already-there")
        #expect(try scene.folder.read("channel/win-64/repodata.json") == Array("{}".utf8))
    }

    @Test("A package for a subdir without role is refused with the way to add it")
    func refusesUndelegated() async throws {
        let scene = try await ChannelScene.make()
        let error = await #expect(throws: Refusal.self) {
            try await scene.add([FixturePackage("a-1-0.conda", in: "win-64")])
        }
        #expect(error?.codeName == "channel.subdir-not-delegated" && error?.expected == "linux-64, noarch")
        #expect(error?.remedy.contains("kingsnake channel add-subdir DIR NAME") == true)
    }
}
