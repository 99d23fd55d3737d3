// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// A MessagePack value that was read strictly. Extension types are left out: no conda format has them.
public enum MessagePackValue: Sendable, Equatable {
    case null
    case bool(Bool)
    /// An integer that fits 64 bits with a sign; unsigned ones too.
    case integer(Int64)
    /// An integer above `Int64.max`.
    case unsigned(UInt64)
    case double(Double)
    case string(String)
    case binary([UInt8])
    case array([MessagePackValue])
    case map(MessagePackMap)

    /// The word for the value's type, for messages.
    public var typeName: String {
        switch self {
        case .null: "nil"
        case .bool: "a boolean"
        case .integer, .unsigned: "an integer"
        case .double: "a floating-point number"
        case .string: "a string"
        case .binary: "binary data"
        case .array: "an array"
        case .map: "a map"
        }
    }

    /// Equal if type and content are; text is compared as bytes.
    public static func == (a: MessagePackValue, b: MessagePackValue) -> Bool {
        switch (a, b) {
        case (.null, .null): true
        case (.bool(let a), .bool(let b)): a == b
        case (.integer(let a), .integer(let b)): a == b
        case (.unsigned(let a), .unsigned(let b)): a == b
        case (.double(let a), .double(let b)): a == b
        case (.string(let a), .string(let b)): ByteKey(a) == ByteKey(b)
        case (.binary(let a), .binary(let b)): a == b
        case (.array(let a), .array(let b)): a == b
        case (.map(let a), .map(let b)): a == b
        default: false
        }
    }

    /// The string, if it is one.
    public var string: String? { if case .string(let text) = self { text } else { nil } }
    /// The map, if it is one.
    public var map: MessagePackMap? { if case .map(let map) = self { map } else { nil } }
}

/// The members of a map, in the order they were written, with every key there once and every key text.
public struct MessagePackMap: Sendable, Equatable {
    /// One key and its value.
    public struct Member: Sendable, Equatable {
        /// The key.
        public let key: String
        /// The value.
        public let value: MessagePackValue
    }

    /// All members, in the order they were written.
    public private(set) var members: [Member] = []
    /// Built only for maps that are too large to search in a row.
    private var positions: [ByteKey: Int] = [:]
    private static let indexedFrom = 12

    /// An empty map.
    public init() {}

    /// How many members there are.
    public var count: Int { members.count }

    /// The value for a key.
    public subscript(key: String) -> MessagePackValue? { position(of: key).map { members[$0].value } }

    /// Adds a member unless the key is there; says whether it was added.
    @discardableResult
    public mutating func insert(_ key: String, _ value: MessagePackValue) -> Bool {
        guard position(of: key) == nil else { return false }
        members.append(Member(key: key, value: value))
        if members.count == Self.indexedFrom {
            for (at, member) in members.enumerated() { positions[ByteKey(member.key)] = at }
        } else if members.count > Self.indexedFrom {
            positions[ByteKey(key)] = members.count - 1
        }
        return true
    }

    /// Equal if the same keys have the same values, in any order.
    public static func == (a: MessagePackMap, b: MessagePackMap) -> Bool {
        a.count == b.count && a.members.allSatisfy { b[$0.key] == $0.value }
    }

    private func position(of key: String) -> Int? {
        if members.count >= Self.indexedFrom { return positions[ByteKey(key)] }
        return members.firstIndex { $0.key.utf8.elementsEqual(key.utf8) }
    }
}
