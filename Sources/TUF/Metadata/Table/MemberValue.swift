// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// What one member of a large object of metadata says: a target file, or a promise about a metadata file.
public protocol MemberValue: Sendable, Equatable {
    /// What the member is about, which its key names.
    associatedtype Name: Hashable, Sendable

    /// Takes a key (`tuf.target-path`, `tuf.role-name`).
    static func name(fromKey key: String, in subject: String) throws -> Name
    /// The key for a name; different names have different keys.
    static func key(for name: Name) -> String
    /// Reads the value.
    ///
    /// - Throws: a `Refusal` with a `tuf.…` or `json.…` code.
    init(member fields: JSONFields) throws
    /// The value, to be written.
    func encoded() -> JSONValue

    /// Whether a key without escapes is certainly a good one; a key of which this is false is read as text
    /// and looked at in full.
    static func isPlainKey(_ text: Span<UInt8>, _ key: Range<Int>) -> Bool
    /// Where a value ends that is in canonical form, has no fields but the common ones, and is certainly a
    /// good one; one of which this is nil is read as JSON and looked at in full.
    static func plainEnd(_ text: Span<UInt8>, from start: Int) -> Int?
}
