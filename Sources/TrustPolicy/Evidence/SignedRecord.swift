// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// That the package keys of a channel signed the package's record in full (conda content trust 0.6.0), from the
/// pinned root down.
///
/// It says nothing about the index that the record was found in: see ``OpenAttack``.
public struct SignedRecord: Sendable, Equatable {
    /// The names of the keys that counted.
    public let keyIDs: [String]
    /// How many of the package keys must sign.
    public let threshold: Int
    /// How many package keys there are that sign records in full.
    public let keyCount: Int
    /// Versions of the metadata that was in force: `root`, and `key_mgr` where it has one.
    public let versions: [String: Int64]
    /// When the first of those runs out.
    public let expires: Timestamp

    /// Makes a fact.
    public init(
        keyIDs: [String],
        threshold: Int,
        keyCount: Int,
        versions: [String: Int64],
        expires: Timestamp
    ) {
        self.keyIDs = keyIDs
        self.threshold = threshold
        self.keyCount = keyCount
        self.versions = versions
        self.expires = expires
    }

    /// Whether enough different keys counted.
    public var isEnough: Bool { threshold >= 1 && Set(keyIDs).count >= threshold }
}
