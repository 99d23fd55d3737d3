// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TestSupport
import Testing
import Transport
import TrustCore

@testable import Gatekeeper

@Suite("An observed channel whose index goes back")
struct ObservedRollbackTests {
    /// A channel that listed zlib, then curl as well, and now shows the first index again.
    static func rolledBack(_ rule: ObservedConfiguration.Rollback) async throws -> (
        ObservedScene, ObservedUpstream
    ) {
        var scene = try ObservedScene()
        scene.configuration.rollback = rule
        let upstream = try scene.open()
        let (zlib, curl) = (try ObservedPackage(), try ObservedPackage("curl"))
        for packages in [[zlib], [zlib, curl]] {
            try scene.publish(packages)
            _ = try await scene.names(upstream)
            scene.wait()
        }
        try scene.publish([zlib])
        return (scene, upstream)
    }

    @Test("The newer view stays, marked as stale, until it is too old")
    func keepNewer() async throws {
        let (scene, upstream) = try await Self.rolledBack(.keepNewer)
        #expect(try await upstream.view().isStale)
        #expect(try await scene.names(upstream) == ["curl-1-0.conda", "zlib-1-0.conda"])
        #expect(scene.reports.codes == ["ledger.rollback"])
        // Also after a start.
        #expect(try await scene.names(try scene.open()).count == 2)
        scene.clock.advance(by: scene.configuration.grace)
        #expect(await refusalCode { try await upstream.view() } == "ledger.rollback")
    }

    @Test("It is refused where the user wants that")
    func refuse() async throws {
        let (scene, upstream) = try await Self.rolledBack(.refuse)
        #expect(await refusalCode { try await upstream.view() } == "ledger.rollback")
        #expect(scene.reports.codes == [])
        try scene.publish([ObservedPackage(), ObservedPackage("curl")])
        scene.clock.advance(by: scene.configuration.pause)
        #expect(try await scene.names(upstream).count == 2)
    }

    @Test("It is taken and reported where the user wants only that")
    func warn() async throws {
        let (scene, upstream) = try await Self.rolledBack(.warn)
        #expect(try await scene.names(upstream) == ["zlib-1-0.conda"])
        #expect(try await !upstream.view().isStale && scene.reports.codes == ["ledger.rollback"])
        // From now on it is the newest.
        scene.wait()
        #expect(try await !upstream.view().isStale)
        #expect(scene.reports.codes == ["ledger.rollback"])
    }

    @Test("A mirror that lags is left for one that does not")
    func otherMirror() async throws {
        let (old, _) = try await Self.rolledBack(.refuse)
        var scene = old
        let other = "https://other.example/m"
        scene.configuration.mirrors = [try ChannelURL(ObservedScene.url), try ChannelURL(other)]
        try scene.publish([ObservedPackage(), ObservedPackage("curl")], at: other)
        let upstream = try scene.open()
        #expect(try await scene.names(upstream).count == 2)
        #expect(try await !upstream.view().isStale)
    }

    @Test("A file that was taken away is no fault, nor is an older index that takes nothing away")
    func removals() async throws {
        let scene = try ObservedScene()
        let upstream = try scene.open()
        let (zlib, curl) = (try ObservedPackage(), try ObservedPackage("curl"))
        for packages in [[zlib, curl], [zlib], [zlib, curl]] {
            try scene.publish(packages)
            #expect(try await scene.names(upstream).count == packages.count)
            #expect(try await !upstream.view().isStale)
            scene.wait()
        }
        #expect(scene.reports.codes == [])
    }

    @Test("Where the newer text is gone from the cache, an older one still does not take its place")
    func withoutText() async throws {
        let (scene, upstream) = try await Self.rolledBack(.refuse)
        let newer = ObservedScene.index([try ObservedPackage(), try ObservedPackage("curl")])
        try upstream.cache.remove(Digest.of(newer))
        let code = await refusalCode { try await scene.open().view().subdir(scene.linux) }
        #expect(code == "ledger.rollback")
    }
}
