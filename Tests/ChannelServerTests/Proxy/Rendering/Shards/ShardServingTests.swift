// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Synchronization
import TestSupport
import Testing
import TrustCore
import TrustPolicy

@testable import ChannelServer
@testable import Gatekeeper

/// A channel with shards that admits nothing: for what is answered of its indexes.
private struct IndexOnlyChannel: AdmittingChannel {
    let scene: ShardedScene
    var url: ChannelURL { scene.channel }

    func view() async throws -> UpstreamView { try scene.view() }

    func admit(_ file: ArchiveFileName, in subdir: Subdir, of view: UpstreamView) async throws -> Admission {
        let finding = Finding("in-index", PolicyCode.unlisted, "the index does not list it")
        return .refused(Verdict(package: file.text, findings: [finding]))
    }

    func sidecar(of file: ArchiveFileName, in subdir: Subdir, of view: UpstreamView) async throws -> [UInt8]?
    {
        nil
    }
}

@Suite("A channel's own shards, served")
struct ShardServingTests {
    private static let index = "/forge/linux-64/\(ShardIndex.fileName)"

    /// Asks a proxy of the channel, without a network in between.
    private static func ask(_ scene: ShardedScene, _ target: String, policy: String = "") async throws
        -> TestResponse
    {
        var settings = ProxySettings()
        settings.channels = [ProxiedChannel(scene.channel)]
        settings.nameChannels()
        let proxy = VerifyingProxy(
            channels: ProxyChannels(settings.channels, acceptsAny: false) { _ in
                IndexOnlyChannel(scene: scene)
            },
            rendered: try scene.rendered(policy),
            settings: settings,
            tally: ProxyTally(began: ShardedScene.now),
            pseudonym: "kingsnake-test",
            logger: ServerLog.logger(.text, now: { ShardedScene.now }, write: { _ in }),
            now: { ShardedScene.now },
            random: { count in (0..<count).map { _ in UInt8.random(in: 0...255) } }
        )
        return try await Application(responder: proxy.responder(), logger: proxy.logger).test(.router) {
            try await $0.execute(uri: target, method: .get)
        }
    }

    @Test(
        "The index is to be asked for each time, by its digest; a shard lasts; the whole index is never opened"
    )
    func answers() async throws {
        let scene = try ShardedScene()
        let index = try await Self.ask(scene, Self.index)
        let bytes = Array(buffer: index.body)
        #expect(index.status == .ok && index.headers[.eTag] == "\"\(Digest.of(bytes).hex)\"")
        #expect(index.headers[.cacheControl]?.contains("immutable") == false)
        let digest = try #require(try ShardIndex.read(bytes).digest(of: PackageName("xz")))
        let shard = try await Self.ask(scene, "/forge/linux-64/shards/\(ShardIndex.shardFileName(digest))")
        // Another process has not shown the index, and finds the shard in the newest one.
        #expect(shard.status == .ok && Digest.of(Array(buffer: shard.body)) == digest)
        #expect(shard.headers[.cacheControl]?.contains("immutable") == true)
        let none = ShardIndex.shardFileName(Digest.of([]))
        #expect(try await Self.ask(scene, "/forge/linux-64/shards/\(none)").status == .notFound)
        #expect(scene.fetched == ["xz"] && scene.textsOpened == 0)
    }

    @Test("What is hidden by name is refused by its name and by its shard's digest")
    func hidden() async throws {
        let scene = try ShardedScene()
        let pins = "pins: {xz: https://conda.example.org/lab}"
        let package = try await Self.ask(scene, "/forge/linux-64/xz-5.6.0-0.conda", policy: pins)
        #expect(
            package.status == .forbidden && String(buffer: package.body).contains("policy.pinned-elsewhere")
        )
        let shard = ShardIndex.shardFileName(try scene.digest("xz"))
        #expect(
            try await Self.ask(scene, "/forge/linux-64/shards/\(shard)", policy: pins).status == .notFound
        )
        #expect(scene.fetched == [] && scene.textsOpened == 0)
    }

    @Test(
        "Of a channel of shards only other forms are refused, and so are all where the policy needs every record"
    )
    func shardsOnly() async throws {
        let scene = try ShardedScene()
        scene.state.withLock { $0.hasText = false }
        #expect(try await Self.ask(scene, Self.index).status == .ok)
        for (form, policy) in [("repodata.json.zst", ""), (ShardIndex.fileName, "cooldown: {default: 3d}")] {
            let answer = try await Self.ask(scene, "/forge/linux-64/\(form)", policy: policy)
            #expect(answer.status == .forbidden, "\(form)")
            #expect(String(buffer: answer.body).contains("code: gate.shards-only"), "\(form)")
        }
    }

    @Test("A shard that may not be passed on is refused, and no byte of it leaves")
    func faulty() async throws {
        let scene = try ShardedScene()
        let hostile = try HostileShard(PackageName("xz"), records: [], member: "v3")
        try scene.put(hostile.bytes, of: "xz")
        let shard = "/forge/linux-64/\(hostile.fileName)"
        let answer = try await Self.ask(scene, shard)
        #expect(answer.status == .forbidden)
        #expect(String(buffer: answer.body).contains("code: shard.unknown-member"))
        // The next index names none in its place, for nothing is left of it.
        let index = try await Self.ask(scene, Self.index)
        #expect(try ShardIndex.read(Array(buffer: index.body)).packageNames == ["curl", "zlib"])
        #expect(try await Self.ask(scene, shard).status == .notFound)
    }
}
