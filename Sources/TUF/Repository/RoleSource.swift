// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// Where an editor finds the roles that it did not read yet.
struct RoleSource: Sendable {
    private var loader: RoleLoader
    private let read: @Sendable (String) throws -> [UInt8]?
    /// The roles that were read and delegate.
    private var delegators: [TargetsRole]

    /// Reads the top-level roles.
    ///
    /// - Parameter isSignedElsewhere: Whether others sign a role, which may be awaited then.
    init(
        trustedRoot: [UInt8],
        isSignedElsewhere: @escaping @Sendable (RoleName) -> Bool,
        read: @escaping @Sendable (String) throws -> [UInt8]?
    ) throws {
        loader = try RoleLoader(trustedRoot: trustedRoot, isSignedElsewhere: isSignedElsewhere)
        self.read = read
        try loader.loadTopLevel(read)
        delegators = [loader.trusted.topLevelTargets]
    }

    /// What was read so far.
    var trusted: TrustedMetadata { loader.trusted }

    /// The published metadata of a role, verified for each of the delegators that were read; nil if none of
    /// them delegates to it, or if it is awaited from others.
    mutating func load(_ name: RoleName) throws -> TargetsMetadata? {
        var found: TargetsMetadata?
        for delegator in delegators {
            guard loader.trusted.targets(of: delegator)?.delegations?.role(named: name) != nil,
                let role = loader.trusted.delegated(name, by: delegator)
            else { continue }
            found = try loader.load(role, read)
            if found?.delegations != nil { delegators.append(role) }
        }
        return found
    }
}
