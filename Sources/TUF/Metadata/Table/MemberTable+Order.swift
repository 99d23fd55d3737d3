// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

extension MemberTable {
    /// A change, under the bytes of its key.
    typealias Edit = (key: [UInt8], name: Name, value: Value?)

    /// The edits, in the order of their keys.
    var sortedEdits: [Edit] {
        edits.map { (key: Array(Value.key(for: $0.key).utf8), name: $0.key, value: $0.value) }
            .sorted { $0.key.lexicographicallyPrecedes($1.key) }
    }

    /// Appends the canonical form; what was not edited is copied as it stands.
    func write(to out: inout [UInt8], of subject: String) throws {
        out.append(UInt8(ascii: "{"))
        let start = out.count
        var next = 0
        for edit in sortedEdits {
            let at = firstPlace(notBefore: edit.key)
            append(next..<at, to: &out, since: start)
            next = at
            if at < places.count, text[places[at].keyRange].elementsEqual(edit.key) { next += 1 }
            guard let value = edit.value else { continue }
            if out.count > start { out.append(UInt8(ascii: ",")) }
            out += try CanonicalJSON.encode(.string(Value.key(for: edit.name)))
            out.append(UInt8(ascii: ":"))
            out += try CanonicalJSON.encode(value.encoded(), of: subject)
        }
        append(next..<places.count, to: &out, since: start)
        out.append(UInt8(ascii: "}"))
    }

    /// Copies a run of members with the commas between them.
    private func append(_ run: Range<Int>, to out: inout [UInt8], since start: Int) {
        guard let first = run.first, let last = run.last else { return }
        if out.count > start { out.append(UInt8(ascii: ",")) }
        out += text[Int(places[first].key) - 1..<Int(places[last].end)]
    }

    /// The members that an earlier table has and this one has not, or not with the same value.
    func differences(since earlier: MemberTable) -> [(name: Name, before: Value, now: Value?)] {
        guard edits.isEmpty, earlier.edits.isEmpty else {
            return earlier.compactMap { name, before in
                let now = self[name]
                return now == before ? nil : (name, before, now)
            }
        }
        // Both are canonical: values whose bytes are equal are equal.
        var found: [(name: Name, before: Value, now: Value?)] = []
        var at = 0
        for old in earlier.places {
            let key = earlier.text[old.keyRange]
            while at < places.count, text[places[at].keyRange].lexicographicallyPrecedes(key) { at += 1 }
            let isThere = at < places.count && text[places[at].keyRange].elementsEqual(key)
            if isThere, text[places[at].valueRange].elementsEqual(earlier.text[old.valueRange]) { continue }
            found.append(
                (earlier.name(at: old), earlier.value(at: old), isThere ? value(at: places[at]) : nil)
            )
        }
        return found
    }
}

extension MemberTable: Sequence {
    /// Goes through the members in the order of their keys.
    public struct Iterator: IteratorProtocol {
        private let table: MemberTable
        private var edits: ArraySlice<Edit>
        private var at = 0

        init(_ table: MemberTable) {
            self.table = table
            edits = table.sortedEdits[...]
        }

        /// The next member.
        public mutating func next() -> (key: Name, value: Value)? {
            while true {
                let place = at < table.places.count ? table.places[at] : nil
                guard let edit = edits.first, !isBefore(place, edit.key) else {
                    guard let place else { return nil }
                    at += 1
                    return (table.name(at: place), table.value(at: place))
                }
                edits = edits.dropFirst()
                if let place, table.text[place.keyRange].elementsEqual(edit.key) { at += 1 }
                if let value = edit.value { return (edit.name, value) }
            }
        }

        private func isBefore(_ place: Place?, _ key: [UInt8]) -> Bool {
            place.map { table.text[$0.keyRange].lexicographicallyPrecedes(key) } ?? false
        }
    }

    /// Goes through the members in the order of their keys.
    public func makeIterator() -> Iterator { Iterator(self) }
}
