// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import GRDB
internal import TrustCore

extension SQLiteTransaction {
    func users() throws -> [ServerUser] {
        try rows("SELECT * FROM server_user ORDER BY name").map(Self.user)
    }

    func user(_ name: String) throws -> ServerUser? {
        try row("SELECT * FROM server_user WHERE name = ?", [name]).map(Self.user)
    }

    func administratorCount() throws -> Int {
        try row(
            "SELECT COUNT(*) AS n FROM server_user WHERE role = ? AND removed IS NULL",
            [ServerRole.administrator.rawValue]
        )?["n"] ?? 0
    }

    func standing(of name: String, in channel: Int64?) throws -> Standing {
        guard let user = try user(name), !user.isRemoved else { return Standing() }
        guard let channel else { return Standing(server: user.role) }
        var whole: ChannelRole?
        var packages: [String: PackageRole] = [:]
        let found = try rows("SELECT * FROM membership WHERE user = ? AND channel = ?", [name, channel])
        for membership in try found.map(Self.membership) {
            switch membership.role {
            case .channel(let role): whole = role
            case .package(let package, let role): packages[package] = role
            }
        }
        return Standing(server: user.role, channel: whole, packages: packages)
    }

    func createUser(_ name: UserName, _ role: ServerRole?, now: Timestamp) throws -> ServerUser {
        guard try user(name.text) == nil else { throw Refusal(AccessCode.userExists, name.text) }
        try run(
            "INSERT INTO server_user (name, role, created) VALUES (?, ?, ?)",
            [name.text, role?.rawValue, now.seconds]
        )
        return ServerUser(name: name, role: role, created: now)
    }

    func setRole(_ role: ServerRole?, of user: UserName) throws {
        try run("UPDATE server_user SET role = ? WHERE name = ?", [role?.rawValue, user.text])
    }

    func removeUser(_ name: UserName, now: Timestamp) throws {
        try run(
            "DELETE FROM access_key WHERE holder_kind = ? AND holder_name = ?",
            [FilePublisher.Kind.user.rawValue, name.text]
        )
        try run("DELETE FROM membership WHERE user = ?", [name.text])
        try run(
            "UPDATE server_user SET role = NULL, removed = ? WHERE name = ?",
            [now.seconds, name.text]
        )
    }

    private static func user(_ row: Row) throws -> ServerUser {
        let role: String? = row["role"]
        return ServerUser(
            name: try parsed(row, "name") { try UserName($0) },
            role: try role.map { try stored(ServerRole(rawValue: $0), "role") },
            created: Timestamp(seconds: row["created"]),
            removed: (row["removed"] as Int64?).map { Timestamp(seconds: $0) }
        )
    }
}
