// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// Targets metadata: which files there are, and who else may vouch for some (specification 1.0.34, section
/// 4.5).
public struct TargetsMetadata: RoleMetadata, Equatable {
    /// `targets`, for delegated roles too.
    public static let kind = MetadataKind.targets

    /// Version and expiry.
    public var header: MetadataHeader
    /// The files that this role itself vouches for.
    public var targets: [TargetPath: TargetFile]
    /// The roles that it trusts with other files, if any.
    public var delegations: Delegations?
    private var unrecognized: JSONObject

    /// Makes targets metadata.
    public init(
        header: MetadataHeader,
        targets: [TargetPath: TargetFile] = [:],
        delegations: Delegations? = nil
    ) {
        self.header = header
        self.targets = targets
        self.delegations = delegations
        unrecognized = JSONObject()
    }

    /// Reads targets metadata.
    public init(_ fields: JSONFields) throws {
        header = try MetadataHeader(fields, of: .targets)
        let given = try fields.fields("targets")
        targets = [:]
        targets.reserveCapacity(given.object.count)
        for member in given.object.members {
            let path = try TargetPath(checking: member.key, in: fields.subject)
            targets[path] = try TargetFile(try JSONFields(member.value, of: "target `\(member.key)`"))
        }
        delegations = try fields.optionalFields("delegations").map { try Delegations($0) }
        unrecognized = fields.unrecognized(besides: MetadataHeader.fieldNames + ["targets", "delegations"])
    }

    /// The signed part.
    public func encoded() -> JSONObject {
        var object = header.encoded(.targets)
        var files = JSONObject()
        for (path, file) in targets.sorted(by: { $0.key < $1.key }) { files[path.text] = file.encoded() }
        object["targets"] = .object(files)
        if let delegations { object["delegations"] = .object(delegations.encoded()) }
        return object.adding(unrecognized)
    }
}
