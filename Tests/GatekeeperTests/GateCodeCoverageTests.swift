// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TestSupport
import Testing
import Transport
import TrustCore

@testable import Gatekeeper

@Suite("Refusal codes of Gatekeeper")
struct GateCodeCoverageTests {
    static let provocations: [GateCode: @Sendable () async throws -> Void] = [
        .notTrusted: {
            let fixture = try await ChannelFixture(packages: [.sample()])
            let scene = try GateScene(pinning: fixture)
            _ = try await scene.withGate(["file://" + fixture.directory]) { gate in
                try await gate.admit([
                    PackageRequest(PackageURL("https://other.example/x/noarch/a-1-0.conda"))
                ])
            }
        },
        .alreadyPinned: {
            let scene = try GateScene(pinning: try await ChannelFixture(packages: []))
            try scene.store.add(
                scene.channel,
                mirrors: [],
                root: [1],
                origin: .firstUse,
                now: ChannelFixture.start
            )
        },
        .pinDamaged: {
            let fixture = try await ChannelFixture(packages: [.sample()])
            let scene = try GateScene(pinning: fixture)
            let channel = try #require(try scene.store.channel(scene.channel))
            // Another root, correctly signed by its own keys: only the digest tells.
            let other = try await ChannelFixture(packages: []).root
            try Data(other).write(to: URL(fileURLWithPath: channel.directory + "/root.json"))
            _ = try await scene.admit(.sample(), from: ["file://" + fixture.directory])
        },
        .rootDigestMismatch: {
            let fixture = try await ChannelFixture(packages: [])
            try await fetchRoot(from: fixture.directory, expecting: Digest.of([1]))
        },
        .noRoot: { try await fetchRoot(from: try TemporaryFolder().path, expecting: nil) },
        .indexMissing: {
            let fixture = try await ChannelFixture(packages: [.sample()])
            let scene = try GateScene(pinning: fixture)
            let package = try FixturePackage("zlib-1.3.1-h0_0.conda", in: "win-64")
            _ = try await scene.admit(package, from: ["file://" + fixture.directory])
        },
        .outsideChannel: {
            var fixture = try await ChannelFixture(packages: [.sample()])
            fixture.baseURL = "https://elsewhere.example/linux-64/"
            try await fixture.publish()
            let scene = try GateScene(pinning: fixture)
            _ = try await scene.admit(.sample(), from: ["file://" + fixture.directory])
        },
        .repodataMissing: {
            let scene = try await ContentTrustScene()
            try scene.fixture.folder.remove("linux-64")
            _ = try await scene.admit()
        },
        .recordSubdir: {
            var package = try FixturePackage.sample()
            package.recordChanges = ["subdir": .null]
            _ = try await ContentTrustScene([package]).admit()
        },
        .recordFile: {
            var package = try FixturePackage.sample()
            package.recordChanges = ["fn": "zlib-1.3.1-h0_0.tar.bz2"]
            _ = try await ContentTrustScene([package]).admit()
        },
        .maintainersSilent: {
            let world = try await MaintainersTests.World(signed: false)
            _ = try await world.admit(world.zlib)
        },
        .maintainersDisagree: {
            var world = try await MaintainersTests.World()
            world.fixture.packages[0] = try world.altered()
            try await world.fixture.publish()
            _ = try await world.admit(world.zlib)
        },
        .sidecarMissing: {
            let scene = try await AttestedScene.good()
            try scene.fixture.folder.remove(scene.sidecarPath)
            try throwCode(try await scene.outcome().sidecar)
        },
        .noTrustedRoot: {
            var scene = try await AttestedScene.good()
            scene.trust = SigstoreTrust(publicInstance: nil)
            try throwCode(try await scene.outcome().unverified.first)
        },
        .shardsOnly: {
            let scene = try await BothScene.shardsOnly()
            defer { withExtendedLifetime(scene) {} }
            _ = try await scene.upstream().view().subdir(SignedScene.linux)
        },
        .indexMoved: {
            var scene = try await SignedScene()
            let upstream = try scene.upstream()
            let old = try await upstream.view()
            _ = try await old.subdir(SignedScene.linux)
            scene.fixture.packages[0] = try .sample("another")
            try await scene.fixture.publish()
            scene.clock.advance(seconds: 30)
            _ = try await upstream.admit(scene.sample.fileName, in: SignedScene.linux, of: old)
        },
    ]

    /// Throws what is a fact among others at the gate.
    private static func throwCode(_ name: String?) throws {
        guard let code = name.flatMap({ GateCode(rawValue: $0) }) else { return }
        throw Refusal(code, "")
    }

    private static func fetchRoot(from directory: String, expecting digest: Digest?) async throws {
        let fetcher = FileFetcher()
        _ = try await RootPin.fetch(
            ChannelURL(GateScene.canonical),
            expecting: digest,
            from: [ChannelURL("file://" + directory)],
            over: fetcher
        )
    }

    @Test("Each code is provoked by the smallest input that breaks its rule", arguments: GateCode.allCases)
    func eachCodeIsProvoked(code: GateCode) async throws {
        let provocation = try #require(Self.provocations[code])
        #expect(await refusalCode { try await provocation() } == code.rawValue)
        #expect(!code.entry.summary.isEmpty && !code.entry.remedy.isEmpty && !code.entry.explanation.isEmpty)
    }

    @Test("Shards outside the channel are refused like packages")
    func shardsOutside() async throws {
        var fixture = try await ChannelFixture(packages: [.sample()])
        fixture.shardsBaseURL = "https://elsewhere.example/shards/"
        try await fixture.publish()
        let scene = try GateScene(pinning: fixture)
        let code = await refusalCode {
            try await scene.admit(.sample(), from: ["file://" + fixture.directory])
        }
        #expect(code == "gate.outside-channel")
    }
}
