// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import GRDB
internal import TrustCore

extension SQLiteTransaction {
    func failedUploads(limit: Int) throws -> [FailedUpload] {
        try rows("SELECT * FROM failed_upload ORDER BY id DESC LIMIT ?", [max(0, limit)]).map { row in
            FailedUpload(
                channel: row["channel"],
                publisher: FilePublisher(
                    try Self.stored(FilePublisher.Kind(rawValue: row["publisher_kind"]), "publisher_kind"),
                    row["publisher_name"],
                    issuer: row["publisher_issuer"]
                ),
                fileName: row["file_name"],
                code: row["code"],
                time: Timestamp(seconds: row["time"])
            )
        }
    }

    func note(_ failure: FailedUpload) throws {
        try run(
            """
            INSERT INTO failed_upload (channel, publisher_kind, publisher_name, publisher_issuer, file_name, code, time)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            [
                failure.channel, failure.publisher.kind.rawValue, failure.publisher.name,
                failure.publisher.issuer,
                failure.fileName, failure.code, failure.time.seconds,
            ]
        )
        try run(
            """
            DELETE FROM failed_upload WHERE channel = ?1 AND id <= (
                SELECT id FROM failed_upload WHERE channel = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2
            )
            """,
            [failure.channel, FailedUpload.keptPerChannel]
        )
    }
}
