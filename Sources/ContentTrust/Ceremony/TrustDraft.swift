// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import SigningKeys
public import TrustCore

/// A change of who speaks for a channel in conda content trust, as somebody works it out before it becomes a
/// proposal.
///
/// It starts from nothing, or from what is in force, verified. Every edit is refused if it makes no sense by
/// itself, and ``proposal(options:now:)`` if the whole does not. Which documents the change needs is worked
/// out: other keys of the root or of the key manager are a new root, and the latter new metadata of the key
/// manager too, signed by the new keys; other keys of the package managers are new metadata of the key
/// manager.
public struct TrustDraft: Sendable {
    /// What is decided about the proposal as a whole.
    public struct Options: Sendable {
        /// When the new root expires, if one is proposed.
        public var rootExpires: Timestamp
        /// When the key manager's new metadata expires, if any is proposed.
        public var keyManagerExpires: Timestamp
        /// Roles that get a new version although nothing in them changes: root, key manager.
        public var renewing: Set<TrustRole> = []
        /// Whether the holders of root keys that are taken away will sign their removal.
        public var removedKeysSign = false

        /// Decides on the expiries only.
        public init(rootExpires: Timestamp, keyManagerExpires: Timestamp) {
            self.rootExpires = rootExpires
            self.keyManagerExpires = keyManagerExpires
        }
    }

    private let chain: TrustChain?
    private let keyManager: VerifiedKeyManager?
    private var keys: [TrustRole: [TrustKey]] = [:]
    private var thresholds: [TrustRole: Int] = [:]
    private var forms: [TrustKey: RecordForm] = [:]

    /// Starts from nothing: no role has a key, and each threshold is 1.
    public init() {
        chain = nil
        keyManager = nil
    }

    /// Starts from what is in force. That the key manager's metadata has expired is no matter, for it can be
    /// renewed.
    ///
    /// - Throws: a `Refusal` with `content-trust.signatures` if the newest root's keys have not signed it, or
    ///   one of the codes about a single file.
    public init(chain: TrustChain, keyManager bytes: [UInt8]) throws {
        let keyManager = try chain.keyManager(unsafelyIgnoringExpiry: bytes)
        self.chain = chain
        self.keyManager = keyManager
        forms = keyManager.metadata.recordForms
        let delegations = chain.root.metadata.delegations.merging(keyManager.metadata.delegations) { $1 }
        for (role, delegation) in delegations {
            keys[role] = delegation.keys
            thresholds[role] = delegation.threshold
        }
    }

    // MARK: Edits

    /// Gives a role one more key.
    ///
    /// - Parameter form: what a package manager's key signs of a record; other roles sign no records.
    /// - Throws: a `Refusal` with `content-trust.key-type` or `trust-ceremony.key-twice`.
    public mutating func add(_ key: PublicKey, to role: TrustRole, signing form: RecordForm = .full) throws {
        let key = try TrustKey(key)
        try refuse(key, twiceIn: role)
        keys[role, default: []].append(key)
        if role == .packageManager, form != .full { forms[key] = form }
    }

    /// Takes a key from a role.
    ///
    /// - Throws: a `Refusal` with `trust-ceremony.key-unknown`.
    public mutating func remove(_ reference: TrustKeyReference, from role: TrustRole) throws {
        let key = try only(reference, in: [role], "role `\(role.rawValue)`")
        keys[role]?.removeAll { $0 == key }
        if role == .packageManager { forms[key] = nil }
    }

    /// Puts another key in the place of one, in every role that has it, and for the same form of records.
    ///
    /// - Throws: a `Refusal` with `trust-ceremony.key-unknown`, `trust-ceremony.key-twice` or
    ///   `content-trust.key-type`.
    public mutating func replace(_ reference: TrustKeyReference, by key: PublicKey) throws {
        let new = try TrustKey(key)
        let old = try only(reference, in: TrustRole.allCases, "channel")
        for role in TrustRole.allCases where keys[role]?.contains(old) ?? false {
            try refuse(new, twiceIn: role)
            keys[role] = keys[role]?.map { $0 == old ? new : $0 }
        }
        if let form = forms.removeValue(forKey: old) { forms[new] = form }
    }

    /// Says how many of a role's keys must sign.
    ///
    /// - Throws: a `Refusal` with `trust-ceremony.threshold`.
    public mutating func setThreshold(_ threshold: Int, of role: TrustRole) throws {
        guard (1...TrustDelegation.maximumKeyCount).contains(threshold) else {
            throw Refusal(
                TrustCeremonyCode.threshold,
                "role `\(role.rawValue)`",
                expected: "from 1 to \(TrustDelegation.maximumKeyCount)",
                found: "\(threshold)"
            )
        }
        thresholds[role] = threshold
    }

    // MARK: The proposal

    /// Makes the proposal: of root, of the key manager's metadata, or of both, whatever the edits need.
    ///
    /// - Throws: a `Refusal` with `trust-ceremony.no-change`, `trust-ceremony.old-quorum-lost`, or what
    ///   ``TrustProposal/check(now:)`` refuses.
    public func proposal(options: Options, now: Timestamp) throws -> TrustProposal {
        let old = chain?.root.metadata
        let root: [TrustRole: TrustDelegation] = try [
            .root: delegation(of: .root), .keyManager: delegation(of: .keyManager),
        ]
        let manager: [TrustRole: TrustDelegation] = try [.packageManager: delegation(of: .packageManager)]
        let hasNewRoot = old?.delegations != root || options.renewing.contains(.root)
        let hasNewManager =
            keyManager?.metadata.delegations != manager || keyManager?.metadata.recordForms != forms
            || old?.delegations[.keyManager] != root[.keyManager] || options.renewing.contains(.keyManager)
            // A new root is of no use with a key manager that has expired.
            || (hasNewRoot && keyManager.map { $0.metadata.expiration <= now } ?? false)
        if hasNewRoot, !options.removedKeysSign { try checkQuorumStays() }
        let proposal = try TrustProposal(
            chain: chain,
            keyManagerInForce: keyManager,
            root: hasNewRoot
                ? Self.next(.root, after: old, expires: options.rootExpires, now: now, root) : nil,
            keyManager: hasNewManager
                ? Self.next(
                    .keyManager,
                    after: keyManager?.metadata,
                    expires: options.keyManagerExpires,
                    now: now,
                    manager,
                    forms
                ) : nil
        )
        try proposal.check(now: now)
        return proposal
    }

    /// Enough of the old root keys must stay for the change to be signed without those that go.
    private func checkQuorumStays() throws {
        guard let old = chain?.root.metadata.delegations[.root] else { return }
        let count = Set(old.keys).intersection(keys[.root] ?? []).count
        guard count < old.threshold else { return }
        throw Refusal(
            TrustCeremonyCode.oldQuorumLost,
            "role `root`",
            expected: "at least \(old.threshold) of the keys in force",
            found: "\(count)"
        )
    }

    private func delegation(of role: TrustRole) throws -> TrustDelegation {
        let keys = keys[role] ?? []
        let threshold = thresholds[role] ?? 1
        guard threshold <= keys.count else {
            throw Refusal(
                TrustCeremonyCode.threshold,
                "role `\(role.rawValue)`",
                expected: "a threshold of at most \(keys.count)",
                found: "\(threshold)"
            )
        }
        return try TrustDelegation(keys, threshold: threshold, of: "role `\(role.rawValue)`")
    }

    /// The next version of a role's metadata; its date is later than that of the version before, also if the
    /// clock is not.
    private static func next(
        _ role: TrustRole,
        after old: TrustMetadata?,
        expires: Timestamp,
        now: Timestamp,
        _ delegations: [TrustRole: TrustDelegation],
        _ forms: [TrustKey: RecordForm] = [:]
    ) throws -> TrustMetadata {
        let earliest = old?.timestamp?.advanced(bySeconds: 1) ?? now
        return try TrustMetadata(
            role,
            version: (old?.version ?? 0) + 1,
            timestamp: max(now, earliest),
            expiration: expires,
            delegations: delegations,
            recordForms: forms
        )
    }

    // MARK: Keys

    private func refuse(_ key: TrustKey, twiceIn role: TrustRole) throws {
        guard keys[role]?.contains(key) ?? false else { return }
        throw Refusal(
            TrustCeremonyCode.keyTwice,
            "role `\(role.rawValue)`",
            expected: "another key",
            found: "\(key)"
        )
    }

    private func only(_ reference: TrustKeyReference, in roles: [TrustRole], _ subject: String) throws
        -> TrustKey
    {
        let found = Set(roles.flatMap { keys[$0] ?? [] }.filter(reference.means))
        guard let key = found.first, found.count == 1 else {
            throw Refusal(
                TrustCeremonyCode.keyUnknown,
                subject,
                expected: "one key that is meant by `\(reference)`",
                found: "\(found.count)"
            )
        }
        return key
    }
}
