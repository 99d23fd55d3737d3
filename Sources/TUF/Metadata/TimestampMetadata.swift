// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// Timestamp metadata: which snapshot is the newest (specification 1.0.34, section 4.6).
public struct TimestampMetadata: RoleMetadata, Equatable {
    /// `timestamp`.
    public static let kind = MetadataKind.timestamp

    /// Version and expiry.
    public var header: MetadataHeader
    /// What the snapshot must be.
    public var snapshot: MetaFile
    private var otherFiles: JSONObject
    private var unrecognized: JSONObject

    /// Makes timestamp metadata.
    public init(header: MetadataHeader, snapshot: MetaFile) {
        self.header = header
        self.snapshot = snapshot
        otherFiles = JSONObject()
        unrecognized = JSONObject()
    }

    /// Reads timestamp metadata.
    public init(_ fields: JSONFields) throws {
        header = try MetadataHeader(fields, of: .timestamp)
        let meta = try fields.fields("meta")
        snapshot = try MetaFile(member: try meta.fields("snapshot.json"))
        otherFiles = meta.unrecognized(besides: ["snapshot.json"])
        unrecognized = fields.unrecognized(besides: MetadataHeader.fieldNames + ["meta"])
    }

    /// The signed part.
    public func encoded() -> JSONObject {
        var object = header.encoded(.timestamp)
        var meta = JSONObject()
        meta["snapshot.json"] = snapshot.encoded()
        object["meta"] = .object(meta.adding(otherFiles))
        return object.adding(unrecognized)
    }
}
