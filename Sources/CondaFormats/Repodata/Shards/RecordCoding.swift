// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// Records as MessagePack, and back: the digests are raw bytes there and hexadecimal text in JSON (CEP 16).
enum RecordCoding {
    /// The members that are digests in raw bytes. CEP 16 names the first two. CEP 50 does not say in which
    /// form the digest of the attestations is: the form of all digests here is what peers write. Some shards
    /// have hexadecimal text here too, which is left as it is, for ``PackageRecord`` to check.
    private static let digests: [(key: String, algorithm: DigestAlgorithm)] = [
        ("sha256", .sha256), ("md5", .md5), ("attestations_sha256", .sha256), ("legacy_bz2_md5", .md5),
    ]
    /// Those that we write as raw bytes: what every known reader takes.
    private static let writtenRaw: Set<String> = ["sha256", "md5", "attestations_sha256"]

    /// Most keys are told from those by their length.
    private static func isWrittenRaw(_ key: String) -> Bool {
        [3, 6, 19].contains(key.utf8.count) && writtenRaw.contains(key)
    }

    /// A record of a shard as JSON.
    static func unpack(_ map: MessagePackMap, of subject: String) throws -> JSONObject {
        var object = JSONObject()
        for member in map.members {
            if case .binary(let bytes) = member.value {
                guard let known = digests.first(where: { ByteKey($0.key) == ByteKey(member.key) }),
                    let digest = Digest(known.algorithm, bytes: bytes)
                else { throw badDigest(subject, member.key, bytes.count) }
                object.insert(member.key, .string(digest.hex))
            } else {
                object.insert(member.key, try unpack(member.value, member.key, subject))
            }
        }
        return object
    }

    private static func unpack(_ value: MessagePackValue, _ key: String, _ subject: String) throws
        -> JSONValue
    {
        switch value {
        case .null: return .null
        case .bool(let flag): return .bool(flag)
        case .integer(let number): return .number(JSONNumber(number))
        case .unsigned(let number): return try JSONReader.read(Array(String(number).utf8), of: subject)
        case .double(let number):
            guard number.isFinite else {
                throw Refusal(ShardCode.number, subject, at: "field `\(key)`", found: "\(number)")
            }
            return try JSONReader.read(Array("\(number)".utf8), of: subject)
        case .string(let text): return .string(text)
        case .binary(let bytes): throw badDigest(subject, key, bytes.count)
        case .array(let elements): return .array(try elements.map { try unpack($0, key, subject) })
        case .map(let map):
            var object = JSONObject()
            for member in map.members {
                object.insert(member.key, try unpack(member.value, member.key, subject))
            }
            return .object(object)
        }
    }

    /// A record as it stands in a shard, keys in byte order.
    static func pack(_ object: JSONObject, of subject: String) throws -> MessagePackMap {
        var map = MessagePackMap()
        for member in object.members.sorted(by: { ByteKey($0.key) < ByteKey($1.key) }) {
            if isWrittenRaw(member.key), let text = member.value.string {
                guard let bytes = Hex.decode(text) else {
                    throw badDigest(subject, member.key, text.utf8.count / 2)
                }
                map.insert(member.key, .binary(bytes))
            } else {
                map.insert(member.key, try pack(member.value, member.key, subject))
            }
        }
        return map
    }

    static func pack(_ value: JSONValue, _ key: String, _ subject: String) throws -> MessagePackValue {
        switch value {
        case .null: return .null
        case .bool(let flag): return .bool(flag)
        case .number(let number): return try pack(number, key, subject)
        case .string(let text): return .string(text)
        case .array(let elements): return .array(try elements.map { try pack($0, key, subject) })
        case .object(let object):
            var map = MessagePackMap()
            for member in object.members.sorted(by: { ByteKey($0.key) < ByteKey($1.key) }) {
                map.insert(member.key, try pack(member.value, member.key, subject))
            }
            return .map(map)
        }
    }

    private static func pack(_ number: JSONNumber, _ key: String, _ subject: String) throws
        -> MessagePackValue
    {
        if let integer = number.integer { return .integer(integer) }
        if let unsigned = UInt64(number.token) { return .unsigned(unsigned) }
        let isInteger = !number.token.utf8.contains {
            $0 == UInt8(ascii: ".") || $0 | 0x20 == UInt8(ascii: "e")
        }
        guard !isInteger, let double = number.double, double.isFinite else {
            throw Refusal(ShardCode.number, subject, at: "field `\(key)`", found: number.token)
        }
        return .double(double)
    }

    /// Demands that a record can be written in a shard, without writing it.
    fileprivate static func check(_ object: JSONObject, of subject: String) throws {
        for member in object.members {
            if isWrittenRaw(member.key), let text = member.value.string, Hex.decode(text) == nil {
                throw badDigest(subject, member.key, text.utf8.count / 2)
            }
            try check(member.value, member.key, subject)
        }
    }

    private static func check(_ value: JSONValue, _ key: String, _ subject: String) throws {
        switch value {
        case .null, .bool, .string: break
        case .number(let number): _ = try pack(number, key, subject)
        case .array(let elements): for element in elements { try check(element, key, subject) }
        case .object(let object):
            for member in object.members { try check(member.value, member.key, subject) }
        }
    }

    private static func badDigest(_ subject: String, _ key: String, _ length: Int) -> Refusal {
        let expected = digests.first { ByteKey($0.key) == ByteKey(key) }.map {
            "\($0.algorithm.byteCount) bytes"
        }
        return Refusal(
            ShardCode.digestLength,
            subject,
            at: "field `\(QuotedText.short(key))`",
            expected: expected ?? "no binary data",
            found: "\(length) bytes"
        )
    }
}

extension PackageRecord {
    /// Demands that there is a form of the record for shards (CEP 16), as there is of all but odd numbers.
    ///
    /// - Throws: `shard.number` or `shard.digest-length`.
    package func checkShardForm() throws { try RecordCoding.check(raw, of: fileName.text) }
}
