// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Synchronization
import TestSupport
import TrustCore

/// A server that answers the requests for some files only when so many of them are under way at once.
///
/// No time is measured: a client that asked for one file after another would wait for ever.
final class BarrierServer: Fetcher {
    private struct State {
        var started = 0
        var underWay = 0
        var most = 0
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let server: MemoryServer
    private let files: Set<String>
    private let width: Int
    private let state = Mutex(State())

    /// Holds up the requests for the given files, of which each is asked for once, until `width` of them are
    /// under way or no more are to come.
    init(_ server: MemoryServer, files: Set<String>, width: Int) {
        self.server = server
        self.files = files
        self.width = width
    }

    /// The most requests that were under way at once.
    var most: Int { state.withLock { $0.most } }

    func fetch(
        _ request: FetchRequest,
        receive: (UnsafeRawBufferPointer) throws -> Void
    ) async throws -> FetchOutcome {
        let isHeld = files.contains(String(request.url.dropFirst(MemoryServer.url.count)))
        if isHeld { await enter() }
        defer { if isHeld { state.withLock { $0.underWay -= 1 } } }
        return try await server.fetch(request, receive: receive)
    }

    private func enter() async {
        await withCheckedContinuation { continuation in
            let released = state.withLock { state in
                state.started += 1
                state.underWay += 1
                state.most = max(state.most, state.underWay)
                state.waiting.append(continuation)
                guard state.waiting.count == width || state.started == files.count else {
                    return [CheckedContinuation<Void, Never>]()
                }
                defer { state.waiting = [] }
                return state.waiting
            }
            for one in released { one.resume() }
        }
    }
}
