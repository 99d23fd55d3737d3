// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Synchronization
import TestSupport
import Testing
import TrustCore
import TrustPolicy

@testable import ChannelServer
@testable import Gatekeeper

@Suite("A channel's own shards, as clients are shown them")
struct ShownShardsTests {
    @Test(
        "Where the policy says nothing, all keep their digests, nothing leads elsewhere, and the bytes are always the same"
    )
    func passedOn() async throws {
        let scene = try ShardedScene()
        let shown = try #require(try await scene.shown())
        let index = try ShardedScene.index(shown)
        #expect(index.packageNames == ["curl", "xz", "zlib"])
        #expect(index.baseURL == "" && index.shardsBaseURL == "./shards/" && index.createdAt == nil)
        #expect(scene.fetched == [])
        #expect(try index.digest(of: PackageName("xz")) == scene.digest("xz"))
        #expect(try await ShardedScene.shard("xz", shown)?.records.count == 2)
        #expect(scene.fetched == ["xz"] && scene.textsOpened == 0)
        #expect(try await scene.shown()?.index.sha256 == shown.index.sha256)
        #expect(try await shown.shard(Digest.of([])) == nil)
        #expect(try await shown.objections(to: ArchiveFileName("xz-5.6.0-0.conda")).isEmpty)
    }

    @Test("What is pinned to another channel is not named, and its shard is not had by its digest")
    func pinned() async throws {
        let scene = try ShardedScene()
        let shown = try #require(try await scene.shown("pins: {xz: https://conda.example.org/lab}"))
        #expect(try ShardedScene.index(shown).packageNames == ["curl", "zlib"])
        #expect(try await shown.shard(scene.digest("xz")) == nil)
        let objections = try await shown.objections(to: ArchiveFileName("xz-5.6.0-0.conda"))
        #expect(objections.map(\.code) == [.pinnedElsewhere])
        #expect(scene.fetched == [] && scene.textsOpened == 0)
    }

    @Test(
        "Of a package with a revocation the shard is made anew, without what is revoked; no other one is fetched"
    )
    func revoked() async throws {
        let scene = try ShardedScene()
        let policy = "revoked: [{match: \"xz >=5.6.0,<5.6.2\", reason: a backdoor}]"
        let shown = try #require(try await scene.shown(policy))
        #expect(scene.fetched == ["xz"])
        let shard = try #require(try await ShardedScene.shard("xz", shown))
        #expect(shard.records.map(\.fileName.text) == ["xz-5.4.0-0.conda"])
        #expect(try await shown.shard(scene.digest("xz")) == nil)
        #expect(try await ShardedScene.shard("zlib", shown) != nil)
        let revoked = try await shown.objections(to: ArchiveFileName("xz-5.6.0-0.conda"))
        #expect(revoked.map(\.code) == [.revoked])
        #expect(try await shown.objections(to: ArchiveFileName("xz-5.4.0-0.conda")).isEmpty)
        #expect(try await shown.objections(to: ArchiveFileName("xz-9-0.conda")).isEmpty)
        #expect(try await scene.shown(policy)?.index.sha256 == shown.index.sha256)
        let all = try #require(try await scene.shown("revoked: [{match: xz, reason: a backdoor}]"))
        #expect(try ShardedScene.index(all).packageNames == ["curl", "zlib"])
        #expect(scene.textsOpened == 0)
    }

    @Test(
        "A file whose hash changed is in no shard; its package's is made anew as soon as that is known, and no other one"
    )
    func changed() async throws {
        let scene = try ShardedScene()
        let rendered = try scene.rendered()
        func shown() async throws -> ShownShards {
            try #require(try await rendered.shards(of: scene.subdir, in: scene.view(), now: ShardedScene.now))
        }
        let first = try await shown()
        #expect(scene.fetched == [])
        let file = try ArchiveFileName("xz-5.6.0-0.conda")
        let finding = Finding("unchanged-hash", PolicyCode.hashChanged, "its hash was another one")
        scene.state.withLock { $0.changed[file] = finding }
        let next = try await shown()
        #expect(scene.fetched == ["xz"])
        let index = try ShardedScene.index(next), before = try ShardedScene.index(first)
        for name in try ["curl", "zlib"].map({ try PackageName($0) }) {
            #expect(index.digest(of: name) == before.digest(of: name))
        }
        let shard = try #require(try await ShardedScene.shard("xz", next))
        #expect(shard.records.map(\.fileName.text) == ["xz-5.4.0-0.conda"])
        #expect(try await next.objections(to: file).map(\.code) == [.hashChanged])
        #expect(try await next.objections(to: ArchiveFileName("xz-5.4.0-0.conda")).isEmpty)
        #expect(try await first.objections(to: file).isEmpty)
        // What the policy hides is hidden besides.
        let both = try await scene.shown("revoked: [{match: \"xz <5.6\", reason: old}]")
        #expect(try ShardedScene.index(try #require(both)).packageNames == ["curl", "zlib"])
        // Where more than some would have to be made anew, the whole index is asked for.
        let many = try (0...VisibleShards.maximumRemade).map { try ArchiveFileName("p\($0)-1-0.conda") }
        let large = try ShardedScene(many.map(\.text))
        #expect(try await large.shown() != nil)
        large.state.withLock { state in for file in many { state.changed[file] = finding } }
        #expect(try await large.shown() == nil)
        #expect(large.fetched == [] && scene.textsOpened == 0)
    }

    @Test("Where a shard that is to be made anew is forged, the whole index does, if there is one")
    func forged() async throws {
        let scene = try ShardedScene()
        let policy = "revoked: [{match: \"xz >=5.6.0\", reason: a backdoor}]"
        scene.state.withLock { $0.fetchError = Refusal(ShardCode.digest, "the shard") }
        #expect(try await scene.shown(policy) == nil && scene.textsOpened == 1)
        scene.state.withLock { $0.hasText = false }
        #expect(await refusalCode { try await scene.shown(policy) } == "shard.digest")
    }

    @Test(
        "Where records decide what is hidden, the whole index is asked for",
        arguments: [
            "cooldown: {default: 3d}", "cooldown: {default: 0d, except: {xz: 2d}}",
            "revoked: [{sha256: \(String(repeating: "a", count: 64)), reason: bad}]",
            "revoked: [{match: \"x*\", reason: bad}]",
            "revoked: [{match: xz, indexed: {from: \"2026-01-01T00:00:00Z\"}, reason: bad}]",
            "channels: {https://conda.example.org/forge: {cooldown: {default: 1d}}}",
            "channels: {https://conda.example.org/forge: {revoked: [{match: \"*\", reason: bad}]}}",
        ]
    )
    func whole(policy: String) async throws {
        let scene = try ShardedScene()
        #expect(try await scene.shown(policy) == nil)
        #expect(scene.fetched == [])
    }

    @Test(
        "What a policy says of other channels, of publishers and of scripts hides nothing here",
        arguments: [
            "cooldown: {default: 0d}", "install_scripts: {default: deny}",
            "channels: {https://conda.example.org/lab: {cooldown: {default: 1d}, revoked: [{match: \"*\", reason: bad}]}}",
            "cooldown: {default: 3d}\nchannels: {https://conda.example.org/forge: {cooldown: {default: 0d}}}",
            "revoked: [{match: xz, channel: https://conda.example.org/lab, reason: bad}]",
            "revoked: [{publisher: {github: evil/fork}, reason: bad}]",
            "pins: {xz: https://conda.example.org/forge}",
        ]
    )
    func unconcerned(policy: String) async throws {
        let scene = try ShardedScene()
        let shown = try #require(try await scene.shown(policy))
        #expect(try await shown.index.sha256 == scene.shown()?.index.sha256)
        #expect(scene.fetched == [] && scene.textsOpened == 0)
    }

    @Test(
        "A shard with more than the records of its package is refused, and named no more: the next one is without that"
    )
    func faulty() async throws {
        let scene = try ShardedScene()
        let records = [try FixturePackage("xz-5.4.0-0.conda").record()]
        let hostile = try HostileShard(PackageName("xz"), records: records, named: ["curl-9-0.conda": "curl"])
        try scene.put(hostile.bytes, of: "xz")
        let rendered = try scene.rendered()
        let first = try #require(
            try await rendered.shards(of: scene.subdir, in: scene.view(), now: ShardedScene.now)
        )
        let digest = Digest.of(hostile.bytes)
        #expect(try ShardedScene.index(first).digest(of: PackageName("xz")) == digest)
        #expect(await refusalCode { try await first.shard(digest) } == "shard.other-package")
        // By this process, and by one that begins now.
        for rendered in [rendered, try scene.rendered()] {
            let view = try scene.view()
            let next = try #require(
                try await rendered.shards(of: scene.subdir, in: view, now: ShardedScene.now)
            )
            let shard = try #require(try await ShardedScene.shard("xz", next))
            #expect(shard.records.map(\.fileName.text) == ["xz-5.4.0-0.conda"])
            #expect(next.index.sha256 != first.index.sha256)
        }
        #expect(await refusalCode { try await first.shard(digest) } == "shard.other-package")
        try scene.put([1, 2, 3], of: "zlib")
        let third = try #require(try await scene.shown())
        #expect(await refusalCode { try await ShardedScene.shard("zlib", third) } != nil)
    }

    @Test("A shard of an index shortly before is still had, under the same policy only")
    func earlier() async throws {
        let scene = try ShardedScene()
        let renderer = IndexRenderer(folder: scene.folder.path + "/indexes")
        func shown(_ policy: IndexPolicy) async throws -> ShownShards {
            let rendered = RenderedIndexes(renderer, hiding: { policy })
            let found = try await rendered.shards(of: scene.subdir, in: scene.view(), now: ShardedScene.now)
            return try #require(found)
        }
        let old = try scene.digest("xz")
        _ = try await shown(.empty)
        try scene.put(Shard(PackageName("xz"), records: []).encode().bytes, of: "xz")
        let next = try await shown(.empty)
        #expect(try await next.shard(old)?.sha256 == old)
        let pins = Array("version: 1\npins: {xz: https://conda.example.org/lab}\n".utf8)
        let other = try await shown(IndexPolicy(parsing: pins, of: "policy"))
        #expect(try await other.shard(old) == nil)
        for number in 0..<3 {
            try scene.put(
                Shard(PackageName("curl"), records: [], removed: ["curl-\(number)-0.conda"]).encode().bytes,
                of: "curl"
            )
            _ = try await shown(.empty)
        }
        #expect(try await shown(.empty).shard(old) == nil)
    }

    @Test("Where the shard index is refused, the whole index does, if there is one")
    func refused() async throws {
        let scene = try ShardedScene()
        scene.state.withLock { $0.indexError = Refusal(GateCode.outsideChannel, "the index") }
        #expect(try await scene.shown() == nil && scene.textsOpened == 1)
        scene.state.withLock { $0.hasText = false }
        #expect(await refusalCode { try await scene.shown() } == "gate.outside-channel")
    }

    @Test("Where the channel does not answer, the whole index does if it was read before")
    func away() async throws {
        let scene = try ShardedScene()
        scene.state.withLock { $0.indexError = Failure(.network, "nobody is there") }
        let failure = await #expect(throws: Failure.self) { try await scene.shown() }
        #expect(failure?.kind == .network && scene.textsOpened == 0)
        scene.state.withLock { $0.textsOpened = 1 }
        #expect(try await scene.shown() == nil)
    }
}
