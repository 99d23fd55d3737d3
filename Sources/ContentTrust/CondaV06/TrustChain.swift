// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
public import TrustCore

/// The roots from the pinned one to the newest, each signed by the keys of the one before and by its own.
///
/// That the first is the right one nothing here can know: whoever pins it says so.
public struct TrustChain: Sendable {
    /// The roots, the pinned one first.
    public private(set) var links: [VerifiedRoot]

    /// The newest root.
    public var root: VerifiedRoot { links[links.count - 1] }

    /// The most versions that a chain may be longer than the pinned root.
    public static let maximumRotations = 1024

    /// Begins with a pinned root, which must be signed by its own keys. That it has run out is no matter as long as
    /// there are newer ones.
    ///
    /// - Throws: a `Refusal` with `content-trust.signatures`, or one of the codes about a single file.
    public init(pinned bytes: [UInt8]) throws {
        let envelope = try TrustEnvelope(parsing: bytes, as: .root)
        let counted = try envelope.verify(by: envelope.metadata.keys(of: .root), of: "the root itself")
        links = [try VerifiedRoot(VerifiedDocument(envelope, bytes: bytes, keyIDs: counted.keyIDs))]
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
        let next = root.version + 1
        let found = try envelope.metadata.requiredVersion
        guard found == next else {
            throw Refusal(
                ContentTrustCode.rootVersion,
                TrustMetadata.subject(.root),
                expected: "version \(next)",
                found: "version \(found)"
            )
        }
        _ = try envelope.verify(by: root.rootKeys, of: "root version \(root.version)")
        let counted = try envelope.verify(by: envelope.metadata.keys(of: .root), of: "root version \(next)")
        links.append(try VerifiedRoot(VerifiedDocument(envelope, bytes: bytes, keyIDs: counted.keyIDs)))
    }

    /// Where the root after the next one would be: whoever has the newest root asks for it, see ``withoutNext``.
    public var fileBeyondNext: String { TrustRole.root.fileName(version: root.version + 2) }

    /// The refusal of a chain whose next root is not there while the one after it is: somebody keeps it back, so that
    /// keys stay in force that were taken away.
    public var withoutNext: Refusal {
        Refusal(
            ContentTrustCode.rootVersion,
            TrustMetadata.subject(.root),
            expected: "version \(root.version + 1)",
            found: "version \(root.version + 2) without it"
        )
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
        after previous: RememberedKeyManager? = nil,
        now: Timestamp
    ) throws -> VerifiedKeyManager {
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
    public func keyManager(unsafelyIgnoringExpiry bytes: [UInt8]) throws -> VerifiedKeyManager {
        let document = try delegate(.keyManager, bytes, root.keyManagerKeys, of: .root)
        let verified = try VerifiedKeyManager(document)
        try verified.metadata.checkApart(from: root.metadata)
        return verified
    }

    /// What is remembered of the key manager's metadata by a copy that was kept after it had been verified: by the newest
    /// root, or by one before, whose keys have changed since.
    ///
    /// - Throws: a `Refusal` with `content-trust.signatures` if no root of the chain vouches for the copy, or one of the
    ///   codes about a single file.
    public func remembered(keyManager bytes: [UInt8]) throws -> RememberedKeyManager {
        if let current = try? keyManager(unsafelyIgnoringExpiry: bytes) {
            return RememberedKeyManager(current)
        }
        let document = try TrustEnvelope(parsing: bytes, as: .keyManager)
        let former = links.dropLast().contains { root in
            (try? document.verify(by: root.keyManagerKeys, of: TrustMetadata.subject(.root))) != nil
        }
        guard former else {
            throw Refusal(
                ContentTrustCode.signatures,
                TrustMetadata.subject(.keyManager),
                expected: "signatures by the keys of a root of the chain"
            )
        }
        return RememberedKeyManager(formerly: document)
    }

    /// Verifies what mamba asks for as `pkg_mgr.json`, by the key manager's metadata, which must not have run out either.
    ///
    /// That it is older than one before is not looked at.
    /// - Throws: as ``keyManager(_:after:now:)``.
    public func packageManager(
        _ bytes: [UInt8],
        by keyManager: VerifiedKeyManager,
        now: Timestamp
    ) throws -> VerifiedPackageManager {
        try keyManager.checkExpiry(now: now)
        let verified = try packageManager(unsafelyIgnoringExpiry: bytes, by: keyManager)
        try verified.metadata.checkMade(by: now)
        try verified.checkExpiry(now: now)
        return verified
    }

    /// The same whether it is current or not.
    ///
    /// - Throws: as ``keyManager(unsafelyIgnoringExpiry:)``.
    public func packageManager(
        unsafelyIgnoringExpiry bytes: [UInt8],
        by keyManager: VerifiedKeyManager
    ) throws -> VerifiedPackageManager {
        try VerifiedPackageManager(
            delegate(.packageManager, bytes, keyManager.packageKeys, of: .keyManager)
        )
    }

    private func delegate(
        _ role: TrustRole,
        _ bytes: [UInt8],
        _ keys: TrustDelegation,
        of delegator: TrustRole
    ) throws -> VerifiedDocument {
        let envelope = try TrustEnvelope(parsing: bytes, as: role)
        let counted = try envelope.verify(by: keys, of: TrustMetadata.subject(delegator))
        return VerifiedDocument(envelope, bytes: bytes, keyIDs: counted.keyIDs)
    }
}
