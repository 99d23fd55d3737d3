// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// How much MessagePack data may ask of its reader.
public struct MessagePackLimits: Sendable {
    /// The longest data, in bytes.
    public var bytes: Int
    /// The deepest nesting of arrays and maps.
    public var depth: Int
    /// The most values, keys included.
    public var values: Int

    /// Makes limits.
    public init(bytes: Int = 16 << 20, depth: Int = 32, values: Int = 2 << 20) {
        self.bytes = bytes
        self.depth = depth
        self.values = values
    }
}

/// A strict reader of MessagePack over bytes.
///
/// Every length is checked against the bytes that are left before anything is allocated for it.
/// Longer encodings than needed are accepted, as writers of all languages make them.
public struct MessagePackReader {
    private let bytes: [UInt8]
    private let limits: MessagePackLimits
    private let subject: String
    private var at = 0
    private var values = 0

    /// Reads one value that takes up all bytes.
    ///
    /// - Throws: a `Refusal` with a `msgpack.…` code or `limit.too-large`.
    public static func read(
        _ bytes: [UInt8],
        of subject: String,
        limits: MessagePackLimits = MessagePackLimits()
    ) throws -> MessagePackValue {
        guard bytes.count <= limits.bytes else {
            throw Refusal(
                CoreCode.tooLarge,
                subject,
                expected: "at most \(limits.bytes) bytes",
                found: "\(bytes.count) bytes"
            )
        }
        var reader = MessagePackReader(bytes: bytes, limits: limits, subject: subject)
        let value = try reader.value(depth: 0)
        guard reader.at == bytes.count else { throw reader.refusal(.trailingData) }
        return value
    }

    private init(bytes: [UInt8], limits: MessagePackLimits, subject: String) {
        self.bytes = bytes
        self.limits = limits
        self.subject = subject
    }

    private func refusal(_ code: MessagePackCode, expected: String? = nil, found: String? = nil) -> Refusal {
        Refusal(code, subject, at: "byte \(at)", expected: expected, found: found)
    }

    private mutating func value(depth: Int) throws -> MessagePackValue {
        let first = try byte()
        try count()
        switch first {
        case 0x00...0x7F: return .integer(Int64(first))
        case 0xE0...0xFF: return .integer(Int64(Int8(bitPattern: first)))
        case 0x80...0x8F: return .map(try map(Int(first & 0x0F), depth + 1))
        case 0x90...0x9F: return .array(try array(Int(first & 0x0F), depth + 1))
        case 0xA0...0xBF: return .string(try string(Int(first & 0x1F)))
        case 0xC0: return .null
        case 0xC2, 0xC3: return .bool(first == 0xC3)
        case 0xC4...0xC6: return .binary(Array(try take(try length(1 << (first - 0xC4)))))
        case 0xCA: return .double(Double(Float(bitPattern: UInt32(truncatingIfNeeded: try bigEndian(4)))))
        case 0xCB: return .double(Double(bitPattern: try bigEndian(8)))
        case 0xCC...0xCF:
            let number = try bigEndian(1 << (first - 0xCC))
            return Int64(exactly: number).map { .integer($0) } ?? .unsigned(number)
        case 0xD0...0xD3: return .integer(try signed(1 << (first - 0xD0)))
        case 0xD9...0xDB: return .string(try string(try length(1 << (first - 0xD9))))
        case 0xDC, 0xDD: return .array(try array(try length(first == 0xDC ? 2 : 4), depth + 1))
        case 0xDE, 0xDF: return .map(try map(try length(first == 0xDE ? 2 : 4), depth + 1))
        default:
            at -= 1
            throw refusal(.unknownType, found: "byte 0x\(Hex.encode([first]))")
        }
    }

    private mutating func count() throws {
        values += 1
        guard values <= limits.values else {
            throw refusal(.tooManyValues, expected: "at most \(limits.values) values")
        }
    }

    private mutating func byte() throws -> UInt8 {
        guard at < bytes.count else { throw refusal(.truncated) }
        defer { at += 1 }
        return bytes[at]
    }

    private mutating func take(_ length: Int) throws -> ArraySlice<UInt8> {
        guard length <= bytes.count - at else {
            throw refusal(.truncated, expected: "\(length) bytes", found: "\(bytes.count - at) bytes")
        }
        defer { at += length }
        return bytes[at..<at + length]
    }

    private mutating func bigEndian(_ width: Int) throws -> UInt64 {
        try take(width).reduce(0) { $0 << 8 | UInt64($1) }
    }

    private mutating func signed(_ width: Int) throws -> Int64 {
        let shift = 64 - width * 8
        return (Int64(bitPattern: try bigEndian(width)) << shift) >> shift
    }

    /// A length of at most 32 bits, which an `Int` always holds.
    private mutating func length(_ width: Int) throws -> Int { Int(truncatingIfNeeded: try bigEndian(width)) }

    private mutating func string(_ length: Int) throws -> String {
        let start = at
        guard let text = String(validating: try take(length), as: UTF8.self) else {
            at = start
            throw refusal(.encoding, expected: "UTF-8")
        }
        return text
    }

    private func enter(_ count: Int, _ bytesEach: Int, _ depth: Int) throws {
        guard depth <= limits.depth else {
            throw refusal(.tooDeep, expected: "at most \(limits.depth) levels")
        }
        guard count <= (bytes.count - at) / bytesEach else {
            throw refusal(.truncated, expected: "\(count) elements", found: "\(bytes.count - at) bytes")
        }
    }

    private mutating func array(_ count: Int, _ depth: Int) throws -> [MessagePackValue] {
        try enter(count, 1, depth)
        var elements: [MessagePackValue] = []
        for _ in 0..<count { elements.append(try value(depth: depth)) }
        return elements
    }

    private mutating func map(_ count: Int, _ depth: Int) throws -> MessagePackMap {
        try enter(count, 2, depth)
        var map = MessagePackMap()
        for _ in 0..<count {
            let key = try key()
            guard map.insert(key, try value(depth: depth)) else {
                throw refusal(
                    .duplicateKey,
                    expected: "each key once",
                    found: "`\(QuotedText.short(key))` twice"
                )
            }
        }
        return map
    }

    private mutating func key() throws -> String {
        let first = try byte()
        try count()
        switch first {
        case 0xA0...0xBF: return try string(Int(first & 0x1F))
        case 0xD9...0xDB: return try string(try length(1 << (first - 0xD9)))
        default:
            at -= 1
            throw refusal(.keyType, expected: "a string")
        }
    }
}
