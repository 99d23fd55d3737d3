// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// The signed part of a metadata file, as a value that can only hold what the specification allows.
///
/// Fields that the specification does not name are tolerated, kept, and written back by ``encoded()``.
public protocol RoleMetadata: Sendable {
    /// What `_type` must say.
    static var kind: MetadataKind { get }
    /// Version and expiry.
    var header: MetadataHeader { get set }
    /// Reads the signed part.
    ///
    /// - Throws: a `Refusal` with a `tuf.…` or `json.…` code.
    init(_ fields: JSONFields) throws
    /// The signed part, to be written and signed.
    func encoded() -> JSONObject
}

extension RoleMetadata {
    /// The version number, from 1 on.
    public var version: Int64 { header.version }
    /// When the metadata stops being trusted.
    public var expires: Timestamp { header.expires }
    /// Whether it may no longer be trusted; the last second already counts as expired.
    public func isExpired(at now: Timestamp) -> Bool { expires <= now }
}
