// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@testable import CondaFormats

@Suite("Every shard code")
struct ShardCodeCoverageTests {
    /// Reads a shard of zlib with these bytes as its one record, or as the whole.
    private static func shard(_ map: [UInt8]) throws {
        let bytes = try Zstd.compress(map)
        _ = try Shard.read(bytes, expected: Digest.of(bytes), of: PackageName("zlib"))
    }

    private static func index(_ map: [UInt8]) throws { _ = try ShardIndex.read(Zstd.compress(map)) }

    private static func pack(_ members: (String, MessagePackValue)...) -> MessagePackValue {
        var map = MessagePackMap()
        for (key, value) in members { map.insert(key, value) }
        return .map(map)
    }

    private static func shard(record key: String, _ value: MessagePackValue) throws {
        let file = pack(("zlib-1-0.conda", pack((key, value))))
        try shard(MessagePackWriter.encode(pack(("packages.conda", file))))
    }

    private static let provocations: [ShardCode: @Sendable () throws -> Void] = [
        .shape: { try shard([0xC0]) },
        .version: { try index(MessagePackWriter.encode(pack(("version", .integer(2))))) },
        .digest: { _ = try Shard.read([], expected: Digest.of([1]), of: PackageName("zlib")) },
        .digestLength: { try shard(record: "sha256", .binary([1])) },
        .number: { try shard(record: "x", .double(.infinity)) },
        .otherPackage: { _ = try Shard(PackageName("zlib"), records: [ShardTests.record(name: "zlib2")]) },
        .unknownMember: {
            let bytes = try Zstd.compress(MessagePackWriter.encode(pack(("v3", pack()))))
            let name = try PackageName("zlib")
            throw try #require(try ShardReading(bytes, of: name, subdir: Subdir("linux-64")).faults.first)
        },
    ]

    @Test(
        "The smallest input that breaks a rule is refused with that rule's code",
        arguments: ShardCode.allCases
    )
    func provoked(code: ShardCode) throws {
        let provocation = try #require(Self.provocations[code])
        #expect(refusalCode { try provocation() } == code.rawValue)
    }

    @Test("Binary data that is no known digest is refused wherever it is", arguments: ["license", "depends"])
    func binary(key: String) {
        #expect(refusalCode { try Self.shard(record: key, .binary([])) } == "shard.digest-length")
        #expect(refusalCode { try Self.shard(record: key, .array([.binary([])])) } == "shard.digest-length")
    }

    @Test(
        "A shard digest that is not 32 bytes is refused",
        arguments: [.null, .string("ab"), .binary([1])] as [MessagePackValue]
    )
    func indexDigest(value: MessagePackValue) {
        let map = Self.pack(("info", Self.pack()), ("shards", Self.pack(("a", value))))
        #expect(refusalCode { try Self.index(MessagePackWriter.encode(map)) } == "shard.digest-length")
    }

    @Test(
        "Missing and mistyped parts of an index are refused",
        arguments: [
            pack(), pack(("info", pack())), pack(("info", .null), ("shards", pack())),
            pack(("info", pack(("base_url", .integer(1)))), ("shards", pack())),
            pack(("info", pack()), ("shards", .array([]))),
        ]
    )
    func indexShape(map: MessagePackValue) {
        #expect(refusalCode { try Self.index(MessagePackWriter.encode(map)) } == "shard.shape")
    }

    @Test("A record in the other format's section and a record of another package are refused")
    func sections() {
        let wrong = Self.pack(("packages", Self.pack(("zlib-1-0.conda", Self.pack()))))
        #expect(refusalCode { try Self.shard(MessagePackWriter.encode(wrong)) } == "repodata.wrong-section")
        let record = Self.pack(("name", .string("b")), ("version", .string("1")), ("build", .string("0")))
        let other = Self.pack(("packages.conda", Self.pack(("b-1-0.conda", record))))
        #expect(refusalCode { try Self.shard(MessagePackWriter.encode(other)) } == "shard.other-package")
    }

    @Test(
        "An integer beyond 64 bits cannot be packed",
        arguments: ["18446744073709551616", "-9223372036854775809"]
    )
    func integers(token: String) throws {
        let value = try JSONReader.read(Array(token.utf8), of: "number")
        #expect(refusalCode { try RecordCoding.pack(value, "x", "record") } == "shard.number")
    }
}
