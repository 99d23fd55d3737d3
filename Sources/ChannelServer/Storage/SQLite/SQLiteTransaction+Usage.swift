// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import GRDB
internal import TrustCore

extension SQLiteTransaction {
    /// Triggers of the table `file` keep the sums: see ``SQLiteSchema``.
    func usage(of channel: Int64) throws -> ChannelUsage {
        guard let row = try row("SELECT * FROM channel_usage WHERE channel = ?", [channel]) else {
            return ChannelUsage()
        }
        return ChannelUsage(
            bytes: row["bytes"],
            files: row["files"],
            quota: ChannelQuota(bytes: row["maximum_bytes"], files: row["maximum_files"])
        )
    }

    func setQuota(_ quota: ChannelQuota, of channel: Int64) throws {
        try run(
            """
            INSERT INTO channel_usage (channel, bytes, files, maximum_bytes, maximum_files) VALUES (?, 0, 0, ?, ?)
            ON CONFLICT (channel) DO UPDATE
            SET maximum_bytes = excluded.maximum_bytes, maximum_files = excluded.maximum_files
            """,
            [channel, quota.bytes, quota.files]
        )
    }
}
