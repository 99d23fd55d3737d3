// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Hummingbird
internal import NIOCore
internal import NIOHTTP1
internal import Synchronization
internal import TrustCore

/// Watches how fast a request's body comes, and that it comes whole. Only the time counts in which the server
/// waits for the sender; what its own disk takes does not.
final class BodyPace: Sendable {
    private struct State {
        var bytes: UInt64 = 0
        var waited: Duration = .zero
        var waitingSince: ContinuousClock.Instant?
    }

    private let minimum: UInt64
    private let window: Duration
    private let state = Mutex(State())

    private init(_ limits: UploadLimits) {
        minimum = limits.minimumBytesPerWindow
        window = limits.window
    }

    /// Hands all of a body to a receiver, in order.
    ///
    /// - Throws: `upload.too-slow`, `upload.incomplete`, or what the receiver throws.
    static func receive(
        _ request: Request,
        _ limits: UploadLimits,
        _ receiver: @escaping @Sendable (ByteBuffer) async throws -> Void
    ) async throws {
        let pace = BodyPace(limits), body = request.body
        let announced = request.headers[.contentLength].flatMap { UInt64($0) }
        try await withThrowingTaskGroup(of: Bool.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                try await pace.read(body, announced: announced, receiver)
                return true
            }
            group.addTask {
                try await pace.watch()
                return false
            }
            while let isDone = try await group.next() { if isDone { return } }
        }
    }

    private func read(
        _ body: RequestBody,
        announced: UInt64?,
        _ receiver: (ByteBuffer) async throws -> Void
    ) async throws {
        var total: UInt64 = 0
        var iterator = body.makeAsyncIterator()
        while true {
            wait()
            guard let chunk = try await next(&iterator) else { break }
            try took(chunk.readableBytes)
            total += UInt64(chunk.readableBytes)
            try await receiver(chunk)
        }
        // A task that was stopped sees an end that is none.
        guard !Task.isCancelled else { throw Self.incomplete() }
        if let announced, announced != total {
            throw Self.incomplete(expected: "\(announced) bytes", found: "\(total) bytes")
        }
    }

    private func next(_ iterator: inout RequestBody.AsyncIterator) async throws -> ByteBuffer? {
        do { return try await iterator.next() } catch {
            // What is no HTTP is told as that; what else ends a body early is a connection that broke.
            throw error is Refusal || error is Failure || error is HTTPParserError ? error : Self.incomplete()
        }
    }

    private static func incomplete(expected: String? = nil, found: String? = nil) -> Refusal {
        Refusal(UploadCode.incomplete, "the upload", expected: expected, found: found)
    }

    private func wait() { state.withLock { $0.waitingSince = .now } }

    private func took(_ count: Int) throws {
        try state.withLock { state in
            if let since = state.waitingSince { state.waited += .now - since }
            state.waitingSince = nil
            state.bytes += UInt64(count)
            try check(&state, state.waited)
        }
    }

    /// Looks again and again whether the sender has fallen silent.
    private func watch() async throws {
        while true {
            try await Task.sleep(for: window / 4)
            try state.withLock { state in
                guard let since = state.waitingSince else { return }
                try check(&state, state.waited + (.now - since))
            }
        }
    }

    private func check(_ state: inout State, _ waited: Duration) throws {
        guard waited >= window else { return }
        guard state.bytes >= minimum else {
            throw Refusal(
                UploadCode.tooSlow,
                "the upload",
                expected: "at least \(minimum) bytes in \(window)",
                found: "\(state.bytes) bytes"
            )
        }
        state.bytes = 0
        state.waited = .zero
        if state.waitingSince != nil { state.waitingSince = .now }
    }
}
