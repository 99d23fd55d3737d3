// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// The metadata that an update trusts so far, and the rules by which it takes in more: section 5 of the
/// specification (1.0.34), without its input and output.
///
/// Everything in here was signed by enough keys of its role. The moment of the update is fixed when it starts
/// (5.1).
public struct TrustedMetadata: Sendable {
    /// The moment that decides what is expired.
    public let now: Timestamp
    /// What the metadata may ask of us.
    public let limits: TUFLimits
    /// The newest root so far.
    public private(set) var root: VerifiedMetadata<RootMetadata>
    /// The newest timestamp so far; before the update has seen the repository's, the stored one.
    public private(set) var timestamp: VerifiedMetadata<TimestampMetadata>?
    /// The snapshot that the timestamp names.
    public private(set) var snapshot: VerifiedMetadata<SnapshotMetadata>?
    /// The stored snapshot of an earlier update: trusted for rollback checks only.
    private var earlierSnapshot: VerifiedMetadata<SnapshotMetadata>?
    private var documents: [Digest: VerifiedMetadata<TargetsMetadata>] = [:]
    private var verified: [TargetsRole: Digest] = [:]

    /// Starts from the root that the user trusts. Its expiry does not matter (5.2), its signatures do.
    init(trustedRoot: [UInt8], now: Timestamp, limits: TUFLimits) throws {
        self.now = now
        self.limits = limits
        let signed = try SignedMetadata<RootMetadata>(
            parsing: trustedRoot,
            as: .root,
            limits: limits.json(limits.root)
        )
        root = try signed.role.authority(for: .root).verify(signed, of: .root, accepting: limits.schemes)
    }

    // MARK: Root (5.3)

    /// Takes the next root version.
    ///
    /// - Returns: whether a key of timestamp or snapshot was taken away, so that both must be forgotten
    /// (5.3.11).
    mutating func updateRoot(_ bytes: [UInt8]) throws -> Bool {
        let signed: SignedMetadata<RootMetadata> = try parse(bytes, as: .root, limit: limits.root)
        // 5.3.4: signed by a threshold of the keys of the trusted root and of its own.
        _ = try root.role.authority(for: .root).verify(signed, of: .root, accepting: limits.schemes)
        let next = try signed.role.authority(for: .root).verify(signed, of: .root, accepting: limits.schemes)
        // 5.3.5: exactly one version higher (CVE-2025-2885).
        let (expected, overflow) = root.role.version.addingReportingOverflow(1)
        guard !overflow, next.role.version == expected else {
            throw Refusal(
                TUFCode.versionMismatch,
                "root metadata",
                expected: "version \(expected)",
                found: "version \(next.role.version)"
            )
        }
        let rotated = [MetadataKind.timestamp, .snapshot].contains { removesKey(of: $0, in: next.role) }
        root = next
        return rotated
    }

    /// Whether the next root takes a key from a role. That a key is only added says nothing against versions
    /// signed before, and forgetting them would give up the protection against rollback for nothing.
    private func removesKey(of kind: MetadataKind, in next: RootMetadata) -> Bool {
        let remaining = Set(next.authority(for: kind).usableKeys(accepting: limits.schemes).map(\.key))
        return root.role.authority(for: kind).usableKeys(accepting: limits.schemes).contains {
            !remaining.contains($0.key)
        }
    }

    /// 5.3.10: only the last root of the chain must not be expired.
    func checkRootIsFresh() throws { try checkFresh(root.role, of: .root) }

    // MARK: Timestamp (5.4)

    /// Takes the stored timestamp for rollback checks; it may be expired.
    mutating func recallTimestamp(_ bytes: [UInt8]) throws {
        let signed: SignedMetadata<TimestampMetadata> = try parse(
            bytes,
            as: .timestamp,
            limit: limits.timestamp
        )
        timestamp = try root.role.authority(for: .timestamp).verify(
            signed,
            of: .timestamp,
            accepting: limits.schemes
        )
    }

    /// Takes the repository's timestamp.
    ///
    /// - Returns: whether it is newer than the one that was trusted before; if not, that one stays.
    mutating func updateTimestamp(_ bytes: [UInt8]) throws -> Bool {
        let signed: SignedMetadata<TimestampMetadata> = try parse(
            bytes,
            as: .timestamp,
            limit: limits.timestamp
        )
        // 5.4.2: signatures.
        let next = try root.role.authority(for: .timestamp).verify(
            signed,
            of: .timestamp,
            accepting: limits.schemes
        )
        if let timestamp {
            // 5.4.3.1: not older than the trusted one; of the same version, the trusted one stays.
            try checkNotOlder(next.role.version, than: timestamp.role.version, in: "timestamp metadata")
            if next.role.version == timestamp.role.version {
                try checkFresh(timestamp.role, of: .timestamp)
                return false
            }
            // 5.4.3.2: nor may the snapshot be older: checked before anything is kept (CVE-2025-2888).
            try checkNotOlder(
                next.role.snapshot.version,
                than: timestamp.role.snapshot.version,
                in: "`snapshot.json` in timestamp metadata"
            )
        }
        // 5.4.4: not expired.
        try checkFresh(next.role, of: .timestamp)
        timestamp = next
        return true
    }

    // MARK: Snapshot (5.5)

    /// Takes the stored snapshot: as the current one if it is what the timestamp names, else for rollback
    /// checks.
    ///
    /// - Returns: whether it is the current one, so that nothing needs to be fetched.
    mutating func recallSnapshot(_ bytes: [UInt8]) throws -> Bool {
        let signed: SignedMetadata<SnapshotMetadata> = try parse(
            bytes,
            as: .snapshot,
            limit: limits.promisedSnapshot
        )
        let stored = try root.role.authority(for: .snapshot).verify(
            signed,
            of: .snapshot,
            accepting: limits.schemes
        )
        earlierSnapshot = stored
        guard let promised = timestamp?.role.snapshot, promised.version == stored.role.version,
            !stored.role.isExpired(at: now),
            (try? check(bytes, stored.digest, is: promised, name: .snapshot)) != nil
        else { return false }
        snapshot = stored
        return true
    }

    /// Takes the repository's snapshot.
    mutating func updateSnapshot(_ bytes: [UInt8]) throws {
        let promised = try promisedSnapshot()
        // 5.5.2: the bytes that the timestamp promises.
        let digest = Digest.of(bytes)
        try check(bytes, digest, is: promised, name: .snapshot)
        let signed: SignedMetadata<SnapshotMetadata> = try parse(
            bytes,
            as: .snapshot,
            limit: limits.promisedSnapshot,
            digest: digest
        )
        // 5.5.3: signatures.
        let next = try root.role.authority(for: .snapshot).verify(
            signed,
            of: .snapshot,
            accepting: limits.schemes
        )
        // 5.5.4: the version that the timestamp promises.
        try checkVersion(next.role, is: promised, name: .snapshot)
        // 5.5.5: no role is older than in the trusted snapshot, and none has gone (CVE-2025-2887).
        for (name, old, new) in next.role.files.differences(since: earlierSnapshot?.role.files ?? [:]) {
            guard let new else {
                throw Refusal(
                    TUFCode.roleRemoved,
                    "snapshot metadata",
                    expected: "`\(name).json`",
                    found: "nothing"
                )
            }
            try checkNotOlder(new.version, than: old.version, in: "`\(name).json` in snapshot metadata")
        }
        // 5.5.6: not expired.
        try checkFresh(next.role, of: .snapshot)
        snapshot = next
    }

    /// What the timestamp says about the snapshot.
    func promisedSnapshot() throws -> MetaFile {
        guard let timestamp else { throw Refusal(TUFCode.metadataMissing, "timestamp metadata") }
        return timestamp.role.snapshot
    }

    // MARK: Targets (5.6)

    /// The top-level targets role, as the trusted root delegates to it.
    public var topLevelTargets: TargetsRole {
        TargetsRole(name: .targets, delegator: .root, document: root.digest)
    }

    /// The metadata of a targets role; nil if it was not loaded yet.
    public func targets(of role: TargetsRole) -> TargetsMetadata? {
        verified[role].flatMap { documents[$0]?.role }
    }

    /// A role, as another one that is loaded delegates to it.
    public func delegated(_ name: RoleName, by delegator: TargetsRole) -> TargetsRole? {
        verified[delegator].map { TargetsRole(name: name, delegator: delegator.name, document: $0) }
    }

    /// What the snapshot says about a role (`tuf.role-not-in-snapshot`).
    func promised(_ name: RoleName) throws -> MetaFile {
        guard let snapshot else { throw Refusal(TUFCode.metadataMissing, "snapshot metadata") }
        guard let file = snapshot.role.files[name] else {
            throw Refusal(
                TUFCode.roleNotInSnapshot,
                "\(name) metadata",
                expected: "`\(name).json` in the snapshot",
                found: "nothing"
            )
        }
        return file
    }

    /// Takes targets metadata: the same rules for the top-level role and for delegated ones (CVE-2026-6967).
    mutating func updateTargets(_ bytes: [UInt8], of role: TargetsRole) throws {
        // 5.6.2: the bytes that the snapshot promises.
        let promised = try promised(role.name)
        let digest = Digest.of(bytes)
        try check(bytes, digest, is: promised, name: role.name)
        let signed: SignedMetadata<TargetsMetadata> = try parse(
            bytes,
            as: role.name,
            limit: limits.promisedTargets,
            digest: digest
        )
        // 5.6.3: signatures, by the keys that this delegator names.
        let next = try authority(for: role).verify(signed, of: role.name, accepting: limits.schemes)
        // 5.6.4: the version that the snapshot promises.
        try checkVersion(next.role, is: promised, name: role.name)
        // 5.6.5: not expired.
        try checkFresh(next.role, of: role.name)
        documents[next.digest] = next
        verified[role] = next.digest
    }

    /// The earliest expiry of everything that was used: root, timestamp, snapshot, and the targets roles that
    /// were loaded. From then on an update without newer metadata refuses with `tuf.expired`.
    public var horizon: FreshnessHorizon {
        var expiries: [(moment: Timestamp, role: RoleName)] = [(root.role.expires, .root)]
        if let timestamp { expiries.append((timestamp.role.expires, .timestamp)) }
        if let snapshot { expiries.append((snapshot.role.expires, .snapshot)) }
        for (role, digest) in verified {
            if let document = documents[digest] { expiries.append((document.role.expires, role.name)) }
        }
        let first = expiries.reduce(expiries[0]) { ($1.moment, $1.role) < ($0.moment, $0.role) ? $1 : $0 }
        return FreshnessHorizon(moment: first.moment, role: first.role)
    }

    private func authority(for role: TargetsRole) throws -> RoleAuthority {
        if role == topLevelTargets { return root.role.authority(for: .targets) }
        guard let authority = documents[role.document]?.role.delegations?.authority(for: role.name) else {
            throw Refusal(
                TUFCode.signatures,
                "\(role.name) metadata",
                expected: "a delegation by `\(role.delegator)`",
                found: "none"
            )
        }
        return authority
    }

    // MARK: Rules that roles share

    private func parse<Role: RoleMetadata>(
        _ bytes: [UInt8],
        as name: RoleName,
        limit: Int,
        digest: Digest? = nil
    ) throws -> SignedMetadata<Role> {
        try SignedMetadata(
            parsing: bytes,
            as: name,
            limits: limits.json(limit),
            digest: digest ?? Digest.of(bytes)
        )
    }

    private func checkFresh(_ role: some RoleMetadata, of name: RoleName) throws {
        guard role.isExpired(at: now) else { return }
        throw Refusal(
            TUFCode.expired,
            "\(name) metadata",
            expected: "an expiry after \(now)",
            found: "\(role.expires)"
        )
    }

    private func checkNotOlder(_ version: Int64, than trusted: Int64, in subject: String) throws {
        guard version < trusted else { return }
        throw Refusal(
            TUFCode.rollback,
            subject,
            expected: "version \(trusted) or later",
            found: "version \(version)"
        )
    }

    private func checkVersion(_ role: some RoleMetadata, is promised: MetaFile, name: RoleName) throws {
        guard role.version != promised.version else { return }
        throw Refusal(
            TUFCode.versionMismatch,
            "\(name) metadata",
            expected: "version \(promised.version)",
            found: "version \(role.version)"
        )
    }

    private func check(_ bytes: [UInt8], _ digest: Digest, is promised: MetaFile, name: RoleName) throws {
        if let length = promised.length, length != UInt64(bytes.count) {
            throw Refusal(
                TUFCode.metadataLength,
                "\(name) metadata",
                expected: "\(length) bytes",
                found: "\(bytes.count) bytes"
            )
        }
        if let (expected, found) = promised.hashes?.mismatch(in: bytes, sha256: digest) {
            throw Refusal(
                TUFCode.metadataHash,
                "\(name) metadata",
                expected: "\(expected)",
                found: "\(found)"
            )
        }
    }
}
