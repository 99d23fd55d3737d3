// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// Publishes logs whenever something changed, and from time to time if nothing is said to have.
public struct LogWorker: Sendable {
    private let publisher: LogPublisher
    private let interval: Duration
    private let wakes: AsyncStream<Void>
    private let waker: AsyncStream<Void>.Continuation

    /// - Parameter interval: after how long it looks again by itself: for witnesses that were away, and disks
    ///   that were full.
    public init(_ publisher: LogPublisher, interval: Duration = .seconds(30)) {
        self.publisher = publisher
        self.interval = interval
        // However often it is woken meanwhile, once is enough.
        (wakes, waker) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// Says that something changed: what ``ServerParts/changed`` is to call.
    public func wake() { waker.yield() }

    /// Works until its task is cancelled.
    public func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                while !Task.isCancelled {
                    waker.yield()
                    try? await Task.sleep(for: interval)
                }
            }
            group.addTask {
                // What goes wrong is in the server's log, and tried again.
                for await _ in wakes { _ = try? await publisher.publish() }
            }
        }
    }
}
