// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import SigningKeys
internal import TrustCore

extension CeremonyDraft {
    /// A role that is delegated anew.
    struct NewRole: Sendable {
        let name: RoleName
        let scope: PathScope
        /// Whether others sign it, with keys of their own; else the online keys do.
        let isSignedElsewhere: Bool
    }

    /// Delegates paths to a new role of the online keys; no other role may speak about these paths.
    ///
    /// - Throws: a `Refusal` with `ceremony.role-unknown` if there is a role of that name, or only hash
    ///   bins can be.
    public mutating func delegate(_ scope: PathScope, to name: RoleName) throws {
        try add(NewRole(name: name, scope: scope, isSignedElsewhere: false))
    }

    /// Delegates paths to a new role whose metadata others sign, so many of them; no later role may speak
    /// about these paths. Their keys are given by ``add(_:named:to:)``.
    ///
    /// - Parameter precedes: the order of the search that the top-level targets role shall have.
    /// - Throws: a `Refusal` with `ceremony.role-unknown` as ``delegate(_:to:)``, `tuf.role-name` for a name
    ///   that is not plain, or `ceremony.threshold-below-one`.
    public mutating func delegateElsewhere(
        _ scope: PathScope,
        to name: RoleName,
        threshold: Int,
        order precedes: @escaping @Sendable (DelegatedRole, DelegatedRole) -> Bool
    ) throws {
        try name.checkPlain()
        try add(NewRole(name: name, scope: scope, isSignedElsewhere: true))
        setups[.delegated(name)] = RoleSetup([])
        try setThreshold(threshold, of: .delegated(name))
        order = precedes
    }

    /// Takes a delegation away.
    ///
    /// - Throws: a `Refusal` with `ceremony.role-unknown`.
    public mutating func removeDelegation(to name: RoleName) throws {
        let delegations = targetsInForce.delegations
        guard case .named? = delegations?.roles, delegations?.role(named: name) != nil,
            removed.insert(name).inserted
        else {
            throw unknown(.delegated(name), expected: "a role that is delegated to by itself")
        }
        setups[.delegated(name)] = nil
    }

    /// Lets the top-level targets role itself vouch for a small file, which travels with the proposal so that
    /// everybody who signs can read it.
    public mutating func setFile(_ path: TargetPath, to bytes: [UInt8]) {
        removedFiles.remove(path)
        files[path] = bytes
    }

    /// Lets the top-level targets role not vouch for a file any more; nothing changes if it does not.
    public mutating func removeFile(_ path: TargetPath) {
        files[path] = nil
        removedFiles.insert(path)
    }

    /// Takes files out, and puts files in.
    func changeFiles(_ targets: inout TargetsMetadata) {
        for path in removedFiles { targets.targets[path] = nil }
        for (path, bytes) in files { targets.targets[path] = TargetFile(of: bytes) }
    }

    private mutating func add(_ role: NewRole) throws {
        let delegations = targetsInForce.delegations
        if case .bins = delegations?.roles { throw unknown(.delegated(role.name), expected: "no hash bins") }
        guard delegations?.role(named: role.name) == nil, !added.contains(where: { $0.name == role.name })
        else {
            throw unknown(.delegated(role.name), expected: "a role that is not there yet")
        }
        added.append(role)
    }

    /// Takes delegations away, and adds new ones.
    func change(_ targets: inout TargetsMetadata, online: RoleAuthority) throws {
        guard !added.isEmpty || !removed.isEmpty else { return }
        let online = RoleSetup(online.usableKeys().map(\.key), threshold: online.role.threshold)
        var delegations = targets.delegations ?? Delegations()
        for name in removed { delegations.remove(name) }
        for role in added {
            let setup = role.isSignedElsewhere ? try setup(of: .delegated(role.name)) : online
            try delegations.set(role.name, to: setup, scope: role.scope, terminating: true)
        }
        if let order { delegations.sort(by: order) }
        targets.delegations = delegations
    }
}

extension TargetsMetadata {
    /// Gives delegated roles other keys.
    mutating func apply(_ setups: [CeremonyRole: RoleSetup]) throws {
        guard var changed = delegations else { return }
        for (role, setup) in setups {
            guard case .delegated(let name) = role else { continue }
            switch changed.roles {
            case .named:
                guard let old = changed.role(named: name) else { continue }
                try changed.set(name, to: setup, scope: old.scope, terminating: old.terminating)
            case .bins(let bins):
                try changed.setBins(prefix: name, bitLength: bins.bitLength, to: setup)
            }
        }
        delegations = changed
    }

    /// Whether a delegation lists a key under that id.
    func lists(_ id: KeyID) -> Bool { delegations?.keys[id] != nil }
}
