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
        let own = Self.keys(of: .root, in: envelope.metadata)
        let counted = try envelope.verify(by: own, of: "the root itself")
        links = [VerifiedTrustMetadata(envelope, bytes: bytes, keyIDs: counted.keyIDs)]
    }

    /// Goes on to the next version: exactly one higher, signed by enough keys of the root before and by enough of
    /// its own (conda-content-trust, root chaining; TUF specification 1.0.34, section 5.3.4).
    ///
    /// - Throws: a `Refusal` with `content-trust.root-version`, `content-trust.signatures`, or one of the codes
    ///   about a single file.
    public mutating func append(_ bytes: [UInt8]) throws {
        guard links.count <= Self.maximumRotations else {
            throw Refusal(
                ContentTrustCode.rootVersion,
                TrustMetadata.subject(.root),
                expected: "at most \(Self.maximumRotations) versions after the pinned one"
            )
        }
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
        _ = try envelope.verify(by: Self.keys(of: .root, in: last), of: "root version \(next - 1)")
        let counted = try envelope.verify(
            by: Self.keys(of: .root, in: envelope.metadata),
            of: "root version \(next)"
        )
        links.append(VerifiedTrustMetadata(envelope, bytes: bytes, keyIDs: counted.keyIDs))
    }

    /// Verifies the key manager's metadata by the newest root, which must not have run out either.
    ///
    /// - Parameters:
    ///   - bytes: the file; nil if the channel says that it has none, which is no permission.
    ///   - previous: what is remembered of the copy that was trusted before, if there was one.
    ///   - now: the time.
    /// - Throws: a `Refusal` with `content-trust.metadata-missing`, `content-trust.signatures`, `content-trust.rollback`, `content-trust.equivocation`,
    ///   `content-trust.expired`, `content-trust.future`, `content-trust.shared-key`, or one of the codes about a
    ///   single file.
    public func keyManager(
        _ bytes: [UInt8]?,
        after previous: RememberedMetadata? = nil,
        now: Timestamp
    ) throws -> VerifiedTrustMetadata {
        try root.checkExpiry(now: now)
        guard let bytes else {
            throw Refusal(
                ContentTrustCode.metadataMissing,
                TrustRole.keyManager.fileName(version: 1),
                expected: "the key manager's metadata",
                found: "none"
            )
        }
        let verified = try keyManager(unsafelyIgnoringExpiry: bytes)
        if let previous { try verified.checkFollows(previous) }
        try verified.metadata.checkMade(by: now)
        try verified.checkExpiry(now: now)
        return verified
    }

    /// The key manager's metadata whether they are current or not: for whoever makes new ones, and for displays.
    ///
    /// - Throws: a `Refusal` with `content-trust.signatures`, `content-trust.shared-key`, or one of the codes about a
    ///   single file.
    public func keyManager(unsafelyIgnoringExpiry bytes: [UInt8]) throws -> VerifiedTrustMetadata {
        let verified = try delegate(.keyManager, bytes, by: root)
        try verified.metadata.checkApart(from: root.metadata)
        return verified
    }

    /// What is remembered of the key manager's metadata by a copy that was kept after it had been verified: by the newest
    /// root, or by one before, whose keys have changed since.
    ///
    /// - Throws: a `Refusal` with `content-trust.signatures` if no root of the chain vouches for the copy, or one of the
    ///   codes about a single file.
    public func remembered(keyManager bytes: [UInt8]) throws -> RememberedMetadata {
        if let current = try? keyManager(unsafelyIgnoringExpiry: bytes) { return RememberedMetadata(current) }
        let document = try TrustEnvelope(parsing: bytes, as: .keyManager)
        let former = links.dropLast().contains { root in
            let keys = Self.keys(of: .keyManager, in: root.metadata)
            return (try? document.verify(by: keys, of: TrustMetadata.subject(.root))) != nil
        }
        guard former else {
            throw Refusal(
                ContentTrustCode.signatures,
                TrustMetadata.subject(.keyManager),
                expected: "signatures by the keys of a root of the chain"
            )
        }
        return RememberedMetadata(formerly: document)
    }

    /// Verifies what mamba asks for as `pkg_mgr.json`, by the key manager's metadata, which must not have run out either.
    ///
    /// - Throws: as ``keyManager(_:after:now:)``.
    public func packageManager(
        _ bytes: [UInt8],
        by keyManager: VerifiedTrustMetadata,
        after previous: RememberedMetadata? = nil,
        now: Timestamp
    ) throws -> VerifiedTrustMetadata {
        try keyManager.checkExpiry(now: now)
        let verified = try packageManager(unsafelyIgnoringExpiry: bytes, by: keyManager)
        if let previous { try verified.checkFollows(previous) }
        try verified.metadata.checkMade(by: now)
        try verified.checkExpiry(now: now)
        return verified
    }

    /// The same whether it is current or not.
    ///
    /// - Throws: as ``keyManager(unsafelyIgnoringExpiry:)``.
    public func packageManager(
        unsafelyIgnoringExpiry bytes: [UInt8],
        by keyManager: VerifiedTrustMetadata
    ) throws -> VerifiedTrustMetadata {
        try delegate(.packageManager, bytes, by: keyManager)
    }

    private func delegate(_ role: TrustRole, _ bytes: [UInt8], by delegator: VerifiedTrustMetadata) throws
        -> VerifiedTrustMetadata
    {
        let envelope = try TrustEnvelope(parsing: bytes, as: role)
        let keys = Self.keys(of: role, in: delegator.metadata)
        let counted = try envelope.verify(by: keys, of: TrustMetadata.subject(delegator.metadata.role))
        return VerifiedTrustMetadata(envelope, bytes: bytes, keyIDs: counted.keyIDs)
    }

    private static func keys(of role: TrustRole, in metadata: TrustMetadata) -> TrustDelegation {
        guard let delegation = metadata.delegations[role] else {
            preconditionFailure("\(metadata.role) metadata names no keys for \(role)")
        }
        return delegation
    }
}
