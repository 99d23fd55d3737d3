// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TUF
import TestSupport
import Testing
import TrustCore
import TrustPolicy

@testable import Gatekeeper

@Suite("Signed upstream, shards")
struct SignedShardsTests {
    private static let zlib = PackageName.literal("zlib")

    private static func shards(_ upstream: SignedUpstream) async throws -> UpstreamShards {
        try #require(try await upstream.view().shards(of: SignedScene.linux))
    }

    private static func isShard(_ path: String) -> Bool { path.contains("/shards/") }
    private static func isText(_ path: String) -> Bool { path.contains("repodata.json") }

    @Test(
        "A shard is fetched when it is asked for, once, by what the snapshot names, and the whole text is not"
    )
    func onDemand() async throws {
        let scene = try await SignedScene(packages: [.sample(), FixturePackage("other-1-0.conda")])
        let upstream = try scene.upstream()
        let shards = try await Self.shards(upstream)
        #expect(shards.isSigned && shards.index.packageNames == ["other", "zlib"])
        #expect(try shards.id == Digest.of(scene.fixture.folder.read("linux-64/\(ShardIndex.fileName)")))
        try await withThrowingTaskGroup(of: UpstreamShard?.self) { group in
            for _ in 0..<20 { group.addTask { try await shards.shard(of: Self.zlib) } }
            for try await shard in group {
                let shard = try #require(shard)
                #expect(shard.faults.isEmpty && shards.index.digest(of: Self.zlib) == Digest.of(shard.bytes))
                #expect(try shard.contents().records.map(\.fileName) == [scene.sample.fileName])
            }
        }
        #expect(try await shards.shard(of: PackageName("none")) == nil)
        let admission = try await upstream.admit(
            scene.sample.fileName,
            in: SignedScene.linux,
            of: upstream.view()
        )
        #expect(admission.package?.sha256 == scene.sample.sha256)
        let requests = scene.mirrors.takeRequests()
        #expect(requests.count(where: Self.isShard) == 1 && !requests.contains(where: Self.isText))
        #expect(requests.count { $0.hasSuffix(ShardIndex.fileName) } == 1)
        try scene.checkCache()
    }

    @Test(
        "A package is admitted by its shard alone, and one that is not listed costs no more than the shard index"
    )
    func admission() async throws {
        let scene = try await SignedScene()
        let upstream = try scene.upstream()
        let view = try await upstream.view()
        let none = try await upstream.admit(
            ArchiveFileName("none-1-0.conda"),
            in: SignedScene.linux,
            of: view
        )
        #expect(none.verdict.objections.map(\.code) == [.unlisted])
        #expect(
            try await upstream.admit(scene.sample.fileName, in: SignedScene.linux, of: view).package != nil
        )
        #expect(await !view.hasWhole(SignedScene.linux))
        #expect(!scene.mirrors.takeRequests().contains(where: Self.isText))
    }

    /// What a mirror does to a shard, and how it is noticed.
    struct Attack: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let code: String
        let answer: @Sendable ([UInt8]) throws -> SignedMirrors.Answer
    }

    static let attacks = [
        Attack(testDescription: "altered", code: "shard.digest") { _ in .altered },
        Attack(testDescription: "another, well-formed one", code: "shard.digest") { _ in
            .replaced(try Shard(PackageName("zlib"), records: []).encode().bytes)
        },
        Attack(testDescription: "shortened", code: "shard.digest") { .replaced(Array($0.dropLast())) },
        Attack(testDescription: "cut off", code: "network") { _ in .cut(10) },
        Attack(testDescription: "withheld", code: "network") { _ in .missing },
        Attack(testDescription: "nobody answers", code: "network") { _ in .away },
    ]

    @Test(
        "A shard that is spoiled on its way is refused; another mirror's is taken, and it heals",
        arguments: attacks
    )
    func spoiled(_ attack: Attack) async throws {
        let scene = try await SignedScene()
        let shard = try #require(
            try FileManager.default.contentsOfDirectory(atPath: scene.fixture.directory + "/linux-64/shards")
                .first
        )
        let answer = try attack.answer(scene.fixture.folder.read("linux-64/shards/\(shard)"))
        scene.mirrors.script(SignedScene.first) { $0.hasSuffix(shard) ? answer : nil }
        let alone = try scene.upstream()
        let spoiled = try await Self.shards(alone)
        #expect(await Self.code { _ = try await spoiled.shard(of: Self.zlib) } == attack.code)
        try scene.checkCache()
        scene.mirrors.serve(scene.fixture.directory, at: SignedScene.second)
        let beside = try await Self.shards(scene.upstream([SignedScene.first, SignedScene.second]))
        #expect(try await beside.shard(of: Self.zlib) != nil)
        try scene.user.home.remove("cache/sha256")
        scene.mirrors.script(SignedScene.first, nil)
        scene.clock.advance(seconds: 30)
        #expect(try await Self.shards(alone).shard(of: Self.zlib) != nil)
    }

    private static func code(_ body: () async throws -> Void) async -> String? {
        do { try await body() } catch {
            return (error as? Refusal)?.codeName ?? (error as? Failure)?.kind.rawValue
        }
        return nil
    }

    @Test("A shard in the cache that is another by now is fetched again")
    func damagedCache() async throws {
        let scene = try await SignedScene()
        let shards = try await Self.shards(scene.upstream())
        let shard = try #require(try await shards.shard(of: Self.zlib))
        let hex = Digest.of(shard.bytes).hex
        let path = "cache/sha256/\(hex.prefix(2))/\(hex.dropFirst(2))"
        try scene.user.home.write(shard.bytes.reversed(), to: path)
        #expect(try await shards.shard(of: Self.zlib)?.bytes == shard.bytes)
        #expect(try scene.user.home.read(path) == shard.bytes)
    }

    @Test("An index of another snapshot than the view's is not taken, also where it was signed once")
    func mixed() async throws {
        var scene = try await SignedScene()
        let upstream = try scene.upstream()
        let first = try await Self.shards(upstream)
        let old = try scene.fixture.folder.read("linux-64/\(ShardIndex.fileName)")
        try await scene.publish("later-1-0.conda")
        scene.mirrors.script(SignedScene.first) {
            $0.hasSuffix(ShardIndex.fileName) ? .replaced(old) : nil
        }
        scene.clock.advance(seconds: 30)
        let stale = try await upstream.view()
        #expect(stale.isStale)
        #expect(try await stale.shards(of: SignedScene.linux)?.id == first.id)
        #expect(scene.reports.take().allSatisfy { ["tuf.target-hash", "tuf.target-length"].contains($0) })
        scene.mirrors.script(SignedScene.first, nil)
        scene.clock.advance(seconds: 30)
        let healed = try await Self.shards(upstream)
        #expect(healed.id != first.id && healed.index.packageNames == ["later", "zlib"])
        // Both forms of a view are of one state of the channel.
        let text = try await SignedScene.text(upstream.view())
        #expect(try RepodataIndex(text).fileNames.count == 2)
    }

    @Test("A shard of the index before is still had by a client that is reading it")
    func earlierShard() async throws {
        var scene = try await SignedScene()
        let upstream = try scene.upstream()
        let first = try await Self.shards(upstream)
        let old = try #require(first.index.digest(of: Self.zlib))
        scene.fixture.packages[0] = try .sample("another")
        try await scene.fixture.publish()
        scene.clock.advance(seconds: 30)
        let next = try await Self.shards(upstream)
        #expect(next.index.digest(of: Self.zlib) != old)
        #expect(Digest.of(try await next.shard(of: Self.zlib, old).bytes) == old)
    }

    @Test(
        "While nobody answers, the last shard index and what was fetched go on, also after a restart, until it expires"
    )
    func stale() async throws {
        let scene = try await SignedScene()
        let upstream = try scene.upstream()
        let first = try await Self.shards(upstream)
        let bytes = try #require(try await first.shard(of: Self.zlib)).bytes
        scene.mirrors.script(SignedScene.first) { _ in .away }
        scene.clock.advance(seconds: 30)
        for upstream in [upstream, try scene.upstream()] {
            #expect(try await upstream.view().isStale)
            #expect(try await Self.shards(upstream).shard(of: Self.zlib)?.bytes == bytes)
        }
        let end = try #require(try await upstream.view().goodUntil)
        scene.clock.advance(seconds: end.seconds - scene.clock.now.seconds)
        #expect(await refusalCode { try await Self.shards(upstream) } == "tuf.expired")
    }

    @Test("What a shard has beside the good records of its package is found, and the rest is left")
    func faults() async throws {
        let scene = try await SignedScene()
        let name = Self.zlib
        let good = try scene.sample.record()
        let bytes = try HostileShard(name, records: [good], named: ["zlib2-1-0.conda": "zlib2"], member: "v3")
            .bytes
        let reading = try ShardReading(bytes, of: name, subdir: SignedScene.linux)
        #expect(reading.shard.records.map(\.fileName) == [scene.sample.fileName])
        #expect(Set(reading.faults.map(\.codeName)) == ["shard.unknown-member", "shard.other-package"])
        let clean = try Shard(name, records: [good], removed: ["zlib-0-0.conda"]).encode().bytes
        #expect(try ShardReading(clean, of: name, subdir: SignedScene.linux).faults.isEmpty)
        let foreign = try Shard(name, records: [good], removed: ["curl-0-0.conda"]).encode().bytes
        #expect(
            try ShardReading(foreign, of: name, subdir: SignedScene.linux).faults.map(\.codeName)
                == ["shard.other-package"]
        )
        #expect(refusalCode { try ShardReading([1, 2], of: name, subdir: SignedScene.linux) } != nil)
    }

    @Test("A shard that speaks of another package too admits what is its own, and not what is not")
    func otherPackage() async throws {
        var scene = try await SignedScene()
        let foreign = "curl-1-0.conda"
        let shard = try HostileShard(Self.zlib, records: [scene.sample.record()], named: [foreign: "curl"])
        try await shard.publish(in: &scene.fixture)
        let upstream = try scene.upstream()
        let view = try await upstream.view()
        let found = try #require(try await Self.shards(upstream).shard(of: Self.zlib))
        #expect(found.bytes == shard.bytes && found.faults.map(\.codeName) == ["shard.other-package"])
        #expect(
            try await upstream.admit(scene.sample.fileName, in: SignedScene.linux, of: view).package != nil
        )
        let other = try await upstream.admit(ArchiveFileName(foreign), in: SignedScene.linux, of: view)
        #expect(other.verdict.objections.map(\.code) == [.unlisted])
    }

    @Test(
        "One bad shard keeps neither other shards nor the channel from being passed on, and is had as soon as it is good"
    )
    func oneBadShard() async throws {
        let scene = try await SignedScene(packages: [.sample(), FixturePackage("other-1-0.conda")])
        let upstream = try scene.upstream()
        let shards = try await Self.shards(upstream)
        let bad = try #require(shards.index.digest(of: Self.zlib)).hex
        scene.mirrors.script(SignedScene.first) { $0.contains(bad) ? .altered : nil }
        #expect(await refusalCode { try await shards.shard(of: Self.zlib) } == "shard.digest")
        #expect(try await shards.shard(of: PackageName("other")) != nil)
        #expect(try await SignedScene.text(upstream.view()) == scene.plain())
        scene.mirrors.script(SignedScene.first, nil)
        #expect(try await shards.shard(of: Self.zlib) != nil)
    }

    @Test(
        "A shard index that is none, whoever signed it, is refused by itself; packages are found by the whole index"
    )
    func malformedIndex() async throws {
        var scene = try await SignedScene()
        let path = "linux-64/\(ShardIndex.fileName)"
        scene.fixture.replacedIndexes[path] = try Zstd.compress([0xC0])
        try await scene.fixture.publish()
        let upstream = try scene.upstream()
        #expect(await refusalCode { try await Self.shards(upstream) } == "shard.shape")
        let view = try await upstream.view()
        #expect(!view.isStale && scene.observer.reports.isEmpty)
        #expect(
            try await upstream.admit(scene.sample.fileName, in: SignedScene.linux, of: view).package != nil
        )
        #expect(await view.hasWhole(SignedScene.linux))
    }

    @Test("Shards or packages outside of the channel are not passed on")
    func outside() async throws {
        var scene = try await SignedScene()
        scene.fixture.shardsBaseURL = "https://elsewhere.example/shards"
        try await scene.fixture.publish()
        let upstream = try scene.upstream()
        #expect(await refusalCode { try await Self.shards(upstream) } == "gate.outside-channel")
        #expect(try await SignedScene.text(upstream.view()) == scene.plain())
    }

    @Test("A channel that signs nothing but shards is passed on by them, and has no whole index")
    func shardsOnly() async throws {
        let scene = try await BothScene.shardsOnly()
        defer { withExtendedLifetime(scene) {} }
        let upstream = try scene.upstream()
        #expect(try await Self.shards(upstream).index.packageNames == [])
        let view = try await upstream.view()
        #expect(await refusalCode { try await view.subdir(SignedScene.linux) } == "gate.shards-only")
        #expect(await !view.hasWhole(SignedScene.linux))
        let admission = try await upstream.admit(scene.sample.fileName, in: SignedScene.linux, of: view)
        #expect(admission.verdict.objections.map(\.code) == [.unlisted])
    }

    @Test("Where the pin demands signatures of records there are no shards, for they carry none")
    func signedRecords() async throws {
        let both = try await BothScene()
        let scene = try SignedScene(both.tuf, of: both.user)
        let view = try await scene.upstream().view()
        #expect(try await view.shards(of: SignedScene.linux) == nil)
        #expect(try await view.subdir(SignedScene.linux) != nil)
    }

    @Test("A channel without shards has none, and a subdir that is not there has nothing")
    func withoutShards() async throws {
        let scene = try await SignedScene(.compressed)
        let upstream = try scene.upstream()
        let view = try await upstream.view()
        #expect(try await view.shards(of: SignedScene.linux) == nil)
        #expect(try await view.shards(of: Subdir("win-64")) == nil)
        #expect(
            try await upstream.admit(scene.sample.fileName, in: SignedScene.linux, of: view).package != nil
        )
    }
}

extension PackageName {
    static func literal(_ text: String) -> PackageName {
        do { return try PackageName(text) } catch { preconditionFailure("\(error)") }
    }
}
