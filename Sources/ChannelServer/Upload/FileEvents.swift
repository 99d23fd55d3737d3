// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import TrustCore

/// Writes into the publish log what happens to files, in the transaction in which it happens.
struct FileEvents: Sendable {
    /// Where the server is for others.
    let publicURL: String
    let now: Timestamp

    /// The moment in milliseconds since 1970.
    var milliseconds: UInt64 {
        let (product, overflow) = UInt64(max(0, now.seconds)).multipliedReportingOverflow(by: 1000)
        return overflow ? .max : product
    }

    /// The beginning of an entry about a file.
    func entry(
        _ event: PublishLogEntry.Event,
        of channel: HostedChannel,
        _ subdir: Subdir,
        _ fileName: ArchiveFileName,
        by publisher: FilePublisher?
    ) -> PublishLogEntry {
        var entry = PublishLogEntry(event, channel: channel.name.text, time: now)
        entry.subdir = subdir.text
        entry.fileName = fileName.text
        entry.publisher = publisher
        return entry
    }

    /// Appends an entry to the log that the channel's entries go to; makes the log where it is the first.
    /// Answers its index.
    func append(
        _ entry: PublishLogEntry,
        of channel: HostedChannel,
        to transaction: any WriteTransaction
    ) throws -> Int64 {
        // Who may read a channel decides which log it is, so the channel is read here and not before.
        let channel = try transaction.channel(id: channel.id) ?? channel
        return try transaction.append(entry, of: channel, publicURL: publicURL)
    }
}
