// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
public import TrustCore

/// A channel that a proxy is to pass on, as the settings or a client name it.
public struct ProxiedChannel: Sendable, Hashable {
    /// Its own address: its identity, and with the credentials that are to be shown to it, if any.
    public let url: ChannelURL
    /// Mirrors to fetch from instead, in order; empty for the channel's own address.
    public let mirrors: [ChannelURL]
    /// Mirrors of others whose indexes are compared, and which nothing is fetched from; heeded for channels that sign nothing.
    public internal(set) var compared: [ChannelURL] = []
    /// A token that is to be shown to it, besides what its address has; nil for none.
    public private(set) var bearer: BearerToken?
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

    /// A channel as a client asks for it that shows credentials: at its own address, and nowhere else.
    init(_ url: ChannelURL, shown bearer: BearerToken?) {
        self.init(url)
        self.bearer = bearer
        isPrivate = true
    }

    /// Whether it is asked for with a client's own credentials, so that nothing of it is for others.
    public private(set) var isPrivate = false

    /// Whether credentials go along.
    var hasCredentials: Bool { bearer != nil || url.textWithCredentials != url.identity }

    /// Stands for the credentials that go along.
    var credentials: Digest? {
        guard hasCredentials else { return nil }
        return Digest.of(Array("\(bearer?.secret ?? "") \(url.textWithCredentials)".utf8))
    }
}
