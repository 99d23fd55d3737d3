// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

/// Something that is wrong with a channel's folder, and the code by which a check says so.
struct Defect: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let code: String
    let arrange: @Sendable (inout ChannelFixture) async throws -> Void

    init(
        _ name: String,
        _ code: String,
        _ arrange: @escaping @Sendable (inout ChannelFixture) async throws -> Void
    ) {
        testDescription = name
        self.code = code
        self.arrange = arrange
    }
}

@Suite("Checking a channel")
struct CheckTests {
    private static func fixture(_ form: ChannelFixture.Form = .sharded) async throws -> ChannelFixture {
        try await ChannelFixture(
            form,
            packages: [.sample(), .other(), FixturePackage("six-1-py_0.conda", in: "noarch")]
        )
    }

    private static func check(_ fixture: ChannelFixture, now: Timestamp = ChannelFixture.start) throws
        -> ChannelReport
    {
        try ChannelCheck(directory: fixture.directory, root: fixture.root, now: now).run(.digests)
    }

    @Test("A good channel passes, and the report counts what was compared")
    func passes() async throws {
        let fixture = try await Self.fixture()
        var read: UInt64 = 0
        let check = ChannelCheck(directory: fixture.directory, root: fixture.root, now: ChannelFixture.start)
        let report = try check.run(.digests) { read += $0 }
        #expect(report.subdirCount == 2 && report.indexFileCount == 8 && report.shardCount == 3)
        #expect(report.packageCount == 3 && report.rootVersion == 1)
        #expect(report.expires == ChannelFixture.start.advanced(byDays: 2))
        #expect(read == UInt64(fixture.packages.map(\.bytes.count).reduce(0, +)))
        #expect(report.json["packages"] == 3)
    }

    @Test("Channels with fewer forms of the index pass too", arguments: ChannelFixture.Form.allCases)
    func passesForms(_ form: ChannelFixture.Form) async throws {
        #expect(try Self.check(await Self.fixture(form)).indexFileCount == 2 * form.indexFiles.count)
    }

    @Test("Removed packages may stay in the folder")
    func passesRemoved() async throws {
        var fixture = try await Self.fixture()
        fixture.removed = [fixture.packages.removeFirst().path]
        try await fixture.publish()
        #expect(try Self.check(fixture).packageCount == 2)
    }

    @Test("Without a root from elsewhere the folder's own is begun with")
    func ownRoot() async throws {
        let fixture = try await Self.fixture()
        let check = ChannelCheck(directory: fixture.directory, root: nil, now: ChannelFixture.start)
        #expect(try check.run(.digests).packageCount == 3)
        let stranger = try await Self.fixture().root
        let other = ChannelCheck(directory: fixture.directory, root: stranger, now: ChannelFixture.start)
        #expect(refusalCode { try other.run(.digests) } == "tuf.signatures")
    }

    @Test("A channel is good until the first signature runs out")
    func expiry() async throws {
        let fixture = try await Self.fixture()
        let end = ChannelFixture.start.advanced(byDays: 2)
        _ = try Self.check(fixture, now: end.advanced(bySeconds: -1))
        #expect(refusalCode { try Self.check(fixture, now: end) } == "tuf.expired")
    }

    @Test("Each defect is found, with the code that names it", arguments: defects)
    func findsDefect(_ defect: Defect) async throws {
        var fixture = try await Self.fixture()
        try await defect.arrange(&fixture)
        #expect(refusalCode { try Self.check(fixture) } == defect.code)
    }

    private static func put(_ path: String, _ bytes: [UInt8] = Array("{}".utf8))
        -> @Sendable (inout ChannelFixture) throws -> Void
    {
        { try $0.folder.write(bytes, to: path) }
    }

    private static func flip(_ isWanted: @escaping @Sendable (String) -> Bool)
        -> @Sendable (inout ChannelFixture) throws -> Void
    {
        { fixture in
            let paths = try FileManager.default.subpathsOfDirectory(atPath: fixture.directory)
            let path = try #require(paths.sorted().first(where: isWanted))
            var bytes = try fixture.folder.read(path)
            bytes[bytes.count / 2] ^= 1
            try fixture.folder.write(bytes, to: path)
        }
    }

    private static func remove(_ isWanted: @escaping @Sendable (String) -> Bool)
        -> @Sendable (inout ChannelFixture) throws -> Void
    {
        { fixture in
            let paths = try FileManager.default.subpathsOfDirectory(atPath: fixture.directory)
            let path = try #require(paths.sorted().first(where: isWanted))
            try FileManager.default.removeItem(atPath: fixture.directory + "/" + path)
        }
    }

    static let defects: [Defect] = [
        Defect("altered package", "digest.mismatch", flip { $0.hasSuffix("h0_0.conda") }),
        Defect("missing package", "channel.package-missing", remove { $0.hasSuffix("h0_0.conda") }),
        Defect("foreign package", "channel.package-unlisted", put("linux-64/evil-1-0.conda")),
        Defect(
            "foreign package with an impossible name",
            "channel.package-unlisted",
            put("linux-64/evil.tar.bz2")
        ),
        Defect(
            "foreign package in a subdir of its own",
            "channel.package-unlisted",
            put("win-64/evil-1-0.conda")
        ),
        Defect("foreign index in a subdir of its own", "channel.index-unsigned", put("win-64/repodata.json")),
        Defect("foreign bzip2 index", "channel.index-unsigned", put("noarch/repodata.json.bz2")),
        Defect("foreign index patches", "channel.index-unsigned", put("linux-64/repodata.jlap")),
        Defect("foreign current index", "channel.index-unsigned", put("linux-64/current_repodata.json.gz")),
        Defect("altered plain index", "channel.index-altered", flip { $0 == "linux-64/repodata.json" }),
        Defect(
            "altered compressed index",
            "channel.index-altered",
            flip { $0 == "linux-64/repodata.json.zst" }
        ),
        Defect(
            "altered current index",
            "channel.index-altered",
            flip { $0 == "noarch/current_repodata.json" }
        ),
        Defect(
            "altered shard index",
            "channel.index-altered",
            flip { $0 == "linux-64/repodata_shards.msgpack.zst" }
        ),
        Defect("altered immutable index", "channel.index-altered", flip { $0.hasSuffix(".repodata.json") }),
        Defect("missing plain index", "channel.index-altered", remove { $0 == "linux-64/repodata.json" }),
        Defect("missing immutable index", "channel.index-altered", remove { $0.hasSuffix(".repodata.json") }),
        Defect("altered shard", "shard.digest", flip { $0.contains("/shards/") }),
        Defect(
            "missing shard",
            "channel.shard-missing",
            remove { $0.contains("/shards/") && $0.hasSuffix(".zst") }
        ),
        Defect("altered role", "tuf.metadata-hash", flip { $0 == "tuf/1.linux-64.json" }),
        Defect("missing role", "tuf.metadata-missing", remove { $0 == "tuf/1.linux-64.json" }),
        Defect("missing timestamp", "tuf.metadata-missing", remove { $0 == "tuf/timestamp.json" }),
        Defect("record without SHA-256", "channel.record-without-digest") {
            $0.packages[0].recordChanges = ["sha256": .null]
            try await $0.publish()
        },
        Defect("compressed index with other content", "channel.indexes-disagree") {
            try await sign(&$0, "repodata.json.zst") { _, plain in try Zstd.compress(plain + [0x0A]) }
        },
        Defect("current index with a package of its own", "channel.indexes-disagree") {
            try await sign(&$0, "current_repodata.json") { records, _ in
                let evil = try FixturePackage("evil-1-0.conda").record()
                return try RepodataWriter.encode(
                    RepodataInfo(subdir: Subdir("linux-64")),
                    records: records + [evil]
                )
            }
        },
        Defect("current index with another record of a package", "channel.indexes-disagree") {
            try await sign(&$0, "current_repodata.json") { _, _ in
                try RepodataWriter.encode(
                    RepodataInfo(subdir: Subdir("linux-64")),
                    records: [FixturePackage.sample("other").record()]
                )
            }
        },
        Defect("shard index that lacks a package", "channel.indexes-disagree") {
            try await signShards(&$0, of: Array($0.packages.prefix(1)))
        },
        Defect("shard with another record of a package", "channel.indexes-disagree") {
            try await signShards(&$0, of: [.sample("other"), .other()])
        },
        Defect("shard that keeps a removal to itself", "channel.indexes-disagree") {
            try await signShards(&$0, of: Array($0.packages.prefix(2)), removed: ["zlib-1.0-0.conda"])
        },
    ]

    /// Signs another index file of linux-64 than would fit the others.
    private static func sign(
        _ fixture: inout ChannelFixture,
        _ name: String,
        _ make: ([PackageRecord], [UInt8]) throws -> [UInt8]
    ) async throws {
        let records = try fixture.packages.filter { $0.subdir.text == "linux-64" }.map { try $0.record() }
        fixture.replacedIndexes["linux-64/" + name] = try make(
            records,
            fixture.folder.read("linux-64/repodata.json")
        )
        try await fixture.publish()
    }

    private static func signShards(
        _ fixture: inout ChannelFixture,
        of packages: [FixturePackage],
        removed: [String] = []
    ) async throws {
        var digests: [PackageName: Digest] = [:]
        for package in packages {
            let own = removed.filter { $0.hasPrefix(package.fileName.name.raw + "-") }
            let shard = try Shard(package.fileName.name, records: [package.record()], removed: own).encode()
            try fixture.folder.write(shard.bytes, to: "linux-64/shards/\(shard.digest.hex).msgpack.zst")
            digests[package.fileName.name] = shard.digest
        }
        let index = try ShardIndex(subdir: Subdir("linux-64"), shards: digests).encode()
        try await sign(&fixture, "repodata_shards.msgpack.zst") { _, _ in index }
    }
}
