// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

extension Administration {
    func answerChannels(_ request: AdministrationRequest, _ authority: AdministrationAuthority) async throws
        -> JSONObject
    {
        let path = request.path
        switch (request.method, path.count) {
        case (.get, 1): return try await listChannels(authority)
        case (.post, 1): return try await createChannel(try request.fields, authority)
        case (.get, 2): return try await json(try await channel(path[1], for: .read, authority))
        case (.put, 2): return try await changeChannel(path[1], try request.fields, authority)
        default: throw Self.notFound(request)
        }
    }

    /// The channels that the caller may read.
    private func listChannels(_ authority: AdministrationAuthority) async throws -> JSONObject {
        var shown: [JSONObject] = []
        for channel in try await database.read({ try $0.channels() })
        where try await mayRead(channel, authority) { shown.append(try await json(channel)) }
        return Self.list("channels", shown)
    }

    private func mayRead(_ channel: HostedChannel, _ authority: AdministrationAuthority) async throws -> Bool
    {
        guard case .caller(let caller) = authority else { return true }
        do {
            try await access.demand(.read, of: caller, on: channel, package: nil)
            return true
        } catch is Refusal {
            return false
        }
    }

    /// Makes a channel. Whoever makes it owns it, unless they name somebody else.
    private func createChannel(_ fields: JSONFields, _ authority: AdministrationAuthority) async throws
        -> JSONObject
    {
        try await demand(.createChannel, authority)
        let name = try ChannelName(try fields.string("name"))
        let visibility = try ChannelSettingsChange.visibility(fields) ?? .members
        var owner = try fields.optionalString("owner")
        if owner == nil, case .caller(let caller) = authority, caller.holder?.kind == .user {
            owner = caller.holder?.name
        }
        let now = now()
        let channel = try await database.write { [owner] transaction in
            let channel = try transaction.createChannel(name, visibility, now: now)
            if let owner {
                let user = try Self.user(owner, transaction)
                try transaction.put(
                    Membership(user: user.name.text, channel: channel.id, role: .channel(.owner), since: now)
                )
            }
            return channel
        }
        record(
            "channel-created",
            authority,
            ["channel": name.text, "visibility": visibility.rawValue, "owner": owner ?? "-"]
        )
        var json = try await json(channel)
        json["owner"] = owner.map { .string($0) }
        return json
    }

    /// Changes what a channel's owner decides on (``ChannelSettingsChange``), and how much it may hold, which is the
    /// server's business.
    private func changeChannel(
        _ name: String,
        _ fields: JSONFields,
        _ authority: AdministrationAuthority
    ) async throws -> JSONObject {
        let settings = try ChannelSettingsChange(fields), quota = try QuotaChange(fields)
        guard settings != nil || quota != nil else {
            throw Self.malformed("visibility", "this field, `attestations`, `description` or `quota`")
        }
        var channel: HostedChannel?
        if settings != nil { channel = try await self.channel(name, for: .manageChannel, authority) }
        if quota != nil { channel = try await self.channel(name, for: .limitChannel, authority) }
        guard let id = channel?.id else { throw Refusal(ServerCode.channelUnknown, name) }
        let changed = try await database.write { transaction in
            guard var channel = try transaction.channel(id: id) else {
                throw Refusal(ServerCode.channelUnknown, name)
            }
            if let settings {
                settings.apply(to: &channel)
                try transaction.update(channel)
            }
            if let quota {
                let old = try transaction.usage(of: id).quota
                try transaction.setQuota(quota.applied(to: old), of: id)
            }
            return channel
        }
        var details = ["channel": name]
        if let settings { details.merge(settings.details) { _, new in new } }
        if let quota { details.merge(quota.details) { _, new in new } }
        record("channel-changed", authority, details)
        return try await json(changed)
    }

    private func json(_ channel: HostedChannel) async throws -> JSONObject {
        let usage = try await database.read { try $0.usage(of: channel.id) }
        let quota = quotas.quota(usage)
        let limit = { (value: Int64?) -> JSONValue in
            value.flatMap { $0 == ChannelQuota.endless ? nil : .number(JSONNumber($0)) } ?? .null
        }
        var json = JSONObject()
        json["name"] = .string(channel.name.text)
        json["visibility"] = .string(channel.visibility.rawValue)
        json["attestations"] = .string(try AttestationDemand.Setting(of: channel).rawValue)
        json["description"] = channel.settings[ChannelSettingsChange.description]
        json["created"] = .string("\(channel.created)")
        json["bytes"] = .number(JSONNumber(usage.bytes))
        json["files"] = .number(JSONNumber(usage.files))
        json["maximum_bytes"] = limit(quota.bytes)
        json["maximum_files"] = limit(quota.files)
        return json
    }
}
