// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Synchronization
package import TrustCore

/// A server made of a dictionary, which remembers what it was asked for, and may be away or slow.
package final class MemoryServer: Fetcher {
    /// Where its files are, with a slash at the end.
    package static let url = "https://channel.example/metadata/"

    private struct State {
        var files: [String: [UInt8]] = [:]
        var requests: [String] = []
        var isAway = false
        var each = Duration.zero
        var uptime = Duration.zero
    }

    private let state = Mutex(State())

    /// A server without files.
    package init() {}

    /// What it has, by the path below ``url``.
    package var files: [String: [UInt8]] {
        get { state.withLock { $0.files } }
        set { state.withLock { $0.files = newValue } }
    }

    /// Whether nobody answers.
    package var isAway: Bool {
        get { state.withLock { $0.isAway } }
        set { state.withLock { $0.isAway = newValue } }
    }

    /// How long each answer takes, by ``uptime``.
    package var each: Duration {
        get { state.withLock { $0.each } }
        set { state.withLock { $0.each = newValue } }
    }

    /// A clock that only the server moves.
    package var uptime: Duration { state.withLock { $0.uptime } }

    /// The paths asked for since the last call.
    package func takeRequests() -> [String] {
        state.withLock { state in
            defer { state.requests = [] }
            return state.requests
        }
    }

    package func fetch(
        _ request: FetchRequest,
        receive: (UnsafeRawBufferPointer) throws -> Void
    ) async throws -> FetchOutcome {
        let path = String(request.url.dropFirst(Self.url.count))
        let answer = try state.withLock { state in
            state.requests.append(path)
            state.uptime += state.each
            guard !state.isAway else { throw Failure(.network, "nobody answered", at: request.url) }
            return state.files[path]
        }
        guard let answer else { return .notFound }
        guard answer.count <= request.maximumLength else {
            throw Refusal(CoreCode.tooLarge, path, expected: "at most \(request.maximumLength) bytes")
        }
        try answer.withUnsafeBytes(receive)
        return .complete
    }
}
