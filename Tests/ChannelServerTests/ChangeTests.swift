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

@Suite("Changing a channel")
struct ChangeTests {
    private static let start = ChannelScene.start

    @Test("What was added is listed in every form of the index, and the channel verifies")
    func adds() async throws {
        let scene = try await ChannelScene.make()
        let packages = try [
            FixturePackage.sample(), .other(), FixturePackage("six-1-py_0.conda", in: "noarch"),
        ]
        let change = try await scene.add(packages)
        #expect(Set(change.added.map(\.description)) == Set(packages.map(\.path)))
        #expect(
            change.signed == [
                "linux-64 version 2", "noarch version 2", "snapshot version 2", "timestamp version 2",
            ]
        )
        let report = try scene.check()
        #expect(report.packageCount == 3 && report.shardCount == 3)
        #expect(try scene.listed() == ["xz-5.6-h0_0.tar.bz2", "zlib-1.3.1-h0_0.conda"])
        for package in packages { #expect(try scene.folder.read("channel/" + package.path) == package.bytes) }
    }

    @Test("Adding the same bytes again changes nothing and needs no key")
    func addsOnce() async throws {
        let scene = try await ChannelScene.make()
        let package = try FixturePackage.sample()
        let first = try await scene.add([package, package])
        #expect(first.added.count == 1 && first.unchanged.count == 1 && first.repaired.isEmpty)
        let before = try scene.files()
        try FileManager.default.removeItem(atPath: scene.keys.directory + "/online-1.key")
        let change = try await scene.add([package])
        #expect(change.added.isEmpty && change.unchanged.map(\.description) == [package.path])
        #expect(change.signed.isEmpty && change.repaired.isEmpty)
        #expect(try scene.files() == before)
    }

    @Test("Adding the same bytes again writes a file that was lost or altered")
    func addsLostFileAgain() async throws {
        let scene = try await ChannelScene.make()
        let package = try FixturePackage.sample()
        try await scene.add([package])
        for spoil in [[UInt8]?.none, [1, 2, 3]] {
            try FileManager.default.removeItem(atPath: scene.directory + "/" + package.path)
            if let spoil { try scene.folder.write(spoil, to: "channel/" + package.path) }
            #expect(refusalCode { try scene.check() } != nil)
            let change = try await scene.add([package])
            #expect(change.repaired == [package.path] && change.signed.isEmpty)
            try scene.check()
        }
    }

    @Test("One package that is refused keeps all of them out")
    func addsAllOrNone() async throws {
        let scene = try await ChannelScene.make()
        try await scene.add([.sample()])
        let before = try scene.files()
        let code = await refusalCode { try await scene.add([.other(), .sample("other bytes")]) }
        #expect(code == "channel.package-exists")
        #expect(try scene.files() == before)
    }

    @Test("A refused change leaves the open channel as it was, and the next one is right")
    func goesOnAfterRefusal() async throws {
        let scene = try await ChannelScene.make()
        let gone = try scene.incoming(.sample())
        let altered = try scene.incoming(FixturePackage("altered-1-0.conda"))
        try FileManager.default.removeItem(atPath: gone.path)
        try Data([1]).write(to: URL(fileURLWithPath: altered.path))
        let other = try scene.incoming(.other())
        do {
            var channel = try scene.open()
            await #expect(throws: Failure.self) { try await channel.add([gone, other], now: Self.start) }
            let code = await refusalCode { try await channel.add([altered, other], now: Self.start) }
            #expect(code == "digest.mismatch")
            let change = try await channel.add([other], now: Self.start)
            #expect(change.added.map(\.fileName) == [other.fileName])
        }
        #expect(try scene.check().packageCount == 1)
    }

    @Test(
        "What was removed is listed as removed; its file stays unless it is to be deleted",
        arguments: [false, true]
    )
    func removes(_ deletingFiles: Bool) async throws {
        let scene = try await ChannelScene.make()
        let package = try FixturePackage.sample()
        try await scene.add([package, .other()])
        let change = try await scene.remove([package], deletingFiles: deletingFiles)
        #expect(change.removed.map(\.description) == [package.path])
        #expect(try scene.listed() == ["xz-5.6-h0_0.tar.bz2"])
        let index = try RepodataIndex(scene.folder.read("channel/linux-64/repodata.json"))
        #expect(index.removed == [package.fileName.text])
        #expect(Folder.exists(scene.directory + "/" + package.path) != deletingFiles)
        #expect(try scene.check().packageCount == 1)
    }

    @Test("A package that is named twice is removed once, and one that was removed before can lose its file")
    func removesOnce() async throws {
        let scene = try await ChannelScene.make()
        let package = try FixturePackage.sample()
        try await scene.add([package, .other()])
        #expect(try await scene.remove([package, package]).removed.count == 1)
        #expect(Folder.exists(scene.directory + "/" + package.path))
        // Without a file to delete there is nothing to do.
        #expect(await refusalCode { try await scene.remove([package]) } == "channel.package-unknown")
        let change = try await scene.remove([package], deletingFiles: true)
        #expect(change.removed.count == 1 && change.signed.isEmpty)
        #expect(!Folder.exists(scene.directory + "/" + package.path))
        try scene.check()
    }

    @Test("The listing has every package with what the signed index says of it, and the removed ones")
    func listing() async throws {
        let scene = try await ChannelScene.make()
        let package = try FixturePackage.sample(), other = try FixturePackage.other()
        try await scene.add([package, other])
        try await scene.remove([other])
        let packages = try ChannelListing(directory: scene.directory).packages
        #expect(packages.map(\.file.description) == [other.path, package.path])
        #expect(packages.map(\.isRemoved) == [true, false])
        #expect(packages.map(\.sha256) == [nil, package.sha256])
        #expect(packages.map(\.size) == [nil, UInt64(package.bytes.count)])
        try scene.folder.write([], to: "channel/tuf/1.root.json")
        #expect(refusalCode { try ChannelListing(directory: scene.directory) } != nil)
        let nowhere = scene.directory + "/nowhere"
        #expect(refusalCode { try ChannelListing(directory: nowhere) } == "channel.not-a-channel")
    }

    @Test("A removed name goes on meaning its bytes: those may come back, others may not")
    func removedNamesKeepTheirMeaning() async throws {
        let scene = try await ChannelScene.make()
        try await scene.add([.sample()])
        try await scene.remove([.sample()])
        #expect(
            await refusalCode { try await scene.add([.sample("other bytes")]) } == "channel.package-exists"
        )
        try await scene.add([.sample()])
        #expect(try scene.listed() == ["zlib-1.3.1-h0_0.conda"])
        try scene.check()
    }

    @Test("current_repodata.json lists the newest version of each package only")
    func currentIndex() async throws {
        let scene = try await ChannelScene.make()
        let names = ["a-1.9-0.conda", "a-1.10-0.conda", "a-1.10-1.conda", "b-1-0.conda", "odd-_!x-0.conda"]
        try await scene.add(names.map { try FixturePackage($0) })
        let current = try RepodataIndex(scene.folder.read("channel/linux-64/current_repodata.json"))
        #expect(current.fileNames == ["a-1.10-0.conda", "a-1.10-1.conda", "b-1-0.conda", "odd-_!x-0.conda"])
        try scene.check()
    }

    @Test("Nothing can be signed without the right online key, and nothing changes then")
    func needsOnlineKey() async throws {
        let scene = try await ChannelScene.make()
        let before = try scene.files()
        try FileManager.default.removeItem(atPath: scene.keys.directory + "/online-1.key")
        #expect(await refusalCode { try await scene.add([.sample()]) } == "channel.key-not-authorised")
        try KeyFile.write(
            .generate(.ed25519),
            to: scene.keys.directory + "/online-1.key",
            protection: .unsafelyUnencrypted
        )
        #expect(await refusalCode { try await scene.add([.sample()]) } == "channel.key-not-authorised")
        #expect(try scene.files() == before)
    }

    @Test("The owner's copy of the root decides, not the one in the folder that is served")
    func ownRootDecides() async throws {
        let scene = try await ChannelScene.make()
        let stranger = try await ChannelScene.make()
        try FileManager.default.removeItem(atPath: scene.directory)
        try FileManager.default.copyItem(atPath: stranger.directory, toPath: scene.directory)
        #expect(refusalCode { try scene.open() } == "tuf.signatures")
    }

    @Test("Metadata that was altered in the folder is not built upon")
    func verifiesFirst() async throws {
        let scene = try await ChannelScene.make()
        var bytes = try scene.folder.read("channel/tuf/1.linux-64.json")
        bytes[bytes.count / 2] ^= 1
        try scene.folder.write(bytes, to: "channel/tuf/1.linux-64.json")
        #expect(refusalCode { try scene.open() } == "tuf.metadata-hash")
    }
}
