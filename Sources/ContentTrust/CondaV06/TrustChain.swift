// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
public import TrustCore

/// The roots from the pinned one to the newest, each signed by the keys of the one before and by its own.
///
/// That the first is the right one nothing here can know: whoever pins it says so.
public struct TrustChain: Sendable {
    /// The roots, the pinned one first.
    public private(set) var links: [VerifiedTrustMetadata]

    /// The newest root.
    public var root: VerifiedTrustMetadata { links[links.count - 1] }

    /// The most versions that a chain may be longer than the pinned root.
    public static let maximumRotations = 1024

    /// Begins with a pinned root, which must be signed by its own keys. That it has run out is no matter as long as
    /// there are newer ones.
    ///
    /// - Throws: a `Refusal` with `content-trust.signatures`, or one of the codes about a single file.
    public init(pinned bytes: [UInt8]) throws {
        let envelope = try TrustEnvelope(parsing: bytes, as: .root)
        let counted = try envelope.verify(by: Self.own(envelope), of: "the root itself")
        links = [VerifiedTrustMetadata(envelope, bytes: bytes, keyIDs: counted.keyIDs)]
    }

    /// Goes on to the next version: exactly one higher, signed by enough keys of the root before and by enough of
    /// its own (conda-content-trust, root chaining; TUF specification 1.0.34, section 5.3.4).
    ///
    /// - Throws: a `Refusal` with `content-trust.root-version`, `content-trust.signatures`, or one of the codes
    ///   about a single file.
    public mutating func append(_ bytes: [UInt8]) throws {
        let envelope = try TrustEnvelope(parsing: bytes, as: .root)
        let last = root.metadata
        let next = (last.version ?? 0) + 1
        guard envelope.metadata.version == next else {
            throw Refusal(
                ContentTrustCode.rootVersion,
                TrustMetadata.subject(.root),
                expected: "version \(next)",
                found: "version \(envelope.metadata.version ?? 0)"
            )
        }
        if let delegation = last.delegations[.root] {
            _ = try envelope.verify(by: delegation, of: "root version \(next - 1)")
        }
        let counted = try envelope.verify(by: Self.own(envelope), of: "root version \(next)")
        links.append(VerifiedTrustMetadata(envelope, bytes: bytes, keyIDs: counted.keyIDs))
    }

    /// Verifies the key manager's metadata by the newest root.
    ///
    /// - Parameter previous: the copy that was trusted before, if there is one.
    /// - Throws: a `Refusal` with `content-trust.signatures`, `content-trust.rollback`, `content-trust.expired`, or
    ///   one of the codes about a single file.
    public func keyManager(
        _ bytes: [UInt8],
        after previous: VerifiedTrustMetadata? = nil,
        now: Timestamp
    ) throws -> VerifiedTrustMetadata {
        try delegate(.keyManager, bytes, by: root, after: previous, now: now)
    }

    /// Verifies what mamba asks for as `pkg_mgr.json`, by the key manager's metadata.
    ///
    /// - Throws: as ``keyManager(_:after:now:)``.
    public func packageManager(
        _ bytes: [UInt8],
        by keyManager: VerifiedTrustMetadata,
        after previous: VerifiedTrustMetadata? = nil,
        now: Timestamp
    ) throws -> VerifiedTrustMetadata {
        try delegate(.packageManager, bytes, by: keyManager, after: previous, now: now)
    }

    /// A stored copy that was trusted before, whatever the time: only for comparing a newer one with it.
    ///
    /// - Throws: a `Refusal` if the newest root's keys have not signed it, as after they were changed.
    public func unsafelyIgnoringExpiryKeyManager(_ bytes: [UInt8]) throws -> VerifiedTrustMetadata {
        try delegate(.keyManager, bytes, by: root, after: nil, now: nil)
    }

    private func delegate(
        _ role: TrustRole,
        _ bytes: [UInt8],
        by delegator: VerifiedTrustMetadata,
        after previous: VerifiedTrustMetadata?,
        now: Timestamp?
    ) throws -> VerifiedTrustMetadata {
        let envelope = try TrustEnvelope(parsing: bytes, as: role)
        guard let delegation = delegator.metadata.delegations[role] else {
            preconditionFailure("metadata that was read delegates to every role below it")
        }
        let counted = try envelope.verify(by: delegation, of: TrustMetadata.subject(delegator.metadata.role))
        let verified = VerifiedTrustMetadata(envelope, bytes: bytes, keyIDs: counted.keyIDs)
        if let previous { try verified.checkFollows(previous) }
        if let now { try verified.checkExpiry(now: now) }
        return verified
    }

    private static func own(_ envelope: TrustEnvelope) -> TrustDelegation {
        guard let delegation = envelope.metadata.delegations[.root] else {
            preconditionFailure("a root that was read names its own keys")
        }
        return delegation
    }
}
