// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Synchronization
import TrustCore

/// A server made of a dictionary, which remembers what it was asked for.
final class MemoryServer: Fetcher {
    static let url = "https://channel.example/metadata/"

    private struct State {
        var files: [String: [UInt8]] = [:]
        var requests: [String] = []
        var isBroken = false
    }

    private let state = Mutex(State())

    /// What the server has, by the name below ``url``.
    var files: [String: [UInt8]] {
        get { state.withLock { $0.files } }
        set { state.withLock { $0.files = newValue } }
    }

    /// Whether every request ends in a failure instead of an answer.
    var isBroken: Bool {
        get { state.withLock { $0.isBroken } }
        set { state.withLock { $0.isBroken = newValue } }
    }

    /// The names asked for since the last call.
    func takeRequests() -> [String] {
        state.withLock { state in
            defer { state.requests = [] }
            return state.requests
        }
    }

    func fetch(
        _ request: FetchRequest,
        receive: (UnsafeRawBufferPointer) throws -> Void
    ) async throws -> FetchOutcome {
        let name = String(request.url.dropFirst(Self.url.count))
        let answer = try state.withLock { state in
            state.requests.append(name)
            guard !state.isBroken else {
                throw Failure(.network, "the connection was closed", at: request.url)
            }
            return state.files[name]
        }
        guard let answer else { return .notFound }
        guard answer.count <= request.maximumLength else {
            throw Refusal(CoreCode.tooLarge, name, expected: "at most \(request.maximumLength) bytes")
        }
        try answer.withUnsafeBytes(receive)
        return .complete
    }
}
