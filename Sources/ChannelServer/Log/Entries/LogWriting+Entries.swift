// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

extension LogWriting {
    /// Adds an entry to the log that a channel's entries go to; makes the log if there is none yet.
    ///
    /// It belongs into the same transaction as what it is about, so that neither is ever there alone.
    ///
    /// - Parameter publicURL: ``ServerParts/publicURL``, of which a new log gets its name.
    /// - Returns: the entry's index in that log.
    /// - Throws: as ``PublishLogEntry/encoded()``.
    @discardableResult
    public func append(_ entry: PublishLogEntry, of channel: HostedChannel, publicURL: String) throws -> Int64
    {
        try append(entry.encoded(), to: publishLog(of: channel, publicURL: publicURL).id)
    }

    /// The log that a channel's entries go to, which is made if there is none yet.
    public func publishLog(of channel: HostedChannel, publicURL: String) throws -> HostedLog {
        if let log = try log(of: channel) { return log }
        switch channel.visibility {
        case .everybody: return try createLog(origin: PublishLogName.server(publicURL), channel: nil)
        case .members:
            return try createLog(
                origin: PublishLogName.channel(channel.name, publicURL),
                channel: channel.id
            )
        }
    }

    /// The server's own log, which is made if there is none yet: a server that published nothing says so,
    /// too.
    @discardableResult
    public func publishLog(publicURL: String) throws -> HostedLog {
        try logs().first { $0.channel == nil }
            ?? createLog(origin: PublishLogName.server(publicURL), channel: nil)
    }
}

/// What logs are called: their URL without its scheme, which is what C2SP recommends. A name never changes.
enum PublishLogName {
    static func server(_ publicURL: String) -> String { withoutScheme(publicURL) + "/log" }

    static func channel(_ name: ChannelName, _ publicURL: String) -> String {
        withoutScheme(publicURL) + "/\(name)/log"
    }

    /// The address that the server's own log was named by; nil where there is none yet. The scheme is no part of any name.
    static func address(in logs: [HostedLog], isSecure: Bool) -> String? {
        guard let origin = logs.first(where: { $0.channel == nil })?.origin else { return nil }
        let suffix = "/log".utf8
        guard origin.utf8.reversed().starts(with: suffix.reversed()) else { return nil }
        let place = String(decoding: origin.utf8.dropLast(suffix.count), as: UTF8.self)
        return (isSecure ? "https://" : "http://") + place
    }

    private static func withoutScheme(_ url: String) -> String {
        let bytes = Array(url.utf8), mark = Array("://".utf8)
        let start = bytes.indices.first { bytes[$0...].starts(with: mark) }
        var rest = bytes[(start.map { $0 + mark.count } ?? 0)...]
        while rest.last == UInt8(ascii: "/") { rest.removeLast() }
        return String(decoding: rest, as: UTF8.self)
    }
}
