// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// What can be done on a server, and may be allowed or not.
public enum ServerAction: String, Sendable, Hashable, CaseIterable {
    /// Read a channel: packages, index, pages, log. Everybody may, where the channel is public.
    case read
    /// Put files of a package into a channel.
    case publish
    /// Take a file out of the index, or put it back.
    case yank
    /// Remove a file's bytes.
    case remove
    /// Say who may publish a package: trusted publishers, maintainers.
    case managePublishers = "manage-publishers"
    /// Change a channel: visibility, settings, members.
    case manageChannel = "manage-channel"
    /// Accept what offline keys signed: roots, targets, lists of maintainers.
    case acceptSignatures = "accept-signatures"
    /// Make a channel.
    case createChannel = "create-channel"
    /// Say how much a channel may hold.
    case limitChannel = "limit-channel"
    /// Make and change users and their roles on the server.
    case manageUsers = "manage-users"
    /// See what needs an operator's attention, and metrics.
    case operate
}
