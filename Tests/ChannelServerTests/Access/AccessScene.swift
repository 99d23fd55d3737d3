// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import HTTPTypes
import HummingbirdTesting
import NIOCore
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

/// A server with users, roles and keys in its database, and the administration in front of it.
struct AccessScene {
    let scene: ServerScene

    init(rates: RequestAllowances = .unlimited, quota: ChannelQuota = .unlimited) throws {
        scene = try ServerScene(rates: rates, quota: quota) { DatabaseAccess(database: $0) }
    }

    var access: any AccessControl { scene.parts.access }
    var database: SQLiteDatabase { scene.database }

    /// Adds a user.
    func user(_ name: String, _ role: ServerRole? = nil) async throws {
        let now = scene.now
        _ = try await database.write { try $0.createUser(try UserName(name), role, now: now) }
    }

    /// Gives a role in a channel, or for a package of it.
    func give(_ role: Membership.Role, to user: String, in channel: HostedChannel) async throws {
        let membership = Membership(user: user, channel: channel.id, role: role, since: scene.now)
        try await database.write { try $0.put(membership) }
    }

    /// Makes a key; answers its secret.
    func key(
        for holder: FilePublisher,
        _ scopes: [AccessScope] = [.everything],
        expires: Timestamp? = nil
    ) async throws -> String {
        let secret = AccessKeySecret(random: scene.parts.random), now = scene.now
        _ = try await database.write { transaction in
            try transaction.insertKey(
                hash: secret.hash,
                holder: holder,
                scopes: scopes,
                label: "",
                created: now,
                expires: expires
            )
        }
        return secret.text
    }

    /// Makes a user and a key for them.
    func userWithKey(_ name: String, _ role: ServerRole? = nil) async throws -> String {
        try await user(name, role)
        return try await key(for: FilePublisher(.user, name))
    }

    /// Whoever shows a secret.
    func caller(_ secret: String?) async throws -> Caller {
        try await access.caller(secret.map { .key($0) }, now: scene.now)
    }

    /// Asks the administration over HTTP.
    func ask(
        _ method: HTTPRequest.Method,
        _ path: String,
        key: String? = nil,
        _ body: String? = nil
    ) async throws -> (status: Int, body: JSONObject) {
        var headers = HTTPFields()
        if let key { headers[.authorization] = "Bearer \(key)" }
        let response = try await scene.ask(
            [AdministrationRoutes(parts: scene.parts)],
            method,
            "/api/v1/" + path,
            headers: headers,
            body: body.map { Array($0.utf8) }
        )
        let json = try JSONReader.read(Array(response.body.readableBytesView), of: "the answer")
        return (response.status.code, try #require(json.object))
    }
}
