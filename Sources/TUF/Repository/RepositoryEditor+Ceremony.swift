// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import SigningKeys
internal import TrustCore

extension RepositoryEditor {
    /// Starts a new repository from what a ceremony signed. Its other roles are signed by the next
    /// ``publish(signers:now:renewingWithin:)``.
    ///
    /// - Throws: a `Refusal` with `ceremony.superseded` if the ceremony was not about a first version.
    public init(beginningWith ceremony: FinishedCeremony) throws {
        guard ceremony.base == nil, let root = ceremony.root, let targets = ceremony.targets else {
            throw Refusal(
                CeremonyCode.superseded,
                "proposal",
                expected: "version 1 of root and targets",
                found: "root version \(ceremony.chain.last.root.role.version)"
            )
        }
        var published = PublishedMetadata()
        published.root = root
        published.targets[.targets] = targets.role.header
        self.init(published: published, root: root.role, roles: [.targets: targets.role])
        accepted = [file(.root, root), file(.targets, targets)]
        changed = [.snapshot, .timestamp]
        try addDelegatedRoles(of: targets.role)
    }

    /// Takes in what a ceremony signed, to be published with the next
    /// ``publish(signers:now:renewingWithin:)``, together with every role whose signatures it makes
    /// worthless: those must be signed by keys that count from now on.
    ///
    /// - Throws: a `Refusal` with `ceremony.superseded` if the repository is not what the proposal was made
    ///   from.
    public mutating func accept(_ ceremony: FinishedCeremony) throws {
        let before = self
        guard let base = ceremony.base, base.root == published.root?.digest,
            base.targets == roles[.targets], !hasChanges
        else {
            throw Refusal(
                CeremonyCode.superseded,
                "proposal",
                expected: "one made from root version \(root.version) and targets version "
                    + "\(roles[.targets]?.version ?? 0)",
                found: ceremony.base.map {
                    "one made from root \($0.root) and targets version \($0.targets.version)"
                } ?? "one for a new repository"
            )
        }
        if let new = ceremony.root {
            published.root = new
            adopt(root: new.role)
            accepted.append(file(.root, new))
        }
        if let new = ceremony.targets {
            published.targets[.targets] = new.role.header
            adopt(targets: new.role)
            accepted.append(file(.targets, new))
            try addDelegatedRoles(of: new.role)
            let delegated = Set(new.role.delegations?.names ?? [])
            forgetUnreachable(
                among: (before.roles[.targets]?.delegations?.names ?? []).filter { !delegated.contains($0) }
            )
        }
        for name in Set(before.roles.keys).union([.snapshot, .timestamp])
        where name != .targets && !isSignedElsewhere(name) {
            let old = before.authorities(for: name), new = authorities(for: name)
            let stays = new.allSatisfy { authority in old.contains { authority.acceptsWhatever($0) } }
            if !stays { changed.insert(name) }
        }
    }

    /// Whether what is published says already what a ceremony decided: it was published before. Signatures are
    /// not compared, for more of them may have come since.
    public func holds(_ ceremony: FinishedCeremony) -> Bool {
        guard !hasChanges else { return false }
        let hasRoot =
            ceremony.root.map { $0.role == published.root?.role }
            ?? (ceremony.base?.root == published.root?.digest)
        return hasRoot && (ceremony.targets?.role ?? ceremony.base?.targets) == roles[.targets]
    }

    private func file<Role>(_ name: RoleName, _ metadata: VerifiedMetadata<Role>) -> RepositoryFile {
        RepositoryFile(
            role: name,
            version: metadata.role.version,
            bytes: metadata.bytes,
            consistentSnapshot: root.consistentSnapshot
        )
    }

    /// Roles that others sign are awaited, not made here.
    private mutating func addDelegatedRoles(of targets: TargetsMetadata) throws {
        for name in targets.delegations?.names ?? [] where roles[name] == nil && !isSignedElsewhere(name) {
            try addRole(name)
        }
    }
}

extension RoleAuthority {
    /// Whether everything that another authority accepts is accepted by this one too: it has all of its keys,
    /// and does not ask for more of them.
    fileprivate func acceptsWhatever(_ other: RoleAuthority) -> Bool {
        let own = usableKeys()
        return role.threshold <= other.role.threshold
            && other.usableKeys().allSatisfy { old in
                own.contains { $0.key == old.key && $0.keyID == old.keyID }
            }
    }
}
