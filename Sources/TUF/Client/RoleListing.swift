// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// The files that one role vouches for: finds the first chain of delegations that leads to the role, in the
/// order of the search, and keeps the paths that every delegation on the way covers.
///
/// A role that two roles delegate to is listed as the first of them sees it: paths that only the other one
/// delegates are not in the list.
/// A file that is listed may still be vouched for by an earlier role in the order of the search;
/// ``TargetSearch`` decides for one path.
public struct RoleListing: Sendable {
    /// What the listing needs, or found.
    public enum Step: Sendable {
        /// Load this role, then go on.
        case load(TargetsRole)
        /// The files, in the order of their paths.
        case found([TargetDescription])
        /// No delegation leads to such a role.
        case absent
    }

    private struct Visit: Sendable {
        let role: TargetsRole
        let chain: [RoleName]
        let scopes: [DelegatedRole]
    }

    /// The role that is listed.
    public let name: RoleName
    private var pending: [Visit]?
    private var visited: Set<RoleName> = []

    /// Starts a listing.
    public init(of name: RoleName) { self.name = name }

    /// Goes as far as the loaded roles allow.
    ///
    /// - Throws: a `Refusal` with `tuf.too-many-delegations`.
    public mutating func advance(in trusted: TrustedMetadata) throws -> Step {
        var stack = pending ?? [Visit(role: trusted.topLevelTargets, chain: [.targets], scopes: [])]
        defer { pending = stack }
        while let visit = stack.last {
            guard !visited.contains(visit.role.name) else {
                stack.removeLast()
                continue
            }
            guard visited.count <= trusted.limits.visitedRoles else {
                throw Refusal(
                    TUFCode.tooManyDelegations,
                    "role `\(name)`",
                    expected: "at most \(trusted.limits.visitedRoles) delegated roles on the way",
                    found: "more"
                )
            }
            guard let metadata = trusted.targets(of: visit.role) else { return .load(visit.role) }
            if visit.role.name == name { return .found(files(of: metadata, visit)) }
            stack.removeLast()
            visited.insert(visit.role.name)
            stack += children(of: metadata, visit, in: trusted).reversed()
        }
        return .absent
    }

    /// The role itself if it is delegated to right here, else every named role; hash bins delegate no
    /// further.
    private func children(of metadata: TargetsMetadata, _ visit: Visit, in trusted: TrustedMetadata)
        -> [Visit]
    {
        guard let delegations = metadata.delegations else { return [] }
        let next: [DelegatedRole] =
            switch (delegations.role(named: name), delegations.roles) {
            case (let role?, _): [role]
            case (nil, .named(let roles)): Array(roles.prefix(trusted.limits.usefulDelegations))
            case (nil, .bins): []
            }
        return next.compactMap { child in
            trusted.delegated(child.name, by: visit.role).map {
                Visit(role: $0, chain: visit.chain + [child.name], scopes: visit.scopes + [child])
            }
        }
    }

    private func files(of metadata: TargetsMetadata, _ visit: Visit) -> [TargetDescription] {
        metadata.targets
            .filter { path, _ in visit.scopes.allSatisfy { $0.scope.covers(path) } }
            .sorted { $0.key < $1.key }
            .map { TargetDescription(path: $0.key, file: $0.value, chain: visit.chain) }
    }
}
