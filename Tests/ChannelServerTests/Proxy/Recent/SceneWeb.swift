// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import Synchronization
import TrustCore

/// A folder that is served under an address, as long as the test lets it.
final class SceneWeb: Fetcher {
    private struct State {
        var address = ""
        var folder = ""
        var isAway = false
        var spoiled: String?
        var requests: [String] = []
    }

    private let state = Mutex(State())

    func serve(_ folder: String, at address: String) {
        state.withLock { ($0.folder, $0.address) = (folder, address) }
    }

    /// Nobody answers from now on.
    func goAway() { state.withLock { $0.isAway = true } }

    /// Serves other bytes for files with such an end.
    func spoil(_ ending: String) { state.withLock { $0.spoiled = ending } }

    /// What was asked for since the last call.
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
        let now = state.withLock { state in
            state.requests.append(request.url)
            return state
        }
        guard !now.isAway else { throw Failure(.network, "nobody answers", at: request.url) }
        guard request.url.hasPrefix(now.address + "/") else { return .notFound }
        let path = now.folder + "/" + request.url.dropFirst(now.address.count + 1)
        guard var bytes = try? Data(contentsOf: URL(fileURLWithPath: path)) else { return .notFound }
        if let ending = now.spoiled, path.hasSuffix(ending) { bytes = Data(bytes.reversed()) }
        guard bytes.count <= request.maximumLength else {
            throw Refusal(CoreCode.tooLarge, path, expected: "at most \(request.maximumLength) bytes")
        }
        try bytes.withUnsafeBytes(receive)
        return .complete
    }
}
