// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// What a user is at this moment: on the server, and in one channel.
public struct Standing: Sendable, Hashable {
    /// What they are on the server.
    public let server: ServerRole?
    /// What they are in the channel, for all of its packages.
    public let channel: ChannelRole?
    /// What they are for some of the channel's packages, by the names in lower case.
    let packages: [ByteKey: PackageRole]

    /// Makes one; nothing by default.
    public init(
        server: ServerRole? = nil,
        channel: ChannelRole? = nil,
        packages: [String: PackageRole] = [:]
    ) {
        self.server = server
        self.channel = channel
        self.packages = Dictionary(packages.map { (ByteKey($0.key), $0.value) }) { first, _ in first }
    }

    /// Whether the roles allow something.
    ///
    /// - Parameters:
    ///   - isOfChannel: whether it is about the channel, or about the server as a whole.
    ///   - package: the package it is about, in lower case; nil for none, or all.
    func allows(_ action: ServerAction, isOfChannel: Bool, package: ByteKey?) -> Bool {
        if let server, RoleTable.server[server, default: []].contains(action) { return true }
        guard isOfChannel else { return false }
        if let channel, RoleTable.channel[channel, default: []].contains(action) { return true }
        let roles =
            action == .read ? Array(packages.values) : package.flatMap { packages[$0] }.map { [$0] } ?? []
        return roles.contains { RoleTable.package[$0, default: []].contains(action) }
    }
}
