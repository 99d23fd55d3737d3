// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// What mamba asks for as `pkg_mgr.json`, signed by enough package keys; only ``TrustChain`` makes it. Whether it has
/// run out is asked by ``checkExpiry(now:)``.
@dynamicMemberLookup
public struct VerifiedPackageManager: Sendable {
    /// It as a document.
    public let document: VerifiedDocument

    init(_ document: VerifiedDocument) { self.document = document }

    /// What it has in common with all verified metadata.
    public subscript<Value>(dynamicMember path: KeyPath<VerifiedDocument, Value>) -> Value {
        document[keyPath: path]
    }

    /// Refuses what has run out, also if it was good when it was stored.
    ///
    /// - Throws: a `Refusal` with `content-trust.expired`.
    public func checkExpiry(now: Timestamp) throws { try document.checkExpiry(now: now) }
}
