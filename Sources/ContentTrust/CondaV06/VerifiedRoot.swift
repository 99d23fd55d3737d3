// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// A root that enough keys have signed; only ``TrustChain`` makes it. Whether it has run out is asked by
/// ``checkExpiry(now:)``.
@dynamicMemberLookup
public struct VerifiedRoot: Sendable {
    /// The root as a document.
    public let document: VerifiedDocument
    /// The version.
    public let version: Int64
    /// The keys that sign roots, and how many of them must.
    public let rootKeys: TrustDelegation
    /// The keys that sign the key manager's metadata, and how many of them must.
    public let keyManagerKeys: TrustDelegation

    init(_ document: VerifiedDocument) throws {
        self.document = document
        version = try document.metadata.requiredVersion
        rootKeys = try document.metadata.keys(of: .root)
        keyManagerKeys = try document.metadata.keys(of: .keyManager)
    }

    /// What it has in common with all verified metadata.
    public subscript<Value>(dynamicMember path: KeyPath<VerifiedDocument, Value>) -> Value {
        document[keyPath: path]
    }

    /// Refuses what has run out, also if it was good when it was stored.
    ///
    /// - Throws: a `Refusal` with `content-trust.expired`.
    public func checkExpiry(now: Timestamp) throws { try document.checkExpiry(now: now) }
}
