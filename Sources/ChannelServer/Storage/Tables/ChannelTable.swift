// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// A channel that the server hosts.
public struct HostedChannel: Sendable, Equatable {
    /// Who may read a channel.
    public enum Visibility: String, Sendable, CaseIterable {
        /// Everybody.
        case everybody = "public"
        /// Who was given the right to.
        case members = "private"
    }

    /// The database's own number for it; never used again for another one.
    public let id: Int64
    /// Its name, which is the first part of its URLs.
    public let name: ChannelName
    /// Who may read it.
    public var visibility: Visibility
    /// When it was made.
    public let created: Timestamp
    /// What its owner decided otherwise, as JSON: see `ChannelHostingSettings`.
    public var settings: JSONObject

    /// Makes one.
    public init(
        id: Int64,
        name: ChannelName,
        visibility: Visibility,
        created: Timestamp,
        settings: JSONObject = JSONObject()
    ) {
        self.id = id
        self.name = name
        self.visibility = visibility
        self.created = created
        self.settings = settings
    }
}

/// Reads which channels there are.
public protocol ChannelReading {
    /// All channels, by name.
    func channels() throws -> [HostedChannel]
    /// A channel; nil if there is none of that name.
    func channel(_ name: ChannelName) throws -> HostedChannel?
    /// A channel; nil if there is none of that number.
    func channel(id: Int64) throws -> HostedChannel?
}

/// Changes which channels there are.
public protocol ChannelWriting: ChannelReading {
    /// Makes a channel.
    ///
    /// - Throws: `server.channel-exists`.
    func createChannel(_ name: ChannelName, _ visibility: HostedChannel.Visibility, now: Timestamp) throws
        -> HostedChannel
    /// Writes what may change of a channel: its visibility and settings.
    func update(_ channel: HostedChannel) throws
}
