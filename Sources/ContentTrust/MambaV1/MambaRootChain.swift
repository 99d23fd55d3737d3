// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
public import TrustCore

/// The roots of mamba's version 1 from the pinned one to the newest, each signed by the keys of the one before and by
/// its own.
///
/// mamba itself asks for no signature of the keys before.
public struct MambaRootChain: Sendable {
    /// The newest root.
    public private(set) var root: MambaRootMetadata
    /// The names of the keys that counted for it.
    public private(set) var keyIDs: [String]

    /// Begins with a pinned root, which must be signed by its own keys. That it has run out is no matter as long as
    /// there are newer ones.
    ///
    /// - Throws: a `Refusal` with `content-trust.signatures`, or one of the codes about a single file.
    public init(pinned bytes: [UInt8]) throws {
        let envelope = try MambaRootEnvelope(parsing: bytes)
        keyIDs = try envelope.verify(by: Self.own(envelope.metadata), of: "the root itself").keyIDs
        root = envelope.metadata
    }

    /// Goes on to the next version: exactly one higher, signed by enough keys of the root before and by enough of
    /// its own (TUF specification 1.0.34, section 5.3.4).
    ///
    /// - Throws: a `Refusal` with `content-trust.root-version`, `content-trust.signatures`, or one of the codes
    ///   about a single file.
    public mutating func append(_ bytes: [UInt8]) throws {
        let envelope = try MambaRootEnvelope(parsing: bytes)
        let next = root.version + 1
        guard envelope.metadata.version == next else {
            throw Refusal(
                ContentTrustCode.rootVersion,
                MambaRootMetadata.subject,
                expected: "version \(next)",
                found: "version \(envelope.metadata.version)"
            )
        }
        _ = try envelope.verify(by: Self.own(root), of: "root version \(next - 1)")
        keyIDs = try envelope.verify(by: Self.own(envelope.metadata), of: "root version \(next)").keyIDs
        root = envelope.metadata
    }

    /// Refuses a root that has run out.
    ///
    /// - Throws: a `Refusal` with `content-trust.expired`.
    public func checkExpiry(now: Timestamp) throws {
        guard now < root.expires else {
            throw Refusal(
                ContentTrustCode.expired,
                MambaRootMetadata.subject,
                expected: "an expiration after \(now)",
                found: root.expires.description
            )
        }
    }

    private static func own(_ root: MambaRootMetadata) -> TrustDelegation {
        guard let delegation = root.delegations[.root] else {
            preconditionFailure("a root that was read names its own keys")
        }
        return delegation
    }
}
