// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TestSupport
import Testing
import TrustCore

@testable import Gatekeeper

@Suite("Shards and whole index of an observed channel, at one moment")
struct ObservedFormsTests {
    private static let zst = "\(ObservedScene.url)/linux-64/repodata.json.zst"
    private static let index = "\(ObservedScene.url)/linux-64/\(ShardIndex.fileName)"

    /// Publishes a version in both forms: so many packages.
    private static func publish(_ scene: ObservedScene, _ count: Int) throws {
        let packages = try (0..<count).map { try ObservedPackage("p\($0)") }
        try scene.publish(packages)
        try scene.publishShards(packages)
    }

    private static func text(_ scene: ObservedScene, _ upstream: ObservedUpstream) async throws -> Int {
        try await scene.names(upstream).count
    }

    private static func shards(_ scene: ObservedScene, _ upstream: ObservedUpstream) async throws -> Int {
        try await scene.shards(upstream).index.packageNames.count
    }

    private static func both(_ scene: ObservedScene, _ upstream: ObservedUpstream) async throws -> [Int] {
        [try await text(scene, upstream), try await shards(scene, upstream)]
    }

    @Test(
        "Shards that are new end the whole index's freshness, and a form that did not change is fresh again"
    )
    func textAfterShards() async throws {
        let scene = try ObservedScene()
        let upstream = try scene.open()
        try Self.publish(scene, 1)
        #expect(try await Self.text(scene, upstream) == 1)
        try Self.publish(scene, 2)
        scene.clock.advance(by: 1)
        #expect(try await Self.shards(scene, upstream) == 2)
        _ = scene.web.takeRequests()
        #expect(try await Self.text(scene, upstream) == 2)
        #expect(scene.web.takeRequests() == [Self.zst, "=" + Self.index])
        for upstream in [upstream, try scene.open()] {
            #expect(try await Self.both(scene, upstream) == [2, 2])
        }
        #expect(scene.web.takeRequests() == [])
    }

    @Test("A whole index that is new ends the shards' freshness")
    func shardsAfterText() async throws {
        let scene = try ObservedScene()
        let upstream = try scene.open()
        try Self.publish(scene, 1)
        #expect(try await Self.shards(scene, upstream) == 1)
        try Self.publish(scene, 2)
        #expect(try await Self.text(scene, upstream) == 2)
        _ = scene.web.takeRequests()
        #expect(try await Self.shards(scene, upstream) == 2)
        // What changed is confirmed after what it was compared with, and is not fetched again.
        #expect(scene.web.takeRequests() == [Self.index, "=" + Self.zst])
        #expect(try await Self.both(scene, upstream) == [2, 2])
        #expect(scene.web.takeRequests() == [])
    }

    @Test("A form that changed alone costs the other one request")
    func alone() async throws {
        let scene = try ObservedScene()
        let upstream = try scene.open()
        try Self.publish(scene, 1)
        _ = try await Self.both(scene, upstream)
        _ = try await Self.text(scene, upstream)
        _ = scene.web.takeRequests()
        scene.wait()
        try scene.publish([ObservedPackage(), ObservedPackage("curl")])
        #expect(try await Self.text(scene, upstream) == 2)
        #expect(scene.web.takeRequests() == ["=" + Self.index, Self.zst, "=" + Self.index])
        scene.wait()
        try scene.publishShards([ObservedPackage()])
        #expect(try await Self.shards(scene, upstream) == 1)
        #expect(scene.web.takeRequests() == [Self.index, "=" + Self.zst])
        scene.wait()
        _ = try await Self.both(scene, upstream)
        #expect(scene.web.takeRequests() == ["=" + Self.index, "=" + Self.zst])
    }

    @Test(
        "What another process found to have changed ends the freshness here, and what it confirmed is taken"
    )
    func otherProcess() async throws {
        let scene = try ObservedScene()
        let (first, second) = (try scene.open(), try scene.open())
        try Self.publish(scene, 1)
        #expect(try await Self.text(scene, first) == 1)
        try Self.publish(scene, 2)
        scene.clock.advance(by: 1)
        #expect(try await Self.shards(scene, second) == 2)
        _ = scene.web.takeRequests()
        #expect(try await Self.text(scene, first) == 2)
        #expect(scene.web.takeRequests() == [Self.zst])
        // That ends the shards' freshness in the other one.
        #expect(try await Self.shards(scene, second) == 2)
        #expect(scene.web.takeRequests() == ["=" + Self.index])
        scene.wait()
        try Self.publish(scene, 3)
        #expect(try await Self.shards(scene, second) == 3)
        #expect(try await Self.text(scene, second) == 3)
        _ = scene.web.takeRequests()
        #expect(try await Self.both(scene, first) == [3, 3])
        #expect(scene.web.takeRequests() == [])
    }

    @Test("Where the other form cannot be asked for, it goes on as it was, marked as stale, and heals")
    func away() async throws {
        let scene = try ObservedScene()
        let upstream = try scene.open()
        try Self.publish(scene, 1)
        #expect(try await Self.text(scene, upstream) == 1)
        try Self.publish(scene, 2)
        #expect(try await Self.shards(scene, upstream) == 2)
        scene.web.setAway("\(ObservedScene.url)/linux-64/repodata")
        #expect(try await upstream.view().isStale)
        _ = scene.web.takeRequests()
        #expect(try await Self.both(scene, upstream) == [1, 2])
        scene.clock.advance(by: scene.configuration.pause - 1)
        #expect(try await upstream.view().staleSince() == ObservedScene.start)
        #expect(scene.web.takeRequests() == [])
        scene.web.setAway("\(ObservedScene.url)/linux-64/repodata", false)
        scene.clock.advance(by: 1)
        #expect(try await upstream.view().staleSince() == nil)
        #expect(try await Self.text(scene, upstream) == 2)
    }

    @Test(
        "A form that was remembered elsewhere and cannot be confirmed is shown, and said to be stale at once"
    )
    func remembered() async throws {
        let scene = try ObservedScene()
        let upstream = try scene.open()
        try Self.publish(scene, 1)
        _ = try await Self.text(scene, upstream)
        let view = try await upstream.view()
        #expect(try await Self.shards(scene, scene.open()) == 1)
        scene.clock.advance(by: 1)
        try Self.publish(scene, 2)
        #expect(try await Self.text(scene, upstream) == 2)
        let later = try await upstream.view()
        scene.web.setAway(Self.index)
        scene.clock.advance(by: 1)
        for view in [view, later] {
            #expect(await view.staleSince() == nil)
            #expect(try await view.shards(of: scene.linux)?.index.packageNames.count == 1)
            #expect(await view.staleSince() == ObservedScene.start)
        }
        scene.web.setAway(Self.index, false)
        scene.wait()
        #expect(try await upstream.view().staleSince() == nil)
        #expect(try await Self.shards(scene, upstream) == 2)
    }

    @Test(
        "A channel that shows something else each time is asked a few times, and then no more often than others"
    )
    func restless() async throws {
        let scene = try ObservedScene()
        let upstream = try scene.open()
        try Self.publish(scene, 1)
        _ = try await Self.both(scene, upstream)
        @Sendable func go(_ count: Int) {
            scene.web.meanwhile {
                #expect(throws: Never.self) { try Self.publish(scene, count) }
                go(count + 1)
            }
        }
        go(2)
        scene.wait()
        _ = scene.web.takeRequests()
        for _ in 0..<5 { _ = try await Self.both(scene, upstream) }
        #expect(scene.web.takeRequests().count == 2 * FormsTogether.maximumRounds)
        scene.web.meanwhile {}
        scene.wait()
        let now = try await Self.both(scene, upstream)
        #expect(now[0] == now[1])
    }

    @Test(
        "Where credentials go along, each instance asks for itself, and is shown nothing that another one was"
    )
    func credentials() async throws {
        var scene = try ObservedScene()
        scene.configuration.isPrivate = true
        let (first, second) = (try scene.open(), try scene.open())
        try Self.publish(scene, 1)
        #expect(try await Self.text(scene, first) == 1)
        scene.clock.advance(by: 200)
        try Self.publish(scene, 2)
        #expect(try await Self.text(scene, second) == 2)
        #expect(try await Self.shards(scene, second) == 2)
        #expect(try await Self.text(scene, second) == 2)
        _ = scene.web.takeRequests()
        // What the second one was shown makes no difference to the first one, neither now nor when it has to ask.
        #expect(try await Self.text(scene, first) == 1)
        #expect(scene.web.takeRequests() == [])
        scene.clock.advance(by: scene.configuration.freshness - 200)
        scene.web.deny(ObservedScene.url, 403)
        await #expect(throws: Failure.self) { try await Self.text(scene, first) }
        scene.web.deny(ObservedScene.url, nil)
        #expect(try await Self.shards(scene, first) == 2)
        try Self.publish(scene, 3)
        #expect(try await Self.both(scene, first) == [3, 3])
    }
}
