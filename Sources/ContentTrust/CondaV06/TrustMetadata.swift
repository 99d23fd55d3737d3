// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// The signed part of a role's metadata (conda-content-trust, metadata 0.6.0).
public struct TrustMetadata: Sendable, Equatable {
    /// The one version of the format that is known. Clients compare it with nothing; we do.
    public static let specVersion = "0.6.0"

    /// The role.
    public let role: TrustRole
    /// The version; roots must have one, others have a version, a date, or both.
    public let version: Int64?
    /// When it was made.
    public let timestamp: Timestamp?
    /// When it runs out.
    public let expiration: Timestamp
    /// The keys of the roles below, by role: those of ``TrustRole/delegates``, all of them.
    public let delegations: [TrustRole: TrustDelegation]
    /// Keys of the package managers that sign records in another form than ``RecordForm/full``: our addition, which
    /// other clients do not look at. Only a key manager says this, and only of keys that it names.
    public let recordForms: [TrustKey: RecordForm]

    /// Makes metadata.
    ///
    /// - Throws: a `Refusal` with `content-trust.delegations` if the roles that it names keys for are not those of
    ///   ``TrustRole/delegates``, `content-trust.record-forms`, or `content-trust.version-number`.
    public init(
        _ role: TrustRole,
        version: Int64,
        timestamp: Timestamp,
        expiration: Timestamp,
        delegations: [TrustRole: TrustDelegation],
        recordForms: [TrustKey: RecordForm] = [:]
    ) throws {
        self.role = role
        self.version = try Self.checked(version, of: Self.subject(role))
        self.timestamp = timestamp
        self.expiration = expiration
        self.delegations = delegations
        self.recordForms = recordForms
        try checkDelegations()
    }

    /// Reads the signed part.
    ///
    /// - Throws: a `Refusal` with `json.shape`, or one of the `content-trust.…` codes about a single file.
    public init(_ object: JSONObject, as role: TrustRole) throws {
        let fields = JSONFields(object, of: Self.subject(role))
        if object["type"] == nil, let version = object["spec_version"]?.string {
            // mamba asks for such a root under another name, and takes it for an update of any other.
            throw Refusal(
                ContentTrustCode.specVersion,
                fields.subject,
                expected: Self.specVersion,
                found: "mamba's root `\(version)`"
            )
        }
        let type = try fields.string("type")
        guard ByteKey.areEqual(type, role.rawValue) else {
            throw Refusal(
                ContentTrustCode.type,
                fields.subject,
                expected: "`\(role.rawValue)`",
                found: "`\(type)`"
            )
        }
        let spec = try fields.string("metadata_spec_version")
        guard ByteKey.areEqual(spec, Self.specVersion) else {
            throw Refusal(
                ContentTrustCode.specVersion,
                fields.subject,
                expected: Self.specVersion,
                found: "`\(spec)`"
            )
        }
        self.role = role
        version = try fields.optionalInteger("version").map { try Self.checked($0, of: fields.subject) }
        timestamp = try Self.date("timestamp", fields)
        guard version != nil || (role != .root && timestamp != nil) else {
            throw Refusal(
                ContentTrustCode.versionNumber,
                fields.subject,
                expected: role == .root ? "a version" : "a version or a timestamp",
                found: "none"
            )
        }
        guard let expiration = try Self.date("expiration", fields) else {
            throw fields.wrong("expiration", "a date")
        }
        self.expiration = expiration
        let roles = try fields.fields("delegations")
        var delegations: [TrustRole: TrustDelegation] = [:]
        for member in roles.object.members {
            guard let role = role.delegates.first(where: { ByteKey.areEqual($0.rawValue, member.key) }) else {
                throw Self.wrongDelegations(role, found: member.key)
            }
            delegations[role] = try TrustDelegation(roles.fields(member.key))
        }
        self.delegations = delegations
        recordForms = try Self.forms(fields)
        try checkDelegations()
    }

    /// The signed part as JSON.
    public func encoded() -> JSONObject {
        var object = JSONObject()
        object["type"] = .string(role.rawValue)
        object["metadata_spec_version"] = .string(Self.specVersion)
        if let version { object["version"] = .number(JSONNumber(version)) }
        if let timestamp { object["timestamp"] = .string(timestamp.description) }
        object["expiration"] = .string(expiration.description)
        var roles = JSONObject()
        for role in role.delegates { roles[role.rawValue] = delegations[role]?.encoded }
        object["delegations"] = .object(roles)
        if !recordForms.isEmpty {
            var forms = JSONObject()
            for (key, form) in recordForms.sorted(by: { $0.key.hex < $1.key.hex }) {
                forms[key.hex] = .string(form.rawValue)
            }
            object[Self.recordForms] = .object(forms)
        }
        return object
    }

    /// What the metadata is, for messages.
    static func subject(_ role: TrustRole) -> String { "\(role.rawValue) metadata" }

    private static let recordForms = "record_forms"
    /// The members that are read; others are kept, and mean nothing here.
    static let memberNames = [
        "type", "metadata_spec_version", "version", "timestamp", "expiration", "delegations", recordForms,
    ]

    private static func forms(_ fields: JSONFields) throws -> [TrustKey: RecordForm] {
        guard fields.object[recordForms] != nil else { return [:] }
        var forms: [TrustKey: RecordForm] = [:]
        for member in try fields.fields(recordForms).object.members {
            let form = RecordForm.allCases.first { ByteKey.areEqual($0.rawValue, member.value.string ?? "") }
            guard let form else {
                throw Refusal(
                    ContentTrustCode.recordForms,
                    fields.subject,
                    expected: RecordForm.allCases.map { "`\($0.rawValue)`" }.joined(separator: " or "),
                    found: member.value.string.map { "`\($0)`" } ?? member.value.typeName
                )
            }
            forms[try TrustKey(hex: member.key, of: fields.subject)] = form
        }
        return forms
    }

    /// A slip in the name of a key would leave the one that was meant to count as one that signs in full.
    private func checkForms() throws {
        let keys = delegations[.packageManager]?.keys ?? []
        guard let stray = recordForms.keys.first(where: { !keys.contains($0) }) else { return }
        throw Refusal(
            ContentTrustCode.recordForms,
            Self.subject(role),
            expected: "keys of `\(TrustRole.packageManager.rawValue)` only",
            found: stray.hex
        )
    }

    private func checkDelegations() throws {
        for role in role.delegates where delegations[role] == nil {
            throw Self.wrongDelegations(self.role, found: "none for `\(role.rawValue)`")
        }
        for role in delegations.keys where !self.role.delegates.contains(role) {
            throw Self.wrongDelegations(self.role, found: role.rawValue)
        }
        try checkForms()
    }

    private static func wrongDelegations(_ role: TrustRole, found: String) -> Refusal {
        let expected = role.delegates.map { "`\($0.rawValue)`" }.joined(separator: " and ")
        return Refusal(
            ContentTrustCode.delegations,
            subject(role),
            expected: expected.isEmpty ? "no delegations" : "delegations to \(expected)",
            found: found
        )
    }

    private static func checked(_ version: Int64, of subject: String) throws -> Int64 {
        guard (1...maximumVersion).contains(version) else {
            throw Refusal(
                ContentTrustCode.versionNumber,
                subject,
                expected: "from 1 to \(maximumVersion)",
                found: "\(version)"
            )
        }
        return version
    }

    private static func date(_ key: String, _ fields: JSONFields) throws -> Timestamp? {
        guard let text = try fields.optionalString(key) else { return nil }
        guard let date = Timestamp(text) else {
            throw Refusal(
                ContentTrustCode.date,
                fields.subject,
                at: "field `\(key)`",
                expected: "YYYY-MM-DDTHH:MM:SSZ",
                found: "`\(text)`"
            )
        }
        return date
    }
}
