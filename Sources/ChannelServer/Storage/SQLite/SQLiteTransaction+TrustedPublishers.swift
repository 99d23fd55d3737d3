// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import GRDB
internal import TrustCore
internal import TrustPolicy

extension SQLiteTransaction {
    func trustedPublishers(of channel: Int64) throws -> [TrustedPublisher] {
        try rows("SELECT * FROM trusted_publisher WHERE channel = ? ORDER BY id", [channel])
            .map(Self.trustedPublisher)
    }

    func trustedPublishers(issuer: String, anchors: [String]) throws -> [TrustedPublisher] {
        try anchors.flatMap { anchor in
            try rows("SELECT * FROM trusted_publisher WHERE issuer = ? AND anchor = ?", [issuer, anchor])
                .map(Self.trustedPublisher)
        }.sorted { $0.id < $1.id }
    }

    func pendingPublishers(of channel: Int64, for package: PackageName) throws -> [TrustedPublisher] {
        try rows(
            "SELECT * FROM trusted_publisher WHERE channel = ? AND pending = 1 AND packages = ? ORDER BY id",
            [channel, package.normalized]
        ).map(Self.trustedPublisher)
    }

    func publishers(ofKey key: Int64) throws -> Set<Int64> {
        Set(try rows("SELECT publisher FROM minted_key WHERE access_key = ?", [key]).map { $0["publisher"] })
    }

    func keys(mintedFor publisher: Int64) throws -> [Int64] {
        try rows("SELECT access_key FROM minted_key WHERE publisher = ? ORDER BY access_key", [publisher])
            .map { $0["access_key"] }
    }

    func insertPublisher(
        of channel: Int64,
        _ packages: [PackagePattern],
        _ demand: WorkloadDemand,
        isPending: Bool,
        created: Timestamp
    ) throws -> TrustedPublisher {
        try run(
            """
            INSERT INTO trusted_publisher
                (channel, packages, pending, created, issuer, anchor, demand)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            [
                channel, packages.map(\.description).joined(separator: " "), isPending, created.seconds,
                demand.issuer, demand.anchor,
                String(decoding: JSONWriter.encode(.object(demand.json)), as: UTF8.self),
            ]
        )
        return TrustedPublisher(
            id: database.lastInsertedRowID,
            channel: channel,
            packages: packages,
            demand: demand,
            isPending: isPending,
            created: created
        )
    }

    func settlePublisher(id: Int64) throws {
        try run("UPDATE trusted_publisher SET pending = 0 WHERE id = ?", [id])
    }

    func removePublisher(id: Int64) throws {
        try run("DELETE FROM trusted_publisher WHERE id = ?", [id])
    }

    func useToken(_ id: String, of issuer: String, until: Timestamp) throws -> Bool {
        try run(
            "INSERT INTO used_token (issuer, token, until) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            [issuer, id, until.seconds]
        )
        return changedSomething
    }

    func mintedKey(_ key: Int64, for publishers: [Int64]) throws {
        for publisher in publishers {
            try run("INSERT INTO minted_key (access_key, publisher) VALUES (?, ?)", [key, publisher])
        }
    }

    func forgetMinted(tokensBefore: Timestamp, keysBefore: Timestamp) throws {
        try run("DELETE FROM used_token WHERE until < ?", [tokensBefore.seconds])
        try run(
            """
            DELETE FROM access_key
            WHERE expires < ? AND id IN (SELECT access_key FROM minted_key)
            """,
            [keysBefore.seconds]
        )
    }

    private static func trustedPublisher(_ row: Row) throws -> TrustedPublisher {
        let demand = try parsed(row, "demand") { text in
            let value = try JSONReader.read(Array(text.utf8), of: "demand")
            return try WorkloadDemand(try JSONFields(value, of: "demand"))
        }
        let packages = try parsed(row, "packages") { text in
            try TrustedPublisher.patterns(
                text.split(separator: " ").map(String.init),
                isPending: row["pending"]
            )
        }
        return TrustedPublisher(
            id: row["id"],
            channel: row["channel"],
            packages: packages,
            demand: demand,
            isPending: row["pending"],
            created: Timestamp(seconds: row["created"])
        )
    }
}
