// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import TrustCore

extension Administration {
    /// `channels/<channel>/members`, and `channels/<channel>/members/<user>`.
    func answerMembers(_ request: AdministrationRequest, _ authority: AdministrationAuthority) async throws
        -> JSONObject
    {
        let path = request.path
        switch (request.method, path.count) {
        case (.get, 3): return try await listMembers(path[1], authority)
        case (.put, 4): return try await giveRole(path[1], path[3], try request.fields, authority)
        case (.delete, 4):
            return try await takeRole(path[1], path[3], package: request.query["package"], authority)
        default: throw Self.notFound(request)
        }
    }

    private func listMembers(_ name: String, _ authority: AdministrationAuthority) async throws -> JSONObject
    {
        let channel = try await channel(name, for: .managePublishers, authority)
        let members = try await database.read { try $0.memberships(in: channel.id) }
        return Self.list("members", members.map(Self.json))
    }

    /// Roles in the channel are its owner's to give; roles for a package also those of its maintainers.
    private func giveRole(
        _ name: String,
        _ user: String,
        _ fields: JSONFields,
        _ authority: AdministrationAuthority
    ) async throws -> JSONObject {
        let package = try Self.package(try fields.optionalString("package"))
        let role: Membership.Role =
            if let package {
                .package(package, try Self.role(fields, PackageRole.self))
            } else {
                .channel(try Self.role(fields, ChannelRole.self))
            }
        let channel = try await channelOfMembers(name, package, authority)
        let now = now()
        let membership = try await database.write { transaction in
            let user = try Self.user(user, transaction)
            let membership = Membership(user: user.name.text, channel: channel.id, role: role, since: now)
            try transaction.put(membership)
            return membership
        }
        record("member-changed", authority, Self.details(channel, user, package, membership.roleName))
        return Self.json(membership)
    }

    private func takeRole(
        _ name: String,
        _ user: String,
        package: String?,
        _ authority: AdministrationAuthority
    ) async throws -> JSONObject {
        let package = try Self.package(package)
        let channel = try await channelOfMembers(name, package, authority)
        let removed = try await database.write { transaction in
            let old = try transaction.memberships(in: channel.id).first {
                ByteKey.areEqual($0.user, user) && $0.package == package
            }
            guard let old,
                try transaction.removeMembership(of: user, in: channel.id, package: package)
            else { throw Refusal(AccessCode.memberUnknown, user, at: channel.name.text) }
            return old
        }
        record("member-removed", authority, Self.details(channel, user, package, removed.roleName))
        return Self.json(removed)
    }

    private func channelOfMembers(
        _ name: String,
        _ package: String?,
        _ authority: AdministrationAuthority
    ) async throws -> HostedChannel {
        try await channel(
            name,
            for: package == nil ? .manageChannel : .managePublishers,
            package: package,
            authority
        )
    }

    private static func package(_ text: String?) throws -> String? {
        try text.map { try PackageName($0).normalized }
    }

    private static func details(
        _ channel: HostedChannel,
        _ user: String,
        _ package: String?,
        _ role: String
    ) -> [String: String] {
        var details = ["channel": channel.name.text, "user": user, "role": role]
        details["package"] = package
        return details
    }

    static func json(_ membership: Membership) -> JSONObject {
        var json = JSONObject()
        json["user"] = .string(membership.user)
        json["role"] = .string(membership.roleName)
        json["package"] = membership.package.map { .string($0) }
        json["since"] = .string("\(membership.since)")
        return json
    }
}
