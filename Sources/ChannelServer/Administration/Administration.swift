// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// Changes who the users of a server are, what they may do, which channels there are, who publishes in them, which of
/// their files are listed, and what their offline keys decide: what `/api/v1/` and `kingsnake server …` do.
///
/// Whoever asks needs a right for each thing (``ServerAction``). What must hold between several rows is checked in the
/// transaction that writes. A secret is in exactly one answer: that to the making of its key.
public struct Administration: Sendable {
    let parts: ServerParts
    let issuers: TokenIssuers
    let keys: ChannelKeys?
    let recorded: @Sendable (AdministrativeChange) -> Void

    /// - Parameters:
    ///   - parts: the server's: who may do what is decided by its access control. A ``ServerParts/publicURL`` that is empty is
    ///     not known; then nothing is done that would begin a publish log.
    ///   - issuers: whose tokens the server believes.
    ///   - keys: channels' online keys; nil where nothing about signatures is asked.
    ///   - recorded: is told each change.
    public init(
        parts: ServerParts,
        issuers: TokenIssuers = .usual,
        keys: ChannelKeys? = nil,
        recorded: @escaping @Sendable (AdministrativeChange) -> Void
    ) {
        self.parts = parts
        self.issuers = issuers
        self.keys = keys
        self.recorded = recorded
    }

    var database: any ServerDatabase { parts.database }
    var access: any AccessControl { parts.access }
    var quotas: ChannelQuotas { parts.quotas }
    var now: @Sendable () -> Timestamp { parts.now }
    var random: @Sendable (Int) -> [UInt8] { parts.random }

    /// Does what is asked, and answers what is so then.
    ///
    /// - Throws: `server.not-found` for a path that is none; `access.…` and `server.…` for what cannot be done; `json.shape`
    ///   and `server.request-malformed` for a body that is not understood.
    public func answer(_ request: AdministrationRequest, by authority: AdministrationAuthority) async throws
        -> JSONObject
    {
        switch request.path.first {
        case "users": try await answerUsers(request, authority)
        case "keys": try await answerKeys(request, authority)
        case "channels" where request.path.count > 2: try await answerChannel(request, authority)
        case "channels": try await answerChannels(request, authority)
        default: throw Self.notFound(request)
        }
    }

    /// What is asked about one channel, by the third part of the path.
    private func answerChannel(_ request: AdministrationRequest, _ authority: AdministrationAuthority)
        async throws -> JSONObject
    {
        switch request.path[2] {
        case "members": try await answerMembers(request, authority)
        case "publishers": try await answerPublishers(request, authority)
        case "files": try await answerFiles(request, authority)
        case "signing", "tuf": try await answerSigning(request, authority)
        case "content-trust": try await answerContentTrust(request, authority)
        case "index": try await answerPatches(request, authority)
        case "maintainers": try await answerMaintainers(request, authority)
        default: throw Self.notFound(request)
        }
    }

    static func notFound(_ request: AdministrationRequest) -> Refusal {
        Refusal(
            ServerCode.notFound,
            "\(request.method.rawValue) /api/v1/" + request.path.joined(separator: "/")
        )
    }

    /// Demands a right on the server as a whole.
    func demand(_ action: ServerAction, _ authority: AdministrationAuthority) async throws {
        guard case .caller(let caller) = authority else { return }
        try await access.demand(action, of: caller, on: nil, package: nil)
    }

    /// The channel of a name, to which the authority may do something.
    func channel(
        _ name: String,
        for action: ServerAction,
        package: String? = nil,
        _ authority: AdministrationAuthority
    ) async throws -> HostedChannel {
        switch authority {
        case .caller(let caller):
            return try await access.channel(name, for: action, of: caller, package: package, in: database)
        case .ownerOfFolder:
            let found = try await database.read { transaction in
                try (try? ChannelName(name)).flatMap { try transaction.channel($0) }
            }
            guard let found else { throw Refusal(ServerCode.channelUnknown, name) }
            return found
        }
    }

    /// Refuses what would begin a channel's publish log under no name.
    func demandLog(of channel: HostedChannel) async throws {
        guard parts.publicURL.isEmpty, try await database.read({ try $0.log(of: channel) }) == nil else {
            return
        }
        throw Failure(
            .configuration,
            "the publish log has no name yet, which is made of the server's address",
            remedy: "give the address by --public-url, or as `public_url` in `\(ServerSettings.fileName)`"
        )
    }

    /// Who did it, as the publish log has them; nil for the owner of the server's folder.
    static func actor(_ authority: AdministrationAuthority) throws -> FilePublisher? {
        guard case .caller(let caller) = authority else { return nil }
        guard let holder = caller.holder else { throw Refusal(UploadCode.anonymous, "the change") }
        return holder
    }

    /// Says what was changed.
    func record(_ event: String, _ authority: AdministrationAuthority, _ details: [String: String]) {
        let by: String =
            switch authority {
            case .ownerOfFolder: "the owner of the server's folder"
            case .caller(let caller): caller.holder?.name ?? "nobody"
            }
        recorded(AdministrativeChange(event: event, by: by, details: details))
    }

    /// A user who is there.
    static func user(_ name: String, _ transaction: any ReadTransaction) throws -> ServerUser {
        guard let user = try transaction.user(name), !user.isRemoved else {
            throw Refusal(AccessCode.userUnknown, name)
        }
        return user
    }

    /// A role by its name in a field.
    static func role<Role: RawRepresentable & CaseIterable>(_ fields: JSONFields, _: Role.Type) throws -> Role
    where Role.RawValue == String {
        let name = try fields.string("role")
        guard let role = Role(rawValue: name) else {
            throw malformed("role", Role.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", "))
        }
        return role
    }

    /// Several things under one name.
    static func list(_ name: String, _ elements: [JSONObject]) -> JSONObject {
        var json = JSONObject()
        json[name] = .array(elements.map { .object($0) })
        return json
    }

    static func malformed(_ field: String, _ expected: String) -> Refusal {
        Refusal(ServerCode.requestMalformed, "the field `\(field)`", expected: expected)
    }
}
