// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import SigningKeys
internal import TrustCore

/// Whom a targets role trusts with which files (specification 1.0.34, section 4.5; TAP 15).
public struct Delegations: Sendable, Equatable {
    /// How the delegated roles are listed.
    public enum Roles: Sendable, Equatable {
        /// One by one; the order is the order of the search, and so of precedence (CVE-2024-47534).
        case named([DelegatedRole])
        /// As numbered hash bins that share keys.
        case bins(SuccinctRoles)
    }

    /// Every key that a delegated role may name.
    public private(set) var keys: [KeyID: KeyDefinition]
    /// The delegated roles.
    public private(set) var roles: Roles
    /// Where each of the roles stands that are listed one by one: a registry's maintainers are tens of thousands.
    private var positions: [RoleName: Int] = [:]
    private var unrecognized: JSONObject

    /// No delegation yet.
    public init() {
        keys = [:]
        roles = .named([])
        unrecognized = JSONObject()
    }

    init(_ fields: JSONFields) throws {
        keys = try KeyDefinition.keys(try fields.fields("keys"))
        unrecognized = fields.unrecognized(besides: ["keys", "roles", "succinct_roles"])
        if let bins = try fields.optionalFields("succinct_roles") {
            guard fields.optional("roles") == nil else {
                throw Refusal(
                    TUFCode.succinctRoles,
                    fields.subject,
                    expected: "`roles` or `succinct_roles`",
                    found: "both"
                )
            }
            roles = .bins(try SuccinctRoles(bins))
        } else {
            let named = try fields.array("roles").map {
                try DelegatedRole(try JSONFields($0, of: "delegated role"))
            }
            for (at, role) in named.enumerated() where positions.updateValue(at, forKey: role.name) != nil {
                throw Refusal(
                    TUFCode.duplicateRole,
                    fields.subject,
                    expected: "each role once",
                    found: "`\(role.name)` twice"
                )
            }
            roles = .named(named)
        }
    }

    /// The delegated role of a name, if there is one. A hash bin counts only if its number is in range
    /// (GHSA-77hh-43cm-v8j6).
    public func role(named name: RoleName) -> DelegatedRole? {
        switch roles {
        case .named(let roles): positions[name].map { roles[$0] }
        case .bins(let bins): bins.bin(named: name)
        }
    }

    /// The delegated roles to ask for a path, in order.
    public func roles(for path: TargetPath) -> [DelegatedRole] { roles(for: path, atMost: .max) }

    /// The first of them.
    func roles(for path: TargetPath, atMost limit: Int) -> [DelegatedRole] {
        switch roles {
        case .named(let roles):
            var hash: String?
            var found: [DelegatedRole] = []
            for role in roles where role.scope.covers(path, hash: &hash) {
                guard found.count < limit else { break }
                found.append(role)
            }
            return found
        case .bins(let bins): return [bins.bin(for: path)]
        }
    }

    /// The names of all delegated roles, in order.
    public var names: [RoleName] {
        switch roles {
        case .named(let roles): roles.map(\.name)
        case .bins(let bins): bins.names
        }
    }

    /// Who may sign a delegated role; nil if it is not delegated here.
    public func authority(for name: RoleName) -> RoleAuthority? {
        role(named: name).map { RoleAuthority(role: $0.keys, keys: keys) }
    }

    /// Adds a role at the end of the search order, or changes the one of that name in its place.
    ///
    /// - Precondition: roles are listed one by one.
    public mutating func set(_ name: RoleName, to setup: RoleSetup, scope: PathScope, terminating: Bool)
        throws
    {
        guard case .named(var list) = roles else {
            preconditionFailure("hash bins and named roles cannot be mixed in one delegation")
        }
        let role = try DelegatedRole(
            name: name,
            keys: try adopt(setup, of: name),
            scope: scope,
            terminating: terminating
        )
        if let at = positions[name] {
            list[at] = role
        } else {
            positions[name] = list.count
            list.append(role)
        }
        roles = .named(list)
        dropUnusedKeys()
    }

    /// Delegates to hash bins, in place of whatever was delegated here before.
    public mutating func setBins(prefix: RoleName, bitLength: Int, to setup: RoleSetup) throws {
        let keys = try adopt(setup, of: prefix)
        roles = .bins(try SuccinctRoles(keys: keys, bitLength: bitLength, namePrefix: prefix.text))
        positions = [:]
        dropUnusedKeys()
    }

    /// Puts roles that are listed one by one into another order of the search; equals keep theirs.
    public mutating func sort(by precedes: (DelegatedRole, DelegatedRole) -> Bool) {
        guard case .named(let list) = roles else { return }
        let sorted = list.enumerated().sorted { a, b in
            if precedes(a.element, b.element) { return true }
            return !precedes(b.element, a.element) && a.offset < b.offset
        }
        self.list(sorted.map(\.element))
    }

    /// Takes a role out; nothing happens if it is not there.
    public mutating func remove(_ name: RoleName) {
        guard case .named(let list) = roles else { return }
        self.list(list.filter { $0.name != name })
        dropUnusedKeys()
    }

    private mutating func list(_ named: [DelegatedRole]) {
        roles = .named(named)
        positions = Dictionary(uniqueKeysWithValues: named.enumerated().map { ($1.name, $0) })
    }

    private mutating func adopt(_ setup: RoleSetup, of name: RoleName) throws -> RoleKeys {
        let ids = setup.keys.map { key in
            let definition = KeyDefinition(key)
            let id = keys.first { $0.value == definition }?.key ?? definition.computedID
            keys[id] = definition
            return id
        }
        return try RoleKeys(ids, threshold: setup.threshold, of: "role `\(name)`")
    }

    private mutating func dropUnusedKeys() {
        let named: Set<KeyID> =
            switch roles {
            case .named(let list): Set(list.flatMap(\.keys.keyIDs))
            case .bins(let bins): Set(bins.keys.keyIDs)
            }
        keys = keys.filter { named.contains($0.key) }
    }

    func encoded() -> JSONObject {
        var object = JSONObject()
        object["keys"] = KeyDefinition.encoded(keys)
        switch roles {
        case .named(let roles): object["roles"] = .array(roles.map { .object($0.encoded()) })
        case .bins(let bins): object["succinct_roles"] = .object(bins.encoded())
        }
        return object.adding(unrecognized)
    }
}
