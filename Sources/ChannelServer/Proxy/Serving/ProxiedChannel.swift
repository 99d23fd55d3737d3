// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats

/// A channel that a proxy is to pass on, as the settings or a client name it.
public struct ProxiedChannel: Sendable, Hashable {
    /// Its own address: its identity, and with the credentials that are to be shown to it, if any.
    public let url: ChannelURL
    /// Mirrors to fetch from instead, in order; empty for the channel's own address.
    public let mirrors: [ChannelURL]
    /// Mirrors of others whose indexes are compared, and which nothing is fetched from; heeded for channels that sign nothing.
    public internal(set) var compared: [ChannelURL] = []
    /// How many of those must list the same hash.
    public internal(set) var agreeing = 0

    /// Names a channel.
    public init(_ url: ChannelURL, mirrors: [ChannelURL] = []) {
        self.url = url
        self.mirrors = mirrors
    }

    /// Reads `URL` or `URL=MIRROR,MIRROR`, as it is given on a command line.
    ///
    /// - Throws: `name.channel-url`.
    public init(parsing text: String) throws {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let mirrors = parts.count == 2 ? parts[1].split(separator: ",") : []
        self.init(try ChannelURL(parts[0]), mirrors: try mirrors.map { try ChannelURL($0) })
    }

    /// Whether credentials go along.
    var hasCredentials: Bool { url.textWithCredentials != url.identity }
}
