// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// What targets metadata promises about one file.
public struct TargetFile: Sendable, Equatable {
    /// Its length in bytes.
    public let length: UInt64
    /// Its digests.
    public let hashes: FileHashes
    /// Whatever the repository adds about the file; TUF gives it no meaning.
    public let custom: JSONObject?
    private let unrecognized: JSONObject

    /// Promises a file.
    public init(length: UInt64, hashes: FileHashes, custom: JSONObject? = nil) {
        self.length = length
        self.hashes = hashes
        self.custom = custom
        unrecognized = JSONObject()
    }

    /// Promises a file that is in memory.
    public init(of bytes: [UInt8], by algorithms: [DigestAlgorithm] = [.sha256], custom: JSONObject? = nil) {
        self.init(length: UInt64(bytes.count), hashes: FileHashes(of: bytes, by: algorithms), custom: custom)
    }

    init(_ fields: JSONFields) throws {
        length = try MetaFile.length(try fields.integer("length"), of: fields.subject)
        hashes = try FileHashes(try fields.fields("hashes"))
        custom = try fields.optionalFields("custom")?.object
        unrecognized = fields.unrecognized(besides: ["length", "hashes", "custom"])
    }

    func encoded() -> JSONValue {
        var object = JSONObject()
        if let custom { object["custom"] = .object(custom) }
        object["hashes"] = hashes.encoded()
        object["length"] = .number(JSONNumber(Int64(clamping: length)))
        return .object(object.adding(unrecognized))
    }
}
