// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@testable import CondaFormats

@Suite("Sharded indexes (CEP 16)")
struct ShardTests {
    static let linux = "linux-64"

    static func record(_ changes: [String: String?] = [:], name: String = "zlib", format: String = ".conda")
        throws -> PackageRecord
    {
        let file = "\(name)-1.2.11-h0_3\(format)"
        let text = RepodataSamples.record(name: name, changes)
        return try PackageRecord(JSONReader.read(Array(text.utf8), of: file), fileName: file, subdir: nil)
    }

    @Test("A shard that is written is read again, digests in raw bytes between")
    func roundTrip() throws {
        let records = [
            try Self.record(["attestations_sha256": "\"\(RepodataSamples.sha256)\""]),
            try Self.record(format: ".tar.bz2"),
        ]
        let name = try PackageName("zlib")
        let (bytes, digest) = try Shard(name, records: records, removed: ["zlib-1-0.conda"]).encode()
        let shard = try Shard.read(bytes, expected: digest, of: name, subdir: Subdir(Self.linux))
        #expect(shard.records.map(\.fileName.text) == ["zlib-1.2.11-h0_3.tar.bz2", "zlib-1.2.11-h0_3.conda"])
        #expect(shard.records[1].raw == records[0].raw && shard.records[0].raw == records[1].raw)
        #expect(shard.removed == ["zlib-1-0.conda"])
        let plain = try Zstd.decompress(bytes, maximumLength: 1 << 20)
        let packed = try MessagePackReader.read(plain, of: "shard").map?["packages.conda"]?.map?.members
            .first?.value.map
        for key in ["sha256", "attestations_sha256"] {
            #expect(packed?[key] == .binary([UInt8](repeating: 0xAB, count: 32)))
        }
        #expect(packed?["md5"] == .binary([UInt8](repeating: 0xCD, count: 16)))
        #expect(
            try Shard(name, records: shard.records.reversed(), removed: shard.removed).encode().digest
                == digest
        )
    }

    @Test(
        "In a shard, the digest of the attestations may be raw bytes or text, of one form each"
    )
    func attestations() throws {
        let digest = try #require(Digest(.sha256, hex: RepodataSamples.sha256))
        func read(_ value: MessagePackValue) throws -> Digest? {
            var map = try RecordCoding.pack(Self.record().raw, of: "record")
            map.insert("attestations_sha256", value)
            let object = try RecordCoding.unpack(map, of: "record")
            return try PackageRecord(.object(object), fileName: "zlib-1.2.11-h0_3.conda", subdir: nil)
                .attestationsSHA256
        }
        #expect(try read(.binary(digest.bytes)) == digest)
        #expect(try read(.string(digest.hex)) == digest)
        #expect(refusalCode { try read(.binary(Array(digest.bytes.dropLast()))) } == "shard.digest-length")
        #expect(refusalCode { try read(.string(digest.hex.uppercased())) } == "repodata.record-attestations")
        #expect(refusalCode { try read(.binary(Array(digest.hex.utf8))) } == "shard.digest-length")
    }

    @Test(
        "Numbers keep their value on the way to MessagePack and back",
        arguments: [
            "0", "-1", "9223372036854775807", "-9223372036854775808", "18446744073709551615", "1.5", "-0.0",
            "1e300",
        ]
    )
    func numbers(token: String) throws {
        let value = try JSONReader.read(Array(token.utf8), of: "number")
        let packed = try RecordCoding.pack(value, "x", "record")
        var map = MessagePackMap()
        map.insert("x", packed)
        let back = try RecordCoding.unpack(map, of: "record")["x"]
        guard case .number(let one) = value, case .number(let two)? = back else {
            Issue.record("not a number"); return
        }
        #expect(one.double == two.double && one.integer == two.integer)
    }

    @Test("A shard with other bytes than the index names is refused before it is parsed")
    func digest() throws {
        let name = try PackageName("zlib")
        let (bytes, digest) = try Shard(name, records: [Self.record()]).encode()
        let evil = try Shard(name, records: [Self.record(["license": "\"EVIL\""])]).encode().bytes
        for other in [evil, bytes + [0], Array(bytes.dropLast()), [], [0xFF]] {
            #expect(refusalCode { try Shard.read(other, expected: digest, of: name) } == "shard.digest")
        }
    }

    @Test("An index that is written is read again")
    func index() throws {
        let subdir = try Subdir(Self.linux)
        let digests = try Dictionary(
            uniqueKeysWithValues: (0..<500).map {
                (try PackageName("p\($0)"), Digest.of([UInt8($0 & 255), UInt8($0 >> 8)]))
            }
        )
        let index = ShardIndex(subdir: subdir, createdAt: "2026-11-21T00:00:00Z", shards: digests)
        let bytes = try index.encode()
        let read = try ShardIndex.read(bytes, subdir: subdir)
        #expect(
            read.count == 500 && read.subdir == subdir && read.createdAt == index.createdAt
                && read.baseURL == ""
        )
        for (name, digest) in digests { #expect(read.digest(of: name) == digest) }
        #expect(try read.digest(of: PackageName("p500")) == nil)
        #expect(try read.digest(of: PackageName("P7")) == digests[PackageName("p7")])
        #expect(try read.encode() == bytes)
        #expect(refusalCode { try ShardIndex.read(bytes, subdir: .noarch) } == "repodata.wrong-subdir")
    }

    @Test(
        "Both known layouts and absolute URLs lead to the shard",
        arguments: [
            ("./shards/", "https://h/c/linux-64/shards/"), ("", "https://h/c/linux-64/"),
            ("../s", "https://h/c/s/"),
            ("https://cdn/s/", "https://cdn/s/"),
        ]
    )
    func urls(base: String, folder: String) throws {
        let subdir = try Subdir(Self.linux)
        let index = ShardIndex(subdir: subdir, shardsBaseURL: base, shards: [:])
        let digest = Digest.of([])
        #expect(
            try index.url(of: digest, channel: ChannelURL("https://h/c"), subdir: subdir)
                == "\(folder)\(digest.hex).msgpack.zst"
        )
    }

    @Test(
        "Real shards are read, and hold what the repodata beside them says",
        .enabled(if: SharedData.isPresent, "\(SharedData.absence)")
    )
    func real() throws {
        let folder = "conda-conda/tests/data/conda_format_repo/linux-64/"
        let subdir = try Subdir(Self.linux)
        let index = try ShardIndex.read(RepodataSamples.shared(folder + ShardIndex.fileName), subdir: subdir)
        let repodata = try RepodataIndex(RepodataSamples.shared(folder + "repodata.json"), subdir: subdir)
        #expect(index.packageNames == ["libgcc-ng", "zlib"] && index.shardsBaseURL == "")
        for name in try index.packageNames.map({ try PackageName($0) }) {
            let digest = try #require(index.digest(of: name))
            let bytes = try RepodataSamples.shared(folder + ShardIndex.shardFileName(digest))
            let shard = try Shard.read(bytes, expected: digest, of: name, subdir: subdir)
            let beside = try repodata.records(named: name)
            #expect(!beside.isEmpty && shard.records.map(\.fileName) == beside.map(\.fileName))
            for (one, other) in zip(shard.records, beside) { #expect(one.raw == other.raw) }
        }
    }

    @Test("Damaged shards and indexes never trap")
    func damage() throws {
        var generator = SeededGenerator(seed: 5)
        let name = try PackageName("zlib")
        let shard = try Zstd.decompress(
            Shard(name, records: [Self.record()]).encode().bytes,
            maximumLength: 1 << 20
        )
        let index = try Zstd.decompress(
            ShardIndex(subdir: .noarch, shards: [name: Digest.of([])]).encode(),
            maximumLength: 1 << 20
        )
        for _ in 0..<2_000 {
            let damaged = try Zstd.compress(generator.mutate(shard))
            _ = refusalCode { try Shard.read(damaged, expected: Digest.of(damaged), of: name) }
            let other = try Zstd.compress(generator.mutate(index))
            _ = refusalCode { try ShardIndex.read(other) }
            _ = refusalCode { try ShardIndex.read(generator.mutate(other)) }
        }
    }
}
