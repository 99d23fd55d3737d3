// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// That a package's own maintainers must vouch for its files, and what they say of one.
///
/// The demand comes from metadata that the channel's offline keys signed; what they say, from metadata that
/// enough of the maintainers' keys signed. Whoever holds only the channel's online key can make neither.
public struct MaintainerVouching: Sendable, Equatable {
    /// What the maintainers promise of a file.
    public struct File: Sendable, Equatable {
        /// Its SHA-256; nil if they give another digest only.
        public let sha256: Digest?
        /// Its length in bytes.
        public let length: UInt64

        /// Makes a fact.
        public init(sha256: Digest?, length: UInt64) {
            self.sha256 = sha256
            self.length = length
        }
    }

    /// The TUF role of the maintainers.
    public let role: String
    /// How many of them must sign.
    public let threshold: Int
    /// How many keys they have.
    public let keyCount: Int
    /// What they promise of the file; nil if they do not vouch for it.
    public let file: File?
    /// The version of their metadata; nil if the channel has none yet.
    public let version: Int64?
    /// When it expires; nil if there is none.
    public let expires: Timestamp?

    /// Makes a fact.
    public init(
        role: String,
        threshold: Int,
        keyCount: Int,
        file: File?,
        version: Int64? = nil,
        expires: Timestamp? = nil
    ) {
        self.role = role
        self.threshold = threshold
        self.keyCount = keyCount
        self.file = file
        self.version = version
        self.expires = expires
    }

    /// Whether the maintainers promise the very file that a record of the index is of.
    public func agrees(with record: IndexRecord) -> Bool {
        guard let file, let sha256 = file.sha256, sha256 == record.sha256 else { return false }
        return record.size.map { $0 == file.length } ?? true
    }
}
