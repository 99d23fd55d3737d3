// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
import TrustCore

/// A shard of a package that no honest channel would have: with records of other packages, or members that nobody knows.
public struct HostileShard: Sendable {
    /// The package whose shard it says it is.
    public let name: PackageName
    /// Its bytes.
    public let bytes: [UInt8]

    /// Makes one.
    ///
    /// - Parameters:
    ///   - records: proper records.
    ///   - named: file names, and the packages that their records say they are.
    ///   - member: a further top-level member.
    public init(
        _ name: PackageName,
        records: [PackageRecord],
        named: [String: String] = [:],
        member: String? = nil
    ) throws {
        let proper = try Shard(name, records: records).encode().bytes
        let read = try MessagePackReader.read(
            Zstd.decompress(proper, maximumLength: 1 << 20),
            of: "a shard",
            limits: MessagePackLimits(bytes: 1 << 20)
        )
        var top = MessagePackMap()
        for section in read.map?.members ?? [] {
            var files = section.value.map ?? MessagePackMap()
            if section.key == "packages.conda" {
                for (file, package) in named.sorted(by: { $0.key < $1.key }) {
                    files.insert(file, .map(try Self.record(file, package)))
                }
            }
            top.insert(section.key, .map(files))
        }
        if let member { top.insert(member, .map(MessagePackMap())) }
        self.name = name
        bytes = try Zstd.compress(MessagePackWriter.encode(.map(top)))
    }

    private static func record(_ file: String, _ package: String) throws -> MessagePackMap {
        let name = try ArchiveFileName(file)
        var map = MessagePackMap()
        map.insert("name", .string(package))
        map.insert("version", .string(name.version))
        map.insert("build", .string(name.build))
        map.insert("build_number", .integer(0))
        map.insert("sha256", .binary(Digest.of(Array(file.utf8)).bytes))
        return map
    }

    /// Where it is in a subdir.
    public var fileName: String { "shards/\(ShardIndex.shardFileName(Digest.of(bytes)))" }

    /// A shard index that names it, and nothing else.
    public func index(_ subdir: Subdir) throws -> [UInt8] {
        try ShardIndex(subdir: subdir, shards: [name: Digest.of(bytes)]).encode()
    }

    /// Has a channel sign an index of `linux-64` that names it.
    public func publish(in fixture: inout ChannelFixture) async throws {
        let subdir = try Subdir("linux-64")
        fixture.replacedIndexes["linux-64/\(ShardIndex.fileName)"] = try index(subdir)
        try fixture.folder.write(bytes, to: "linux-64/\(fileName)")
        try await fixture.publish()
    }
}
