// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// One delegation: a role, its keys, and what it is trusted with.
public struct DelegatedRole: Sendable, Equatable {
    /// The role's name.
    public let name: RoleName
    /// Whose signatures it needs.
    public let keys: RoleKeys
    /// The paths it is trusted with.
    public let scope: PathScope
    /// Whether the search stops here for paths in scope, found or not.
    public let terminating: Bool
    private let unrecognized: JSONObject

    init(name: RoleName, keys: RoleKeys, scope: PathScope, terminating: Bool) throws {
        try Self.checkNotReserved(name)
        self.name = name
        self.keys = keys
        self.scope = scope
        self.terminating = terminating
        unrecognized = JSONObject()
    }

    init(_ fields: JSONFields) throws {
        name = try RoleName(checking: try fields.string("name"), in: fields.subject)
        try Self.checkNotReserved(name)
        keys = try RoleKeys(fields)
        scope = try PathScope(fields)
        terminating = try fields.bool("terminating")
        unrecognized = fields.unrecognized(
            besides: RoleKeys.fieldNames + PathScope.fieldNames + ["name", "terminating"]
        )
    }

    /// A delegated `root` or `timestamp` would be looked up in place of the real one.
    private static func checkNotReserved(_ name: RoleName) throws {
        guard name.topLevelKind == nil else {
            throw Refusal(
                TUFCode.reservedRoleName,
                "delegated role",
                expected: "a name of its own",
                found: "`\(name)`"
            )
        }
    }

    func encoded() -> JSONObject {
        var object = keys.encoded()
        object["name"] = .string(name.text)
        object["terminating"] = .bool(terminating)
        return object.adding(scope.encoded()).adding(unrecognized)
    }
}
