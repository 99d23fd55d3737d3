// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// What each role allows: the whole of it, as data. What is not named here is allowed to nobody.
///
/// - A role on the server counts for all channels, one in a channel for all packages of it, one for a package for that
///   package. Only reading cannot be had in part, since an index names all packages: whoever may read one of a channel's
///   packages reads the channel.
/// - Everybody reads public channels; that is no role.
/// - An administrator publishes nothing: who wants to becomes a member of the channel first, which is written down.
enum RoleTable {
    static let server: [ServerRole: Set<ServerAction>] = [
        .administrator: [
            .read, .yank, .remove, .managePublishers, .manageChannel, .acceptSignatures, .createChannel,
            .limitChannel, .manageUsers, .operate,
        ],
        .operator: [.operate],
    ]

    static let channel: [ChannelRole: Set<ServerAction>] = [
        .owner: [.read, .publish, .yank, .remove, .managePublishers, .manageChannel, .acceptSignatures],
        .maintainer: [.read, .publish, .yank, .managePublishers, .acceptSignatures],
        .publisher: [.read, .publish],
        .reader: [.read],
    ]

    static let package: [PackageRole: Set<ServerAction>] = [
        .maintainer: [.read, .publish, .yank, .managePublishers, .acceptSignatures],
        .publisher: [.read, .publish],
    ]

    /// The most that a workload's key may say. A workload has no role: its key is all it has.
    static let workload: Set<ServerAction> = [.read, .publish, .yank]
}
