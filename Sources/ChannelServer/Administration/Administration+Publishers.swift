// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import TrustCore
internal import TrustPolicy

extension Administration {
    /// `channels/<channel>/publishers`, `…/publishers/<number>` and `…/publishers/test`: a channel's trusted publishers.
    func answerPublishers(_ request: AdministrationRequest, _ authority: AdministrationAuthority)
        async throws -> JSONObject
    {
        let path = request.path
        switch (request.method, path.count) {
        case (.get, 3):
            let channel = try await channelOfPublishers(path[1], nil, authority)
            return Self.list("publishers", try await publishers.list(channel).map(\.json))
        case (.post, 3): return try await addPublisher(path[1], try request.fields, authority)
        case (.post, 4) where path[3] == "test":
            return try await testPublishers(path[1], try request.fields, authority)
        case (.delete, 4): return try await removePublisher(path[1], path[3], authority)
        default: throw Self.notFound(request)
        }
    }

    private var publishers: TrustedPublishers {
        TrustedPublishers(database, issuers: issuers, publicURL: parts.publicURL, now: now)
    }

    private func addPublisher(
        _ name: String,
        _ fields: JSONFields,
        _ authority: AdministrationAuthority
    ) async throws -> JSONObject {
        let known = WorkloadDemand.memberNames + ["packages", "pending"]
        for key in fields.object.keys where !known.contains(where: { ByteKey.areEqual($0, key) }) {
            throw WorkloadDemand.wrong(key, "nothing: there is no such member")
        }
        let packages = try fields.strings("packages"), isPending = try fields.optionalBool("pending") ?? false
        let demand = try WorkloadDemand(fields)
        let patterns = try TrustedPublisher.patterns(packages, isPending: isPending)
        let channel = try await channelOfPublishers(name, patterns, authority)
        try await demandLog(of: channel)
        let publisher = try await publishers.add(
            packages,
            demand,
            isPending: isPending,
            to: channel,
            by: Self.actor(authority)
        )
        parts.changed()
        record("publisher-added", authority, Self.details(channel, publisher))
        return publisher.json
    }

    private func removePublisher(_ name: String, _ number: String, _ authority: AdministrationAuthority)
        async throws -> JSONObject
    {
        // Whoever may not even know of the channel is refused before the number is looked at.
        let found = try await database.read { transaction -> TrustedPublisher? in
            guard let name = try? ChannelName(name), let id = Int64(number),
                let channel = try transaction.channel(name)
            else { return nil }
            return try transaction.trustedPublishers(of: channel.id).first { $0.id == id }
        }
        let channel = try await channelOfPublishers(name, found?.packages, authority)
        guard let found else { throw Refusal(OIDCCode.publisherUnknown, "the publisher") }
        try await demandLog(of: channel)
        let gone = try await publishers.remove(found.id, of: channel, by: Self.actor(authority))
        parts.changed()
        record("publisher-removed", authority, Self.details(channel, gone))
        return gone.json
    }

    /// What each publisher makes of claims, which are those of a token without the token: nothing is verified, and no key
    /// is given.
    private func testPublishers(
        _ name: String,
        _ fields: JSONFields,
        _ authority: AdministrationAuthority
    ) async throws -> JSONObject {
        let channel = try await channelOfPublishers(name, nil, authority)
        let job = try Workload(unverifiedClaims: try fields.fields("claims").object, of: issuers)
        let judged = try await publishers.judge(job, in: channel)
        var answer = Self.list(
            "publishers",
            judged.map { publisher, mismatch in
                var object = publisher.json
                object["fits"] = .bool(mismatch == nil)
                object["code"] = mismatch.map { .string($0.rawValue) }
                return object
            }
        )
        answer["identity"] = .string(job.identity)
        return answer
    }

    /// The channel of a name, whose publishers the authority may manage: of each package by name, or of all of them.
    private func channelOfPublishers(
        _ name: String,
        _ patterns: [PackagePattern]?,
        _ authority: AdministrationAuthority
    ) async throws -> HostedChannel {
        let names: [String?] = (patterns ?? [.all]).map { pattern in
            guard case .exactly(let name) = pattern else { return nil }
            return name.normalized
        }
        var channel: HostedChannel?
        for package in names {
            channel = try await self.channel(name, for: .managePublishers, package: package, authority)
        }
        guard let channel else { throw Refusal(ServerCode.channelUnknown, name) }
        return channel
    }

    private static func details(_ channel: HostedChannel, _ publisher: TrustedPublisher) -> [String: String] {
        [
            "channel": channel.name.text, "publisher": String(publisher.id),
            "packages": publisher.packages.map(\.description).joined(separator: " "),
        ]
    }
}
