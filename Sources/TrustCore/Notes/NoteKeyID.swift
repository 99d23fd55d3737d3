// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// The four bytes by which a note's signature names its key (C2SP signed-note). They identify nothing for
/// certain: two keys can have the same.
public struct NoteKeyID: Hashable, Sendable {
    /// The bytes as one number, highest first.
    public let number: UInt32

    /// Takes the first four bytes of a longer name; nil if there are fewer.
    public init?(prefixOf bytes: some Collection<UInt8>) {
        guard bytes.count >= 4 else { return nil }
        number = bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// The id of a key under a name: the beginning of the SHA-256 digest of the name, a newline, the byte of
    /// the type and the key, in that type's own form.
    ///
    /// - Parameter type: 1 for Ed25519, 4 for an Ed25519 key that makes cosignatures; 255 and a text for
    ///   types without a number.
    public init(name: String, type: [UInt8], key: [UInt8]) {
        self.init(digest: Digest.of(Array(name.utf8) + [0x0A] + type + key))
    }

    /// The id of an ECDSA key, which does not depend on the name.
    ///
    /// - Parameter info: the key as DER `SubjectPublicKeyInfo`.
    public init(ecdsa info: [UInt8]) { self.init(digest: Digest.of(info)) }

    private init(digest: Digest) {
        number = digest.bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// The four bytes.
    public var bytes: [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }
}

extension NoteKeyID: CustomStringConvertible {
    /// Eight hexadecimal digits.
    public var description: String { Hex.encode(bytes) }
}
