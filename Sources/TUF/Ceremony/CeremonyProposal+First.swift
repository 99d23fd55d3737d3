// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import SigningKeys
public import TrustCore

extension CeremonyProposal {
    /// Who shall sign what in a repository that does not exist yet.
    public struct FirstRoles: Sendable {
        /// The authorities.
        public var root: RoleSetup
        /// Who says which roles there are below targets.
        public var targets: RoleSetup
        /// Who signs timestamp, snapshot and the delegated roles.
        public var online: RoleSetup
        /// The delegated roles, in the order of the search, and the paths of each.
        public var delegations: [(name: RoleName, scope: PathScope)]
        /// What the keys are called.
        public var names: [(key: PublicKey, name: String)] = []

        /// Makes a plan.
        public init(
            root: RoleSetup,
            targets: RoleSetup,
            online: RoleSetup,
            delegations: [(name: RoleName, scope: PathScope)]
        ) {
            self.root = root
            self.targets = targets
            self.online = online
            self.delegations = delegations
        }

        /// Makes a plan in which the authorities sign targets too, with their threshold, unless that role gets keys of its
        /// own, of which one is enough if nothing else is said.
        public init(
            authorities: RoleSetup,
            targetsKeys: [PublicKey],
            targetsThreshold: Int?,
            online: RoleSetup,
            delegations: [(name: RoleName, scope: PathScope)]
        ) {
            let hasOwn = !targetsKeys.isEmpty
            self.init(
                root: authorities,
                targets: RoleSetup(
                    hasOwn ? targetsKeys : authorities.keys,
                    threshold: targetsThreshold ?? (hasOwn ? 1 : authorities.threshold)
                ),
                online: online,
                delegations: delegations
            )
        }
    }

    /// Proposes version 1 of root and of targets, from nothing but public keys.
    ///
    /// - Throws: a `Refusal` with `ceremony.threshold-below-one`, or what ``check(now:)`` refuses.
    public static func first(
        _ roles: FirstRoles,
        rootExpires: Timestamp,
        targetsExpires: Timestamp,
        now: Timestamp
    ) throws -> CeremonyProposal {
        for (name, setup) in [("root", roles.root), ("targets", roles.targets), ("online", roles.online)] {
            guard setup.threshold >= 1 else {
                throw Refusal(
                    CeremonyCode.thresholdBelowOne,
                    "role `\(name)`",
                    expected: "1 or more",
                    found: "\(setup.threshold)"
                )
            }
            guard Set(setup.keys).count == setup.keys.count else {
                throw Refusal(CeremonyCode.keyTwice, "role `\(name)`", expected: "different keys")
            }
        }
        let root = try RootMetadata(
            header: MetadataHeader(version: 1, expires: rootExpires),
            root: roles.root,
            timestamp: roles.online,
            snapshot: roles.online,
            targets: roles.targets
        )
        var delegations = Delegations()
        for (name, scope) in roles.delegations {
            try delegations.set(name, to: roles.online, scope: scope, terminating: true)
        }
        let targets = TargetsMetadata(
            header: MetadataHeader(version: 1, expires: targetsExpires),
            delegations: delegations
        )
        let names = Dictionary(
            roles.names.filter { (1...RootMetadata.maximumKeyNameLength).contains($0.name.utf8.count) }
                .map { (KeyDefinition($0.key).computedID, $0.name) }
        ) { first, _ in first }
        let proposal = try CeremonyProposal(
            chain: nil,
            currentTargets: nil,
            root: try root.naming(names),
            targets: targets
        )
        try proposal.check(now: now)
        return proposal
    }
}
