// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// The index of a sharded channel (`repodata_shards.msgpack.zst`, CEP 16): the digest of each package's
/// shard.
///
/// That anybody vouches for the index is not said here; if somebody does, the digests in it vouch for the
/// shards.
public struct ShardIndex: Sendable {
    /// The file's name in a subdirectory.
    public static let fileName = "repodata_shards.msgpack.zst"
    /// The longest index, compressed or not: what conda allows too.
    public static let maximumLength = 128 << 20
    /// The most values: more than three million packages.
    static let maximumValues = 8 << 20

    /// The subdirectory whose packages are listed. Nil if the index does not say.
    public var subdir: Subdir?
    /// Where packages are, absolute or relative to the index, as it was written.
    public var baseURL: String?
    /// Where shards are, absolute or relative to the index, as it was written.
    public var shardsBaseURL: String
    /// When the index was made, as it was written.
    public var createdAt: String?
    /// How many packages have a shard.
    public var count: Int { shards.count }
    private var shards: [ByteKey: Digest]

    /// Makes an index of shards of ours.
    ///
    /// - Parameter createdAt: an RFC 3339 time. Nil leaves it out, so that equal content gives equal bytes.
    public init(
        subdir: Subdir,
        baseURL: String = "",
        shardsBaseURL: String = "./shards/",
        createdAt: String? = nil,
        shards: [PackageName: Digest]
    ) {
        self.subdir = subdir
        self.baseURL = baseURL
        self.shardsBaseURL = shardsBaseURL
        self.createdAt = createdAt
        self.shards = Dictionary(uniqueKeysWithValues: shards.map { (ByteKey($0.normalized), $1) })
    }

    /// The digest of a package's shard; nil if the channel does not have the package.
    public func digest(of name: PackageName) -> Digest? {
        shards[ByteKey(name.normalized)] ?? shards[ByteKey(name.raw)]
    }

    /// The names of all packages, in byte order. They are not known to be well-formed.
    public var packageNames: [String] { shards.keys.sorted().map(\.text) }

    /// The file name of a shard.
    public static func shardFileName(_ digest: Digest) -> String { "\(digest.hex).msgpack.zst" }

    /// The URL to fetch a shard from, credentials included: never for messages.
    ///
    /// - Throws: a `Refusal` with a `repodata.base-url…` code.
    public func url(of digest: Digest, channel: ChannelURL, subdir: Subdir) throws -> String {
        try PackageLocation(channel: channel, subdir: subdir, baseURL: shardsBaseURL)
            .url(of: Self.shardFileName(digest))
    }
}

extension ShardIndex {
    /// Reads an index from its compressed bytes.
    ///
    /// - Parameter subdir: the subdirectory it must be of; an index that does not say is taken to be.
    /// - Throws: a `Refusal` with a `compression.…`, `msgpack.…`, `shard.…` or `name.…` code,
    ///   `repodata.wrong-subdir` or `limit.too-large`.
    public static func read(
        _ compressed: [UInt8],
        of subject: String = fileName,
        subdir: Subdir? = nil
    ) throws -> ShardIndex {
        let bytes = try Zstd.decompress(compressed, maximumLength: maximumLength, of: subject)
        let limits = MessagePackLimits(bytes: maximumLength, values: maximumValues)
        let top = try ShardFields(MessagePackReader.read(bytes, of: subject, limits: limits), of: subject)
        // rattler leaves the version out; every version there is is 1.
        guard [nil, .null, .integer(1)].contains(top.map["version"]) else {
            throw Refusal(ShardCode.version, subject, at: "field `version`", expected: "1")
        }
        return try ShardIndex(info: top.fields("info"), shards: top.fields("shards"), subject, subdir)
    }

    private init(info: ShardFields, shards: ShardFields, _ subject: String, _ expected: Subdir?) throws {
        let found = try info.optionalString("subdir").map { try Subdir($0) }
        if let expected, let found, found != expected {
            throw Refusal(
                RepodataCode.wrongSubdir,
                subject,
                expected: "`\(expected)`",
                found: "`\(found)`"
            )
        }
        subdir = found ?? expected
        baseURL = try info.optionalString("base_url")
        shardsBaseURL = try info.optionalString("shards_base_url") ?? ""
        createdAt = try info.optionalString("created_at")
        self.shards = Dictionary(minimumCapacity: shards.map.count)
        for member in shards.map.members {
            guard case .binary(let bytes) = member.value, let digest = Digest(.sha256, bytes: bytes) else {
                throw Refusal(
                    ShardCode.digestLength,
                    subject,
                    at: "shard of `\(QuotedText.short(member.key))`",
                    expected: "32 bytes",
                    found: member.value.typeName
                )
            }
            self.shards[ByteKey(member.key)] = digest
        }
    }

    /// The compressed bytes of the index: the same for the same content, level and version of zstd.
    public func encode(level: Int32 = Zstd.defaultLevel) throws -> [UInt8] {
        var info = MessagePackMap()
        info.insert("base_url", .string(baseURL ?? ""))
        if let createdAt { info.insert("created_at", .string(createdAt)) }
        info.insert("shards_base_url", .string(shardsBaseURL))
        if let subdir { info.insert("subdir", .string(subdir.text)) }
        var digests = MessagePackMap()
        for (name, digest) in shards.sorted(by: { $0.key < $1.key }) {
            digests.insert(name.text, .binary(digest.bytes))
        }
        var top = MessagePackMap()
        top.insert("info", .map(info))
        top.insert("shards", .map(digests))
        top.insert("version", .integer(1))
        return try Zstd.compress(MessagePackWriter.encode(.map(top)), level: level)
    }
}
