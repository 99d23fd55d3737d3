// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import TrustCore

/// What the publish logs say of one file, in order.
struct FileHistory: Sendable {
    /// One entry.
    struct Event: Sendable {
        let entry: PublishLogEntry
        let index: Int64
        let log: HostedLog
    }

    let events: [Event]

    /// The most events that a page shows.
    static let limit = 100

    /// Reads it: from the server's log and the channel's own, for a channel may have been private and public in turn. What
    /// the channel's own log says is only for those who may read the channel, and they are asked before.
    init(of file: HostedFile, in channel: HostedChannel, _ transaction: any ReadTransaction) throws {
        var events: [Event] = []
        for log in try transaction.logs() where log.channel == nil || log.channel == channel.id {
            let entries = try transaction.logEntries(
                about: file.fileName,
                in: file.subdir,
                of: channel.name,
                log: log.id,
                limit: Self.limit
            )
            events += entries.compactMap { logged in
                (try? PublishLogEntry(parsing: logged.bytes)).map {
                    Event(entry: $0, index: logged.index, log: log)
                }
            }
        }
        self.events = events.sorted { ($0.entry.time, $0.index) < ($1.entry.time, $1.index) }
    }

    /// The entry that says that the file was accepted.
    func publication(of file: HostedFile) -> Event? {
        events.first {
            $0.entry.event == .publish && $0.index == file.logIndex && $0.entry.sha256 == file.sha256
        }
    }
}
