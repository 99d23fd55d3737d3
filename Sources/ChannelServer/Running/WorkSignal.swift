// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// Wakes a worker: raised any number of times before it looks, it is seen once.
public final class WorkSignal: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    /// Makes a signal that is not raised.
    public init() {
        (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Says that there may be something to do. For `ServerParts.changed`.
    public func raise() { continuation.yield() }

    /// Waits until it is raised, or for so long. One worker waits at a time.
    ///
    /// - Returns: whether the worker shall go on; false once its task was cancelled.
    func wait(atMost duration: Duration) async -> Bool {
        let alarm = Task {
            try await Task.sleep(for: duration)
            raise()
        }
        defer { alarm.cancel() }
        for await _ in stream { return !Task.isCancelled }
        return false
    }
}
