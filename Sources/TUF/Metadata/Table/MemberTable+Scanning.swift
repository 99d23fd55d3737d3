// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

extension MemberTable {
    /// Finds the members of an object that is in canonical form, and checks each.
    ///
    /// Keys that strictly ascend are all different, so nothing is remembered for that. Members that are not
    /// of the common form are read as any JSON is, and must be what their canonical form is.
    ///
    /// - Parameters:
    ///   - text: The text; it stays in memory with the table.
    ///   - start: Where the object begins.
    ///   - limits: How many levels, and how many values, there may be below a member.
    /// - Returns: The table, where the object ends, and how many values are in it at most; nil if it is not in
    ///   canonical form, or a member is bad.
    static func scan(
        canonical text: [UInt8],
        from start: Int,
        limits: JSONLimits
    ) -> (table: Self, end: Int, count: Int)? {
        guard text.count < Int(UInt32.max), limits.depth > 2 else { return nil }
        let span = text.span
        guard var at = PlainText.skip("{", span, from: start) else { return nil }
        if let end = PlainText.skip("}", span, from: at) { return (MemberTable(), end, 1) }
        var places: [Place] = []
        places.reserveCapacity((text.count - start) / 128)
        var previous = 0..<0
        var count = 1
        while true {
            guard at < span.count, span[at] == UInt8(ascii: "\""),
                let keyEnd = PlainText.closingQuote(span, from: at + 1)
            else { return nil }
            let key = at + 1..<keyEnd
            guard places.isEmpty || PlainText.precedes(span, previous, key),
                Value.isPlainKey(span, key) || isGoodKey(text[key]),
                let value = PlainText.skip("\":", span, from: keyEnd),
                let (end, inside) = plainEnd(span, from: value)
                    ?? endOfValue(text, from: value, limits: limits),
                end < span.count
            else { return nil }
            count += inside
            places.append(Place(key: UInt32(key.lowerBound), value: UInt32(value), end: UInt32(end)))
            previous = key
            at = end + 1
            if span[end] == UInt8(ascii: ",") { continue }
            return span[end] == UInt8(ascii: "}") ? (MemberTable(text: text, places: places), at, count) : nil
        }
    }

    /// No common form has more values in it: an object, a list of digests, and what they hold.
    private static var mostPlainValues: Int { 5 }

    private static func plainEnd(_ text: Span<UInt8>, from start: Int) -> (end: Int, count: Int)? {
        Value.plainEnd(text, from: start).map { ($0, mostPlainValues) }
    }

    private static func isGoodKey(_ key: ArraySlice<UInt8>) -> Bool {
        (try? Value.name(fromKey: String(decoding: key, as: UTF8.self), in: "metadata")) != nil
    }

    /// The end of a value of any shape that is good and in canonical form, and how many values it is.
    private static func endOfValue(_ text: [UInt8], from start: Int, limits: JSONLimits) -> (
        end: Int, count: Int
    )? {
        guard
            let read = try? JSONReader.read(
                prefixOf: text,
                from: start,
                of: "metadata",
                limits: limits
            ),
            let canonical = try? CanonicalJSON.encode(read.value),
            text[start..<read.end].elementsEqual(canonical),
            let fields = try? JSONFields(read.value, of: "metadata"),
            (try? Value(member: fields)) != nil
        else { return nil }
        return (read.end, read.count)
    }
}
