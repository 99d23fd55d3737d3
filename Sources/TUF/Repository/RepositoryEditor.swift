// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// The repository side: metadata as it shall become, and its signing. It does no input and output.
///
/// Make one from keys, or from the files of a repository, which are verified like a client verifies them.
/// Edit, then ``publish(signers:now:renewingWithin:)`` and write the files in the order given.
///
/// An editor of a large repository reads the top-level roles only, and of the others those that are edited:
/// see `init(onDemand:read:)`.
public struct RepositoryEditor: Sendable {
    /// How long new metadata is valid.
    public var lifetimes = RoleLifetimes()
    /// The lowest version that new metadata gets: higher than what clients may have seen, where a repository was
    /// restored from a copy that is older than that.
    public var leastVersion: Int64 = 1
    /// Root metadata, with edits that are not published yet.
    public private(set) var root: RootMetadata
    /// Whether the snapshot promises hash bins by their versions only, or by length and digest too.
    ///
    /// A client reads the snapshot again after every publication: 16,384 bins are half a megabyte of
    /// versions, and two megabytes with digests. Digests of bins add little, for the keys that sign bins are
    /// online like the one that signs the snapshot. What was promised before stays until the bin is signed
    /// again.
    public var binPromises = BinPromises.versions
    /// Targets metadata of every role that was made or read, with edits that are not published yet.
    public internal(set) var roles: [RoleName: TargetsMetadata]
    /// The roles among them that delegate, in order. Nearly all roles of a large repository delegate nothing.
    private var delegators: [RoleName] = []
    /// Where the roles come from that were not read yet; nil if there are none.
    private var source: RoleSource?
    /// Whether others sign a role: see ``adopt(_:as:)``.
    let isSignedElsewhere: @Sendable (RoleName) -> Bool
    /// Roles that nobody delegates to any more: what was published of them does not come back.
    private var forgotten: Set<RoleName> = []

    /// What was published last.
    var published = PublishedMetadata()
    /// The roles that must be signed before the repository is whole again.
    var changed: Set<RoleName>
    /// Metadata that others have signed and that is not published yet: see ``adopt(_:as:)``.
    var adopted: [RoleName: VerifiedMetadata<TargetsMetadata>] = [:]
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
        isSignedElsewhere = { _ in false }
        changed = [.root, .targets, .snapshot, .timestamp]
    }

    /// Goes on with a repository that was loaded and verified.
    ///
    /// - Parameters:
    ///   - source: Where the roles come from that were not loaded; nil if all were.
    ///   - isSignedElsewhere: Whether others sign a role.
    init(
        published: PublishedMetadata,
        root: RootMetadata,
        roles: [RoleName: TargetsMetadata],
        source: RoleSource? = nil,
        isSignedElsewhere: @escaping @Sendable (RoleName) -> Bool = { _ in false }
    ) {
        self.published = published
        self.root = root
        self.roles = roles
        self.source = source
        self.isSignedElsewhere = isSignedElsewhere
        changed = []
        delegators = roles.filter { $0.value.delegations != nil }.keys.sorted()
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
    /// - Throws: a `Refusal` with `tuf.not-delegated` if there is no such delegator, `tuf.role-name` for a name
    ///   that is not plain (see ``RoleName/isPlain``), `tuf.reserved-role-name`, `tuf.threshold-number` or
    ///   `tuf.duplicate-keyid`.
    public mutating func delegate(
        _ scope: PathScope,
        to name: RoleName,
        keys setup: RoleSetup,
        terminating: Bool = false,
        from delegator: RoleName = .targets
    ) throws {
        // One that is there already, by another's tool, keeps its name: its keys must be replaceable.
        if try !isKnown(name) { try name.checkPlain() }
        var delegations = try metadata(of: delegator).delegations ?? Delegations()
        try delegations.set(name, to: setup, scope: scope, terminating: terminating)
        try addRole(name)
        delegate(delegations, from: delegator)
    }

    /// Delegates all paths to hash bins, in place of whatever the delegator delegated before (TAP 15). Roles that
    /// nobody delegates to any more are forgotten, with their files.
    public mutating func delegateToBins(
        prefix: RoleName,
        bitLength: Int,
        keys setup: RoleSetup,
        from delegator: RoleName = .targets
    ) throws {
        try prefix.checkPlain()
        var delegations = try metadata(of: delegator).delegations ?? Delegations()
        let before = delegations.names
        try delegations.setBins(prefix: prefix, bitLength: bitLength, to: setup)
        if case .bins(let bins) = delegations.roles { try bins.checkListable() }
        for name in delegations.names { try addRole(name) }
        delegate(delegations, from: delegator)
        forgetUnreachable(among: before)
    }

    /// Takes a delegation away. The role stays in the snapshot, since clients refuse one that vanishes. If nobody
    /// delegates to it any more, its files are forgotten, so that none comes back with a later delegation to the
    /// same name; so are the roles below it.
    public mutating func removeDelegation(to name: RoleName, from delegator: RoleName = .targets) throws {
        guard var delegations = try metadata(of: delegator).delegations else { return }
        delegations.remove(name)
        delegate(delegations, from: delegator)
        forgetUnreachable(among: [name])
    }

    /// Vouches for a file, in place of what the role said about its path before.
    ///
    /// - Throws: a `Refusal` with `tuf.not-delegated` if no client would look for the path there.
    public mutating func setTarget(_ path: TargetPath, to file: TargetFile, in name: RoleName) throws {
        guard try isTrusted(name, with: path) else {
            throw Refusal(TUFCode.notDelegated, path.text, expected: "a delegation of the path to `\(name)`")
        }
        guard try metadata(of: name).targets[path] != file else { return }
        // In place: a copy of a hundred thousand edits for each of them would take hours.
        roles[name]?.targets[path] = file
        changed.insert(name)
    }

    /// Stops vouching for a file; nothing happens if the role did not.
    public mutating func removeTarget(_ path: TargetPath, from name: RoleName) throws {
        guard try metadata(of: name).targets.contains(path) else { return }
        roles[name]?.targets[path] = nil
        changed.insert(name)
    }

    /// The state of every role that was made or read, top-level ones first.
    public var status: [RoleStatus] {
        let delegated = roles.keys.filter { $0 != .targets }.sorted()
        return ([RoleName.root, .timestamp, .snapshot, .targets] + delegated).map { name in
            let last = published.header(of: name)
            return RoleStatus(
                role: name,
                version: last?.version ?? 0,
                expires: last?.expires,
                hasChanges: changed.contains(name) || adopted[name] != nil
            )
        }
    }

    // MARK: Who may sign

    /// Who may sign a role: its delegator, or each of them if it has several.
    func authorities(for name: RoleName) -> [RoleAuthority] {
        if let kind = name.topLevelKind { return [root.authority(for: kind)] }
        return delegators.compactMap { roles[$0]?.delegations?.authority(for: name) }
    }

    /// Whether a role is a hash bin, and bins are promised by their versions only.
    func promisesVersionOnly(of name: RoleName) -> Bool {
        guard binPromises == .versions else { return false }
        return delegators.contains { delegator in
            guard let delegations = roles[delegator]?.delegations, case .bins = delegations.roles else {
                return false
            }
            return delegations.role(named: name) != nil
        }
    }

    mutating func delegate(_ delegations: Delegations, from delegator: RoleName) {
        roles[delegator]?.delegations = delegations
        if !delegators.contains(delegator) { delegators = (delegators + [delegator]).sorted() }
        changed.insert(delegator)
    }

    /// Drops what no chain of delegations from the top leads to, edits that are not published included.
    ///
    /// - Parameter names: Roles that may not have been read yet, but lost a delegation.
    mutating func forgetUnreachable(among names: [RoleName]) {
        var reachable: Set<RoleName> = []
        var pending: [RoleName] = [.targets]
        while let name = pending.popLast() {
            guard reachable.insert(name).inserted else { continue }
            pending += roles[name]?.delegations?.names ?? []
        }
        for name in Set(roles.keys).union(names) where !reachable.contains(name) {
            roles[name] = nil
            forgotten.insert(name)
            published.targets[name] = nil
            adopted[name] = nil
            changed.remove(name)
        }
    }

    mutating func isKnown(_ name: RoleName) throws -> Bool {
        try read(name)
        return roles[name] != nil
    }

    /// A role that is there already stays as it is: one that was not read yet is not taken for a new one.
    mutating func addRole(_ name: RoleName) throws {
        try read(name)
        if roles[name] == nil { roles[name] = TargetsMetadata(header: Self.unsignedHeader) }
        changed.insert(name)
    }

    mutating func metadata(of name: RoleName) throws -> TargetsMetadata {
        try read(name)
        guard let metadata = roles[name] else {
            throw Refusal(TUFCode.notDelegated, "role `\(name)`", expected: "a role of this repository")
        }
        return metadata
    }

    /// Whether some chain of delegations from the top covers the path all the way down to the role.
    mutating func isTrusted(_ name: RoleName, with path: TargetPath) throws -> Bool {
        var pending: [RoleName] = [.targets]
        var visited: Set<RoleName> = []
        while let next = pending.popLast() {
            if next == name { return true }
            guard visited.insert(next).inserted else { continue }
            try read(next)
            pending += roles[next]?.delegations?.roles(for: path).map(\.name) ?? []
        }
        return false
    }

    // MARK: Reading on demand

    /// Reads a role of a repository that is read on demand, and verifies it as a client would; nothing
    /// happens if it was read before, or if no role that was read delegates to it.
    ///
    /// What is not read is not renewed: an owner of many hash bins reads some of them each day, and publishes
    /// with a window, so that none expires.
    /// - Throws: a `Refusal` for metadata that no client would accept either, or whatever reading throws.
    public mutating func read(_ name: RoleName) throws {
        guard name.topLevelKind == nil, roles[name] == nil, !forgotten.contains(name),
            let metadata = try source?.load(name)
        else { return }
        roles[name] = metadata
        published.targets[name] = metadata.header
        if metadata.delegations != nil { delegators = (delegators + [name]).sorted() }
    }

    /// The role in which a client that searches for a path ends, if each role on the way delegates it on: for
    /// hash bins, the bin of the path.
    ///
    /// - Throws: as ``read(_:)``.
    public mutating func role(for path: TargetPath) throws -> RoleName {
        var name = RoleName.targets
        var visited: Set<RoleName> = []
        while visited.insert(name).inserted {
            try read(name)
            guard let next = roles[name]?.delegations?.roles(for: path).first else { return name }
            name = next.name
        }
        return name
    }

    /// Whether ``publish(signers:now:renewingWithin:)`` has anything to do.
    public var hasChanges: Bool { !changed.isEmpty || !accepted.isEmpty || !adopted.isEmpty }

    /// Sets the signed root as the current one.
    mutating func adopt(root metadata: RootMetadata) { root = metadata }

    /// Sets signed targets metadata as the current one of a role.
    mutating func adopt(targets metadata: TargetsMetadata, of name: RoleName = .targets) {
        roles[name] = metadata
        delegators.removeAll { $0 == name }
        if metadata.delegations != nil { delegators = (delegators + [name]).sorted() }
    }
}
