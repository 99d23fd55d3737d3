// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Foundation
internal import GRDB
internal import TrustCore

extension SQLiteTransaction {
    func accessKey(hash: Digest) throws -> AccessKey? {
        try row("SELECT * FROM access_key WHERE hash = ?", [hash.data]).map(Self.accessKey)
    }

    func accessKeys(of user: String?) throws -> [AccessKey] {
        guard let user else { return try rows("SELECT * FROM access_key ORDER BY id").map(Self.accessKey) }
        return try rows(
            "SELECT * FROM access_key WHERE holder_kind = ? AND holder_name = ? ORDER BY id",
            [FilePublisher.Kind.user.rawValue, user]
        ).map(Self.accessKey)
    }

    func insertKey(
        hash: Digest,
        holder: FilePublisher,
        scopes: [AccessScope],
        label: String,
        created: Timestamp,
        expires: Timestamp?
    ) throws -> AccessKey {
        try run(
            """
            INSERT INTO access_key (hash, holder_kind, holder_name, holder_issuer, scopes, label, created, expires)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                hash.data, holder.kind.rawValue, holder.name, holder.issuer, Data(Self.encode(scopes)), label,
                created.seconds, expires?.seconds,
            ]
        )
        return AccessKey(
            id: database.lastInsertedRowID,
            hash: hash,
            holder: holder,
            scopes: scopes,
            label: label,
            created: created,
            expires: expires
        )
    }

    func removeKey(id: Int64) throws -> Bool {
        try run("DELETE FROM access_key WHERE id = ?", [id])
        return changedSomething
    }

    func removeKeys(expiredBefore moment: Timestamp) throws {
        try run("DELETE FROM access_key WHERE expires < ?", [moment.seconds])
    }

    private static func encode(_ scopes: [AccessScope]) -> [UInt8] {
        let values = scopes.map { scope -> JSONValue in
            var object = JSONObject()
            object["actions"] = .array(scope.actions.map(\.rawValue).sorted().map { .string($0) })
            object["channel"] = scope.channel.map { .number(JSONNumber($0)) }
            object["packages"] = scope.packages.map { names in
                .array(names.map { ByteKey($0) }.sorted().map { .string($0.text) })
            }
            return .object(object)
        }
        return JSONWriter.encode(.array(values))
    }

    private static func scopes(_ bytes: [UInt8]) throws -> [AccessScope] {
        guard case .array(let values) = try JSONReader.read(bytes, of: "scopes") else {
            return try stored(nil as [AccessScope]?, "scopes")
        }
        return try values.map { value in
            let fields = try JSONFields(value, of: "scopes")
            return AccessScope(
                actions: Set(
                    try fields.strings("actions").map { try stored(ServerAction(rawValue: $0), "scopes") }
                ),
                channel: fields.object["channel"] == nil ? nil : try fields.integer("channel"),
                packages: fields.object["packages"] == nil ? nil : Set(try fields.strings("packages"))
            )
        }
    }

    private static func accessKey(_ row: Row) throws -> AccessKey {
        AccessKey(
            id: row["id"],
            hash: try digest(row, "hash"),
            holder: FilePublisher(
                try stored(FilePublisher.Kind(rawValue: row["holder_kind"]), "holder_kind"),
                row["holder_name"],
                issuer: row["holder_issuer"]
            ),
            scopes: try scopes(try bytes(row, "scopes")),
            label: row["label"],
            created: Timestamp(seconds: row["created"]),
            expires: (row["expires"] as Int64?).map { Timestamp(seconds: $0) }
        )
    }
}
