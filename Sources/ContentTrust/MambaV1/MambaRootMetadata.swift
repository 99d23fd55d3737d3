// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// The signed part of a root in mamba's version 1, which is written like a root of TUF 1.0 with keys of its own kind.
///
/// mamba defines this root and nothing below it: with such a root it verifies no package at all.
public struct MambaRootMetadata: Sendable, Equatable {
    /// The roles that a root must name keys for; it may name keys for `mirrors`, too.
    public enum Role: String, Sendable, CaseIterable {
        case root
        case targets
        case snapshot
        case timestamp
        case mirrors
    }

    /// The version of the format that is written. Any that begins with `1.` is read.
    public static let specVersion = "1.0.17"

    /// The version of the format that the root is of.
    public let specVersion: String
    /// The version.
    public let version: Int64
    /// When it runs out.
    public let expires: Timestamp
    /// The keys of each role. Their ids are their own digits.
    public let delegations: [Role: TrustDelegation]

    /// Makes a root.
    ///
    /// - Throws: a `Refusal` with `content-trust.version-number` or `content-trust.delegations`.
    public init(version: Int64, expires: Timestamp, delegations: [Role: TrustDelegation]) throws {
        specVersion = Self.specVersion
        self.version = try Self.checked(version)
        self.expires = expires
        self.delegations = delegations
        try checkRoles()
    }

    /// Reads the signed part.
    ///
    /// - Throws: a `Refusal` with `json.shape`, or one of the `content-trust.…` codes about a single file.
    public init(_ object: JSONObject) throws {
        let fields = JSONFields(object, of: Self.subject)
        let type = try fields.string("_type")
        guard ByteKey.areEqual(type, "root") else {
            throw Refusal(ContentTrustCode.type, Self.subject, expected: "`root`", found: "`\(type)`")
        }
        specVersion = try fields.string("spec_version")
        guard specVersion.utf8.starts(with: "1.".utf8) else {
            throw Refusal(
                ContentTrustCode.specVersion,
                Self.subject,
                expected: "1 and what follows a point",
                found: "`\(specVersion)`"
            )
        }
        version = try Self.checked(fields.integer("version"))
        let text = try fields.string("expires")
        guard let expires = Timestamp(text) else {
            throw Refusal(
                ContentTrustCode.date,
                Self.subject,
                at: "field `expires`",
                expected: "YYYY-MM-DDTHH:MM:SSZ",
                found: "`\(text)`"
            )
        }
        self.expires = expires
        let keys = try Self.keys(fields.fields("keys"))
        let roles = try fields.fields("roles")
        var delegations: [Role: TrustDelegation] = [:]
        for name in roles.object.keys {
            guard let role = Role.allCases.first(where: { ByteKey.areEqual($0.rawValue, name) }) else {
                throw Self.wrongRoles("`\(name)`")
            }
            delegations[role] = try Self.delegation(roles.fields(name), keys)
        }
        self.delegations = delegations
        try checkRoles()
    }

    /// The signed part as JSON.
    public func encoded() -> JSONObject {
        var keys = JSONObject(), roles = JSONObject()
        for (role, delegation) in delegations.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            for key in delegation.keys {
                keys[key.hex] = ["keytype": "ed25519", "scheme": "ed25519", "keyval": .string(key.hex)]
            }
            roles[role.rawValue] = [
                "keyids": .array(delegation.keys.map { .string($0.hex) }),
                "threshold": .number(JSONNumber(Int64(delegation.threshold))),
            ]
        }
        var object = JSONObject()
        object["_type"] = "root"
        object["spec_version"] = .string(specVersion)
        object["version"] = .number(JSONNumber(version))
        object["expires"] = .string(expires.description)
        object["keys"] = .object(keys)
        object["roles"] = .object(roles)
        return object
    }

    static let subject = "mamba's root metadata"

    /// `{"<id>": {"keytype": "ed25519", "scheme": "ed25519", "keyval": "<64 digits>"}}`; what else stands there is
    /// signed, and says nothing.
    private static func keys(_ fields: JSONFields) throws -> [ByteKey: TrustKey] {
        guard fields.object.count <= TrustDelegation.maximumKeyCount else {
            throw Refusal(
                CoreCode.tooLarge,
                subject,
                expected: "at most \(TrustDelegation.maximumKeyCount) keys",
                found: "\(fields.object.count)"
            )
        }
        var keys: [ByteKey: TrustKey] = [:]
        for id in fields.object.keys {
            let key = try fields.fields(id)
            for member in ["keytype", "scheme"] {
                let value = try key.string(member)
                guard ByteKey.areEqual(value, "ed25519") else {
                    throw Refusal(
                        ContentTrustCode.keyType,
                        subject,
                        expected: "`ed25519`",
                        found: "`\(value)`"
                    )
                }
            }
            keys[ByteKey(id)] = try TrustKey(hex: key.string("keyval"), of: subject)
        }
        return keys
    }

    /// `{"keyids": […], "threshold": N}`. A key under two ids is refused, as one id twice is.
    private static func delegation(_ fields: JSONFields, _ keys: [ByteKey: TrustKey]) throws
        -> TrustDelegation
    {
        let ids = try fields.strings("keyids")
        let listed = try ids.map { id in
            // In metadata that mamba writes, a key's id is its own digits, and signatures name keys by them.
            guard let key = keys[ByteKey(id)], ByteKey.areEqual(key.hex, id) else {
                throw Refusal(
                    ContentTrustCode.keyFormat,
                    subject,
                    expected: "ids of keys that are listed, each under its own digits",
                    found: "`\(id)`"
                )
            }
            return key
        }
        return try TrustDelegation(listed, threshold: Int(clamping: fields.integer("threshold")), of: subject)
    }

    private func checkRoles() throws {
        for role in Role.allCases where role != .mirrors {
            guard let delegation = delegations[role] else {
                throw Self.wrongRoles("none for `\(role.rawValue)`")
            }
            guard !delegation.keys.isEmpty else { throw Self.wrongRoles("no key for `\(role.rawValue)`") }
        }
    }

    private static func wrongRoles(_ found: String) -> Refusal {
        Refusal(
            ContentTrustCode.delegations,
            subject,
            expected: "keys for `root`, `targets`, `snapshot` and `timestamp`, and perhaps `mirrors`",
            found: found
        )
    }

    private static func checked(_ version: Int64) throws -> Int64 {
        guard version >= 1, version < .max else {
            throw Refusal(ContentTrustCode.versionNumber, subject, expected: "1 or more", found: "\(version)")
        }
        return version
    }
}
