// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

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

    init(_ fields: JSONFields) throws {
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

    func encoded() -> JSONValue {
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
            guard key.utf8.suffix(5).elementsEqual(".json".utf8) else {
                throw Refusal(TUFCode.roleName, fields.subject, expected: "`ROLE.json`", found: "`\(key)`")
            }
            let name = String(decoding: Array(key.utf8.dropLast(5)), as: UTF8.self)
            files[try RoleName(checking: name, in: fields.subject)] = try MetaFile(try fields.fields(key))
        }
        return files
    }

    /// Writes a `meta` object, in the order of the names.
    static func encoded(_ files: [RoleName: MetaFile]) -> JSONValue {
        var object = JSONObject()
        for (name, file) in files.sorted(by: { $0.key < $1.key }) { object["\(name).json"] = file.encoded() }
        return .object(object)
    }
}
