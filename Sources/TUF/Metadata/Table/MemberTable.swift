// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// The members of a large object of metadata, checked when they were read and made into values when they are
/// asked for.
///
/// A registry's targets metadata has a hundred thousand members, its snapshot sixteen thousand, and a client
/// wants one of them. So the table keeps the bytes that were signed and where each member stands in them. All
/// members were checked by the same rules as any: none that is bad is in a table. Edits are kept beside the
/// bytes, so that an editor writes what it did not touch as it was.
///
/// Members are in the byte order of their keys.
public struct MemberTable<Value: MemberValue>: Sendable {
    /// What the members are about.
    public typealias Name = Value.Name

    /// Where a member stands in the text. The key is without its quotes; `":` is between it and the value.
    struct Place: Sendable {
        let key: UInt32
        let value: UInt32
        let end: UInt32

        var keyRange: Range<Int> { Int(key)..<Int(value) - 2 }
        var valueRange: Range<Int> { Int(value)..<Int(end) }
    }

    /// The text that ``places`` are of; shared with the document it came from.
    let text: [UInt8]
    /// The members in the text, in the order of their keys.
    let places: [Place]
    /// What differs from the text: new values, and nil for members that were taken out.
    private(set) var edits: [Name: Value?] = [:]
    /// How many members there are.
    public private(set) var count: Int

    /// An empty table.
    public init() { self.init(text: [], places: []) }

    /// Takes members.
    public init(_ members: [Name: Value]) {
        self.init()
        edits = members.mapValues { $0 }
        count = members.count
    }

    init(text: [UInt8], places: [Place]) {
        self.text = text
        self.places = places
        count = places.count
    }

    /// Whether there is none.
    public var isEmpty: Bool { count == 0 }
    /// What the members are about, in order.
    public var keys: [Name] { map(\.key) }
    /// The values of all members, in order.
    public var values: [Value] { map(\.value) }

    /// The value for a name; setting nil takes the member out.
    public subscript(name: Name) -> Value? {
        get {
            if !edits.isEmpty, let edited = edits[name] { return edited }
            return place(of: name).map { value(at: $0) }
        }
        set {
            let before = contains(name)
            if newValue == nil, place(of: name) == nil {
                edits.removeValue(forKey: name)
            } else {
                edits.updateValue(newValue, forKey: name)
            }
            count += (newValue == nil ? 0 : 1) - (before ? 1 : 0)
        }
    }

    /// Whether there is a member about something.
    public func contains(_ name: Name) -> Bool {
        if let edited = edits[name] { return edited != nil }
        return place(of: name) != nil
    }

    /// Takes a member out; answers the value it had.
    @discardableResult
    public mutating func removeValue(forKey name: Name) -> Value? {
        defer { self[name] = nil }
        return self[name]
    }

    // MARK: Looking up

    private func place(of name: Name) -> Place? {
        guard !places.isEmpty else { return nil }
        let key = Array(Value.key(for: name).utf8)
        let at = firstPlace(notBefore: key)
        return at < places.count && text[places[at].keyRange].elementsEqual(key) ? places[at] : nil
    }

    /// The first member whose key does not come before the given one.
    func firstPlace(notBefore key: [UInt8]) -> Int {
        var (low, high) = (0, places.count)
        while low < high {
            let middle = (low + high) / 2
            if text[places[middle].keyRange].lexicographicallyPrecedes(key) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }

    func name(at place: Place) -> Name {
        let key = String(decoding: text[place.keyRange], as: UTF8.self)
        guard let name = try? Value.name(fromKey: key, in: "metadata") else {
            preconditionFailure("the keys of a table were checked when it was read")
        }
        return name
    }

    func value(at place: Place) -> Value {
        guard
            let read = try? JSONReader.read(
                prefixOf: text,
                from: Int(place.value),
                of: "metadata",
                limits: .readBefore
            ),
            let fields = try? JSONFields(read.value, of: "metadata"), let value = try? Value(member: fields)
        else { preconditionFailure("the values of a table were checked when it was read") }
        return value
    }
}

extension MemberTable: ExpressibleByDictionaryLiteral {
    /// Takes members; of two with one name the last counts.
    public init(dictionaryLiteral elements: (Name, Value)...) {
        self.init(Dictionary(elements) { _, last in last })
    }
}

extension MemberTable: Equatable {
    /// Equal if the same names have the same values.
    public static func == (a: MemberTable, b: MemberTable) -> Bool {
        a.count == b.count && zip(a, b).allSatisfy { $0.key == $1.key && $0.value == $1.value }
    }
}
