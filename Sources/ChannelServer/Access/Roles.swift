// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// What somebody is on the server as a whole. Most users are nothing there, and something in channels.
public enum ServerRole: String, Sendable, Hashable, CaseIterable {
    /// Makes users and channels, and sets right what channels' owners cannot.
    case administrator
    /// Watches over the server's health.
    case `operator`
}

/// What somebody is in a channel, for all of its packages.
public enum ChannelRole: String, Sendable, Hashable, CaseIterable {
    /// Answers for the channel.
    case owner
    /// Looks after the channel's packages, and says who publishes them.
    case maintainer
    /// Publishes packages.
    case publisher
    /// Reads the channel, also where it is private.
    case reader
}

/// What somebody is for one package of a channel.
public enum PackageRole: String, Sendable, Hashable, CaseIterable {
    /// Looks after the package, and says who publishes it.
    case maintainer
    /// Publishes the package.
    case publisher
}
