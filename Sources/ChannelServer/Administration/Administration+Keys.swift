// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import TrustCore
internal import TrustPolicy

extension Administration {
    /// How long what people call their keys may be, in bytes.
    static let maximumLabelLength = 100

    func answerKeys(_ request: AdministrationRequest, _ authority: AdministrationAuthority) async throws
        -> JSONObject
    {
        switch (request.method, request.path.count) {
        case (.get, 1): return try await listKeys(of: request.query["user"], authority)
        case (.post, 1): return try await createKey(try request.fields, authority)
        case (.delete, 2):
            guard let id = Int64(request.path[1]) else {
                throw Refusal(AccessCode.keyUnknown, request.path[1])
            }
            return try await revokeKey(id, authority)
        default: throw Self.notFound(request)
        }
    }

    /// One's own keys; those of others only for whoever manages users. The name `*` means everybody's, also workloads'.
    private func listKeys(of user: String?, _ authority: AdministrationAuthority) async throws -> JSONObject {
        let own = Self.user(behind: authority)
        let asked = user ?? own
        if own == nil || !ByteKey.areEqual(asked ?? "", own ?? "") {
            try await demand(.manageUsers, authority)
        }
        let all = asked == nil || ByteKey.areEqual(asked ?? "", "*")
        let (keys, names) = try await database.read { transaction in
            if let asked, !all { _ = try Self.user(asked, transaction) }
            return (try transaction.accessKeys(of: all ? nil : asked), try Self.channelNames(transaction))
        }
        return Self.list("keys", keys.map { Self.json($0, names) })
    }

    private func createKey(_ fields: JSONFields, _ authority: AdministrationAuthority) async throws
        -> JSONObject
    {
        let own = Self.user(behind: authority)
        let holder = try fields.optionalString("user") ?? own
        // A key that is limited must not be a way to one that is not.
        try Self.demandUnlimited(authority)
        if own == nil || !ByteKey.areEqual(holder ?? "", own ?? "") {
            try await demand(.manageUsers, authority)
        }
        guard let holder else { throw Self.malformed("user", "the name of a user") }
        let label = try fields.optionalString("label") ?? ""
        guard label.utf8.count <= Self.maximumLabelLength else {
            throw Self.malformed("label", "at most \(Self.maximumLabelLength) bytes")
        }
        let now = now()
        let expires = try Self.expiry(fields, now)
        let scopes = try await scopes(fields, authority)
        let secret = AccessKeySecret(random: random)
        let (key, names) = try await database.write { transaction in
            let user = try Self.user(holder, transaction)
            let key = try transaction.insertKey(
                hash: secret.hash,
                holder: FilePublisher(.user, user.name.text),
                scopes: scopes,
                label: label,
                created: now,
                expires: expires
            )
            return (key, try Self.channelNames(transaction))
        }
        record("key-created", authority, ["key": String(key.id), "user": holder])
        var json = Self.json(key, names)
        json["secret"] = .string(secret.text)
        return json
    }

    /// Whoever holds a key may revoke it, also where it allows nothing else: who finds one that leaked can do so at once.
    private func revokeKey(_ id: Int64, _ authority: AdministrationAuthority) async throws -> JSONObject {
        let unknown = Refusal(AccessCode.keyUnknown, String(id))
        let found = try await database.read { try $0.accessKeys(of: nil).first { $0.id == id } }
        if case .caller(let caller) = authority, caller.key != id {
            let own = Self.user(behind: authority)
            let isOwn = own != nil && found?.holder == own.map { FilePublisher(.user, $0) }
            if !isOwn || Self.isLimited(authority) {
                do {
                    try await demand(.manageUsers, authority)
                } catch let refusal as Refusal where refusal.is(AccessCode.notAllowed) {
                    throw unknown
                }
            }
        }
        guard let found, try await database.write({ try $0.removeKey(id: id) }) else { throw unknown }
        record("key-revoked", authority, ["key": String(id), "holder": found.holder.name])
        let names = try await database.read { try Self.channelNames($0) }
        return Self.json(found, names)
    }

    /// What a new key may be used for: everything, where nothing is said.
    private func scopes(_ fields: JSONFields, _ authority: AdministrationAuthority) async throws
        -> [AccessScope]
    {
        guard fields.optional("scopes") != nil else { return [.everything] }
        let given = try fields.array("scopes")
        guard !given.isEmpty, given.count <= 100 else { throw Self.malformed("scopes", "1 to 100 scopes") }
        var scopes: [AccessScope] = []
        for value in given {
            let scope = try JSONFields(value, of: "the scope")
            let names = try scope.optionalStrings("actions") ?? ServerAction.allCases.map(\.rawValue)
            let actions = try names.map { name in
                guard let action = ServerAction(rawValue: name) else {
                    throw Self.malformed(
                        "actions",
                        ServerAction.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
                    )
                }
                return action
            }
            let packages = try scope.optionalStrings("packages")?.map(Self.packages)
            guard !actions.isEmpty, packages?.isEmpty != true else {
                throw Self.malformed(
                    "scopes",
                    "at least one action, and at least one package if any are given"
                )
            }
            let name = try scope.optionalString("channel")
            let channel: HostedChannel? =
                if let name { try await channel(name, for: .read, authority) } else { nil }
            scopes.append(
                AccessScope(actions: Set(actions), channel: channel?.id, packages: packages.map { Set($0) })
            )
        }
        return scopes
    }

    /// A package's name, or a pattern `prefix-*`.
    private static func packages(_ text: String) throws -> String {
        guard text.utf8.last == UInt8(ascii: "*") else { return try PackageName(text).normalized }
        guard let pattern = PackagePattern(text), pattern != .all else {
            throw malformed("packages", "names, or patterns such as `lab-*`")
        }
        return pattern.description
    }

    private static func expiry(_ fields: JSONFields, _ now: Timestamp) throws -> Timestamp? {
        guard let text = try fields.optionalString("expires") else { return nil }
        guard let moment = Timestamp(text), moment > now else {
            throw malformed("expires", "a moment to come, such as `2030-01-31T00:00:00Z`")
        }
        return moment
    }

    private static func user(behind authority: AdministrationAuthority) -> String? {
        guard case .caller(let caller) = authority, caller.holder?.kind == .user else { return nil }
        return caller.holder?.name
    }

    private static func isLimited(_ authority: AdministrationAuthority) -> Bool {
        guard case .caller(let caller) = authority else { return false }
        return caller.scopes != nil
    }

    private static func demandUnlimited(_ authority: AdministrationAuthority) throws {
        guard isLimited(authority) else { return }
        throw Refusal(AccessCode.notAllowed, "the server", expected: "a key that is not limited")
    }

    private static func channelNames(_ transaction: any ReadTransaction) throws -> [Int64: String] {
        Dictionary(try transaction.channels().map { ($0.id, $0.name.text) }) { first, _ in first }
    }

    /// A key, without its secret and without its hash.
    private static func json(_ key: AccessKey, _ names: [Int64: String]) -> JSONObject {
        var json = JSONObject()
        json["id"] = .number(JSONNumber(key.id))
        json["holder"] = .string(key.holder.name)
        json["holder_kind"] = .string(key.holder.kind.rawValue)
        json["issuer"] = key.holder.issuer.map { .string($0) }
        json["label"] = .string(key.label)
        json["created"] = .string("\(key.created)")
        json["expires"] = key.expires.map { .string("\($0)") } ?? .null
        json["scopes"] =
            key.isUnlimited ? .null : .array(key.scopes.map { .object(Self.json($0, names)) })
        return json
    }

    private static func json(_ scope: AccessScope, _ names: [Int64: String]) -> JSONObject {
        var json = JSONObject()
        if scope.actions != Set(ServerAction.allCases) {
            json["actions"] = .array(scope.actions.map(\.rawValue).sorted().map { .string($0) })
        }
        json["channel"] = scope.channel.map { .string(names[$0] ?? "#\($0)") }
        json["packages"] = scope.packages.map { .array($0.sorted().map { .string($0) }) }
        return json
    }
}
