// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// Metadata most of which is one large object, kept as a ``MemberTable``.
protocol TabledMetadata: RoleMetadata {
    associatedtype Member: MemberValue

    /// The key of the large object.
    static var tableKey: String { get }
    /// The large object.
    var table: MemberTable<Member> { get }
    /// Takes the large object and reads the rest.
    init(_ rest: JSONFields, _ table: MemberTable<Member>) throws
    /// All members of the signed part but the large object.
    func encodedRest() -> JSONObject
}

extension TabledMetadata {
    /// The canonical form of the signed part.
    func canonical(of subject: String) throws -> [UInt8] {
        try CanonicalJSON.encode(
            encodedRest(),
            splicing: Self.tableKey,
            of: subject,
            capacity: table.text.count,
            { try table.write(to: &$0, of: subject) }
        )
    }

    /// Reads a file whose signed part is laid out as it was signed, without making values of its members.
    ///
    /// - Returns: nil for a file that has another layout, or anything wrong with it: then it is read the long
    ///   way, which says what.
    static func quick(
        _ bytes: [UInt8],
        of subject: String,
        limits: JSONLimits
    ) -> (role: Self, envelope: MetadataEnvelope)? {
        // The large object is on the third level, and its members on the fourth.
        let inside = JSONLimits(depth: limits.depth - 4, values: limits.values)
        guard inside.depth > 2, bytes.count <= limits.bytes,
            let list = PlainText.skip("{\"signatures\":", bytes.span, from: 0),
            let signatures = try? JSONReader.read(
                prefixOf: bytes,
                from: list,
                of: subject,
                limits: inside
            ),
            let start = PlainText.skip(",\"signed\":", bytes.span, from: signatures.end),
            let parts = parts(bytes, from: start, of: subject, limits: inside),
            // Counted high, and with the file and the signed part: the long way counts exactly.
            2 + signatures.count + parts.count <= limits.values,
            isEnd(bytes, from: parts.end),
            let role = try? Self(JSONFields(parts.rest, of: subject), parts.table),
            let canonical = try? CanonicalJSON.encode(
                parts.rest,
                splicing: tableKey,
                of: subject,
                capacity: parts.place.count,
                { $0 += bytes[parts.place] }
            ),
            let envelope = try? MetadataEnvelope(
                signedBytes: canonical,
                text: bytes,
                at: start..<parts.end,
                signatures: signatures.value,
                of: subject
            )
        else { return nil }
        return (role, envelope)
    }

    private typealias Parts = (
        rest: JSONObject, table: MemberTable<Member>, place: Range<Int>, end: Int, count: Int
    )

    /// Splits a signed part, whose keys must strictly ascend, into the large object and the rest.
    private static func parts(
        _ bytes: [UInt8],
        from start: Int,
        of subject: String,
        limits: JSONLimits
    ) -> Parts? {
        guard var at = PlainText.skip("{", bytes.span, from: start) else { return nil }
        var rest = JSONObject()
        var found: (table: MemberTable<Member>, place: Range<Int>)?
        var previous: Range<Int>?
        var count = 0
        while true {
            guard let quote = PlainText.skip("\"", bytes.span, from: at),
                let keyEnd = PlainText.closingQuote(bytes.span, from: quote),
                previous.map({ PlainText.precedes(bytes.span, $0, quote..<keyEnd) }) ?? true,
                let value = PlainText.skip("\":", bytes.span, from: keyEnd), value < bytes.count
            else { return nil }
            let key = quote..<keyEnd
            previous = key
            if bytes[key].elementsEqual(tableKey.utf8) {
                guard
                    let (table, end, inside) = MemberTable<Member>
                        .scan(canonical: bytes, from: value, limits: limits)
                else { return nil }
                found = (table, value..<end)
                count += inside
                at = end
            } else {
                guard
                    let read = try? JSONReader.read(prefixOf: bytes, from: value, of: subject, limits: limits)
                else { return nil }
                rest.insert(String(decoding: bytes[key], as: UTF8.self), read.value)
                count += read.count
                at = read.end
            }
            guard at < bytes.count else { return nil }
            at += 1
            if bytes[at - 1] == UInt8(ascii: ",") { continue }
            guard bytes[at - 1] == UInt8(ascii: "}"), let found else { return nil }
            return (rest, found.table, found.place, at, count)
        }
    }

    private static func isEnd(_ bytes: [UInt8], from start: Int) -> Bool {
        guard let end = PlainText.skip("}", bytes.span, from: start) else { return false }
        return bytes[end...].allSatisfy { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }
    }
}
