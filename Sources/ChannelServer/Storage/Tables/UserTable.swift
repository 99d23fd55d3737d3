// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// Somebody whom the server knows by keys.
public struct ServerUser: Sendable, Hashable {
    /// Their name, which nobody else ever gets.
    public let name: UserName
    /// What they are on the server; nil for nothing.
    public let role: ServerRole?
    /// When they were added.
    public let created: Timestamp
    /// When they were removed; nil if they are there.
    public let removed: Timestamp?

    /// Makes one.
    public init(name: UserName, role: ServerRole?, created: Timestamp, removed: Timestamp? = nil) {
        self.name = name
        self.role = role
        self.created = created
        self.removed = removed
    }

    /// Whether they were removed. They have no keys and no roles then.
    public var isRemoved: Bool { removed != nil }
}

/// Reads who the users are.
public protocol UserReading {
    /// All users, by name; removed ones too.
    func users() throws -> [ServerUser]
    /// The user of a name; nil if there never was one. Removed ones are answered too.
    func user(_ name: String) throws -> ServerUser?
    /// How many administrators there are.
    func administratorCount() throws -> Int
    /// What a user is on the server, and in a channel if one is given. Nothing for whoever is not there.
    func standing(of user: String, in channel: Int64?) throws -> Standing
}

/// Changes who the users are.
public protocol UserWriting: UserReading {
    /// Adds a user.
    ///
    /// - Throws: `access.user-exists`, also for the name of one who was removed.
    func createUser(_ name: UserName, _ role: ServerRole?, now: Timestamp) throws -> ServerUser
    /// Says what a user is on the server.
    func setRole(_ role: ServerRole?, of user: UserName) throws
    /// Removes a user, with all their keys and roles. The name stays taken.
    func removeUser(_ name: UserName, now: Timestamp) throws
}
