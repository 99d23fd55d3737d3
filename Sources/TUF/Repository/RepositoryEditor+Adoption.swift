// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

extension RepositoryEditor {
    /// Delegates paths to a role whose metadata others sign, or changes the delegation.
    ///
    /// Unlike with ``delegate(_:to:keys:terminating:from:)``, no metadata of the role is made here. Until
    /// some is adopted that its keys have signed, clients that come to the role refuse what they look for.
    ///
    /// - Parameter precedes: the order of the search that the top-level targets role shall have.
    /// - Throws: a `Refusal` with `tuf.succinct-roles` where only hash bins can be, `tuf.role-name` for a name that
    ///   is not plain, or `tuf.threshold-number` or `tuf.duplicate-keyid`.
    public mutating func delegateElsewhere(
        _ scope: PathScope,
        to name: RoleName,
        keys setup: RoleSetup,
        order precedes: (DelegatedRole, DelegatedRole) -> Bool
    ) throws {
        var delegations = try metadata(of: .targets).delegations ?? Delegations()
        if case .bins = delegations.roles {
            throw Refusal(
                TUFCode.succinctRoles,
                "role `\(name)`",
                expected: "roles that are listed one by one",
                found: "hash bins"
            )
        }
        // One that is there already, by another's tool, keeps its name: its keys must be replaceable.
        if delegations.role(named: name) == nil { try name.checkPlain() }
        try delegations.set(name, to: setup, scope: scope, terminating: true)
        delegations.sort(by: precedes)
        delegate(delegations, from: .targets)
    }

    /// Takes metadata of a delegated role that others have signed, to be published as it is.
    ///
    /// Checked like a client checks it (specification 1.0.34, sections 5.6.3 and 5.6.4): enough of the keys
    /// that each delegator names have signed it, and it is newer than what clients may have seen. That it is
    /// not expired is left to the caller, who knows the time.
    ///
    /// - Throws: a `Refusal` with `tuf.not-delegated` for a role nobody delegates to, or a file that no
    ///   client would look for there; `tuf.signatures`, `tuf.rollback`, `tuf.succinct-roles`, or a code of
    ///   parsing.
    public mutating func adopt(_ bytes: [UInt8], as name: RoleName) throws {
        let authorities = authorities(for: name)
        guard name.topLevelKind == nil, let first = authorities.first else {
            throw Refusal(TUFCode.notDelegated, "role `\(name)`", expected: "a role of this repository")
        }
        let signed = try SignedMetadata<TargetsMetadata>(parsing: bytes, as: name)
        for authority in authorities { _ = try authority.verify(signed, of: name) }
        // What could not be loaded again must not be published.
        if case .bins(let bins) = signed.role.delegations?.roles { try bins.checkListable() }
        let last = lastVersion(of: name)
        guard signed.role.version > last else {
            throw Refusal(
                TUFCode.rollback,
                "\(name) metadata",
                expected: "a version above \(last)",
                found: "version \(signed.role.version)"
            )
        }
        for path in signed.role.targets.keys {
            guard try !isTrusted(name, with: path) else { continue }
            throw Refusal(TUFCode.notDelegated, path.text, expected: "a delegation of the path to `\(name)`")
        }
        adopted[name] = try first.verify(signed, of: name)
        adopt(targets: signed.role, of: name)
        changed.remove(name)
    }

    /// The highest version of a targets role that clients may have seen; 0 if there is none. A role that was
    /// taken away and comes back must be above it.
    public func lastVersion(of name: RoleName) -> Int64 {
        max(published.header(of: name)?.version ?? 0, published.snapshot?.role.files[name]?.version ?? 0)
    }

    /// Who may sign a role that the top-level targets role delegates to; nil if it does not.
    public func delegation(to name: RoleName) -> DelegatedRole? {
        roles[.targets]?.delegations?.role(named: name)
    }
}
