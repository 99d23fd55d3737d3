// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import DurableFiles
import TestSupport
import Testing
import Transport
import TrustCore
import TrustPolicy

@testable import Gatekeeper

extension ObservedScene {
    /// Lets a server have packages, their shards, and an index of these. The same packages give the same index.
    func publishShards(_ packages: [ObservedPackage], at base: String = url, baseURL: String = "") throws {
        var shards: [PackageName: Digest] = [:]
        for name in Set(packages.map(\.fileName.name)) {
            let own = packages.filter { $0.fileName.name == name }
            let records = try own.map {
                try PackageRecord(.object($0.record), fileName: $0.fileName.text, subdir: linux)
            }
            let shard = try Shard(name, records: records).encode()
            web.put(shard.bytes, at: "\(base)/linux-64/shards/\(ShardIndex.shardFileName(shard.digest))")
            shards[name] = shard.digest
        }
        for package in packages { web.put(package.bytes, at: "\(base)/linux-64/\(package.fileName)") }
        let index = ShardIndex(subdir: linux, baseURL: baseURL, shards: shards)
        web.put(try index.encode(), at: "\(base)/linux-64/\(ShardIndex.fileName)")
    }

    /// The shard index of the newest view.
    func shards(_ upstream: ObservedUpstream) async throws -> UpstreamShards {
        try #require(try await upstream.view().shards(of: linux))
    }

    /// The address of a package's shard, as an index names it.
    func address(of name: PackageName, _ shards: UpstreamShards) throws -> String {
        let digest = try #require(shards.index.digest(of: name))
        return "\(Self.url)/linux-64/shards/\(ShardIndex.shardFileName(digest))"
    }
}

@Suite("An observed channel's shards")
struct ObservedShardsTests {
    private static let zlib = PackageName.literal("zlib")
    private static let curl = PackageName.literal("curl")

    @Test(
        "They are fetched when they are asked for, packages are admitted by them, and the whole index is left"
    )
    func onDemand() async throws {
        let scene = try ObservedScene()
        let (zlib, curl) = (try ObservedPackage(), try ObservedPackage("curl"))
        try scene.publish([zlib, curl])
        try scene.publishShards([zlib, curl])
        let upstream = try scene.open()
        let shards = try await scene.shards(upstream)
        #expect(!shards.isSigned && shards.index.packageNames == ["curl", "zlib"])
        #expect(try await shards.shard(of: Self.zlib)?.contents().records.map(\.fileName) == [zlib.fileName])
        let verdict = try #require(try await scene.admit(zlib, from: upstream).package).verdict
        #expect(verdict.findings[0].reason.hasPrefix("nobody signs this index; hash as observed since"))
        let none = try await upstream.admit(
            ArchiveFileName("none-1-0.conda"),
            in: scene.linux,
            of: upstream.view()
        )
        #expect(none.verdict.objections.map(\.code) == [.unlisted])
        let asked = scene.web.takeRequests().map {
            String($0.dropFirst("\(ObservedScene.url)/linux-64/".count))
        }
        #expect(asked.count { $0 == ShardIndex.fileName } == 1)
        #expect(
            asked.count { $0.hasPrefix("shards/") } == 1 && !asked.contains { $0.hasPrefix("repodata.json") }
        )
        // A later process, and a later view, ask whether anything changed.
        scene.wait()
        _ = try await scene.shards(try scene.open()).shard(of: Self.zlib)
        #expect(scene.web.takeRequests() == ["=\(ObservedScene.url)/linux-64/\(ShardIndex.fileName)"])
    }

    @Test("A shard that is altered under its honest name is refused, and heals; another mirror's is taken")
    func altered() async throws {
        let scene = try ObservedScene()
        let zlib = try ObservedPackage()
        try scene.publishShards([zlib])
        let upstream = try scene.open()
        let shards = try await scene.shards(upstream)
        let address = try scene.address(of: Self.zlib, shards)
        let honest = try #require(scene.web.bytes(at: address))
        let evil = try Shard(Self.zlib, records: []).encode().bytes
        for bytes in [evil, Array(honest.dropLast()), honest + [0]] {
            scene.web.put(bytes, at: address)
            #expect(await refusalCode { try await shards.shard(of: Self.zlib) } == "shard.digest")
            #expect(await refusalCode { try await scene.admit(zlib, from: upstream) } == "shard.digest")
        }
        scene.web.put(nil, at: address)
        let missing = await #expect(throws: Failure.self) { try await shards.shard(of: Self.zlib) }
        #expect(missing?.kind == .network)
        var mirrored = scene
        let other = "https://other.example/m"
        mirrored.configuration.mirrors = [try ChannelURL(ObservedScene.url), try ChannelURL(other)]
        try scene.publishShards([zlib], at: other)
        #expect(try await mirrored.shards(mirrored.open()).shard(of: Self.zlib)?.bytes == honest)
        try upstream.cache.remove(Digest.of(honest))
        scene.web.put(honest, at: address)
        #expect(try await shards.shard(of: Self.zlib)?.bytes == honest)
    }

    @Test(
        "A published file whose hash changed is refused, whether it was seen in a shard or in a whole index",
        arguments: [true, false]
    )
    func changedHash(wasInShard: Bool) async throws {
        let scene = try ObservedScene()
        let (first, other) = (try ObservedPackage(), try ObservedPackage(holding: "another"))
        let upstream = try scene.open()
        if wasInShard {
            try scene.publishShards([first])
            _ = try await scene.shards(upstream).shard(of: Self.zlib)
        } else {
            try scene.publish([first])
            _ = try await scene.names(upstream)
        }
        scene.wait()
        try scene.publishShards([other])
        let next = try scene.open()
        _ = try await scene.shards(next)
        let refused = try await scene.admit(other, from: next)
        #expect(refused.verdict.objections.map(\.code) == [.hashChanged])
        // And the other way round.
        scene.wait()
        try scene.publish([other])
        let whole = try scene.open()
        _ = try await scene.names(whole)
        #expect(try await scene.admit(other, from: whole).verdict.objections.map(\.code) == [.hashChanged])
    }

    @Test("A file counts as seen when an index first named its shard, however much later it is asked for")
    func firstSeen() async throws {
        let scene = try ObservedScene()
        let (zlib, curl) = (try ObservedPackage(), try ObservedPackage("curl"))
        try scene.publishShards([zlib])
        let upstream = try scene.open()
        _ = try await scene.shards(upstream)
        scene.wait()
        try scene.publishShards([zlib, curl])
        _ = try await scene.shards(upstream)
        let seen = scene.clock.now
        scene.wait()
        let new = try #require(try await scene.admit(curl, from: upstream).package).verdict.evidence
        #expect(new?.observed?.since == seen && new?.observed?.isBaseline == false && new?.firstSeen == seen)
        let old = try #require(try await scene.admit(zlib, from: upstream).package).verdict.evidence
        #expect(old?.observed?.since == ObservedScene.start && old?.observed?.isBaseline == true)
    }

    /// A channel that had one index of shards, then another, and now shows the first again.
    static func rolledBack(_ rule: ObservedConfiguration.Rollback) async throws -> (
        ObservedScene, ObservedUpstream
    ) {
        var scene = try ObservedScene()
        scene.configuration.rollback = rule
        let upstream = try scene.open()
        let (first, second) = (try ObservedPackage(), try ObservedPackage(build: "1"))
        for packages in [[first], [first, second]] {
            try scene.publishShards(packages)
            _ = try await scene.shards(upstream)
            scene.wait()
        }
        try scene.publishShards([first])
        return (scene, upstream)
    }

    @Test("A shard index that was replaced by a newer one does not take its place, unless the user wants it")
    func rollback() async throws {
        let (kept, upstream) = try await Self.rolledBack(.keepNewer)
        #expect(try await upstream.view().isStale)
        #expect(try await kept.shards(upstream).shard(of: Self.zlib)?.contents().records.count == 2)
        #expect(kept.reports.codes == ["ledger.rollback"])
        kept.clock.advance(by: kept.configuration.grace)
        #expect(await refusalCode { try await upstream.view() } == "ledger.rollback")
        let (refused, strict) = try await Self.rolledBack(.refuse)
        #expect(await refusalCode { try await strict.view() } == "ledger.rollback")
        #expect(refused.reports.codes == [])
        let (warned, lax) = try await Self.rolledBack(.warn)
        #expect(try await warned.shards(lax).shard(of: Self.zlib)?.contents().records.count == 1)
        #expect(try await !lax.view().isStale && warned.reports.codes == ["ledger.rollback"])
    }

    /// A channel of which one package went back to an earlier shard, in an index that is new.
    private static func mixed(_ rule: ObservedConfiguration.Rollback) async throws -> (
        ObservedScene, ObservedUpstream
    ) {
        let (scene, upstream) = try await rolledBack(rule)
        try scene.publishShards([try ObservedPackage(), try ObservedPackage("curl")])
        return (scene, upstream)
    }

    @Test(
        "A shard that went back, in an index that was never seen, is reported; and refused where the user wants that"
    )
    func mixed() async throws {
        let (scene, upstream) = try await Self.mixed(.keepNewer)
        let shards = try await scene.shards(upstream)
        #expect(try await shards.shard(of: Self.zlib)?.contents().records.count == 1)
        #expect(scene.reports.codes == ["ledger.rollback"])
        // It is said once.
        scene.wait()
        try scene.publishShards([
            try ObservedPackage(), try ObservedPackage("curl"), try ObservedPackage("xz"),
        ])
        _ = try await scene.shards(upstream)
        #expect(scene.reports.codes == ["ledger.rollback"])
        let (strict, refusing) = try await Self.mixed(.refuse)
        let other = try await strict.shards(refusing)
        #expect(await refusalCode { try await other.shard(of: Self.zlib) } == "ledger.rollback")
        #expect(try await other.shard(of: Self.curl) != nil)
    }

    @Test("A mirror that lags with its shard index is left for one that does not")
    func otherMirror() async throws {
        let (old, _) = try await Self.rolledBack(.refuse)
        var scene = old
        let other = "https://other.example/m"
        scene.configuration.mirrors = [try ChannelURL(ObservedScene.url), try ChannelURL(other)]
        try scene.publishShards([try ObservedPackage(), try ObservedPackage(build: "1")], at: other)
        let upstream = try scene.open()
        #expect(try await scene.shards(upstream).shard(of: Self.zlib)?.contents().records.count == 2)
        #expect(try await !upstream.view().isStale)
    }

    @Test("While the channel does not answer, what was fetched goes on as stale, and not for ever")
    func stale() async throws {
        let scene = try ObservedScene()
        try scene.publishShards([ObservedPackage()])
        let upstream = try scene.open()
        _ = try await scene.shards(upstream).shard(of: Self.zlib)
        scene.web.setAway(ObservedScene.url)
        scene.wait()
        for upstream in [upstream, try scene.open()] {
            #expect(try await upstream.view().isStale)
            #expect(try await scene.shards(upstream).shard(of: Self.zlib) != nil)
        }
        scene.clock.advance(by: scene.configuration.grace)
        #expect(await refusalCode { try await upstream.view() } == "ledger.view-too-old")
    }

    @Test("A channel of shards only has no whole index; one without any, neither")
    func shardsOnly() async throws {
        let scene = try ObservedScene()
        let upstream = try scene.open()
        let zlib = try ObservedPackage()
        try scene.publishShards([zlib])
        let view = try await upstream.view()
        #expect(await refusalCode { try await view.subdir(scene.linux) } == "gate.shards-only")
        #expect(try await upstream.admit(zlib.fileName, in: scene.linux, of: view).package != nil)
        #expect(try await view.subdir(Subdir("win-64")) == nil)
        #expect(try await view.shards(of: Subdir("win-64")) == nil)
    }

    @Test("Where mirrors are compared, whole indexes are, and shards are made of them")
    func compared() async throws {
        var scene = try ObservedScene()
        scene.configuration.compared = [try ChannelURL("https://one.example/m")]
        try scene.publish([ObservedPackage()])
        try scene.publishShards([ObservedPackage()])
        let upstream = try scene.open()
        #expect(try await upstream.view().shards(of: scene.linux) == nil)
        #expect(try await scene.names(upstream) == ["zlib-1-0.conda"])
        #expect(!scene.web.takeRequests().contains { $0.hasSuffix(ShardIndex.fileName) })
    }

    @Test(
        "A shard index that leads out of the channel, or is none, is refused, asked for again after a while, and the whole index goes on",
        arguments: ["repodata.base-url-scheme", "gate.outside-channel", "compression.corrupt"]
    )
    func refusedIndex(code: String) async throws {
        let scene = try ObservedScene()
        let zlib = try ObservedPackage()
        try scene.publish([zlib])
        try scene.publishShards(
            [zlib],
            baseURL: code.hasSuffix("scheme") ? "file:///etc" : "https://elsewhere.example/x"
        )
        let address = "\(ObservedScene.url)/linux-64/\(ShardIndex.fileName)"
        if code.hasPrefix("compression") { scene.web.put([1, 2, 3], at: address) }
        let upstream = try scene.open()
        let view = try await upstream.view()
        for _ in 0..<3 {
            #expect(await refusalCode { try await view.shards(of: scene.linux) } == code)
        }
        #expect(scene.web.takeRequests().count { $0 == address } == 1)
        #expect(try await scene.admit(zlib, from: upstream).package != nil)
        try scene.publishShards([zlib])
        scene.clock.advance(by: scene.configuration.pause)
        #expect(try await view.shards(of: scene.linux) != nil)
    }

    @Test("Many shards at a time are all in the ledger when they are given out")
    func sightings() async throws {
        let scene = try ObservedScene()
        let packages = try (0..<30).map { try ObservedPackage("p\($0)") }
        try scene.publishShards(packages)
        let upstream = try scene.open()
        let shards = try await scene.shards(upstream)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for package in packages {
                group.addTask { _ = try await shards.shard(of: package.fileName.name) }
            }
            try await group.waitForAll()
        }
        let folder = ObservedSubdir.folder(of: scene.linux, scene.configuration)
        let ledger = try Ledger(folder + "/ledger", of: ObservedScene.url, scene.linux)
        let table = try await ledger.table()
        for package in packages {
            let seen = table.sightings(of: package.fileName.text.utf8)
            #expect(
                seen == [LedgerSighting(.sha256, package.sha256, at: ObservedScene.start, isBaseline: true)]
            )
        }
    }
}
