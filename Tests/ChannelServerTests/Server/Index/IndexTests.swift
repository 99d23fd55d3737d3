// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TUF
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("The index of a hosted channel")
struct IndexTests {
    @Test("A channel without a package has all files of an index, in every subdir that it wants")
    func empty() async throws {
        let scene = try await IndexScene(subdirs: ["linux-64", "osx-arm64"])
        try await scene.index()
        for subdir in ["noarch", "linux-64", "osx-arm64"] {
            for name in IndexFile.names {
                #expect(try await scene.document("\(subdir)/\(name)") != nil)
            }
            #expect(try await scene.repodata(subdir).fileNames.isEmpty)
        }
        #expect(try await scene.server.database.read { try $0.staleSubdirs() }.isEmpty)
    }

    @Test("The index is, byte for byte, what a channel in a folder would have")
    func sameAsFolder() async throws {
        let scene = try await IndexScene()
        let packages = [
            try FixturePackage("a-1-0.conda"), try FixturePackage("a-1-0.tar.bz2"),
            try FixturePackage("a-2-0.conda"), try FixturePackage("b-1-0.tar.bz2"),
            try FixturePackage("c-1-0.conda"),
        ]
        try await scene.publish(packages)
        try await scene.index()
        try await scene.set(packages[4], .yanked)
        try await scene.index()
        let subdir = try Subdir("linux-64")
        var expected = SubdirContents(subdir)
        for package in packages {
            try expected.insert(package.record().listed(since: scene.server.now))
        }
        let wasThere = expected.remove(packages[4].fileName)
        #expect(wasThere)
        let (files, shards) = try expected.encoded()
        for (name, bytes) in files {
            #expect(try await scene.document("linux-64/\(name)") == bytes, "\(name)")
            let immutable = ChannelLayout.immutableFile(name, digest: Digest.of(bytes), in: subdir)
            #expect(try await scene.document(immutable) == bytes)
        }
        for (digest, bytes) in shards {
            #expect(try await scene.document(ChannelLayout.shard(digest, in: subdir)) == bytes)
        }
    }

    @Test(
        "A channel is served unsigned until its root is signed; then a client verifies it and admits a package"
    )
    func signed() async throws {
        let scene = try await IndexScene()
        let package = try FixturePackage.sample()
        try await scene.publish([package])
        try await scene.index()
        #expect(try await scene.document("tuf/timestamp.json") == nil)
        try await scene.intake.accept(scene.firstCeremony())
        #expect(try await scene.admits(package))
        let other = try FixturePackage.other()
        try await scene.publish([other])
        try await scene.index()
        #expect(try await scene.admits(other))
        try await scene.set(other, .yanked)
        try await scene.index()
        #expect(try await !scene.admits(other))
        #expect(try await scene.repodata().removed == [other.fileName.text])
    }

    @Test("The timestamp is renewed hourly, and nothing else for it")
    func renewal() async throws {
        let scene = try await IndexScene()
        try await scene.index()
        try await scene.intake.accept(scene.firstCeremony())
        let timestamp = try await scene.document("tuf/timestamp.json")
        let start = scene.server.now
        #expect(try await scene.index() == start.advanced(bySeconds: 3600))
        #expect(try await scene.document("tuf/timestamp.json") == timestamp)
        scene.server.advance(seconds: 3600)
        try await scene.index()
        let renewed = try #require(try await scene.document("tuf/timestamp.json"))
        let metadata = try SignedMetadata<TimestampMetadata>(parsing: renewed, as: .timestamp).role
        #expect(metadata.version == 2 && metadata.snapshot.version == 1)
        // After a month without a visitor everything of the online keys is renewed.
        scene.server.advance(seconds: 29 * 86_400)
        try await scene.index()
        #expect(try await scene.document("tuf/2.linux-64.json") != nil)
    }

    @Test("Nothing is done where nothing changed")
    func idle() async throws {
        let scene = try await IndexScene()
        try await scene.publish([.sample()])
        try await scene.intake.accept(scene.firstCeremony())
        try await scene.index()
        let channel = scene.channel.id
        let before = try await scene.server.database.read {
            try $0.documents(beginningWith: "", in: .channel(channel))
        }
        scene.server.advance(seconds: 60)
        try await scene.index()
        let after = try await scene.server.database.read {
            try $0.documents(beginningWith: "", in: .channel(channel))
        }
        #expect(before == after)
    }

    @Test(
        "A worker begins by itself, does what it is woken for, and ends with its task",
        .timeLimit(.minutes(10))
    )
    func driver() async throws {
        let scene = try await IndexScene()
        let signal = WorkSignal()
        let worker = scene.worker
        let task = Task { await worker.run(wokenBy: signal) }
        while try await scene.document("linux-64/repodata.json") == nil { await Task.yield() }
        try await scene.publish([.sample()])
        signal.raise()
        while try await scene.repodata().fileNames.isEmpty { await Task.yield() }
        task.cancel()
        await task.value
    }

    @Test("A channel that cannot be indexed keeps no other from it")
    func trouble() async throws {
        let scene = try await IndexScene()
        var other = try await scene.server.channel("a-bad-one")
        other.settings["lifetimes_seconds"] = ["timestamp": -1]
        let bad = other
        try await scene.server.database.write { try $0.update(bad) }
        let next = await scene.worker.pass()
        #expect(next == scene.server.now.advanced(bySeconds: IndexWorker.waitAfterTrouble))
        #expect(try await scene.document("linux-64/repodata.json") != nil)
    }
}
