// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// The members of a JSON object, in the order they were written, with every key there once.
///
/// Keys are looked up as UTF-8 bytes, never by Unicode equivalence.
public struct JSONObject: Sendable, Equatable {
    /// One key and its value.
    public struct Member: Sendable, Equatable {
        /// The key.
        public let key: String
        /// The value.
        public var value: JSONValue
    }

    /// All members, in the order they were written.
    public private(set) var members: [Member] = []
    /// Built only for objects that are too large to search in a row, which those of packages' records are not.
    private var positions: [ByteKey: Int] = [:]
    private static let indexedFrom = 32

    /// An empty object.
    public init() {}

    /// How many members there are.
    public var count: Int { members.count }
    /// The keys, in the order they were written.
    public var keys: [String] { members.map(\.key) }

    /// The value for a key; setting nil removes the member.
    public subscript(key: String) -> JSONValue? {
        get { position(of: key).map { members[$0].value } }
        set {
            switch (position(of: key), newValue) {
            case (let at?, let value?): members[at].value = value
            case (let at?, nil): remove(at: at)
            case (nil, let value?): append(key, value)
            case (nil, nil): break
            }
        }
    }

    /// Adds a member unless the key is there; says whether it was added.
    @discardableResult
    public mutating func insert(_ key: String, _ value: JSONValue) -> Bool {
        guard position(of: key) == nil else { return false }
        append(key, value)
        return true
    }

    /// Equal if the same keys have the same values, in any order.
    public static func == (a: JSONObject, b: JSONObject) -> Bool {
        a.count == b.count && a.members.allSatisfy { b[$0.key] == $0.value }
    }

    private func position(of key: String) -> Int? {
        if members.count >= Self.indexedFrom { return positions[ByteKey(key)] }
        return members.firstIndex { ByteKey.areEqual($0.key, key) }
    }

    private mutating func append(_ key: String, _ value: JSONValue) {
        members.append(Member(key: key, value: value))
        if members.count == Self.indexedFrom {
            reindex()
        } else if members.count > Self.indexedFrom {
            positions[ByteKey(key)] = members.count - 1
        }
    }

    private mutating func remove(at position: Int) {
        members.remove(at: position)
        positions = [:]
        if members.count >= Self.indexedFrom { reindex() }
    }

    private mutating func reindex() {
        for (at, member) in members.enumerated() { positions[ByteKey(member.key)] = at }
    }
}
