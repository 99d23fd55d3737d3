// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Synchronization
import TestSupport
import Transport
import TrustCore

/// All servers of a test, in memory: files by their URLs, with entity tags, and a log of what was asked.
final class ObservedWeb: ConditionalFetcher {
    private struct State {
        var files: [String: [UInt8]] = [:]
        var requests: [String] = []
        var unreachable: Set<String> = []
        var denied: [String: Int] = [:]
        var pause: Duration?
        var meanwhile: (@Sendable () async -> Void)?
    }

    private let state = Mutex(State())

    func put(_ bytes: [UInt8]?, at url: String) { state.withLock { $0.files[url] = bytes } }
    func bytes(at url: String) -> [UInt8]? { state.withLock { $0.files[url] } }

    /// Whether nobody answers for URLs that begin so.
    func setAway(_ prefix: String, _ isAway: Bool = true) {
        state.withLock { state in
            if isAway { state.unreachable.insert(prefix) } else { state.unreachable.remove(prefix) }
        }
    }

    /// With which status URLs that begin so are refused; nil for none.
    func deny(_ prefix: String, _ status: Int?) { state.withLock { $0.denied[prefix] = status } }

    /// Answers take a while, so that others ask meanwhile.
    func slowDown() { state.withLock { $0.pause = .milliseconds(50) } }

    /// What happens once, while the next answer is on its way.
    func meanwhile(_ body: @escaping @Sendable () async -> Void) { state.withLock { $0.meanwhile = body } }

    /// What was asked since the last call: the URL, with `=` before it where the answer was that nothing changed.
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
        try await fetch(request, unless: nil, receive: receive) == .notFound ? .notFound : .complete
    }

    func fetch(
        _ request: FetchRequest,
        unless version: ResourceVersion?,
        receive: (UnsafeRawBufferPointer) throws -> Void
    ) async throws -> ConditionalOutcome {
        let (bytes, isAway, pause, denied, meanwhile) = state.withLock { state in
            defer { state.meanwhile = nil }
            let isAway = state.unreachable.contains { request.url.utf8.starts(with: $0.utf8) }
            let denied = state.denied.first { request.url.utf8.starts(with: $0.key.utf8) }?.value
            return (state.files[request.url], isAway, state.pause, denied, state.meanwhile)
        }
        await meanwhile?()
        if let pause { try await Task.sleep(for: pause) }
        let tag = bytes.map { "\"\(Digest.of($0).hex.prefix(16))\"" }
        let isUnchanged = !isAway && tag != nil && version?.entityTag == tag
        state.withLock { $0.requests.append((isUnchanged ? "=" : "") + request.url) }
        guard !isAway else {
            throw Failure(.network, "nobody is there", at: request.url, cause: TransferFault.connection)
        }
        if let denied {
            let cause = TransferFault.status(denied)
            throw Failure(.network, "status \(denied)", at: request.url, cause: cause)
        }
        guard let bytes else { return .notFound }
        if isUnchanged { return .unchanged }
        guard bytes.count <= request.maximumLength else { throw Refusal(CoreCode.tooLarge, request.url) }
        try bytes.withUnsafeBytes(receive)
        return .complete(ResourceVersion(entityTag: tag, lastModified: nil))
    }
}

/// A clock that only a test moves.
final class ManualClock: Sendable {
    private let seconds: Mutex<Int64>

    init(_ start: Timestamp) { seconds = Mutex(start.seconds) }

    var now: Timestamp { Timestamp(seconds: seconds.withLock { $0 }) }

    func advance(by count: Int64) { seconds.withLock { $0 += count } }
}
