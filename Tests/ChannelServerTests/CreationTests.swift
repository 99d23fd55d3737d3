// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import DurableFiles
import Foundation
import SigningKeys
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("Making a channel")
struct CreationTests {
    @Test(
        "A new channel verifies, has every form of every subdir's index, and its root is what users are told "
            + "to pin"
    )
    func makesChannel() async throws {
        let scene = ChannelScene(in: try TemporaryFolder())
        let created = try await scene.create(subdirs: ["linux-64", "osx-arm64"])
        #expect(created.subdirs.map(\.text) == ["linux-64", "noarch", "osx-arm64"])
        #expect(created.rootDigest == Digest.of(try scene.folder.read("channel/tuf/1.root.json")))
        let report = try scene.check()
        #expect(report.subdirCount == 3 && report.indexFileCount == 12 && report.packageCount == 0)
        for subdir in created.subdirs {
            for name in ChannelLayout.indexFiles {
                #expect(Folder.exists(scene.directory + "/" + ChannelLayout.file(name, in: subdir)))
            }
        }
        #expect(try scene.listed() == [])
    }

    @Test("Keys are in the folder of keys, for the owner alone, and nothing of them is served")
    func keepsKeys() async throws {
        let scene = try await ChannelScene.make()
        let keys = scene.keys.directory
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: keys).sorted() == [
                "channel.json", "online-1.key", "root-1.key", "root.json", "targets-1.key",
            ]
        )
        for name in ["online-1.key", "root-1.key", "targets-1.key"] {
            let mode =
                try FileManager.default.attributesOfItem(atPath: keys + "/" + name)[.posixPermissions] as? Int
            #expect(mode == 0o600)
        }
        #expect(try FileManager.default.attributesOfItem(atPath: keys)[.posixPermissions] as? Int == 0o700)
        #expect(try scene.files().keys.allSatisfy { !$0.hasSuffix(".key") })
    }

    @Test("A channel, or its keys, or an index that nobody signed, is never written over")
    func neverBeginsAnew() async throws {
        let scene = try await ChannelScene.make()
        let before = try scene.files()
        #expect(await refusalCode { try await scene.create() } == "channel.already-there")
        let others = KeyRing(directory: scene.folder.path + "/other-keys")
        #expect(await refusalCode { try await scene.create(keys: others) } == "channel.already-there")
        #expect(try scene.files() == before)
        let plain = ChannelScene(in: try TemporaryFolder())
        try plain.folder.write(Array("{}".utf8), to: "channel/linux-64/repodata.json")
        #expect(await refusalCode { try await plain.create() } == "channel.already-there")
        #expect(!Folder.exists(plain.keys.directory))
    }

    @Test(
        "Keys inside the served folder are refused",
        arguments: ["channel", "channel/keys", "channel/a/../keys"]
    )
    func keepsKeysOut(_ place: String) async throws {
        let scene = ChannelScene(in: try TemporaryFolder())
        let keys = KeyRing(directory: scene.folder.path + "/" + place)
        #expect(await refusalCode { try await scene.create(keys: keys) } == "channel.keys-served")
        #expect(!Folder.exists(scene.directory))
    }

    @Test("A root that several keys must sign is signed by all of them")
    func quorum() async throws {
        let scene = ChannelScene(in: try TemporaryFolder())
        _ = try await SignedChannel.create(
            directory: scene.directory,
            keys: scene.keys,
            settings: ChannelSettings(subdirs: []),
            scheme: .ecdsaP256,
            root: #require(KeyRing.Quorum(count: 3, threshold: 2)),
            offline: .unsafelyUnencrypted,
            online: .unsafelyUnencrypted,
            now: ChannelScene.start
        )
        let status = try ChannelStatus(directory: scene.directory, now: ChannelScene.start)
        let root = try #require(status.roles.first { $0.name == "root" })
        #expect(root.threshold == 2 && root.keyIDs.count == 3)
        #expect(
            KeyRing.Quorum(count: 1, threshold: 2) == nil && KeyRing.Quorum(count: 0, threshold: 0) == nil
        )
    }

    @Test("Settings are read back as they were written")
    func settings() throws {
        let folder = try TemporaryFolder()
        var settings = ChannelSettings(subdirs: [try Subdir("win-64")])
        settings.lifetimes.timestamp = 7
        try settings.write(in: folder.path)
        #expect(try ChannelSettings(in: folder.path) == settings)
        #expect(try ChannelSettings(in: folder.path + "/nowhere") == nil)
    }
}
