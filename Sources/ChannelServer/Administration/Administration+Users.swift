// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

extension Administration {
    func answerUsers(_ request: AdministrationRequest, _ authority: AdministrationAuthority) async throws
        -> JSONObject
    {
        let path = request.path
        switch (request.method, path.count) {
        case (.get, 1): return try await listUsers(authority)
        case (.post, 1): return try await addUser(try request.fields, authority)
        case (.get, 2): return try await showUser(path[1], authority)
        case (.put, 2): return try await changeUser(path[1], try request.fields, authority)
        case (.delete, 2): return try await removeUser(path[1], authority)
        default: throw Self.notFound(request)
        }
    }

    private func listUsers(_ authority: AdministrationAuthority) async throws -> JSONObject {
        try await demand(.manageUsers, authority)
        let users = try await database.read { try $0.users() }
        return Self.list("users", users.map(Self.json))
    }

    /// Whoever shows a key may look at themselves, as `me` or by name.
    private func showUser(_ asked: String, _ authority: AdministrationAuthority) async throws -> JSONObject {
        var name = asked
        if case .caller(let caller) = authority {
            let own = caller.holder.flatMap { $0.kind == .user ? $0.name : nil }
            if ByteKey.areEqual(asked, UserName.me), let own { name = own }
            if own.map({ !ByteKey.areEqual($0, name) }) ?? true { try await demand(.manageUsers, authority) }
        }
        let (user, memberships, channels) = try await database.read { [name] transaction in
            (
                try Self.user(name, transaction), try transaction.memberships(of: name),
                try transaction.channels()
            )
        }
        let names = Dictionary(channels.map { ($0.id, $0.name.text) }) { first, _ in first }
        var json = Self.json(user)
        json["memberships"] = .array(
            memberships.map { membership in
                var json = Self.json(membership)
                json["user"] = nil
                json["channel"] = names[membership.channel].map { .string($0) }
                return .object(json)
            }
        )
        return json
    }

    private func addUser(_ fields: JSONFields, _ authority: AdministrationAuthority) async throws
        -> JSONObject
    {
        try await demand(.manageUsers, authority)
        let name = try UserName(try fields.string("name"))
        let role = fields.optional("role") == nil ? nil : try Self.role(fields, ServerRole.self)
        let now = now()
        let user = try await database.write { try $0.createUser(name, role, now: now) }
        record("user-added", authority, ["user": name.text, "role": role?.rawValue ?? "-"])
        return Self.json(user)
    }

    private func changeUser(
        _ name: String,
        _ fields: JSONFields,
        _ authority: AdministrationAuthority
    ) async throws -> JSONObject {
        try await demand(.manageUsers, authority)
        guard fields.object["role"] != nil else { throw Self.malformed("role", "a role, or null for none") }
        let role = fields.optional("role") == nil ? nil : try Self.role(fields, ServerRole.self)
        let user = try await database.write { transaction in
            let user = try Self.user(name, transaction)
            if user.role == .administrator, role != .administrator { try Self.demandAnother(transaction) }
            try transaction.setRole(role, of: user.name)
            return ServerUser(name: user.name, role: role, created: user.created)
        }
        record("user-changed", authority, ["user": user.name.text, "role": role?.rawValue ?? "-"])
        return Self.json(user)
    }

    private func removeUser(_ name: String, _ authority: AdministrationAuthority) async throws -> JSONObject {
        try await demand(.manageUsers, authority)
        let now = now()
        let (user, keys) = try await database.write { transaction in
            let user = try Self.user(name, transaction)
            if user.role == .administrator { try Self.demandAnother(transaction) }
            let keys = try transaction.accessKeys(of: user.name.text).count
            try transaction.removeUser(user.name, now: now)
            return (user, keys)
        }
        record("user-removed", authority, ["user": user.name.text])
        var json = Self.json(ServerUser(name: user.name, role: nil, created: user.created, removed: now))
        json["revoked_keys"] = .number(JSONNumber(Int64(keys)))
        return json
    }

    /// Demands that there is more than one administrator.
    private static func demandAnother(_ transaction: any ReadTransaction) throws {
        guard try transaction.administratorCount() > 1 else {
            throw Refusal(AccessCode.lastAdministrator, "the server")
        }
    }

    private static func json(_ user: ServerUser) -> JSONObject {
        var json = JSONObject()
        json["name"] = .string(user.name.text)
        json["role"] = user.role.map { .string($0.rawValue) } ?? .null
        json["created"] = .string("\(user.created)")
        json["removed"] = user.removed.map { .string("\($0)") }
        return json
    }
}
