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

    /// Reads what is promised about a file.
    public init(member fields: JSONFields) throws {
        length = try MetaFile.length(try fields.integer("length"), of: fields.subject)
        hashes = try FileHashes(try fields.fields("hashes"))
        custom = try fields.optionalFields("custom")?.object
        unrecognized = fields.unrecognized(besides: ["length", "hashes", "custom"])
    }

    /// What is promised about the file, to be written.
    public func encoded() -> JSONValue {
        var object = JSONObject()
        if let custom { object["custom"] = .object(custom) }
        object["hashes"] = hashes.encoded()
        object["length"] = .number(JSONNumber(Int64(clamping: length)))
        return .object(object.adding(unrecognized))
    }
}

extension TargetFile: MemberValue {
    /// Takes a path (`tuf.target-path`).
    public static func name(fromKey key: String, in subject: String) throws -> TargetPath {
        try TargetPath(checking: key, in: subject)
    }

    /// The path itself.
    public static func key(for name: TargetPath) -> String { name.text }

    /// Whether the key is a path without empty components and without any that begins with a dot.
    public static func isPlainKey(_ text: Span<UInt8>, _ key: Range<Int>) -> Bool {
        guard (1...TargetPath.maximumLength).contains(key.count) else { return false }
        var isAtStart = true
        for at in key {
            let byte = text[at]
            if isAtStart, byte == UInt8(ascii: "/") || byte == UInt8(ascii: ".") { return false }
            isAtStart = byte == UInt8(ascii: "/")
        }
        return !isAtStart
    }

    /// The end of a SHA-256 and a length.
    public static func plainEnd(_ text: Span<UInt8>, from start: Int) -> Int? {
        guard let digest = PlainText.skip("{\"hashes\":{\"sha256\":\"", text, from: start),
            let digestEnd = PlainText.hexEnd(64, text, from: digest),
            let length = PlainText.skip("\"},\"length\":", text, from: digestEnd),
            let end = PlainText.integerEnd(text, from: length, isZeroAllowed: true)
        else { return nil }
        return PlainText.skip("}", text, from: end)
    }
}
