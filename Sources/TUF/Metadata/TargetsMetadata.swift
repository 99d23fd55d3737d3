// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// Targets metadata: which files there are, and who else may vouch for some (specification 1.0.34, section
/// 4.5).
public struct TargetsMetadata: RoleMetadata, TabledMetadata, Equatable {
    /// `targets`, for delegated roles too.
    public static let kind = MetadataKind.targets

    /// Version and expiry.
    public var header: MetadataHeader
    /// The files that this role itself vouches for.
    public var targets: MemberTable<TargetFile>
    /// The roles that it trusts with other files, if any.
    public var delegations: Delegations?
    private var unrecognized: JSONObject

    /// Makes targets metadata.
    public init(
        header: MetadataHeader,
        targets: MemberTable<TargetFile> = [:],
        delegations: Delegations? = nil
    ) {
        self.header = header
        self.targets = targets
        self.delegations = delegations
        unrecognized = JSONObject()
    }

    /// Reads targets metadata.
    public init(_ fields: JSONFields) throws {
        // The header first: metadata of another role has no targets, and that is not what is wrong with it.
        _ = try MetadataHeader(fields, of: .targets)
        var targets: [TargetPath: TargetFile] = [:]
        for member in try fields.fields("targets").object.members {
            let path = try TargetFile.name(fromKey: member.key, in: fields.subject)
            targets[path] = try TargetFile(member: JSONFields(member.value, of: "target `\(member.key)`"))
        }
        try self.init(fields, MemberTable(targets))
    }

    static let tableKey = "targets"
    var table: MemberTable<TargetFile> { targets }

    init(_ fields: JSONFields, _ table: MemberTable<TargetFile>) throws {
        header = try MetadataHeader(fields, of: .targets)
        targets = table
        delegations = try fields.optionalFields("delegations").map { try Delegations($0) }
        unrecognized = fields.unrecognized(besides: MetadataHeader.fieldNames + ["targets", "delegations"])
    }

    /// The signed part.
    public func encoded() -> JSONObject {
        var object = encodedRest()
        var files = JSONObject()
        for (path, file) in targets { files[path.text] = file.encoded() }
        object["targets"] = .object(files)
        return object
    }

    func encodedRest() -> JSONObject {
        var object = header.encoded(.targets)
        if let delegations { object["delegations"] = .object(delegations.encoded()) }
        return object.adding(unrecognized)
    }
}
