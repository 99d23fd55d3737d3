// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import DurableFiles
import Foundation
import TestSupport
import Testing
import Transport
import TrustCore
import TrustPolicy

@testable import Gatekeeper

@Suite("Views of a channel that signs nothing")
struct ObservedViewTests {
    static let zst = ObservedScene.url + "/linux-64/repodata.json.zst"
    static let json = ObservedScene.url + "/linux-64/repodata.json"

    @Test(
        "Nothing is asked before a subdir is; then its text is in the cache, decompressed, under its digest"
    )
    func lazy() async throws {
        let scene = try ObservedScene()
        let index = try scene.publish([ObservedPackage()])
        let upstream = try scene.open()
        let view = try await upstream.view()
        #expect(scene.web.takeRequests() == [])
        #expect(!view.isStale && view.checked == ObservedScene.start)
        #expect(view.goodUntil == ObservedScene.start.advanced(bySeconds: 86_400))
        let subdir = try #require(try await view.subdir(scene.linux))
        #expect(subdir.id == Digest.of(index) && subdir.baseURL == nil)
        #expect(try ObservedScene.names(subdir) == ["zlib-1-0.conda"])
        #expect(scene.web.takeRequests() == [Self.zst])
    }

    @Test("A channel without compressed index is read from the plain one, and one without any has none")
    func forms() async throws {
        let scene = try ObservedScene()
        let index = try scene.publish([ObservedPackage()])
        scene.web.put(nil, at: Self.zst)
        scene.web.put(index, at: Self.json)
        let upstream = try scene.open()
        #expect(try await upstream.view().subdir(scene.linux)?.id == Digest.of(index))
        #expect(try await upstream.view().subdir(.noarch) == nil)
        _ = scene.web.takeRequests()
        // That there is none is remembered for as long as a view is fresh.
        #expect(try await upstream.view().subdir(.noarch) == nil)
        #expect(scene.web.takeRequests() == [])
        try scene.publish([], subdir: "noarch")
        scene.wait()
        #expect(try await upstream.view().subdir(.noarch) != nil)
    }

    @Test("Who asks for subdirs and forms that a channel does not have leaves nothing on the disk")
    func nothingIsLeft() async throws {
        let scene = try ObservedScene()
        let view = try await scene.open().view()
        for name in ["linux-64", "noarch", "invented-1", "invented-2"] {
            let subdir = try Subdir(name)
            #expect(try await view.subdir(subdir) == nil)
            #expect(try await view.shards(of: subdir) == nil)
        }
        #expect(!Folder.exists(scene.configuration.channelDirectory))
        // What is there is written down as ever.
        try scene.publish([ObservedPackage()])
        scene.wait()
        #expect(try await scene.open().view().subdir(scene.linux) != nil)
        #expect(
            try Folder.names(in: scene.configuration.channelDirectory).sorted() == [
                "channel.txt", "linux-64",
            ]
        )
    }

    @Test(
        "A view is fresh for a while; then the channel is asked whether anything changed, and nothing more if not"
    )
    func freshness() async throws {
        let scene = try ObservedScene()
        try scene.publish([ObservedPackage()])
        let upstream = try scene.open()
        let first = try await upstream.view()
        _ = try await first.subdir(scene.linux)
        _ = scene.web.takeRequests()
        scene.clock.advance(by: scene.configuration.freshness - 1)
        #expect(try await upstream.view().id == first.id)
        #expect(scene.web.takeRequests() == [])
        scene.clock.advance(by: 1)
        let second = try await upstream.view()
        #expect(second.id == first.id && second.checked == scene.clock.now)
        #expect(scene.web.takeRequests() == ["=" + Self.zst])
    }

    @Test("A view that was given out stays as it was when the channel goes on")
    func consistency() async throws {
        let scene = try ObservedScene()
        let (zlib, curl) = (try ObservedPackage(), try ObservedPackage("curl"))
        try scene.publish([zlib])
        let upstream = try scene.open()
        let first = try await upstream.view()
        let old = try #require(try await first.subdir(scene.linux))
        try scene.publish([zlib, curl])
        scene.wait()
        let second = try await upstream.view()
        #expect(second.id != first.id)
        #expect(try ObservedScene.names(try #require(await second.subdir(scene.linux))).count == 2)
        #expect(try await first.subdir(scene.linux)?.id == old.id)
        #expect(try ObservedScene.names(old) == ["zlib-1-0.conda"])
        // By the old view the new package is not listed.
        let admission = try await upstream.admit(curl.fileName, in: scene.linux, of: first)
        #expect(admission.verdict.objections.map(\.code) == [.unlisted])
        #expect(try await upstream.admit(curl.fileName, in: scene.linux, of: second).package != nil)
    }

    @Test("Many who ask at once make one request")
    func singleFlight() async throws {
        let scene = try ObservedScene()
        try scene.publish([ObservedPackage()])
        scene.web.slowDown()
        let upstream = try scene.open()
        let linux = scene.linux
        func askAll() async throws {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 { group.addTask { _ = try await upstream.view().subdir(linux) } }
                try await group.waitForAll()
            }
        }
        try await askAll()
        #expect(scene.web.takeRequests() == [Self.zst])
        scene.wait()
        try await askAll()
        #expect(scene.web.takeRequests() == ["=" + Self.zst])
    }

    @Test(
        "Of a channel that does not answer the last view is shown, marked as stale, for a day and no longer"
    )
    func stale() async throws {
        let scene = try ObservedScene()
        try scene.publish([ObservedPackage()])
        let upstream = try scene.open()
        let first = try await upstream.view()
        _ = try await first.subdir(scene.linux)
        scene.web.setAway(ObservedScene.url)
        scene.wait()
        let second = try await upstream.view()
        #expect(second.isStale && second.id == first.id && second.checked == first.checked)
        _ = scene.web.takeRequests()
        // It is not asked by each client anew.
        scene.clock.advance(by: scene.configuration.pause - 1)
        #expect(try await upstream.view().isStale)
        #expect(scene.web.takeRequests() == [])
        scene.clock.advance(by: scene.configuration.grace)
        #expect(await refusalCode { try await upstream.view() } == "ledger.view-too-old")
        scene.web.setAway(ObservedScene.url, false)
        scene.clock.advance(by: scene.configuration.pause)
        let healed = try await upstream.view()
        #expect(!healed.isStale && healed.checked == scene.clock.now)
    }

    @Test("A channel that takes long to fail is not waited for by each client anew")
    func slowToFail() async throws {
        let scene = try ObservedScene()
        try scene.publish([ObservedPackage()])
        let upstream = try scene.open()
        _ = try await scene.names(upstream)
        scene.web.setAway(ObservedScene.url)
        scene.wait()
        let (clock, pause) = (scene.clock, scene.configuration.pause)
        scene.web.meanwhile { clock.advance(by: pause + 10) }
        #expect(try await upstream.view().isStale)
        _ = scene.web.takeRequests()
        #expect(try await upstream.view().isStale)
        #expect(scene.web.takeRequests() == [])
    }

    @Test("What another process saw while an older index was on its way is not forgotten for it")
    func overtaken() async throws {
        let scene = try ObservedScene()
        let packages = [try ObservedPackage(), try ObservedPackage("curl")]
        try scene.publish([packages[0]])
        let upstream = try scene.open()
        #expect(try await scene.names(upstream).count == 1)
        scene.wait()
        scene.web.meanwhile {
            await #expect(throws: Never.self) {
                try scene.publish(packages)
                #expect(try await scene.names(scene.open()).count == 2)
            }
        }
        // The answer that was on its way says that nothing changed.
        #expect(try await scene.names(upstream).count == 2)
        scene.web.setAway(ObservedScene.url)
        scene.wait()
        #expect(try await scene.names(scene.open()).count == 2)
        #expect(try await scene.names(upstream).count == 2)
    }

    @Test("An index that was altered in the cache is fetched anew, and no mirror is blamed")
    func altered() async throws {
        let scene = try ObservedScene()
        try scene.publish([ObservedPackage()])
        let path = try #require(try await scene.open().view().subdir(scene.linux)).path
        for place in [0, 20] {
            var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
            bytes[place] ^= 1
            try TemporaryFolder.write(bytes, to: path)
            #expect(try await scene.names(scene.open()) == ["zlib-1-0.conda"])
        }
    }

    @Test("An index that was taken out of the cache is put back, though the channel only says: unchanged")
    func takenOut() async throws {
        let scene = try ObservedScene()
        try scene.publish([ObservedPackage()])
        let upstream = try scene.open()
        let path = try #require(try await upstream.view().subdir(scene.linux)).path
        for isAway in [false, true] {
            scene.web.setAway(ObservedScene.url, isAway)
            scene.wait()
            try FileManager.default.removeItem(atPath: path)
            #expect(try await scene.names(upstream) == ["zlib-1-0.conda"])
            #expect(try await upstream.view().isStale == isAway)
        }
        // And so it is there after a restart.
        #expect(try await scene.names(scene.open()) == ["zlib-1-0.conda"])
    }

    @Test("An index that vanished is no word of the channel's: the last view stays")
    func vanished() async throws {
        let scene = try ObservedScene()
        try scene.publish([ObservedPackage()])
        let upstream = try scene.open()
        _ = try await scene.names(upstream)
        scene.web.put(nil, at: Self.zst)
        scene.wait()
        #expect(try await upstream.view().isStale)
        #expect(try await scene.names(upstream) == ["zlib-1-0.conda"])
    }

    @Test("After a start without network everything is as it was, from the cache")
    func restart() async throws {
        let scene = try ObservedScene()
        let package = try ObservedPackage()
        try scene.publish([package])
        var upstream = try scene.open()
        #expect(try await scene.admit(package, from: upstream).package != nil)
        scene.web.setAway(ObservedScene.url)
        // Fresh still: nobody is asked.
        upstream = try scene.open()
        _ = scene.web.takeRequests()
        #expect(try await scene.names(upstream) == ["zlib-1-0.conda"])
        #expect(scene.web.takeRequests() == [])
        scene.clock.advance(by: 3_600)
        upstream = try scene.open()
        let view = try await upstream.view()
        #expect(view.isStale && view.checked == ObservedScene.start)
        #expect(try await upstream.admit(package.fileName, in: scene.linux, of: view).package != nil)
        scene.clock.advance(by: scene.configuration.grace)
        upstream = try scene.open()
        let late = try await upstream.view()
        #expect(await refusalCode { try await late.subdir(scene.linux) } == "ledger.view-too-old")
    }

    @Test(
        "A cache that lost its texts, or has others in their place, is filled anew",
        arguments: [true, false]
    )
    func lostCache(isRemoved: Bool) async throws {
        let scene = try ObservedScene()
        try scene.publish([ObservedPackage()])
        let upstream = try scene.open()
        let subdir = try #require(try await upstream.view().subdir(scene.linux))
        if isRemoved {
            try FileManager.default.removeItem(atPath: subdir.path)
        } else {
            try TemporaryFolder.write(Array("{}".utf8), to: subdir.path)
        }
        #expect(try await scene.names(try scene.open()) == ["zlib-1-0.conda"])
    }

    struct BadIndex: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let code: String
        let bytes: @Sendable () throws -> [UInt8]
    }

    static let bad: [BadIndex] = [
        BadIndex(testDescription: "truncated", code: "compression.truncated") {
            try Zstd.compress(ObservedScene.index([])).dropLast(3)
        },
        BadIndex(testDescription: "no compression", code: "compression.corrupt") { ObservedScene.index([]) },
        BadIndex(testDescription: "no JSON", code: "json.syntax") { try Zstd.compress(Array("{\"a\"".utf8)) },
        BadIndex(testDescription: "another subdir", code: "repodata.wrong-subdir") {
            try Zstd.compress(ObservedScene.index([], subdir: "win-64"))
        },
        BadIndex(testDescription: "leads elsewhere", code: "gate.outside-channel") {
            try Zstd.compress(
                Array(#"{"info":{"base_url":"https://elsewhere.example/x"},"repodata_version":2}"#.utf8)
            )
        },
    ]

    @Test(
        "A bad index is refused, another mirror's is taken, nothing of it is kept, and all is well once it is",
        arguments: bad
    )
    func badIndex(_ bad: BadIndex) async throws {
        var scene = try ObservedScene()
        let good = try scene.publish([ObservedPackage()])
        scene.web.put(try bad.bytes(), at: Self.zst)
        let upstream = try scene.open()
        #expect(await refusalCode { try await upstream.view().subdir(scene.linux) } == bad.code)
        try scene.publish([ObservedPackage()])
        #expect(try await upstream.view().subdir(scene.linux)?.id == Digest.of(good))
        // The last view is there, and is not shown in place of what is bad; nor is the channel asked by everybody.
        scene.web.put(try bad.bytes(), at: Self.zst)
        scene.wait()
        #expect(await refusalCode { try await upstream.view() } == bad.code)
        _ = scene.web.takeRequests()
        #expect(await refusalCode { try await upstream.view() } == bad.code)
        #expect(scene.web.takeRequests() == [])
        scene.configuration.mirrors = [
            try ChannelURL(ObservedScene.url), try ChannelURL("https://other.example/m"),
        ]
        try scene.publish([ObservedPackage()], at: "https://other.example/m")
        #expect(try await scene.open().view().subdir(scene.linux)?.id == Digest.of(good))
        let kept = try FileManager.default.subpathsOfDirectory(atPath: scene.home.path + "/cache/sha256")
        #expect(kept.filter { $0.utf8.count > 2 } == [Self.place(Digest.of(good))])
    }

    @Test("Whoever shows another channel's index as its own does not take it out of the cache for that one")
    func othersIndex() async throws {
        let scene = try ObservedScene()
        let index = try scene.publish([ObservedPackage()], subdir: "noarch")
        #expect(try await scene.open().view().subdir(.noarch)?.id == Digest.of(index))
        scene.web.put(try Zstd.compress(index), at: Self.zst)
        let upstream = try scene.open()
        let code = await refusalCode { try await upstream.view().subdir(scene.linux) }
        #expect(code == "repodata.wrong-subdir")
        #expect(try upstream.cache.path(of: Digest.of(index)) != nil)
    }

    static func place(_ digest: Digest) -> String { "\(digest.hex.prefix(2))/\(digest.hex.dropFirst(2))" }

    @Test("Texts whose place was taken go after a while, and not before")
    func retention() async throws {
        let scene = try ObservedScene()
        var digests: [Digest] = []
        let upstream = try scene.open()
        for build in ["0", "1"] {
            digests.append(Digest.of(try scene.publish([ObservedPackage(build: build)])))
            _ = try await scene.names(upstream)
            scene.wait()
        }
        func isThere(_ digest: Digest) throws -> Bool { try upstream.cache.path(of: digest) != nil }
        #expect(try isThere(digests[0]) && isThere(digests[1]))
        scene.clock.advance(by: scene.configuration.retention)
        _ = try await scene.names(upstream)
        #expect(try !isThere(digests[0]) && isThere(digests[1]))
    }
}
