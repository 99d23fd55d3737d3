// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// Snapshot metadata: which versions of targets metadata belong together (specification 1.0.34, section 4.4).
public struct SnapshotMetadata: RoleMetadata, Equatable {
    /// `snapshot`.
    public static let kind = MetadataKind.snapshot

    /// Version and expiry.
    public var header: MetadataHeader
    /// What the metadata of each targets role must be, the top-level one among them.
    public var files: [RoleName: MetaFile]
    private var unrecognized: JSONObject

    /// Makes snapshot metadata.
    public init(header: MetadataHeader, files: [RoleName: MetaFile]) {
        self.header = header
        self.files = files
        unrecognized = JSONObject()
    }

    /// Reads snapshot metadata.
    public init(_ fields: JSONFields) throws {
        header = try MetadataHeader(fields, of: .snapshot)
        files = try MetaFile.files(try fields.fields("meta"))
        unrecognized = fields.unrecognized(besides: MetadataHeader.fieldNames + ["meta"])
    }

    /// The signed part.
    public func encoded() -> JSONObject {
        var object = header.encoded(.snapshot)
        object["meta"] = MetaFile.encoded(files)
        return object.adding(unrecognized)
    }
}
