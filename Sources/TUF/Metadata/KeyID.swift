// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// The name of a key inside one metadata file.
///
/// Opaque: it is never recomputed from the key, since real repositories have key ids that are not
/// recomputable and TAP 12 makes them arbitrary. Who counts keys counts them by their value, not by this
/// name.
public struct KeyID: Hashable, Comparable, Sendable {
    /// The id, as it was written.
    public let text: String

    /// Takes an id.
    public init(_ text: some StringProtocol) { self.text = String(text) }

    /// Equal exactly if the bytes are.
    public static func == (a: KeyID, b: KeyID) -> Bool { ByteKey(a.text) == ByteKey(b.text) }
    /// Byte order.
    public static func < (a: KeyID, b: KeyID) -> Bool { ByteKey(a.text) < ByteKey(b.text) }
    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) { ByteKey(text).hash(into: &hasher) }
}

extension KeyID: CustomStringConvertible {
    /// The id itself.
    public var description: String { text }
}
