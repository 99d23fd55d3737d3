// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

extension TrustedMetadata {
    /// The roles that vouch for a file, from the top-level `targets` down, each as its delegator delegates to it.
    /// Ends before a role that is not loaded.
    public func vouching(for target: TargetDescription) -> [(name: RoleName, metadata: TargetsMetadata)] {
        var roles: [(name: RoleName, metadata: TargetsMetadata)] = []
        var role = topLevelTargets
        for name in target.chain {
            if name != role.name {
                guard let next = delegated(name, by: role) else { break }
                role = next
            }
            guard let metadata = targets(of: role) else { break }
            roles.append((name, metadata))
        }
        return roles
    }
}
