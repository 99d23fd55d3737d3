// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// A user's role in a channel, or for a package of it.
public struct Membership: Sendable, Hashable {
    /// What it is a role for.
    public enum Role: Sendable, Hashable {
        /// The whole channel.
        case channel(ChannelRole)
        /// One package, by its name in lower case.
        case package(String, PackageRole)
    }

    /// Whose role it is.
    public let user: String
    /// The channel's number.
    public let channel: Int64
    /// The role.
    public let role: Role
    /// Since when they have it.
    public let since: Timestamp

    /// Makes one.
    public init(user: String, channel: Int64, role: Role, since: Timestamp) {
        self.user = user
        self.channel = channel
        self.role = role
        self.since = since
    }

    /// The package it is a role for; nil for the whole channel.
    public var package: String? {
        if case .package(let name, _) = role { name } else { nil }
    }

    /// The role's name.
    public var roleName: String {
        switch role {
        case .channel(let role): role.rawValue
        case .package(_, let role): role.rawValue
        }
    }
}

/// Reads who is what in which channel.
public protocol MembershipReading {
    /// The roles in a channel, by user and package.
    func memberships(in channel: Int64) throws -> [Membership]
    /// A user's roles, by channel and package.
    func memberships(of user: String) throws -> [Membership]
}

/// Changes who is what in which channel.
public protocol MembershipWriting: MembershipReading {
    /// Gives a role, in place of the one that the user had for the same channel or package.
    func put(_ membership: Membership) throws
    /// Takes a user's role for a channel, or for a package of it, away; says whether they had one.
    func removeMembership(of user: String, in channel: Int64, package: String?) throws -> Bool
}
