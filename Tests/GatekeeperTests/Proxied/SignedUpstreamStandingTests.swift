// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TestSupport
import Testing
import TrustCore
import TrustPolicy

@testable import Gatekeeper

@Suite("Signed upstream, how long an answer stands")
struct SignedUpstreamStandingTests {
    @Test("A view is the newest as long as it is fresh, and no longer, whatever the clock says later")
    func newest() async throws {
        let scene = try await SignedScene()
        let upstream = try scene.upstream()
        let view = try await upstream.view()
        #expect(view.isNewest(at: scene.clock.now))
        #expect(!view.isNewest(at: scene.clock.now.advanced(bySeconds: -1)))
        scene.clock.advance(seconds: 29)
        #expect(view.isNewest(at: scene.clock.now))
        scene.clock.advance(seconds: 1)
        #expect(!view.isNewest(at: scene.clock.now))
        let next = try await upstream.view()
        #expect(next.isNewest(at: scene.clock.now))
        // It is the same state of the channel, and yet over.
        #expect(next.id == view.id)
        #expect(!view.isNewest(at: ChannelFixture.start))
    }

    @Test("A view is over as soon as another is looked for, also where nobody gives one")
    func replaced() async throws {
        let scene = try await SignedScene()
        let upstream = try scene.upstream()
        let view = try await upstream.view()
        scene.mirrors.script(SignedScene.first) { _ in .away }
        scene.clock.advance(seconds: 30)
        let stale = try await upstream.view()
        #expect(stale.isStale && stale.isNewest(at: scene.clock.now))
        #expect(!view.isNewest(at: ChannelFixture.start))
    }

    @Test("A view that is looked for each time is never the newest, nor one after its end")
    func ends() async throws {
        let scene = try await SignedScene()
        let always = try scene.upstream(freshness: .zero)
        #expect(try await !always.view().isNewest(at: scene.clock.now))
        let view = try await scene.upstream(freshness: .seconds(86_400 * 4_000)).view()
        let end = try #require(view.goodUntil)
        #expect(view.isNewest(at: end.advanced(bySeconds: -1)) && !view.isNewest(at: end))
    }

    @Test("An admission stands while nobody touches its file, until the first thing in it is over")
    func admission() async throws {
        let scene = try await SignedScene()
        let upstream = try scene.upstream()
        let view = try await upstream.view()
        func admit() async throws -> AdmittedPackage {
            let admission = try await upstream.admit(scene.sample.fileName, in: SignedScene.linux, of: view)
            return try #require(admission.package)
        }
        let package = try await admit()
        let standing = try #require(package.standing)
        let end = try #require(package.verdict.evidence?.index?.expires)
        #expect(standing.holds(at: scene.clock.now) && standing.holds(at: end.advanced(bySeconds: -1)))
        #expect(!standing.holds(at: end))
        #expect(try await admit().standing?.holds(at: scene.clock.now) == true)
        try FileStamp.change(package.archivePath, to: scene.sample.bytes)
        #expect(!standing.holds(at: scene.clock.now))
        #expect(try #require(await admit().standing).holds(at: scene.clock.now))
        try scene.user.home.remove("cache/sha256")
        #expect(!standing.holds(at: scene.clock.now))
    }
}

extension FileStamp {
    /// Writes a file anew, again and again until that is seen: the clock of a file system has a grain.
    static func change(_ path: String, to bytes: [UInt8]) throws {
        let before = FileStamp(path)
        repeat { try TemporaryFolder.write(bytes, to: path) } while FileStamp(path) == before
    }
}
