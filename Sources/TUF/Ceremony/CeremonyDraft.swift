// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import SigningKeys
public import TrustCore

/// A change of keys, thresholds and delegations as somebody works it out, before it becomes a proposal.
///
/// It starts from what is in force, verified; every edit is refused if it makes no sense by itself, and
/// ``proposal(options:now:)`` if the whole does not.
public struct CeremonyDraft: Sendable {
    /// What is decided about the proposal as a whole.
    public struct Options: Sendable {
        /// When the new root expires, if one is proposed.
        public var rootExpires: Timestamp
        /// When the new targets metadata expire, if any are proposed.
        public var targetsExpires: Timestamp
        /// Roles that get a new version although nothing in them changes: root, targets.
        public var renewing: Set<MetadataKind> = []
        /// Whether the holders of root keys that are taken away will sign their removal.
        public var removedKeysSign = false

        /// Decides on the expiries only.
        public init(rootExpires: Timestamp, targetsExpires: Timestamp) {
            self.rootExpires = rootExpires
            self.targetsExpires = targetsExpires
        }
    }

    private let chain: RootChain
    private let currentTargets: VerifiedMetadata<TargetsMetadata>
    var setups: [CeremonyRole: RoleSetup] = [:]
    private var names: [KeyID: String]
    var added: [NewRole] = []
    var removed: Set<RoleName> = []
    /// The order of the search that the delegations shall have; nil leaves it as it is.
    var order: (@Sendable (DelegatedRole, DelegatedRole) -> Bool)?
    /// Files that the targets role is to vouch for, and those that it is not to any more.
    var files: [TargetPath: [UInt8]] = [:]
    var removedFiles: Set<TargetPath> = []
    /// The delegated roles that the online keys sign.
    private let onlineRoles: [RoleName]

    private var root: RootMetadata { chain.last.root.role }
    /// The top-level targets metadata in force.
    public var targetsInForce: TargetsMetadata { currentTargets.role }

    /// Starts from what is in force.
    ///
    /// - Throws: a `Refusal` with `tuf.signatures` if the targets metadata are not by that root's keys.
    public init(chain: RootChain, targets: [UInt8]) throws {
        self.chain = chain
        let root = chain.last.root.role
        currentTargets = try root.authority(for: .targets).verify(
            SignedMetadata<TargetsMetadata>(parsing: targets, as: .targets),
            of: .targets
        )
        names = root.keyNames
        let online = Set(root.authority(for: .timestamp).usableKeys().map(\.key))
        onlineRoles = (currentTargets.role.delegations?.groups ?? [])
            .filter { Set($0.authority.usableKeys().map(\.key)) == online }.map(\.name)
    }

    // MARK: Edits

    /// Gives a role one more key.
    ///
    /// - Throws: a `Refusal` with `ceremony.role-unknown` or `ceremony.key-twice`.
    public mutating func add(_ key: PublicKey, named name: String?, to role: CeremonyRole) throws {
        for role in try expanded(role) {
            var setup = try setup(of: role)
            guard !setup.keys.contains(key) else {
                throw Refusal(
                    CeremonyCode.keyTwice,
                    "role `\(role)`",
                    expected: "another key",
                    found: "\(key)"
                )
            }
            setup.keys.append(key)
            setups[role] = setup
        }
        self.name(key, name)
    }

    /// Takes a key from a role; from `online` and `offline`, wherever it is among those roles.
    ///
    /// - Throws: a `Refusal` with `ceremony.role-unknown` or `ceremony.key-unknown`.
    public mutating func remove(_ reference: KeyReference, from role: CeremonyRole) throws {
        let roles = try expanded(role)
        let found = Set(try roles.flatMap { try matches(reference, in: $0) })
        guard let key = found.first, found.count == 1 else {
            throw unknown(reference, in: "role `\(role)`", found.count)
        }
        for role in roles { try change(role) { keys in keys.removeAll { $0 == key } } }
    }

    /// Puts another key in the place of one, in every role that has it.
    ///
    /// - Throws: a `Refusal` with `ceremony.key-unknown` or `ceremony.key-twice`.
    public mutating func replace(_ reference: KeyReference, by key: PublicKey, named name: String?) throws {
        let roles = everyRole
        let found = Set(try roles.flatMap { try matches(reference, in: $0) })
        guard let old = found.first, found.count == 1 else {
            throw unknown(reference, in: "repository", found.count)
        }
        for role in roles {
            let keys = try setup(of: role).keys
            guard keys.contains(old) else { continue }
            guard !keys.contains(key) else {
                throw Refusal(
                    CeremonyCode.keyTwice,
                    "role `\(role)`",
                    expected: "another key",
                    found: "\(key)"
                )
            }
            try change(role) { keys in keys = keys.map { $0 == old ? key : $0 } }
        }
        self.name(key, name)
    }

    /// Says how many of a role's keys must sign.
    ///
    /// - Throws: a `Refusal` with `ceremony.role-unknown` or `ceremony.threshold-below-one`.
    public mutating func setThreshold(_ threshold: Int, of role: CeremonyRole) throws {
        guard threshold >= 1 else {
            throw Refusal(
                CeremonyCode.thresholdBelowOne,
                "role `\(role)`",
                expected: "1 or more",
                found: "\(threshold)"
            )
        }
        for role in try expanded(role) {
            var setup = try setup(of: role)
            setup.threshold = threshold
            setups[role] = setup
        }
    }

    // MARK: The proposal

    /// Makes the proposal: of root, targets, or both, whatever the edits need.
    ///
    /// Root comes with new targets metadata if it gives the targets role other keys or another threshold.
    /// - Throws: a `Refusal` with `ceremony.no-change`, `ceremony.old-quorum-lost`, or what
    ///   ``CeremonyProposal/check(now:)`` refuses.
    public func proposal(options: Options, now: Timestamp) throws -> CeremonyProposal {
        var root = root
        var targets = currentTargets.role
        for (role, setup) in setups {
            if case .topLevel(let kind) = role { try root.set(kind, to: setup) }
        }
        try targets.apply(setups)
        try change(&targets, online: root.authority(for: .timestamp))
        changeFiles(&targets)
        let hasNewRoot = root != self.root || options.renewing.contains(.root)
        let hasNewTargets =
            targets != currentTargets.role || options.renewing.contains(.targets)
            || root.authority(for: .targets).role != self.root.authority(for: .targets).role
        if hasNewRoot { try checkQuorum(stays: root, options) }
        root = try root.naming(names.filter { root.keys[$0.key] != nil || targets.lists($0.key) })
        root.header = try Self.next(root.header, options.rootExpires, .root)
        targets.header = try Self.next(targets.header, options.targetsExpires, .targets)
        let proposal = try CeremonyProposal(
            chain: chain,
            currentTargets: currentTargets,
            root: hasNewRoot ? root : nil,
            targets: hasNewTargets ? targets : nil,
            files: hasNewTargets ? files : [:]
        )
        try proposal.check(now: now)
        return proposal
    }

    /// Enough of the old root keys must stay for the change to be signed without those that go.
    private func checkQuorum(stays new: RootMetadata, _ options: Options) throws {
        let old = root.authority(for: .root)
        let staying = Set(new.authority(for: .root).usableKeys().map(\.key))
        let count = Set(old.usableKeys().map(\.key)).intersection(staying).count
        guard count < old.role.threshold, !options.removedKeysSign else { return }
        throw Refusal(
            CeremonyCode.oldQuorumLost,
            "role `root`",
            expected: "at least \(old.role.threshold) of the keys of version \(root.version)",
            found: "\(count)"
        )
    }

    private static func next(_ header: MetadataHeader, _ expires: Timestamp, _ name: RoleName) throws
        -> MetadataHeader
    {
        let (version, overflow) = header.version.addingReportingOverflow(1)
        guard !overflow else {
            throw Refusal(
                TUFCode.versionNumber,
                "\(name) metadata",
                expected: "a version that can be raised",
                found: "\(header.version)"
            )
        }
        return MetadataHeader(version: version, expires: expires)
    }

    // MARK: Roles

    private var everyRole: [CeremonyRole] {
        MetadataKind.allCases.map { .topLevel($0) }
            + (currentTargets.role.delegations?.groups ?? []).map(\.name).filter { !removed.contains($0) }
            .map { .delegated($0) }
            + added.filter(\.isSignedElsewhere).map { .delegated($0.name) }
    }

    private func expanded(_ role: CeremonyRole) throws -> [CeremonyRole] {
        if role == .offline { return [.topLevel(.root), .topLevel(.targets)] }
        if role == .online {
            return [.topLevel(.timestamp), .topLevel(.snapshot)]
                + onlineRoles.filter { !removed.contains($0) }.map { .delegated($0) }
        }
        guard everyRole.contains(role) else {
            throw unknown(role, expected: everyRole.map(\.description).joined(separator: ", "))
        }
        return [role]
    }

    private func authority(for role: CeremonyRole) -> RoleAuthority? {
        switch role {
        case .topLevel(let kind): root.authority(for: kind)
        case .delegated(let name):
            removed.contains(name) ? nil : currentTargets.role.delegations?.group(named: name)
        case .online, .offline: nil
        }
    }

    func setup(of role: CeremonyRole) throws -> RoleSetup {
        if let setup = setups[role] { return setup }
        guard let authority = authority(for: role) else { throw unknown(role, expected: "a role") }
        return RoleSetup(authority.usableKeys().map(\.key), threshold: authority.role.threshold)
    }

    private mutating func change(_ role: CeremonyRole, _ edit: (inout [PublicKey]) -> Void) throws {
        var setup = try setup(of: role)
        let before = setup.keys
        edit(&setup.keys)
        if setup.keys != before { setups[role] = setup }
    }

    private func matches(_ reference: KeyReference, in role: CeremonyRole) throws -> [PublicKey] {
        let keys = try setup(of: role).keys.map { (keyID: KeyDefinition($0).computedID, key: $0) }
        let listed = (authority(for: role)?.usableKeys() ?? []).map { (keyID: KeyID($0.keyID), key: $0.key) }
        let present = Set(keys.map(\.key))
        return reference.matches(keys + listed, names: names).filter(present.contains)
    }

    private mutating func name(_ key: PublicKey, _ name: String?) {
        guard let name, (1...RootMetadata.maximumKeyNameLength).contains(name.utf8.count) else { return }
        let definition = KeyDefinition(key)
        let listed = root.keys.first { $0.value == definition }?.key
        names[listed ?? definition.computedID] = name
    }

    func unknown(_ role: CeremonyRole, expected: String) -> Refusal {
        Refusal(CeremonyCode.roleUnknown, "role `\(role)`", expected: expected)
    }

    private func unknown(_ reference: KeyReference, in subject: String, _ count: Int) -> Refusal {
        Refusal(
            CeremonyCode.keyUnknown,
            subject,
            expected: "one key that is meant by `\(reference)`",
            found: "\(count)"
        )
    }
}
