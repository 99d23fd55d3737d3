// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Foundation
internal import GRDB
internal import TrustCore

extension SQLiteTransaction {
    func logs() throws -> [HostedLog] { try rows("SELECT * FROM log ORDER BY id").map(Self.log) }

    func log(of channel: HostedChannel) throws -> HostedLog? {
        switch channel.visibility {
        case .everybody: try row("SELECT * FROM log WHERE channel IS NULL").map(Self.log)
        case .members: try row("SELECT * FROM log WHERE channel = ?", [channel.id]).map(Self.log)
        }
    }

    func retiredLogs() throws -> [String] {
        try rows("SELECT origin FROM retired_log ORDER BY origin").map { $0["origin"] }
    }

    func retire(_ origin: String, for successor: String) throws {
        try run("INSERT INTO retired_log (origin, successor) VALUES (?, ?)", [origin, successor])
    }

    func createLog(origin: String, channel: Int64?) throws -> HostedLog {
        let successor: String? = try row("SELECT successor FROM retired_log WHERE origin = ?", [origin])?[
            "successor"
        ]
        let origin = successor ?? origin
        try run("INSERT INTO log (origin, channel, size) VALUES (?, ?, 0)", [origin, channel])
        return HostedLog(id: database.lastInsertedRowID, origin: origin, channel: channel, size: 0)
    }

    func append(_ entry: [UInt8], to log: Int64) throws -> Int64 {
        let size: Int64? = try row("SELECT size FROM log WHERE id = ?", [log])?["size"]
        let index = try Self.stored(size, "log")
        try run(
            "INSERT INTO log_entry (log, position, entry) VALUES (?, ?, ?)",
            [log, index, Data(entry)]
        )
        try run("UPDATE log SET size = ? WHERE id = ?", [index + 1, log])
        return index
    }

    func entries(of log: Int64, from: Int64, limit: Int) throws -> [[UInt8]] {
        try rows(
            "SELECT entry FROM log_entry WHERE log = ? AND position >= ? ORDER BY position LIMIT ?",
            [log, from, max(0, limit)]
        ).map { try Self.bytes($0, "entry") }
    }

    func newestRoot(of log: Int64) throws -> LoggedRoot? {
        try row("SELECT * FROM log_root WHERE log = ? ORDER BY size DESC LIMIT 1", [log]).map(Self.root)
    }

    func record(_ root: LoggedRoot) throws {
        let known = try row("SELECT * FROM log_root WHERE log = ? AND size = ?", [root.log, root.size])
            .map(Self.root)
        if let known {
            guard known.root == root.root else {
                throw Refusal(
                    ServerCode.logForked,
                    "log \(root.log) at \(root.size) entries",
                    expected: known.root.hex,
                    found: root.root.hex
                )
            }
            try run(
                "UPDATE log_root SET checkpoint = ? WHERE log = ? AND size = ?",
                [Data(root.checkpoint), root.log, root.size]
            )
        } else {
            try run(
                "INSERT INTO log_root (log, size, root, checkpoint) VALUES (?, ?, ?, ?)",
                [root.log, root.size, root.root.data, Data(root.checkpoint)]
            )
        }
    }

    func rename(_ log: Int64, to origin: String) throws {
        try run("UPDATE log SET origin = ? WHERE id = ?", [origin, log])
        try run("DELETE FROM log_root WHERE log = ?", [log])
        try run("DELETE FROM document WHERE scope_kind = 'log' AND scope = ?", [log])
    }

    private static func log(_ row: Row) -> HostedLog {
        HostedLog(id: row["id"], origin: row["origin"], channel: row["channel"], size: row["size"])
    }

    private static func root(_ row: Row) throws -> LoggedRoot {
        LoggedRoot(
            log: row["log"],
            size: row["size"],
            root: try digest(row, "root"),
            checkpoint: try bytes(row, "checkpoint")
        )
    }
}
