// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// The repository side: metadata as it shall become, and its signing. It does no input and output.
///
/// Make one from keys, or from the files of a repository, which are verified like a client verifies them.
/// Edit, then ``publish(signers:now:renewingWithin:)`` and write the files in the order given.
public struct RepositoryEditor: Sendable {
    /// How long new metadata is valid.
    public var lifetimes = RoleLifetimes()
    /// Root metadata, with edits that are not published yet.
    public private(set) var root: RootMetadata
    /// Targets metadata of every role, with edits that are not published yet.
    public internal(set) var roles: [RoleName: TargetsMetadata]

    /// What was published last.
    var published = PublishedMetadata()
    /// The roles that must be signed before the repository is whole again.
    var changed: Set<RoleName>
    /// Files of root and targets that a ceremony signed, to be published with the next ones.
    var accepted: [RepositoryFile] = []

    /// Starts a new repository.
    ///
    /// - Throws: a `Refusal` if a threshold is below 1 or a key is named twice.
    public init(
        root: RoleSetup,
        timestamp: RoleSetup,
        snapshot: RoleSetup,
        targets: RoleSetup,
        consistentSnapshot: Bool = true
    ) throws {
        self.root = try RootMetadata(
            header: Self.unsignedHeader,
            consistentSnapshot: consistentSnapshot,
            root: root,
            timestamp: timestamp,
            snapshot: snapshot,
            targets: targets
        )
        roles = [.targets: TargetsMetadata(header: Self.unsignedHeader)]
        changed = [.root, .targets, .snapshot, .timestamp]
    }

    /// Goes on with a repository that was loaded and verified.
    init(published: PublishedMetadata, root: RootMetadata, roles: [RoleName: TargetsMetadata]) {
        self.published = published
        self.root = root
        self.roles = roles
        changed = []
    }

    /// Version and expiry are set when a role is signed.
    private static var unsignedHeader: MetadataHeader {
        MetadataHeader(version: 1, expires: Timestamp(seconds: 0))
    }

    // MARK: Editing

    /// Gives a top-level role other keys. The next root must be signed by the old and the new root keys.
    public mutating func setRole(_ kind: MetadataKind, to setup: RoleSetup) throws {
        try root.set(kind, to: setup)
        changed.insert(.root)
        changed.insert(RoleName(kind))
    }

    /// Delegates paths to a role, at the end of the search order, or changes the delegation in its place.
    ///
    /// A role that is new starts without targets.
    /// - Throws: a `Refusal` with `tuf.not-delegated` if there is no such delegator,
    ///   `tuf.reserved-role-name`, `tuf.threshold-number` or `tuf.duplicate-keyid`.
    public mutating func delegate(
        _ scope: PathScope,
        to name: RoleName,
        keys setup: RoleSetup,
        terminating: Bool = false,
        from delegator: RoleName = .targets
    ) throws {
        var metadata = try self.metadata(of: delegator)
        var delegations = metadata.delegations ?? Delegations()
        try delegations.set(name, to: setup, scope: scope, terminating: terminating)
        metadata.delegations = delegations
        roles[delegator] = metadata
        addRole(name)
        changed.insert(delegator)
    }

    /// Delegates all paths to hash bins, in place of whatever the delegator delegated before (TAP 15).
    public mutating func delegateToBins(
        prefix: RoleName,
        bitLength: Int,
        keys setup: RoleSetup,
        from delegator: RoleName = .targets
    ) throws {
        var metadata = try self.metadata(of: delegator)
        var delegations = metadata.delegations ?? Delegations()
        try delegations.setBins(prefix: prefix, bitLength: bitLength, to: setup)
        metadata.delegations = delegations
        roles[delegator] = metadata
        for name in delegations.names { addRole(name) }
        changed.insert(delegator)
    }

    /// Takes a delegation away. The role stays in the snapshot, since clients refuse one that vanishes.
    public mutating func removeDelegation(to name: RoleName, from delegator: RoleName = .targets) throws {
        var metadata = try self.metadata(of: delegator)
        metadata.delegations?.remove(name)
        roles[delegator] = metadata
        changed.insert(delegator)
        if authorities(for: name).isEmpty { changed.remove(name) }
    }

    /// Vouches for a file, in place of what the role said about its path before.
    ///
    /// - Throws: a `Refusal` with `tuf.not-delegated` if no client would look for the path there.
    public mutating func setTarget(_ path: TargetPath, to file: TargetFile, in name: RoleName) throws {
        var metadata = try self.metadata(of: name)
        guard isTrusted(name, with: path) else {
            throw Refusal(TUFCode.notDelegated, path.text, expected: "a delegation of the path to `\(name)`")
        }
        guard metadata.targets[path] != file else { return }
        metadata.targets[path] = file
        roles[name] = metadata
        changed.insert(name)
    }

    /// Stops vouching for a file; nothing happens if the role did not.
    public mutating func removeTarget(_ path: TargetPath, from name: RoleName) throws {
        var metadata = try self.metadata(of: name)
        guard metadata.targets.removeValue(forKey: path) != nil else { return }
        roles[name] = metadata
        changed.insert(name)
    }

    /// The state of every role, top-level ones first.
    public var status: [RoleStatus] {
        let delegated = roles.keys.filter { $0 != .targets }.sorted()
        return ([RoleName.root, .timestamp, .snapshot, .targets] + delegated).map { name in
            let last = published.header(of: name)
            return RoleStatus(
                role: name,
                version: last?.version ?? 0,
                expires: last?.expires,
                hasChanges: changed.contains(name)
            )
        }
    }

    // MARK: Who may sign

    /// Who may sign a role: its delegator, or each of them if it has several.
    func authorities(for name: RoleName) -> [RoleAuthority] {
        if let kind = name.topLevelKind { return [root.authority(for: kind)] }
        return roles.keys.sorted().compactMap { roles[$0]?.delegations?.authority(for: name) }
    }

    mutating func addRole(_ name: RoleName) {
        if roles[name] == nil { roles[name] = TargetsMetadata(header: Self.unsignedHeader) }
        changed.insert(name)
    }

    private func metadata(of name: RoleName) throws -> TargetsMetadata {
        guard let metadata = roles[name] else {
            throw Refusal(TUFCode.notDelegated, "role `\(name)`", expected: "a role of this repository")
        }
        return metadata
    }

    /// Whether some chain of delegations from the top covers the path all the way down to the role.
    private func isTrusted(_ name: RoleName, with path: TargetPath) -> Bool {
        var pending: [RoleName] = [.targets]
        var visited: Set<RoleName> = []
        while let next = pending.popLast() {
            if next == name { return true }
            guard visited.insert(next).inserted else { continue }
            pending += roles[next]?.delegations?.roles(for: path).map(\.name) ?? []
        }
        return false
    }

    /// Whether ``publish(signers:now:renewingWithin:)`` has anything to do.
    public var hasChanges: Bool { !changed.isEmpty || !accepted.isEmpty }

    /// Sets the signed root as the current one.
    mutating func adopt(root metadata: RootMetadata) { root = metadata }
}
