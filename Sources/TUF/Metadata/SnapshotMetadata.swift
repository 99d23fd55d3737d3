// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// Snapshot metadata: which versions of targets metadata belong together (specification 1.0.34, section 4.4).
public struct SnapshotMetadata: RoleMetadata, TabledMetadata, Equatable {
    /// `snapshot`.
    public static let kind = MetadataKind.snapshot

    /// Version and expiry.
    public var header: MetadataHeader
    /// What the metadata of each targets role must be, the top-level one among them.
    public var files: MemberTable<MetaFile>
    private var unrecognized: JSONObject

    /// Makes snapshot metadata.
    public init(header: MetadataHeader, files: MemberTable<MetaFile>) {
        self.header = header
        self.files = files
        unrecognized = JSONObject()
    }

    /// Reads snapshot metadata.
    public init(_ fields: JSONFields) throws {
        // The header first: metadata of another role has no such list, and that is not what is wrong with it.
        _ = try MetadataHeader(fields, of: .snapshot)
        try self.init(fields, MemberTable(try MetaFile.files(try fields.fields("meta"))))
    }

    static let tableKey = "meta"
    var table: MemberTable<MetaFile> { files }

    init(_ fields: JSONFields, _ table: MemberTable<MetaFile>) throws {
        header = try MetadataHeader(fields, of: .snapshot)
        files = table
        unrecognized = fields.unrecognized(besides: MetadataHeader.fieldNames + ["meta"])
    }

    /// The signed part.
    public func encoded() -> JSONObject {
        var object = encodedRest()
        object["meta"] = MetaFile.encoded(files)
        return object
    }

    func encodedRest() -> JSONObject {
        header.encoded(.snapshot).adding(unrecognized)
    }
}
