// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import GRDB
internal import TrustCore

extension SQLiteTransaction {
    func memberships(in channel: Int64) throws -> [Membership] {
        try rows("SELECT * FROM membership WHERE channel = ? ORDER BY user, package", [channel]).map(
            Self.membership
        )
    }

    func memberships(of user: String) throws -> [Membership] {
        try rows("SELECT * FROM membership WHERE user = ? ORDER BY channel, package", [user]).map(
            Self.membership
        )
    }

    func put(_ membership: Membership) throws {
        try run(
            """
            INSERT INTO membership (user, channel, package, role, since) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (user, channel, package) DO UPDATE SET role = excluded.role, since = excluded.since
            """,
            [
                membership.user, membership.channel, membership.package ?? "", membership.roleName,
                membership.since.seconds,
            ]
        )
    }

    func removeMembership(of user: String, in channel: Int64, package: String?) throws -> Bool {
        try run(
            "DELETE FROM membership WHERE user = ? AND channel = ? AND package = ?",
            [user, channel, package ?? ""]
        )
        return changedSomething
    }

    /// An empty package's name in the table means the whole channel.
    static func membership(_ row: Row) throws -> Membership {
        let package: String = row["package"], name: String = row["role"]
        let role: Membership.Role =
            if package.isEmpty {
                .channel(try stored(ChannelRole(rawValue: name), "role"))
            } else {
                .package(package, try stored(PackageRole(rawValue: name), "role"))
            }
        return Membership(
            user: row["user"],
            channel: row["channel"],
            role: role,
            since: Timestamp(seconds: row["since"])
        )
    }
}
