// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// Changes who the users of a server are, what they may do, and which channels there are: what `/api/v1/` and
/// `kingsnake server …` do.
///
/// Whoever asks needs a right for each thing (``ServerAction``). What must hold between several rows is checked in the
/// transaction that writes. A secret is in exactly one answer: that to the making of its key.
public struct Administration: Sendable {
    let database: any ServerDatabase
    let access: any AccessControl
    let quotas: ChannelQuotas
    let now: @Sendable () -> Timestamp
    let random: @Sendable (Int) -> [UInt8]
    let recorded: @Sendable (AdministrativeChange) -> Void

    /// - Parameters:
    ///   - database: has it all.
    ///   - access: decides what callers may do.
    ///   - quotas: what counts for channels of which nobody said anything else.
    ///   - now: the time.
    ///   - random: random bytes, from a source that is made for secrets.
    ///   - recorded: is told each change.
    public init(
        database: any ServerDatabase,
        access: any AccessControl,
        quotas: ChannelQuotas = ChannelQuotas(),
        now: @escaping @Sendable () -> Timestamp,
        random: @escaping @Sendable (Int) -> [UInt8],
        recorded: @escaping @Sendable (AdministrativeChange) -> Void
    ) {
        self.database = database
        self.access = access
        self.quotas = quotas
        self.now = now
        self.random = random
        self.recorded = recorded
    }

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
        case "channels" where request.path.count > 2: try await answerMembers(request, authority)
        case "channels": try await answerChannels(request, authority)
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
