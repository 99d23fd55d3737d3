// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// What all that was seen of a file says about the record that lists it now.
///
/// What was seen first is what counts: a later digest of the same kind that differs is a change, however often it was
/// seen since. A SHA-256 that comes to an MD5 is none, as long as the MD5 beside it and the bytes that were fetched are
/// the same; that a record whose MD5 was taken away in exchange for a SHA-256 means other bytes cannot be told.
struct LedgerHistory {
    /// When the file was first seen with the digest that the record gives.
    let since: Timestamp
    let isBaseline: Bool
    /// What was seen first, if the record says something else.
    let previous: Digest?
    /// SHA-256 of the bytes, if it is known.
    let known: Digest?

    /// Nil if nothing was seen of the file, or the record gives no digest.
    init?(_ sightings: [LedgerSighting], record: RecordDigestPair) {
        guard let first = sightings.first,
            let now = LedgerSighting(record, at: first.time, isBaseline: false)
        else { return nil }
        var (sha256, md5): (Digest?, Digest?) = (nil, nil)
        for sighting in sightings {
            switch sighting.kind {
            case .sha256, .fetched: sha256 = sha256 ?? sighting.digest
            // Once the SHA-256 is known, a later MD5 adds nothing.
            case .md5: if sha256 == nil, md5 == nil { md5 = sighting.digest }
            }
        }
        let seen = sightings.first { $0.saysTheSame(as: now) } ?? first
        since = seen.time
        isBaseline = seen.isBaseline
        known = sha256
        if let sha256, let listed = record.sha256, listed != sha256 {
            previous = sha256
        } else if let md5, let listed = record.md5, listed != md5 {
            previous = md5
        } else {
            previous = nil
        }
    }
}
