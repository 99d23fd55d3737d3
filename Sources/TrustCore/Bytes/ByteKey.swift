// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// Text compared as UTF-8 bytes.
///
/// `String` compares by Unicode canonical equivalence: two different JSON keys or file names can be equal,
/// and their order is not the byte order. Wherever foreign names are looked up or sorted, this type does it.
public struct ByteKey: Hashable, Comparable, Sendable {
    /// The text, as it was given.
    public let text: String

    /// Wraps text.
    public init(_ text: some StringProtocol) { self.text = String(text) }

    /// Equal exactly if the bytes are.
    public static func == (a: ByteKey, b: ByteKey) -> Bool { areEqual(a.text, b.text) }

    /// Whether two texts are the same bytes. Quick where both are native strings, as nearly all are.
    public static func areEqual(_ a: String, _ b: String) -> Bool {
        guard a.utf8.count == b.utf8.count else { return false }
        let quick = a.utf8.withContiguousStorageIfAvailable { first in
            b.utf8.withContiguousStorageIfAvailable { second in
                first.indices.allSatisfy { first[$0] == second[$0] }
            }
        }
        return (quick ?? nil) ?? a.utf8.elementsEqual(b.utf8)
    }

    /// Byte order, which for UTF-8 is code point order.
    public static func < (a: ByteKey, b: ByteKey) -> Bool {
        a.text.utf8.lexicographicallyPrecedes(b.text.utf8)
    }

    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
