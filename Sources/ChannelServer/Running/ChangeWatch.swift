// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Logging
internal import TrustCore

/// Notices what other processes commit to the database, such as `kingsnake server` in the server's folder, and wakes the
/// workers.
struct ChangeWatch: Sendable {
    let database: SQLiteDatabase
    let changed: @Sendable () -> Void
    let logger: Logger

    private static let interval: Duration = .seconds(1)

    /// Watches until its task is cancelled.
    func run() async {
        var last: Int64?
        while !Task.isCancelled {
            do {
                let mark = try await database.foreignChangeMark()
                if let last, last != mark { changed() }
                last = mark
            } catch {
                logger.error("the database does not say whether it changed: \(error)")
            }
            try? await Task.sleep(for: Self.interval)
        }
    }
}
