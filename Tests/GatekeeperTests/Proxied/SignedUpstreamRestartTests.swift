// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TUF
import TestSupport
import Testing
import TrustCore

@testable import Gatekeeper

@Suite("Signed upstream, restarted and shared")
struct SignedUpstreamRestartTests {
    @Test(
        "After a restart without network, what was there is there until it expires",
        arguments: ChannelFixture.Form.allCases
    )
    func restart(form: ChannelFixture.Form) async throws {
        let scene = try await SignedScene(form)
        let before = try scene.upstream()
        let first = try await before.view()
        let text = try await SignedScene.text(first)
        #expect(
            try await before.admit(scene.sample.fileName, in: SignedScene.linux, of: first).package != nil
        )
        scene.mirrors.script(SignedScene.first) { _ in .away }
        scene.clock.advance(seconds: 3600)
        let after = try scene.upstream()
        let view = try await after.view()
        #expect(view.isStale && view.id == first.id && view.checked == first.checked)
        #expect(try await SignedScene.text(view) == text)
        let admission = try await after.admit(scene.sample.fileName, in: SignedScene.linux, of: view)
        #expect(admission.package?.sha256 == scene.sample.sha256)
        scene.clock.advance(days: 400)
        #expect(await refusalCode { try await scene.upstream().view() } == "tuf.expired")
    }

    @Test("An index that was altered in the cache is made anew", arguments: ChannelFixture.Form.allCases)
    func altered(form: ChannelFixture.Form) async throws {
        let scene = try await SignedScene(form)
        let first = try await scene.upstream().view()
        let text = try await SignedScene.text(first)
        let path = try #require(await first.subdir(SignedScene.linux)).path
        for place in [0, text.count / 2] {
            var bytes = text
            bytes[place] ^= 1
            try TemporaryFolder.write(bytes, to: path)
            #expect(try await SignedScene.text(scene.upstream().view()) == text)
        }
    }

    @Test("What another program verified since, and has at hand, is taken before the last view")
    func anotherProgram() async throws {
        var scene = try await SignedScene()
        _ = try await SignedScene.text(scene.upstream().view())
        try await scene.publish("later-1-0.conda")
        // It reads shards only: the whole index of the newer state is not at hand.
        let address = "file://" + scene.fixture.directory
        #expect(try await scene.user.admit(scene.fixture.packages[1], from: [address]).value.package != nil)
        scene.mirrors.script(SignedScene.first) { _ in .away }
        let last = try await scene.upstream().view()
        scene.fixture.packages.removeLast()
        #expect(last.isStale)
        #expect(try await SignedScene.text(last) == scene.plain())
    }

    @Test("Of a view that is held, further indexes are fetched as soon as a mirror has them")
    func furtherIndex() async throws {
        let scene = try await SignedScene()
        _ = try await SignedScene.text(scene.upstream().view())
        // Only the metadata is withheld.
        scene.mirrors.script(SignedScene.first) { $0.hasPrefix("tuf/timestamp") ? .away : nil }
        let view = try await scene.upstream().view()
        #expect(view.isStale)
        #expect(try await view.subdir(.noarch) != nil)
        #expect(try await view.subdir(Subdir("win-64")) == nil)
    }

    @Test("Two at once share a cache and a trust store, and both follow the channel")
    func shared() async throws {
        var scene = try await SignedScene()
        let both = [try scene.upstream(), try scene.upstream()]
        for round in 0..<3 {
            let texts = try await withThrowingTaskGroup(of: [UInt8].self) { group in
                for upstream in both + both { group.addTask { try await SignedScene.text(upstream.view()) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(try Set(texts) == [scene.plain()])
            try await scene.publish("later\(round)-1-0.conda")
            scene.clock.advance(seconds: 30)
        }
        #expect(scene.reports.take().isEmpty && scene.observer.reports.isEmpty)
        try scene.checkCache()
    }

    @Test("Subdirs that are asked for at the same time are kept with their roles, all of them")
    func together() async throws {
        for _ in 0..<10 {
            let scene = try await SignedScene()
            let view = try await scene.upstream().view()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for subdir in [SignedScene.linux, .noarch] {
                    group.addTask { _ = try await view.subdir(subdir) }
                }
                try await group.waitForAll()
            }
            let channel = try #require(try scene.user.store.channel(scene.user.channel))
            let kept = try #require(try SignedViewFile(in: channel.directory))
            #expect(kept.indexes == [SignedScene.linux, .noarch].map { ProxiedIndexKey($0, .text) })
            let roles = Set(kept.roles.keys.map(\.text))
            #expect(roles.isSuperset(of: ["linux-64", "noarch", "timestamp"]))
        }
    }

    @Test("A text that went from the cache is made again")
    func cleanedCache() async throws {
        let scene = try await SignedScene(.compressed)
        let upstream = try scene.upstream()
        let view = try await upstream.view()
        let text = try await SignedScene.text(view)
        try scene.user.home.remove("cache/sha256")
        #expect(try await SignedScene.text(view) == text)
    }

    @Test(
        "A file of the last view that cannot be read is as good as none",
        arguments: ["", "{}", "nonsense"]
    )
    func damagedFile(content: String) async throws {
        let scene = try await SignedScene()
        _ = try await SignedScene.text(scene.upstream().view())
        let channel = try #require(try scene.user.store.channel(scene.user.channel))
        try TemporaryFolder.write(Array(content.utf8), to: SignedViewFile.path(in: channel.directory))
        scene.mirrors.script(SignedScene.first) { _ in .away }
        // The trust store's own metadata is whole.
        let view = try await scene.upstream().view()
        #expect(view.isStale)
        #expect(try await SignedScene.text(view) == scene.plain())
    }

    @Test("Texts of the state before the last go from the cache")
    func oldTexts() async throws {
        var scene = try await SignedScene(.compressed)
        let upstream = try scene.upstream()
        var paths: [String] = []
        for round in 0..<4 {
            paths.append(try #require(try await upstream.view().subdir(SignedScene.linux)).path)
            try await scene.publish("later\(round)-1-0.conda")
            scene.clock.advance(seconds: 30)
        }
        #expect(paths.map { FileManager.default.fileExists(atPath: $0) } == [false, false, true, true])
    }
}
