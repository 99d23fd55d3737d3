// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// How long new metadata is valid, in seconds, by role.
///
/// A short timestamp bounds how long a mirror can withhold news (freeze); it must outlast a repair of the
/// signing machine and the delay of mirrors. Roles that are signed offline live long, since people must meet
/// to renew them.
public struct RoleLifetimes: Sendable, Hashable {
    /// Root: a year.
    public var root: Int64 = 365 * 86_400
    /// Top-level targets: a year.
    public var targets: Int64 = 365 * 86_400
    /// Delegated targets: thirty days.
    public var delegated: Int64 = 30 * 86_400
    /// Snapshot: a week.
    public var snapshot: Int64 = 7 * 86_400
    /// Timestamp: two days.
    public var timestamp: Int64 = 2 * 86_400

    /// The defaults.
    public init() {}

    /// The lifetime of a role.
    public func seconds(for name: RoleName) -> Int64 {
        switch name.topLevelKind {
        case .root: root
        case .timestamp: timestamp
        case .snapshot: snapshot
        case .targets: targets
        case nil: delegated
        }
    }
}
