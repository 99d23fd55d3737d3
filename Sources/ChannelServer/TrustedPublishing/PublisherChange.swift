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
        try append(change.entry(of: channel), of: channel, publicURL: publicURL)
    }
}
