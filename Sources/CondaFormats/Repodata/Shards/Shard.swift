// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// All records of one package in a subdirectory (CEP 16).
public struct Shard: Sendable {
    /// The longest shard, compressed or not: what conda allows too.
    public static let maximumLength = 16 << 20

    /// The package.
    public let name: PackageName
    /// Its records, `.tar.bz2` before `.conda`, each in byte order of the file names.
    public let records: [PackageRecord]
    /// File names that were once listed and no longer are.
    public let removed: [String]

    /// Makes a shard of records of one package.
    ///
    /// - Throws: `shard.other-package` or `repodata.duplicate-file`.
    public init(_ name: PackageName, records: [PackageRecord], removed: [String] = []) throws {
        for record in records where record.name != name {
            throw Self.otherPackage(record.fileName.text, record.name, expected: name)
        }
        self.name = name
        self.records = records.sorted {
            $0.fileName.format == $1.fileName.format
                ? $0.fileName < $1.fileName : $0.fileName.format == .tarBz2
        }
        self.removed = removed
        for (one, next) in zip(self.records, self.records.dropFirst()) where one.fileName == next.fileName {
            throw Refusal(RepodataCode.duplicateFile, one.fileName.text, expected: "each file name once")
        }
    }

    /// Reads a shard from its compressed bytes, once they are known to be the ones that the index names.
    ///
    /// - Parameters:
    ///   - expected: the digest from the ``ShardIndex``; compared before a byte is decompressed or parsed.
    ///   - name: the package it was asked for by.
    ///   - subdir: the subdirectory of the index.
    /// - Throws: a `Refusal` with `shard.digest`, a `compression.…`, `msgpack.…`, `shard.…`, `json.…`,
    ///   `name.…` or `repodata.…` code.
    public static func read(
        _ compressed: [UInt8],
        expected: Digest,
        of name: PackageName,
        subdir: Subdir? = nil,
        at location: String? = nil
    ) throws -> Shard {
        try check(compressed, expected: expected, of: name, at: location)
        do {
            let top = try members(compressed, of: name)
            let records =
                try records(top, "packages", .tarBz2, subdir) + records(top, "packages.conda", .conda, subdir)
            return try Shard(name, records: records, removed: top.strings("removed"))
        } catch let refusal as Refusal {
            guard let location else { throw refusal }
            throw refusal.located(at: location)
        }
    }

    /// Demands that bytes are the ones that an index names, before anything is made of them.
    ///
    /// - Throws: `shard.digest`.
    public static func check(
        _ compressed: [UInt8],
        expected: Digest,
        of name: PackageName,
        at location: String? = nil
    ) throws {
        let found = Digest.of(compressed, by: expected.algorithm)
        guard found == expected else {
            throw Refusal(
                ShardCode.digest,
                "the shard of \(name)",
                at: location,
                expected: expected.description,
                found: found.description
            )
        }
    }

    /// The top-level members of a shard.
    static func members(_ compressed: [UInt8], of name: PackageName) throws -> ShardFields {
        let subject = "the shard of \(name)"
        let bytes = try Zstd.decompress(compressed, maximumLength: maximumLength, of: subject)
        let limits = MessagePackLimits(bytes: maximumLength)
        return try ShardFields(MessagePackReader.read(bytes, of: subject, limits: limits), of: subject)
    }

    private static func records(
        _ top: ShardFields,
        _ key: String,
        _ format: ArchiveFormat,
        _ subdir: Subdir?
    ) throws -> [PackageRecord] {
        guard let section = try top.optionalFields(key) else { return [] }
        return try section.map.members.map { try record($0, in: section, format, subdir) }
    }

    /// Reads one member of a section.
    static func record(
        _ member: MessagePackMap.Member,
        in section: ShardFields,
        _ format: ArchiveFormat,
        _ subdir: Subdir?
    ) throws -> PackageRecord {
        guard member.key.utf8.hasSuffix(format.suffix.utf8) else {
            throw Refusal(
                RepodataCode.wrongSection,
                section.subject,
                expected: "`\(format.suffix)` files",
                found: "`\(QuotedText.short(member.key))`"
            )
        }
        let map = try ShardFields(member.value, of: QuotedText.short(member.key)).map
        let object = try RecordCoding.unpack(map, of: member.key)
        return try PackageRecord(.object(object), fileName: member.key, subdir: subdir)
    }

    /// That a record is another package's.
    static func otherPackage(_ fileName: String, _ found: PackageName, expected: PackageName) -> Refusal {
        Refusal(ShardCode.otherPackage, fileName, expected: "`\(expected)`", found: "`\(found)`")
    }

    /// The compressed bytes of the shard, and the digest that names them: the same for the same content,
    /// level and version of zstd.
    public func encode(level: Int32 = Zstd.defaultLevel) throws -> (bytes: [UInt8], digest: Digest) {
        var top = MessagePackMap()
        top.insert("packages", .map(try section(.tarBz2)))
        top.insert("packages.conda", .map(try section(.conda)))
        let names = Set(removed.map { ByteKey($0) }).sorted()
        if !names.isEmpty { top.insert("removed", .array(names.map { .string($0.text) })) }
        let bytes = try Zstd.compress(MessagePackWriter.encode(.map(top)), level: level)
        return (bytes, Digest.of(bytes))
    }

    private func section(_ format: ArchiveFormat) throws -> MessagePackMap {
        var map = MessagePackMap()
        for record in records where record.fileName.format == format {
            map.insert(
                record.fileName.text,
                .map(try RecordCoding.pack(record.raw, of: record.fileName.text))
            )
        }
        return map
    }
}
