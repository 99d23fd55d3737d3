// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TestSupport
import Testing
import Transport
import TrustCore

@testable import Gatekeeper

@Suite("A channel whose server refuses access")
struct DeniedAccessTests {
    private static func isDenied(_ body: () async throws -> Void) async -> Bool {
        do {
            try await body()
            return false
        } catch {
            return (error as? Failure)?.isAccessDenial == true
        }
    }

    // MARK: Observed

    @Test("That access is refused is not that there is no index", arguments: [401, 403])
    func observed(status: Int) async throws {
        let scene = try ObservedScene()
        try scene.publish([ObservedPackage()])
        scene.web.deny(ObservedScene.url, status)
        let upstream = try scene.open()
        #expect(await Self.isDenied { _ = try await scene.names(upstream) })
        scene.web.deny(ObservedScene.url, nil)
        #expect(try await scene.names(upstream) == ["zlib-1-0.conda"])
    }

    @Test("A store that says 403 of a form that it does not have is asked for the other form")
    func otherForm() async throws {
        let scene = try ObservedScene()
        let index = ObservedScene.index([try ObservedPackage()])
        let place = ObservedScene.url + "/linux-64/repodata.json"
        scene.web.put(index, at: place)
        scene.web.deny(place + ".zst", 403)
        #expect(try await scene.names(scene.open()) == ["zlib-1-0.conda"])
    }

    @Test("Nobody is answered by what another one’s credentials had fetched, fresh or not")
    func othersCredentials() async throws {
        var scene = try ObservedScene()
        try scene.publish([ObservedPackage()])
        let anybody = scene
        scene.configuration.isPrivate = true
        let first = try scene.open()
        #expect(try await scene.names(first) == ["zlib-1-0.conda"])
        // Another one's are wrong, or the server is down: both a moment later and after a while.
        for wait in [false, true] {
            if wait { scene.wait() }
            for other in [scene, anybody] {
                scene.web.deny(ObservedScene.url, 403)
                #expect(await Self.isDenied { _ = try await other.names(other.open()) })
                scene.web.deny(ObservedScene.url, nil)
                scene.web.setAway(ObservedScene.url)
                await #expect(throws: Failure.self) { _ = try await other.names(other.open()) }
                scene.web.setAway(ObservedScene.url, false)
            }
        }
        // Whoever was let in goes on while the server is down, and not once it lets nobody in.
        scene.web.setAway(ObservedScene.url)
        scene.wait()
        #expect(try await first.view().isStale)
        #expect(try await scene.names(first) == ["zlib-1-0.conda"])
        scene.web.setAway(ObservedScene.url, false)
        scene.web.deny(ObservedScene.url, 401)
        scene.wait()
        #expect(await Self.isDenied { _ = try await scene.names(first) })
    }

    @Test("What is remembered of a channel for everybody outlives a server that refuses access")
    func everybody() async throws {
        let scene = try ObservedScene()
        try scene.publish([ObservedPackage()])
        #expect(try await scene.names(scene.open()) == ["zlib-1-0.conda"])
        scene.web.deny(ObservedScene.url, 403)
        scene.wait()
        #expect(try await scene.names(scene.open()) == ["zlib-1-0.conda"])
    }

    // MARK: Signed

    @Test("A server that hides absence behind 403 has no newer root")
    func noNewerRoot() async throws {
        let scene = try await SignedScene()
        scene.mirrors.script(SignedScene.first) { $0.hasSuffix("2.root.json") ? .denied(403) : nil }
        #expect(try await !scene.upstream().view().isStale)
        scene.mirrors.script(SignedScene.first) { $0.hasSuffix("2.root.json") ? .denied(401) : nil }
        #expect(try await scene.upstream().view().isStale)
    }

    @Test("The last view is for whom it was fetched for")
    func lastView() async throws {
        let scene = try await SignedScene()
        let anybody = try scene.upstream()
        _ = try await SignedScene.text(anybody.view())
        func asked(_ upstream: SignedUpstream) async throws { _ = try await upstream.view() }
        scene.mirrors.script(SignedScene.first) { _ in .denied(403) }
        scene.clock.advance(seconds: 60)
        // It was fetched without credentials, and so is for everybody but those who show some.
        #expect(try await anybody.view().isStale)
        #expect(await Self.isDenied { try await asked(scene.upstream(isPrivate: true)) })
        scene.mirrors.script(SignedScene.first, nil)
        let mine = try scene.upstream(isPrivate: true)
        #expect(try await !mine.view().isStale)
        scene.clock.advance(seconds: 60)
        scene.mirrors.script(SignedScene.first) { _ in .away }
        #expect(try await mine.view().isStale)
        for isPrivate in [false, true] {
            await #expect(throws: Failure.self) { try await asked(scene.upstream(isPrivate: isPrivate)) }
        }
        scene.clock.advance(seconds: 60)
        scene.mirrors.script(SignedScene.first) { _ in .denied(401) }
        #expect(await Self.isDenied { try await asked(mine) })
    }
}
