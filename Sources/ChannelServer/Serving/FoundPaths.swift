// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Synchronization
internal import TrustCore

/// What paths led to a moment ago, so that a file that many want is not looked up for each.
///
/// It is forgotten as soon as this process writes to the database, and with each second of the clock for what
/// another process wrote: `kingsnake server` beside a running server is seen within a second.
final class FoundPaths: Sendable {
    private let database: ObservedDatabase
    private let now: @Sendable () -> Timestamp
    private let found = Mutex<(moment: Moment?, resources: [ServedPath: Entry])>((nil, [:]))

    /// How many are kept.
    static let capacity = 4096

    /// What was there, and the channel it is of.
    typealias Entry = (resource: ServedResource, channel: HostedChannel?)

    /// A state of the database that was asked in one second.
    struct Moment: Equatable {
        let state: UInt64
        let second: Int64
    }

    /// Keeps nothing where writing to the database is not counted.
    init?(_ database: any ServerDatabase, now: @escaping @Sendable () -> Timestamp) {
        guard let database = database as? ObservedDatabase else { return nil }
        self.database = database
        self.now = now
    }

    /// The moment in which a look into the database begins.
    var moment: Moment { Moment(state: database.state, second: now().seconds) }

    func resource(_ path: ServedPath, at moment: Moment) -> Entry? {
        found.withLock { $0.moment == moment ? $0.resources[path] : nil }
    }

    /// Keeps what was found after a moment; it counts only as long as that moment lasts.
    func keep(_ entry: Entry, _ path: ServedPath, since moment: Moment) {
        found.withLock { found in
            if found.moment != moment { found = (moment, [:]) }
            if found.resources.count < Self.capacity { found.resources[path] = entry }
        }
    }
}
