// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TUF
import TestSupport
import Testing
import TrustCore

@testable import Gatekeeper

@Suite("Signed upstream")
struct SignedUpstreamTests {
    @Test(
        "A view gives the text that the channel signed, in whichever form",
        arguments: ChannelFixture.Form.allCases
    )
    func fresh(form: ChannelFixture.Form) async throws {
        let scene = try await SignedScene(form)
        let upstream = try scene.upstream()
        let view = try await upstream.view()
        #expect(upstream.url == scene.user.channel && view.channel == scene.user.channel)
        #expect(!view.isStale && view.checked == scene.clock.now)
        #expect(try await SignedScene.text(view) == scene.plain())
        let subdir = try await view.subdir(SignedScene.linux)
        #expect(subdir?.baseURL == nil && subdir?.firstSeen(scene.sample.fileName) == nil)
        #expect(try await view.subdir(Subdir("win-64")) == nil)
        #expect(scene.reports.take().isEmpty && scene.observer.reports.isEmpty)
    }

    @Test("A view is good until the first role expires that it rests on")
    func goodUntil() async throws {
        let scene = try await SignedScene()
        let upstream = try scene.upstream()
        let first = try await upstream.view()
        let top = ["1.root.json", "timestamp.json", "1.snapshot.json", "1.targets.json"]
        #expect(try first.goodUntil == top.map { try scene.expiry(of: $0) }.min())
        _ = try await first.subdir(SignedScene.linux)
        let all = try (top + ["1.linux-64.json"]).map { try scene.expiry(of: $0) }.min()
        #expect(try await upstream.view().goodUntil == all)
    }

    @Test("A fresh view asks nobody; an older one asks for metadata, and for an index only if it changed")
    func freshness() async throws {
        var scene = try await SignedScene()
        let upstream = try scene.upstream()
        let first = try await upstream.view()
        let text = try await SignedScene.text(first)
        _ = scene.mirrors.takeRequests()
        scene.clock.advance(seconds: 29)
        #expect(try await upstream.view().id == first.id)
        #expect(scene.mirrors.takeRequests().isEmpty)
        scene.clock.advance(seconds: 1)
        let second = try await upstream.view()
        #expect(second.id == first.id && second.checked == scene.clock.now)
        let requests = scene.mirrors.takeRequests().map { $0.dropFirst(SignedScene.first.count) }
        #expect(requests == ["/tuf/2.root.json", "/tuf/timestamp.json"])
        try await scene.publish("later-1-0.conda")
        scene.clock.advance(seconds: 30)
        let third = try await upstream.view()
        #expect(third.id != first.id)
        #expect(scene.mirrors.takeRequests().contains { $0.contains(".repodata.json.zst") })
        #expect(try await SignedScene.text(third) == scene.plain())
        // One that was given out stays what it was.
        #expect(try await SignedScene.text(first) == text)
    }

    @Test("However many ask at once, there is one refresh")
    func singleFlight() async throws {
        let scene = try await SignedScene()
        let upstream = try scene.upstream()
        let ids = try await withThrowingTaskGroup(of: Digest.self) { group in
            for _ in 0..<40 { group.addTask { try await upstream.view().id } }
            return try await group.reduce(into: Set<Digest>()) { $0.insert($1) }
        }
        #expect(ids.count == 1)
        #expect(scene.mirrors.takeRequests().count { $0.hasSuffix("/timestamp.json") } == 1)
    }

    @Test("While nobody answers, the last view goes on as stale, until it expires; then it is refused")
    func stale() async throws {
        let scene = try await SignedScene()
        let upstream = try scene.upstream()
        let first = try await upstream.view()
        let text = try await SignedScene.text(first)
        scene.mirrors.script(SignedScene.first) { _ in .away }
        scene.clock.advance(seconds: 30)
        let stale = try await upstream.view()
        #expect(stale.isStale && stale.id == first.id && stale.checked == first.checked)
        #expect(try await SignedScene.text(stale) == text)
        #expect(scene.reports.take() == ["network"])
        let end = try #require(stale.goodUntil)
        scene.clock.advance(seconds: end.seconds - scene.clock.now.seconds - 1)
        #expect(try await upstream.view().isStale)
        scene.clock.advance(seconds: 1)
        #expect(await refusalCode { try await upstream.view() } == "tuf.expired")
        #expect(await refusalCode { try await stale.subdir(SignedScene.linux) } == "tuf.expired")
    }

    @Test("Mirrors that take long to fail are not waited for by each client anew")
    func slowToFail() async throws {
        let scene = try await SignedScene()
        let upstream = try scene.upstream()
        _ = try await SignedScene.text(upstream.view())
        scene.mirrors.script(SignedScene.first) { [clock = scene.clock] _ in
            clock.advance(seconds: 40)
            return .away
        }
        scene.clock.advance(seconds: 30)
        #expect(try await upstream.view().isStale)
        _ = scene.mirrors.takeRequests()
        #expect(try await upstream.view().isStale)
        #expect(scene.mirrors.takeRequests() == [])
    }

    @Test("It heals as soon as mirrors do")
    func heals() async throws {
        var scene = try await SignedScene()
        let upstream = try scene.upstream()
        _ = try await SignedScene.text(upstream.view())
        scene.mirrors.script(SignedScene.first) { _ in .away }
        scene.clock.advance(seconds: 30)
        #expect(try await upstream.view().isStale)
        scene.mirrors.script(SignedScene.first, nil)
        try await scene.publish("later-1-0.conda")
        scene.clock.advance(seconds: 30)
        let healed = try await upstream.view()
        #expect(!healed.isStale && healed.checked == scene.clock.now)
        #expect(try await SignedScene.text(healed) == scene.plain())
    }

    @Test("A channel that was never reached is a failure, and no refusal")
    func neverReached() async throws {
        let scene = try await SignedScene()
        scene.mirrors.script(SignedScene.first) { _ in .away }
        let upstream = try scene.upstream()
        let failure = await #expect(throws: Failure.self) { try await upstream.view() }
        #expect(failure?.kind == .network)
        // Nobody waits for freshness then.
        scene.mirrors.script(SignedScene.first, nil)
        #expect(try await !upstream.view().isStale)
    }

    @Test("A channel that is not pinned, or whose index nobody signs, is not passed on")
    func notPinned() async throws {
        let scene = try await SignedScene()
        #expect(try scene.user.store.remove(scene.user.channel))
        #expect(refusalCode { try scene.upstream() } == "trust.channel-unknown")
        let records = try await ContentTrustScene()
        let unsigned = try SignedScene(scene.fixture, of: records.user)
        let failure = #expect(throws: Failure.self) { try unsigned.upstream() }
        #expect(failure?.kind == .configuration)
    }

    @Test("A channel whose pin is taken away is refused from the next refresh on")
    func unpinned() async throws {
        let scene = try await SignedScene()
        let upstream = try scene.upstream()
        _ = try await upstream.view()
        #expect(try scene.user.store.remove(scene.user.channel))
        scene.clock.advance(seconds: 30)
        #expect(await refusalCode { try await upstream.view() } == "trust.channel-unknown")
    }

    @Test("A channel that signs only shards is refused as such, and its other subdirs are not")
    func shardsOnly() async throws {
        let scene = try await BothScene.shardsOnly()
        defer { withExtendedLifetime(scene) {} }
        let view = try await scene.upstream().view()
        #expect(await refusalCode { try await view.subdir(SignedScene.linux) } == "gate.shards-only")
        #expect(try await view.subdir(.noarch) != nil)
        #expect(scene.observer.reports.isEmpty)
    }

    @Test("A subdir whose role expired is refused by itself; the others, and the view, go on")
    func expiredRole() async throws {
        var scene = try await SignedScene()
        let upstream = try scene.upstream()
        _ = try await SignedScene.text(upstream.view())
        scene.fixture.editor.lifetimes.delegated = 3 * 86_400
        try await scene.publish("later-1-0.conda")
        scene.clock.advance(seconds: 36 * 3_600)
        // Another subdir's role is renewed, and this one's is not due yet.
        scene.fixture.packages.append(try FixturePackage("other-1-0.conda", in: "noarch"))
        try await scene.fixture.publish(now: scene.clock.now)
        scene.clock.advance(seconds: 40 * 3_600)
        let view = try await upstream.view()
        #expect(await refusalCode { try await view.subdir(SignedScene.linux) } == "tuf.expired")
        #expect(try await view.subdir(.noarch) != nil)
        #expect(try !view.isStale && view.goodUntil == scene.expiry(of: "timestamp.json"))
        #expect(scene.reports.take().isEmpty && scene.observer.reports.isEmpty)
    }
}

extension BothScene {
    /// A channel that signs nothing but shards for one of its subdirs, pinned by TUF only.
    static func shardsOnly() async throws -> SignedScene {
        var both = try await BothScene()
        try await both.signShardsOnly()
        return try SignedScene(both.tuf, of: GateScene(pinning: both.tuf))
    }
}
