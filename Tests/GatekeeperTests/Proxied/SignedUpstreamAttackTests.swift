// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TestSupport
import Testing
import Transport
import TrustCore

@testable import Gatekeeper

@Suite("Signed upstream and hostile mirrors")
struct SignedUpstreamAttackTests {
    /// Something a mirror does to the metadata or the index of a newer state, and the code by which it is noticed.
    struct Attack: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let code: String
        let script: SignedMirrors.Script
    }

    static let attacks = [
        Attack(testDescription: "snapshot withheld", code: "tuf.metadata-missing") {
            $0.hasSuffix("2.snapshot.json") ? .missing : nil
        },
        Attack(testDescription: "snapshot altered", code: "tuf.metadata-hash") {
            $0.hasSuffix("2.snapshot.json") ? .altered : nil
        },
        Attack(testDescription: "snapshot cut off", code: "network") {
            $0.hasSuffix("2.snapshot.json") ? .cut(20) : nil
        },
        Attack(testDescription: "role withheld", code: "tuf.metadata-missing") {
            $0.hasSuffix("2.linux-64.json") ? .missing : nil
        },
        Attack(testDescription: "index altered", code: "tuf.target-hash") {
            $0.contains(".repodata.json.zst") ? .altered : nil
        },
        Attack(testDescription: "index shortened", code: "tuf.target-length") {
            $0.contains(".repodata.json.zst") ? .replaced([0x7B, 0x7D]) : nil
        },
        Attack(testDescription: "index with bytes added", code: "limit.too-large") {
            $0.contains(".repodata.json.zst") ? .replaced(Array(repeating: 0, count: 99_999)) : nil
        },
        Attack(testDescription: "index cut off", code: "network") {
            $0.contains(".repodata.json.zst") ? .cut(50) : nil
        },
        Attack(testDescription: "index withheld", code: "tuf.target-missing") {
            $0.contains(".repodata.json.zst") ? .missing : nil
        },
        Attack(testDescription: "timestamp is a web page", code: "json.syntax") {
            $0.hasSuffix("timestamp.json") ? .replaced(Array("<html>".utf8)) : nil
        },
    ]

    @Test(
        "A mirror that spoils what is new: the last view goes on, also after a restart, and heals",
        arguments: attacks
    )
    func spoiledUpdate(_ attack: Attack) async throws {
        var scene = try await SignedScene()
        let upstream = try scene.upstream()
        let first = try await upstream.view()
        let text = try await SignedScene.text(first)
        try await scene.publish("later-1-0.conda")
        scene.mirrors.script(SignedScene.first, attack.script)
        scene.clock.advance(seconds: 30)
        let stale = try await upstream.view()
        #expect(stale.isStale && stale.id == first.id && stale.checked == first.checked)
        #expect(scene.reports.take() == [attack.code])
        #expect(try await SignedScene.text(stale) == text)
        // What the attack left on disk does not matter to a process that begins now.
        scene.mirrors.script(SignedScene.first) { _ in .away }
        let restarted = try await scene.upstream().view()
        #expect(restarted.isStale && restarted.id == first.id && restarted.checked == first.checked)
        #expect(try await SignedScene.text(restarted) == text)
        try scene.checkCache()
        scene.mirrors.script(SignedScene.first, nil)
        scene.clock.advance(seconds: 30)
        let healed = try await upstream.view()
        #expect(!healed.isStale && healed.id != first.id)
        #expect(try await SignedScene.text(healed) == scene.plain())
    }

    @Test("Beside a good mirror it is reported, and what is new is taken from the other", arguments: attacks)
    func besideAGoodOne(_ attack: Attack) async throws {
        var scene = try await SignedScene()
        let upstream = try scene.upstream([SignedScene.first, SignedScene.second])
        _ = try await SignedScene.text(upstream.view())
        try await scene.publish("later-1-0.conda")
        scene.mirrors.serve(scene.fixture.directory, at: SignedScene.second)
        scene.mirrors.script(SignedScene.first, attack.script)
        scene.clock.advance(seconds: 30)
        let view = try await upstream.view()
        #expect(!view.isStale)
        #expect(try await SignedScene.text(view) == scene.plain())
        #expect(scene.observer.reports.map { $0.code ?? "network" } == [attack.code])
        #expect(scene.observer.reports.map(\.mirror) == [SignedScene.first] && scene.reports.take().isEmpty)
        try scene.checkCache()
    }

    @Test(
        "The first index, spoiled by the only mirror, is refused with its code, nothing of it stays, and it heals"
    )
    func spoiledFirst() async throws {
        for attack in Self.attacks where attack.testDescription.hasPrefix("index") && attack.code != "network"
        {
            let scene = try await SignedScene()
            let upstream = try scene.upstream()
            scene.mirrors.script(SignedScene.first, attack.script)
            let view = try await upstream.view()
            #expect(await refusalCode { try await view.subdir(SignedScene.linux) } == attack.code)
            try scene.checkCache()
            scene.mirrors.script(SignedScene.first, nil)
            scene.clock.advance(seconds: 30)
            #expect(try await SignedScene.text(upstream.view()) == scene.plain())
        }
    }

    @Test("A mirror that shows an old copy cannot have it served, nor take the service away")
    func rollback() async throws {
        var scene = try await SignedScene()
        let old = try scene.fixture.copy()
        try await scene.publish("later-1-0.conda")
        let upstream = try scene.upstream([SignedScene.first, SignedScene.second])
        let first = try await upstream.view()
        let text = try await SignedScene.text(first)
        // One mirror of two, then all.
        scene.mirrors.serve(scene.fixture.directory, at: SignedScene.second)
        scene.mirrors.serve(old.path, at: SignedScene.first)
        scene.clock.advance(seconds: 30)
        #expect(try await !upstream.view().isStale)
        #expect(scene.observer.reports.map(\.code) == ["tuf.rollback"] && scene.reports.take().isEmpty)
        scene.mirrors.serve(old.path, at: SignedScene.second)
        scene.clock.advance(seconds: 30)
        let stale = try await upstream.view()
        #expect(stale.isStale && stale.id == first.id)
        #expect(scene.reports.take() == ["tuf.rollback"])
        #expect(try await SignedScene.text(stale) == text)
    }

    @Test("A mirror that shows the same state for ever is refused once it expires, unless another shows more")
    func freeze() async throws {
        var scene = try await SignedScene()
        let upstream = try scene.upstream([SignedScene.first, SignedScene.second])
        _ = try await SignedScene.text(upstream.view())
        let old = try scene.fixture.copy()
        scene.mirrors.serve(old.path, at: SignedScene.first)
        scene.mirrors.serve(old.path, at: SignedScene.second)
        scene.clock.advance(days: 3)
        #expect(await refusalCode { try await upstream.view() } == "tuf.expired")
        try await scene.publish("later-1-0.conda")
        scene.mirrors.serve(scene.fixture.directory, at: SignedScene.second)
        let view = try await upstream.view()
        #expect(!view.isStale)
        #expect(try await SignedScene.text(view) == scene.plain())
    }

    @Test("Metadata of two states does not fit together")
    func mixAndMatch() async throws {
        var scene = try await SignedScene(.plain)
        let upstream = try scene.upstream()
        let first = try await upstream.view()
        let text = try await SignedScene.text(first)
        // Another package under the same name: the index, and with it the role, keep their lengths.
        let old = try scene.fixture.folder.read("tuf/1.linux-64.json")
        scene.fixture.packages[0] = try .sample("another")
        try await scene.fixture.publish()
        scene.mirrors.script(SignedScene.first) { $0 == "tuf/2.linux-64.json" ? .replaced(old) : nil }
        scene.clock.advance(seconds: 30)
        let stale = try await upstream.view()
        #expect(stale.isStale && stale.id == first.id && scene.reports.take() == ["tuf.metadata-hash"])
        #expect(try await SignedScene.text(stale) == text)
    }

    @Test("Another channel's root signs nothing here")
    func anotherChannel() async throws {
        let scene = try await SignedScene()
        let other = try await ChannelFixture(packages: [scene.sample])
        scene.mirrors.serve(other.directory, at: SignedScene.first)
        let upstream = try scene.upstream()
        #expect(await refusalCode { try await upstream.view() } == "tuf.signatures")
    }
}
