// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import Foundation
internal import GRDB
internal import TrustCore

extension SQLiteTransaction {
    func indexRevision(of subdir: Subdir, in channel: Int64) throws -> Int64 {
        try row(
            "SELECT value FROM index_revision WHERE channel = ? AND subdir = ?",
            [channel, subdir.text]
        )?["value"] ?? 0
    }

    func indexExtent(_ part: IndexPart, of subdir: Subdir, in channel: Int64) throws -> IndexExtent {
        let found = try row(
            "SELECT count, length FROM index_extent WHERE channel = ? AND subdir = ? AND part = ?",
            [channel, subdir.text, part.rawValue]
        )
        guard let found else { return IndexExtent(count: 0, length: 0) }
        return IndexExtent(count: found["count"], length: found["length"])
    }

    func indexPage(_ part: IndexPart, of subdir: Subdir, in channel: Int64, after name: String, limit: Int)
        throws -> IndexPage
    {
        // No value per row but the text: a page has thousands, and is read for each publication.
        let cursor = try Row.fetchCursor(
            try database.cachedStatement(
                sql: """
                    SELECT file_name, text FROM index_element
                    WHERE channel = ? AND subdir = ? AND part = ? AND file_name > ? ORDER BY file_name LIMIT ?
                    """
            ),
            arguments: [channel, subdir.text, part.rawValue, name, max(0, limit)]
        )
        var text: [UInt8] = []
        var count = 0
        var last: String?
        while let row = try cursor.next() {
            if count > 0 { text.append(UInt8(ascii: ",")) }
            try row.withUnsafeData(atIndex: 1) { data in
                try Self.stored(data, "text").withUnsafeBytes { text.append(contentsOf: $0) }
            }
            count += 1
            if count == limit { last = row[0] }
        }
        return IndexPage(text: text, count: count, last: last)
    }

    func indexElements(of package: PackageName, in subdir: Subdir, of channel: Int64) throws -> [IndexElement]
    {
        try rows(
            """
            SELECT part, file_name, text FROM index_element INDEXED BY index_element_by_package
            WHERE channel = ? AND subdir = ? AND package = ? ORDER BY part, file_name
            """,
            [channel, subdir.text, package.normalized]
        ).compactMap { row in
            // A list that a newer program keeps is none of ours.
            guard let part = IndexPart(rawValue: row["part"]) else { return nil }
            let text: Data = row["text"]
            return IndexElement(
                part,
                try Self.parsed(row, "file_name") { try ArchiveFileName($0) },
                Array(text)
            )
        }
    }

    func shards(of subdir: Subdir, in channel: Int64) throws -> [PackageName: Digest] {
        let cursor = try Row.fetchCursor(
            try database.cachedStatement(
                sql: "SELECT package, shard FROM index_shard WHERE channel = ? AND subdir = ?"
            ),
            arguments: [channel, subdir.text]
        )
        var found: [PackageName: Digest] = [:]
        while let row = try cursor.next() {
            found[try Self.parsed(row, "package") { try PackageName($0) }] = try Self.digest(row, "shard")
        }
        return found
    }

    func setElements(
        _ elements: [IndexElement],
        shard: Digest?,
        of package: PackageName,
        in subdir: Subdir,
        of channel: Int64
    ) throws -> Digest? {
        let key: StatementArguments = [channel, subdir.text, package.normalized]
        // By the package, said outright: for the groups SQLite would rather go through the whole subdir.
        let old = try rows(
            """
            SELECT part, COUNT(*) AS count, SUM(length(text)) AS length
            FROM index_element INDEXED BY index_element_by_package
            WHERE channel = ? AND subdir = ? AND package = ? GROUP BY part
            """,
            key
        )
        for row in old {
            try addExtent(
                row["part"],
                count: -(row["count"] as Int),
                length: -(row["length"] as Int),
                subdir,
                channel
            )
        }
        try run("DELETE FROM index_element WHERE channel = ? AND subdir = ? AND package = ?", key)
        for (part, group) in Dictionary(grouping: elements, by: \.part) {
            for element in group { try insert(element, of: package, subdir, channel) }
            let length = group.reduce(0) { $0 + $1.text.count }
            try addExtent(part.rawValue, count: group.count, length: length, subdir, channel)
        }
        let before = try row(
            "SELECT shard FROM index_shard WHERE channel = ? AND subdir = ? AND package = ?",
            key
        ).map { try Self.digest($0, "shard") }
        try run("DELETE FROM index_shard WHERE channel = ? AND subdir = ? AND package = ?", key)
        if let shard {
            try run(
                "INSERT INTO index_shard (channel, subdir, package, shard) VALUES (?, ?, ?, ?)",
                [channel, subdir.text, package.normalized, shard.data]
            )
        }
        try run(
            """
            INSERT INTO index_revision (channel, subdir, value) VALUES (?, ?, 1)
            ON CONFLICT (channel, subdir) DO UPDATE SET value = value + 1
            """,
            [channel, subdir.text]
        )
        return before
    }

    private func insert(_ element: IndexElement, of package: PackageName, _ subdir: Subdir, _ channel: Int64)
        throws
    {
        try run(
            """
            INSERT INTO index_element (channel, subdir, part, file_name, package, text)
            VALUES (?, ?, ?, ?, ?, ?)
            """,
            [
                channel, subdir.text, element.part.rawValue, element.fileName.text, package.normalized,
                Data(element.text),
            ]
        )
    }

    private func addExtent(_ part: String, count: Int, length: Int, _ subdir: Subdir, _ channel: Int64) throws
    {
        try run(
            """
            INSERT INTO index_extent (channel, subdir, part, count, length) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (channel, subdir, part) DO UPDATE SET count = count + excluded.count,
                length = length + excluded.length
            """,
            [channel, subdir.text, part, count, length]
        )
    }

    // MARK: What nothing leads to any more

    func supersededDocuments(of channel: Int64, keptUntilBefore moment: Timestamp, limit: Int) throws
        -> [String]
    {
        try rows(
            """
            SELECT path FROM superseded_document WHERE channel = ? AND kept_until < ?
            ORDER BY kept_until, path LIMIT ?
            """,
            [channel, moment.seconds, max(0, limit)]
        ).map { $0["path"] }
    }

    func noteSuperseded(_ paths: [String], of channel: Int64, keptUntil moment: Timestamp) throws {
        for path in paths {
            try run(
                """
                INSERT INTO superseded_document (channel, path, kept_until) VALUES (?, ?, ?)
                ON CONFLICT (channel, path) DO NOTHING
                """,
                [channel, path, moment.seconds]
            )
        }
    }

    func forgetSuperseded(_ paths: [String], of channel: Int64) throws {
        for path in paths {
            try run("DELETE FROM superseded_document WHERE channel = ? AND path = ?", [channel, path])
        }
    }
}
