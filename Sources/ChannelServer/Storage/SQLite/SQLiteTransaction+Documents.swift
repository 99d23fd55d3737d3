// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Foundation
internal import GRDB
internal import TrustCore

extension SQLiteTransaction {
    func document(_ path: String, in scope: HostedDocument.Scope) throws -> HostedDocument? {
        try row(
            "SELECT * FROM document WHERE scope_kind = ? AND scope = ? AND path = ?",
            [scope.kind, scope.number, path]
        ).map { try Self.document($0, scope) }
    }

    func documents(beginningWith prefix: String, in scope: HostedDocument.Scope) throws -> [HostedDocument] {
        // Text is compared by its bytes, so that whatever begins so comes at or after the prefix itself.
        try rows(
            """
            SELECT * FROM document WHERE scope_kind = ? AND scope = ? AND path >= ?
                AND substr(path, 1, length(?)) = ? ORDER BY path
            """,
            [scope.kind, scope.number, prefix, prefix, prefix]
        ).map { try Self.document($0, scope) }
    }

    func referencedBlobs() throws -> Set<Digest> {
        var found: Set<Digest> = []
        for column in ["sha256", "attestations", "counter_signature"] {
            for row in try rows("SELECT \(column) AS blob FROM file WHERE \(column) IS NOT NULL") {
                found.insert(try Self.digest(row, "blob"))
            }
        }
        for row in try rows("SELECT blob FROM document") { found.insert(try Self.digest(row, "blob")) }
        return found
    }

    func referencedBytes() throws -> UInt64 {
        let sum: Int64? = try row(
            """
            SELECT SUM(size) AS bytes FROM
                (SELECT sha256, size FROM file UNION SELECT blob, size FROM document)
            """
        )?["bytes"]
        return UInt64(clamping: sum ?? 0)
    }

    func put(_ documents: [HostedDocument]) throws {
        for document in documents {
            try run(
                """
                INSERT INTO document (scope_kind, scope, path, blob, size, media_type, immutable, modified)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (scope_kind, scope, path) DO UPDATE SET blob = excluded.blob, size = excluded.size,
                    media_type = excluded.media_type, immutable = excluded.immutable, modified = excluded.modified
                """,
                [
                    document.scope.kind, document.scope.number, document.path, document.blob.data,
                    Int64(clamping: document.size), document.mediaType, document.isImmutable,
                    document.modified.seconds,
                ]
            )
        }
    }

    func removeDocuments(_ paths: [String], in scope: HostedDocument.Scope) throws {
        for path in paths {
            try run(
                "DELETE FROM document WHERE scope_kind = ? AND scope = ? AND path = ?",
                [scope.kind, scope.number, path]
            )
        }
    }

    private static func document(_ row: Row, _ scope: HostedDocument.Scope) throws -> HostedDocument {
        HostedDocument(
            scope: scope,
            path: row["path"],
            blob: try digest(row, "blob"),
            size: UInt64(clamping: row["size"] as Int64),
            mediaType: row["media_type"],
            isImmutable: row["immutable"],
            modified: Timestamp(seconds: row["modified"])
        )
    }
}

extension HostedDocument.Scope {
    fileprivate var kind: String {
        switch self {
        case .channel: "channel"
        case .log: "log"
        }
    }

    fileprivate var number: Int64 {
        switch self {
        case .channel(let number), .log(let number): number
        }
    }
}
