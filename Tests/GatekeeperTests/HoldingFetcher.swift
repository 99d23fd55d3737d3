// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Synchronization
import TrustCore

/// A fetcher that sends the requests for some files on only when so many of them are under way at once.
///
/// No time is measured: a client that asked for one file after another would wait for ever.
final class HoldingFetcher: Fetcher {
    private let fetcher: any Fetcher
    private let isHeld: @Sendable (String) -> Bool
    private let width: Int
    private let waiting = Mutex<(count: Int, all: [CheckedContinuation<Void, Never>])>((0, []))

    /// How many requests were held.
    var count: Int { waiting.withLock { $0.count } }

    /// Holds up requests for these URLs, until `width` of them are under way.
    init(_ fetcher: any Fetcher, width: Int, isHeld: @escaping @Sendable (String) -> Bool) {
        self.fetcher = fetcher
        self.width = width
        self.isHeld = isHeld
    }

    func fetch(
        _ request: FetchRequest,
        receive: (UnsafeRawBufferPointer) throws -> Void
    ) async throws -> FetchOutcome {
        if isHeld(request.url) { await enter() }
        return try await fetcher.fetch(request, receive: receive)
    }

    private func enter() async {
        await withCheckedContinuation { continuation in
            let released = waiting.withLock { state in
                state.count += 1
                state.all.append(continuation)
                guard state.all.count == width else { return [CheckedContinuation<Void, Never>]() }
                defer { state.all = [] }
                return state.all
            }
            for one in released { one.resume() }
        }
    }
}
