// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TUF
import TestSupport
import Testing
import Transport
import TrustCore

@testable import Gatekeeper

@Suite("Getting a root to pin")
struct RootPinTests {
    private func fetch(_ mirrors: [String], expecting digest: Digest? = nil) async throws -> RootPin {
        let fetcher = URLFetcher()
        do {
            let pin = try await RootPin.fetch(
                ChannelURL(GateScene.canonical),
                expecting: digest,
                from: mirrors.map { try ChannelURL($0) },
                over: fetcher,
                retry: MirrorRetry(rounds: 1)
            )
            await fetcher.shutdown()
            return pin
        } catch {
            await fetcher.shutdown()
            throw error
        }
    }

    @Test("A file must be a root that signs itself")
    func fromFile() async throws {
        let fixture = try await ChannelFixture(packages: [])
        let pin = try RootPin(file: fixture.root)
        #expect(pin.bytes == fixture.root && pin.root.version == 1 && pin.origin == .file)
        var altered = fixture.root
        let place = try #require(String(decoding: altered, as: UTF8.self).range(of: "2027"))
        let text = String(decoding: altered, as: UTF8.self).replacingCharacters(in: place, with: "2037")
        altered = Array(text.utf8)
        #expect(refusalCode { try RootPin(file: altered) } == "tuf.signatures")
        #expect(refusalCode { try RootPin(file: []) } == "json.syntax")
        let timestamp = try fixture.folder.read("tuf/timestamp.json")
        #expect(refusalCode { try RootPin(file: timestamp) } == "tuf.wrong-type")
    }

    @Test("The first root is believed where the user says so")
    func firstUse() async throws {
        let fixture = try await ChannelFixture(packages: [])
        let pin = try await fetch(["file://" + fixture.directory])
        #expect(pin.bytes == fixture.root && pin.origin == .firstUse)
    }

    @Test("A digest chooses the version of the root that has it")
    func byDigest() async throws {
        var fixture = try await ChannelFixture(packages: [])
        for _ in 0..<2 {
            fixture.editor.renew([.root], by: [fixture.rootKey])
            try await fixture.publish()
        }
        let second = try fixture.folder.read("tuf/2.root.json")
        let pin = try await fetch(["file://" + fixture.directory], expecting: Digest.of(second))
        #expect(pin.root.version == 2 && pin.origin == .digest)
    }

    @Test("A mirror with another root is left for one that has the root of the digest")
    func mirrorsWithDigest() async throws {
        let good = try await ChannelFixture(packages: [])
        let bad = try await ChannelFixture(packages: [])
        let empty = try TemporaryFolder()
        let mirrors = [empty.path, bad.directory, good.directory].map { "file://" + $0 }
        let pin = try await fetch(mirrors, expecting: Digest.of(good.root))
        #expect(pin.bytes == good.root)
        let code = await refusalCode {
            try await fetch(Array(mirrors.prefix(2)), expecting: Digest.of(good.root))
        }
        #expect(code == "trust.root-digest")
    }

    @Test("A server that does not answer is a failure, not a channel without root")
    func unreachable() async throws {
        let fixture = try await ChannelFixture(packages: [])
        try await LoopbackServer.serving(fixture.directory, script: { _ in .status(503) }) { server in
            let error = await #expect(throws: Failure.self) { try await fetch([server.url]) }
            #expect(error?.kind == .network)
        }
    }
}
