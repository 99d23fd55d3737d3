// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// Finds names that are one name on a file system that ignores case or Unicode forms.
struct NameCollisions {
    /// A path of ASCII bytes, compared without regard to case, and without a copy of its text.
    private struct ASCIIKey: Hashable {
        let path: PrefixPath

        static func == (a: ASCIIKey, b: ASCIIKey) -> Bool {
            let equal = a.path.text.utf8.withContiguousStorageIfAvailable { a in
                b.path.text.utf8.withContiguousStorageIfAvailable { b in
                    a.count == b.count && !a.indices.contains { lower(a[$0]) != lower(b[$0]) }
                }
            }
            return (equal ?? nil)
                ?? a.path.text.utf8.elementsEqual(b.path.text.utf8) { lower($0) == lower($1) }
        }

        func hash(into hasher: inout Hasher) {
            // Eight bytes at a step. Setting bit 5 makes other bytes alike too, which a hash may do.
            var text = path.text
            text.withUTF8 { bytes in
                let raw = UnsafeRawBufferPointer(bytes)
                var at = 0
                while at + 8 <= raw.count {
                    hasher.combine(
                        raw.loadUnaligned(fromByteOffset: at, as: UInt64.self) | 0x2020_2020_2020_2020
                    )
                    at += 8
                }
                while at < raw.count {
                    hasher.combine(raw[at] | 0x20)
                    at += 1
                }
            }
        }

        private static func lower(_ byte: UInt8) -> UInt8 {
            (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
        }
    }

    private let subject: String
    private var ascii: Set<ASCIIKey> = []
    /// All names in lower case, from the first one on that is not ASCII alone. `String` compares by canonical
    /// equivalence, which is what is wanted here for once.
    private var folded: [String: PrefixPath]?

    /// The first pair of names that differ only by case.
    private(set) var byCase: (PrefixPath, PrefixPath)?

    init(subject: String) { self.subject = subject }

    /// Takes a name that did not come yet.
    ///
    /// - Throws: `archive.unicode-collision`; where names differ only by case is kept in ``byCase``.
    mutating func add(_ path: PrefixPath) throws {
        if folded == nil, path.text.utf8.contains(where: { $0 >= 0x80 }) {
            folded = [:]
            for key in ascii { try fold(key.path) }
        }
        if folded != nil { return try fold(path) }
        let (inserted, other) = ascii.insert(ASCIIKey(path: path))
        if !inserted { byCase = byCase ?? (other.path, path) }
    }

    private mutating func fold(_ path: PrefixPath) throws {
        let lower = path.text.lowercased()
        guard let other = folded?.updateValue(path, forKey: lower) else { return }
        guard lower.utf8.elementsEqual(other.text.lowercased().utf8) else {
            throw Refusal(
                ArchiveCode.unicodeCollision,
                path.text,
                at: subject,
                expected: "one form of the name",
                found: "another form of `\(other)`"
            )
        }
        byCase = byCase ?? (other, path)
    }
}
