// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import GRDB
internal import TrustCore

extension SQLiteTransaction {
    private static let summaryColumns =
        "subdir, file_name, size, accepted_ms, state, attestations IS NOT NULL AS attested"

    func fileSummaries(named name: PackageName, of channel: Int64, limit: Int) throws -> [FileSummary] {
        try rows(
            """
            SELECT \(Self.summaryColumns) FROM file WHERE channel = ? AND name = ?
            ORDER BY accepted_ms DESC, subdir, file_name LIMIT ?
            """,
            [channel, name.normalized, max(0, limit)]
        ).map(Self.summary)
    }

    func newestFiles(of channel: Int64, limit: Int) throws -> [FileSummary] {
        try rows(
            """
            SELECT \(Self.summaryColumns) FROM file WHERE channel = ?
            ORDER BY accepted_ms DESC, subdir DESC, file_name DESC LIMIT ?
            """,
            [channel, max(0, limit)]
        ).map(Self.summary)
    }

    func isStale(_ name: PackageName, in subdir: Subdir, of channel: Int64) throws -> Bool {
        try row(
            "SELECT 1 FROM stale_package WHERE channel = ? AND subdir = ? AND package IN (?, '') LIMIT 1",
            [channel, subdir.text, name.normalized]
        ) != nil
    }

    func packageCount(of channel: Int64) throws -> Int64 {
        try row("SELECT packages FROM channel_package_count WHERE channel = ?", [channel])?["packages"] ?? 0
    }

    func channelData(of name: PackageName, in channel: Int64) throws -> [UInt8]? {
        try row(
            "SELECT text FROM channel_package WHERE channel = ? AND package = ?",
            [channel, name.normalized]
        ).map { try Self.bytes($0, "text") }
    }

    func search(
        _ part: String,
        in channels: [Int64],
        after: CatalogueEntry?,
        limit: Int,
        examining: Int
    ) throws -> CataloguePage {
        guard !channels.isEmpty, limit > 0, examining > 0 else { return CataloguePage(found: [], next: nil) }
        let start = after ?? CatalogueEntry(package: "", channel: 0)
        // Not cached statements: their text depends on who asks.
        let list = channels.map(String.init).joined(separator: ", ")
        // The last one that is looked at; none if there are fewer. It is of the same channels: the page names it.
        let end = try Row.fetchOne(
            database,
            sql: """
                SELECT package, channel FROM channel_package INDEXED BY channel_package_by_name
                WHERE (package, channel) > (?, ?) AND channel IN (\(list))
                ORDER BY package, channel LIMIT 1 OFFSET ?
                """,
            arguments: [start.package, start.channel, examining - 1]
        ).map(Self.catalogueEntry)
        let found = try Row.fetchAll(
            database,
            sql: """
                SELECT package, channel FROM channel_package INDEXED BY channel_package_by_name
                WHERE (package, channel) > (?1, ?2) AND (?3 IS NULL OR (package, channel) <= (?3, ?4))
                AND instr(package, ?5) > 0 AND channel IN (\(list))
                ORDER BY package, channel LIMIT ?6
                """,
            arguments: [start.package, start.channel, end?.package, end?.channel, part, limit]
        ).map(Self.catalogueEntry)
        // A full page goes on after its last entry, which may be the last one there is.
        return CataloguePage(found: found, next: found.count == limit ? found.last : end)
    }

    func logEntries(
        about fileName: ArchiveFileName,
        in subdir: Subdir,
        of channel: ChannelName,
        log: Int64,
        limit: Int
    ) throws -> [LoggedEntry] {
        try rows(
            """
            SELECT position, entry FROM log_entry WHERE log = ? AND about = ?
            ORDER BY position LIMIT ?
            """,
            [log, "\(channel.text)/\(subdir.text)/\(fileName.text)", max(0, limit)]
        ).map { LoggedEntry(index: $0["position"], bytes: try Self.bytes($0, "entry")) }
    }

    private static func catalogueEntry(_ row: Row) -> CatalogueEntry {
        CatalogueEntry(package: row["package"], channel: row["channel"])
    }

    private static func summary(_ row: Row) throws -> FileSummary {
        FileSummary(
            subdir: try parsed(row, "subdir") { try Subdir($0) },
            fileName: try parsed(row, "file_name") { try ArchiveFileName($0) },
            size: UInt64(clamping: row["size"] as Int64),
            acceptedAt: UInt64(clamping: row["accepted_ms"] as Int64),
            state: try stored(HostedFile.State(rawValue: row["state"]), "state"),
            hasAttestations: row["attested"]
        )
    }
}
