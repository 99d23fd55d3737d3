// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TestSupport
import Testing
import TrustCore
import TrustPolicy

@testable import Gatekeeper

@Suite("Shards of an observed channel with files whose hash changed")
struct ChangedShardsTests {
    private static let zlib = PackageName.literal("zlib")

    /// A channel that published `zlib` and `curl`, and then another `zlib` under the same name.
    private static func republished(_ mode: ObservedRecord.ChangeMode = .refuse) async throws -> (
        ObservedScene, ObservedUpstream, forged: ObservedPackage
    ) {
        var scene = try ObservedScene()
        scene.configuration.hashChange = mode
        let upstream = try scene.open()
        let (genuine, curl) = (try ObservedPackage(), try ObservedPackage("curl"))
        try scene.publishShards([genuine, curl])
        _ = try await scene.shards(upstream).shard(of: zlib)
        scene.wait()
        let forged = try ObservedPackage(holding: "forged")
        try scene.publishShards([forged, curl])
        return (scene, upstream, forged)
    }

    @Test(
        "As soon as a shard was read that lists one, in this process or another, its package is known, and no other"
    )
    func byShard() async throws {
        let (scene, upstream, forged) = try await Self.republished()
        #expect(try await scene.shards(upstream).changed.packages.isEmpty)
        let shard = try #require(try await scene.shards(upstream).shard(of: Self.zlib))
        let none = ChangedShards.none.fingerprint
        for upstream in [upstream, try scene.open()] {
            let changed = try await scene.shards(upstream).changed
            #expect(changed.packages == [Self.zlib] && changed.fingerprint != none)
            let findings = try await changed.findings(on: shard.contents().records)
            #expect(findings.map(\.key) == [forged.fileName])
            let verdict = try await scene.admit(forged, from: upstream).verdict
            #expect(verdict.objections.map(\.code) == [.hashChanged])
            #expect(findings[forged.fileName]?.reason == verdict.objections.first?.reason)
        }
        scene.wait()
        let genuine = try ObservedPackage()
        try scene.publishShards([genuine])
        let healed = try await scene.shards(upstream)
        let records = try #require(try await healed.shard(of: Self.zlib)).contents().records
        #expect(records.map(\.sha256) == [genuine.sha256])
        #expect(try await healed.changed.findings(on: records).isEmpty)
        #expect(try await scene.admit(genuine, from: upstream).package != nil)
    }

    @Test("What a whole index says is known before anybody asks for the shard")
    func byText() async throws {
        let (scene, upstream, forged) = try await Self.republished()
        #expect(try await scene.shards(upstream).changed.packages.isEmpty)
        try scene.publish([forged])
        _ = try await scene.names(upstream)
        #expect(try await scene.shards(upstream).changed.packages == [Self.zlib])
    }

    @Test("Where a change is only worth a warning, no shard has any")
    func warning() async throws {
        let (scene, upstream, _) = try await Self.republished(.warn)
        for upstream in [upstream, try scene.open()] {
            _ = try await scene.shards(upstream).shard(of: Self.zlib)
            #expect(try await scene.shards(upstream).changed.fingerprint == ChangedShards.none.fingerprint)
        }
    }

    @Test("A package that was fetched by its MD5 did not change; a SHA-256 that came to it may be a change")
    func listedTwice() throws {
        let name = Array("a-1-0.conda".utf8), time = Timestamp(seconds: 1), digest = Digest.of([])
        func entry(_ kind: LedgerSighting.Kind, _ digest: Digest) -> LedgerEntry {
            .file(name, LedgerSighting(kind, digest, at: time))
        }
        let md5 = try #require(Digest(.md5, hex: String(repeating: "1", count: 32)))
        var table = LedgerTable(LedgerSnapshot(emptyFor: digest))
        table.apply([entry(.md5, md5), entry(.fetched, digest)])
        #expect(table.namesSeenTwice == [name] && table.namesListedTwice.isEmpty)
        table.apply([entry(.sha256, Digest.of([1]))])
        #expect(table.namesListedTwice == [name])
        try table.compact(scope: digest)
        #expect(table.namesListedTwice == [name])
    }

    // MARK: Shards that cannot be had

    @Test(
        "Where a shard is forged, malformed or not there, a package is admitted by the whole index, if that was read",
        arguments: ["forged", "malformed", "missing"]
    )
    func byWholeIndex(_ fault: String) async throws {
        let scene = try ObservedScene()
        let (zlib, curl) = (try ObservedPackage(), try ObservedPackage("curl"))
        let changed = try ObservedPackage("curl", holding: "another")
        try scene.publish([curl])
        let upstream = try scene.open()
        _ = try await scene.names(upstream)
        scene.wait()
        try scene.publish([zlib, changed])
        try scene.publishShards([zlib, changed])
        try Self.spoil(scene, fault)
        #expect(try await scene.shards(upstream).index.packageNames == ["curl", "zlib"])
        #expect(try await scene.names(upstream).count == 2)
        await #expect(throws: (any Error).self) { try await scene.shards(upstream).shard(of: Self.zlib) }
        let admitted = try #require(try await scene.admit(zlib, from: upstream).package)
        #expect(admitted.sha256 == zlib.sha256)
        // By the same ledger as ever.
        #expect(
            try await scene.admit(changed, from: upstream).verdict.objections.map(\.code) == [.hashChanged]
        )
        let none = try ArchiveFileName("zlib-2-0.conda")
        let unlisted = try await upstream.admit(none, in: scene.linux, of: upstream.view())
        #expect(unlisted.verdict.objections.map(\.code) == [.unlisted])
    }

    /// Spoils the shards that a server has.
    private static func spoil(_ scene: ObservedScene, _ fault: String) throws {
        let place = "\(ObservedScene.url)/linux-64/"
        let index = try ShardIndex.read(
            try #require(scene.web.bytes(at: place + ShardIndex.fileName)),
            of: "the index",
            subdir: scene.linux
        )
        var digests: [PackageName: Digest] = [:]
        for name in try index.packageNames.map({ try PackageName($0) }) {
            let digest = try #require(index.digest(of: name))
            let path = place + "shards/" + ShardIndex.shardFileName(digest)
            digests[name] = digest
            switch fault {
            case "forged": scene.web.put(try Shard(name, records: []).encode().bytes, at: path)
            case "missing": scene.web.put(nil, at: path)
            default:
                let bytes = Array(name.raw.utf8)
                digests[name] = Digest.of(bytes)
                scene.web.put(bytes, at: place + "shards/" + ShardIndex.shardFileName(Digest.of(bytes)))
            }
        }
        let spoilt = try ShardIndex(subdir: scene.linux, shards: digests).encode()
        scene.web.put(spoilt, at: place + ShardIndex.fileName)
    }

    @Test("A shard that this machine refuses for what it was replaced by is not gone past by the whole index")
    func replaced() async throws {
        let (scene, upstream) = try await ObservedShardsTests.rolledBack(.refuse)
        let (zlib, curl) = (try ObservedPackage(), try ObservedPackage("curl"))
        try scene.publishShards([zlib, curl])
        try scene.publish([zlib, curl])
        #expect(try await scene.names(upstream).count == 2)
        _ = try await scene.shards(upstream)
        #expect(await refusalCode { try await scene.admit(zlib, from: upstream) } == "ledger.rollback")
        #expect(try await scene.admit(curl, from: upstream).package != nil)
    }
}
