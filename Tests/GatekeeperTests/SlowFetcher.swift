// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Synchronization
import TrustCore

/// A mirror that takes its time for each file, by a clock that only it moves.
final class SlowFetcher: Fetcher {
    private let fetcher: any Fetcher
    private let slow: String
    private let folder: String
    private let each: Duration
    private let state = Mutex<(uptime: Duration, timeouts: [Duration?])>((.zero, []))

    /// How late it is.
    var uptime: Duration { state.withLock { $0.uptime } }
    /// What the slow mirror was given for each request.
    var timeouts: [Duration?] { state.withLock { $0.timeouts } }

    /// Serves a folder under the slow mirror's address.
    init(_ fetcher: any Fetcher, slow: String, in folder: String, each: Duration) {
        self.fetcher = fetcher
        self.slow = slow
        self.folder = folder
        self.each = each
    }

    func fetch(
        _ request: FetchRequest,
        receive: (UnsafeRawBufferPointer) throws -> Void
    ) async throws -> FetchOutcome {
        guard request.url.utf8.starts(with: slow.utf8) else {
            return try await fetcher.fetch(request, receive: receive)
        }
        state.withLock {
            $0.uptime += each
            $0.timeouts.append(request.timeout)
        }
        var moved = request
        moved.url = "file://" + folder + request.url.dropFirst(slow.count)
        return try await fetcher.fetch(moved, receive: receive)
    }
}
