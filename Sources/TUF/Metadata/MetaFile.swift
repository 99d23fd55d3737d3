// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// What timestamp and snapshot say about another metadata file: `METAFILES` in the specification.
public struct MetaFile: Sendable, Equatable {
    /// The version it must have.
    public let version: Int64
    /// Its length in bytes, if it is promised.
    public let length: UInt64?
    /// Its digests, if they are promised.
    public let hashes: FileHashes?
    private let unrecognized: JSONObject

    /// Promises a version, and the very bytes if wanted.
    ///
    /// - Precondition: the version is at least 1.
    public init(version: Int64, length: UInt64? = nil, hashes: FileHashes? = nil) {
        precondition(version >= 1, "metadata versions start at 1")
        self.version = version
        self.length = length
        self.hashes = hashes
        unrecognized = JSONObject()
    }

    /// Reads what is said about a file.
    public init(member fields: JSONFields) throws {
        version = try fields.integer("version")
        guard version >= 1 else {
            throw Refusal(TUFCode.versionNumber, fields.subject, expected: "1 or more", found: "\(version)")
        }
        length = try fields.optionalInteger("length").map { try Self.length($0, of: fields.subject) }
        hashes = try fields.optionalFields("hashes").map { try FileHashes($0) }
        unrecognized = fields.unrecognized(besides: ["version", "length", "hashes"])
    }

    /// Takes a length from metadata (`tuf.length-number`).
    static func length(_ number: Int64, of subject: String) throws -> UInt64 {
        guard let length = UInt64(exactly: number) else {
            throw Refusal(TUFCode.lengthNumber, subject, expected: "0 or more", found: "\(number)")
        }
        return length
    }

    /// What is said about the file, to be written.
    public func encoded() -> JSONValue {
        var object = JSONObject()
        if let hashes { object["hashes"] = hashes.encoded() }
        if let length { object["length"] = .number(JSONNumber(Int64(clamping: length))) }
        object["version"] = .number(JSONNumber(version))
        return .object(object.adding(unrecognized))
    }

    /// Reads a `meta` object whose keys are `ROLE.json`.
    static func files(_ fields: JSONFields) throws -> [RoleName: MetaFile] {
        var files: [RoleName: MetaFile] = [:]
        files.reserveCapacity(fields.object.count)
        for key in fields.object.keys {
            let name = try name(fromKey: key, in: fields.subject)
            files[name] = try MetaFile(member: try fields.fields(key))
        }
        return files
    }

    /// Writes a `meta` object, in the order of the names.
    static func encoded(_ files: some Sequence<(key: RoleName, value: MetaFile)>) -> JSONValue {
        var object = JSONObject()
        for (name, file) in files.sorted(by: { $0.key < $1.key }) { object[key(for: name)] = file.encoded() }
        return .object(object)
    }
}

extension MetaFile: MemberValue {
    /// Takes a key, `ROLE.json` (`tuf.role-name`).
    public static func name(fromKey key: String, in subject: String) throws -> RoleName {
        guard key.utf8.suffix(5).elementsEqual(".json".utf8) else {
            throw Refusal(TUFCode.roleName, subject, expected: "`ROLE.json`", found: "`\(key)`")
        }
        return try RoleName(
            checking: String(decoding: Array(key.utf8.dropLast(5)), as: UTF8.self),
            in: subject
        )
    }

    /// The key of a role, `ROLE.json`.
    public static func key(for name: RoleName) -> String { "\(name.text).json" }

    /// Whether the key is `ROLE.json` with a role whose name is its file name.
    public static func isPlainKey(_ text: Span<UInt8>, _ key: Range<Int>) -> Bool {
        let end = key.upperBound - 5
        guard end > key.lowerBound, end - key.lowerBound <= RoleName.maximumFileNameLength,
            PlainText.skip(".json", text, from: end) != nil
        else { return false }
        for at in key.lowerBound..<end where !PercentEncoding.isUnreserved(text[at]) { return false }
        return true
    }

    /// The end of a version, with length and SHA-256 or without.
    public static func plainEnd(_ text: Span<UInt8>, from start: Int) -> Int? {
        guard var at = PlainText.skip("{", text, from: start) else { return nil }
        if let digest = PlainText.skip("\"hashes\":{\"sha256\":\"", text, from: at) {
            guard let digestEnd = PlainText.hexEnd(64, text, from: digest),
                let end = PlainText.skip("\"},", text, from: digestEnd)
            else { return nil }
            at = end
        }
        if let length = PlainText.skip("\"length\":", text, from: at) {
            guard let lengthEnd = PlainText.integerEnd(text, from: length, isZeroAllowed: true),
                let end = PlainText.skip(",", text, from: lengthEnd)
            else { return nil }
            at = end
        }
        guard let version = PlainText.skip("\"version\":", text, from: at),
            let end = PlainText.integerEnd(text, from: version, isZeroAllowed: false)
        else { return nil }
        return PlainText.skip("}", text, from: end)
    }
}
