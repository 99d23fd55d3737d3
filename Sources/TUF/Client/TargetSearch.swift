// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// The search for the role that vouches for a path: pre-order, depth first, in the order of the delegations
/// (specification 1.0.34, section 5.6.7).
///
/// It asks for roles that are not loaded yet, and ends on any refusal of theirs: a role that is skipped
/// because its metadata is bad would hand its paths to the next one.
public struct TargetSearch: Sendable {
    /// What the search needs, or found.
    public enum Step: Sendable {
        /// Load this role, then go on.
        case load(TargetsRole)
        /// A role vouches for the path.
        case found(TargetDescription)
        /// No role does.
        case absent
    }

    private struct Visit: Sendable {
        let role: TargetsRole
        let chain: [RoleName]
    }

    /// What is searched for.
    public let path: TargetPath
    private var pending: [Visit]?
    private var visited: Set<RoleName> = []

    /// Starts a search.
    public init(for path: TargetPath) { self.path = path }

    /// Goes as far as the loaded roles allow.
    ///
    /// - Throws: a `Refusal` with `tuf.too-many-delegations`.
    public mutating func advance(in trusted: TrustedMetadata) throws -> Step {
        var stack = pending ?? [Visit(role: trusted.topLevelTargets, chain: [.targets])]
        defer { pending = stack }
        while let visit = stack.last {
            // 5.6.7.1: a role is visited once, so that cycles end.
            guard !visited.contains(visit.role.name) else {
                stack.removeLast()
                continue
            }
            guard visited.count <= trusted.limits.visitedRoles else {
                throw tooMany(trusted.limits.visitedRoles)
            }
            guard let metadata = trusted.targets(of: visit.role) else { return .load(visit.role) }
            stack.removeLast()
            visited.insert(visit.role.name)
            if let file = metadata.targets[path] {
                return .found(TargetDescription(path: path, file: file, chain: visit.chain))
            }
            // 5.6.7.2: its delegations that cover the path, in order, before the roles after it.
            var children: [Visit] = []
            let useful = trusted.limits.usefulDelegations
            for delegation in metadata.delegations?.roles(for: path, atMost: useful) ?? [] {
                guard let role = trusted.delegated(delegation.name, by: visit.role) else { continue }
                children.append(Visit(role: role, chain: visit.chain + [delegation.name]))
                if delegation.terminating {
                    // 5.6.7.2.1: nothing after a terminating delegation, here or further up (CVE-2025-2886).
                    stack = []
                    break
                }
            }
            stack += children.reversed()
        }
        return .absent
    }

    private func tooMany(_ limit: Int) -> Refusal {
        Refusal(
            TUFCode.tooManyDelegations,
            path.text,
            expected: "at most \(limit) delegated roles",
            found: "more"
        )
    }
}
