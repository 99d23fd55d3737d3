// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// The most that any honest bundle, trust root or statement has; more is refused before it costs anything.
enum BundleLimits {
    /// The longest file, in bytes.
    static let bytes = 16 << 20
    /// The most entries in logs.
    static let logEntries = 32
    /// The most timestamps.
    static let timestamps = 32
    /// The most certificates in a chain.
    static let chain = 10
    /// The longest certificate, in bytes.
    static let certificate = 64 << 10
    /// The most hashes in a proof: one for each level of the largest tree there can be.
    static let proofHashes = 64
    /// The most subjects of a statement.
    static let subjects = 1024
    /// The most digests of a subject.
    static let digests = 32
    /// The most keys or authorities of a kind in a trust root, and services of a kind in a signing
    /// configuration.
    static let instances = 256

    /// For JSON of a bundle: the values that its largest parts can be, and room for what is refused by name.
    static let json = JSONLimits(bytes: bytes, depth: 16, values: 1 << 14)
    /// For JSON of a statement, whose predicate is foreign and may be large.
    static let statement = JSONLimits(bytes: bytes, depth: 64, values: 1 << 18)
}
