// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// Root metadata: which keys and thresholds the top-level roles have (specification 1.0.34, section 4.3).
public struct RootMetadata: RoleMetadata, Equatable {
    /// `root`.
    public static let kind = MetadataKind.root

    /// Version and expiry.
    public var header: MetadataHeader
    /// Whether files carry their version or digest in their name, so that a repository can change while it is
    /// read.
    public var consistentSnapshot: Bool
    /// Every key that a role may name.
    public private(set) var keys: [KeyID: KeyDefinition]
    private var roles: [MetadataKind: RoleKeys]
    private var otherRoles: JSONObject
    private var unrecognized: JSONObject

    /// Makes root metadata.
    public init(
        header: MetadataHeader,
        consistentSnapshot: Bool = true,
        root: RoleSetup,
        timestamp: RoleSetup,
        snapshot: RoleSetup,
        targets: RoleSetup
    ) throws {
        self.header = header
        self.consistentSnapshot = consistentSnapshot
        keys = [:]
        roles = [:]
        otherRoles = JSONObject()
        unrecognized = JSONObject()
        for (kind, setup) in [
            (MetadataKind.root, root), (.timestamp, timestamp), (.snapshot, snapshot), (.targets, targets),
        ] { try set(kind, to: setup) }
    }

    /// Reads root metadata.
    public init(_ fields: JSONFields) throws {
        header = try MetadataHeader(fields, of: .root)
        consistentSnapshot = try fields.optionalBool("consistent_snapshot") ?? false
        keys = try KeyDefinition.keys(try fields.fields("keys"))
        roles = [:]
        let given = try fields.fields("roles")
        for kind in MetadataKind.allCases {
            guard given.optional(kind.rawValue) != nil else {
                throw Refusal(TUFCode.roleMissing, fields.subject, expected: "a role `\(kind.rawValue)`")
            }
            roles[kind] = try RoleKeys(try given.fields(kind.rawValue))
        }
        otherRoles = given.unrecognized(besides: MetadataKind.allCases.map(\.rawValue))
        unrecognized = fields.unrecognized(
            besides: MetadataHeader.fieldNames + ["consistent_snapshot", "keys", "roles"]
        )
    }

    /// Who may sign a top-level role.
    public func authority(for kind: MetadataKind) -> RoleAuthority {
        guard let role = roles[kind] else { preconditionFailure("every root has all four roles") }
        return RoleAuthority(role: role, keys: keys)
    }

    /// Gives a top-level role other keys; keys that no role names any more are dropped.
    public mutating func set(_ kind: MetadataKind, to setup: RoleSetup) throws {
        var ids: [KeyID] = []
        for key in setup.keys {
            // A key that is already here under an id of its own keeps it.
            let definition = KeyDefinition(key)
            let id = keys.first { $0.value == definition }?.key ?? definition.computedID
            keys[id] = definition
            ids.append(id)
        }
        roles[kind] = try RoleKeys(ids, threshold: setup.threshold, of: "role `\(kind.rawValue)`")
        let named = Set(roles.values.flatMap(\.keyIDs))
        if otherRoles.count == 0 { keys = keys.filter { named.contains($0.key) } }
    }

    /// The signed part.
    public func encoded() -> JSONObject {
        var object = header.encoded(.root)
        object["consistent_snapshot"] = .bool(consistentSnapshot)
        object["keys"] = KeyDefinition.encoded(keys)
        var named = JSONObject()
        for kind in MetadataKind.allCases {
            named[kind.rawValue] = (roles[kind]?.encoded()).map { .object($0) }
        }
        object["roles"] = .object(named.adding(otherRoles))
        return object.adding(unrecognized)
    }
}
