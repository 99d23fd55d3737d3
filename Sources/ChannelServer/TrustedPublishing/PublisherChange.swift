// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// A change of who may publish, as the publish log has it.
struct PublisherChange: Sendable {
    /// What happened to the publisher.
    enum Change: String, Sendable {
        /// It was named.
        case add
        /// It was taken away.
        case remove
        /// Its package was published for the first time, by it: it is pending no more.
        case settle
        /// Its package was published for the first time by somebody else: it is gone.
        case overtake
    }

    let change: Change
    let publisher: TrustedPublisher
    /// Who did it; nil for the server's operator.
    let actor: FilePublisher?
    let time: Timestamp

    init(_ change: Change, _ publisher: TrustedPublisher, by actor: FilePublisher?, at time: Timestamp) {
        self.change = change
        self.publisher = publisher
        self.actor = actor
        self.time = time
    }

    /// The entry.
    func entry(of channel: HostedChannel) -> PublishLogEntry {
        var entry = PublishLogEntry(.publisherChange, channel: channel.name.text, time: time)
        entry.publisher = actor
        entry.details["change"] = .string(change.rawValue)
        entry.details["trusted_publisher"] = .object(publisher.json)
        return entry
    }
}

extension WriteTransaction {
    /// Writes a change into the log that the channel's entries go to; makes the log where it is the first entry.
    func append(_ change: PublisherChange, of channel: HostedChannel, publicURL: String) throws {
        // Who may read a channel decides which log it is, so that is read here.
        let channel = try self.channel(id: channel.id) ?? channel
        let log = try log(of: channel) ?? newLog(of: channel, publicURL)
        _ = try append(try change.entry(of: channel).canonicalText(), to: log.id)
    }

    private func newLog(of channel: HostedChannel, _ publicURL: String) throws -> HostedLog {
        let mark = Array("://".utf8), bytes = Array(publicURL.utf8)
        let start = bytes.indices.first { bytes[$0...].starts(with: mark) }.map { $0 + mark.count } ?? 0
        let server = String(decoding: bytes[start...], as: UTF8.self)
        return switch channel.visibility {
        case .everybody: try createLog(origin: server + "/log", channel: nil)
        case .members: try createLog(origin: "\(server)/\(channel.name.text)/log", channel: channel.id)
        }
    }
}

extension PublishLogEntry {
    /// The members that entries about publishers have, as canonical JSON (RFC 8785).
    fileprivate func canonicalText() throws -> [UInt8] {
        var object = details
        object["v"] = 1
        object["type"] = .string(event.rawValue)
        object["channel"] = .string(channel)
        object["time"] = .string(time.description)
        if let publisher {
            var who = JSONObject()
            who["kind"] = .string(publisher.kind.rawValue)
            who["name"] = .string(publisher.name)
            who["issuer"] = publisher.issuer.map { .string($0) }
            object["publisher"] = .object(who)
        }
        return try JSONCanonicalization.encode(.object(object), of: "entry of a publish log")
    }
}
