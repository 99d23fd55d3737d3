// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// Something that was seen of one file: a fact, which is never changed or taken away.
struct LedgerSighting: Sendable, Hashable {
    /// What the digest is, and who gave it.
    enum Kind: UInt8, Sendable {
        /// The index listed the file with this SHA-256.
        case sha256 = 1
        /// The index listed the file with this MD5, and no SHA-256.
        case md5 = 2
        /// The bytes had this SHA-256 when they were fetched by an MD5.
        case fetched = 3
    }

    let kind: Kind
    let digest: Digest
    let time: Timestamp
    /// Whether it was in the first index of all.
    let isBaseline: Bool

    init(_ kind: Kind, _ digest: Digest, at time: Timestamp, isBaseline: Bool = false) {
        self.kind = kind
        self.digest = digest
        self.time = time
        self.isBaseline = isBaseline
    }

    /// What a record lists; nil if it gives no digest.
    init?(_ record: RecordDigestPair, at time: Timestamp, isBaseline: Bool) {
        if let sha256 = record.sha256 {
            self.init(.sha256, sha256, at: time, isBaseline: isBaseline)
        } else if let md5 = record.md5 {
            self.init(.md5, md5, at: time, isBaseline: isBaseline)
        } else {
            return nil
        }
    }

    /// Whether it says the same, whenever it was seen.
    func saysTheSame(as other: LedgerSighting) -> Bool { kind == other.kind && digest == other.digest }
}

/// The digests of a record.
typealias RecordDigestPair = (sha256: Digest?, md5: Digest?)

/// An index that was seen.
struct LedgerIndex: Sendable, Hashable {
    /// SHA-256 of its text.
    let digest: Digest
    let time: Timestamp
}

/// One thing that is written into a ledger.
enum LedgerEntry: Sendable, Equatable {
    case index(LedgerIndex)
    case file([UInt8], LedgerSighting)
}
