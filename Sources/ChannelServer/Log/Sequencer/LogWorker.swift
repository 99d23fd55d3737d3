// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// Publishes logs whenever something changed, and from time to time if nothing is said to have.
public struct LogWorker: Sendable {
    private let publisher: LogPublisher
    private let interval: Duration
    private let signal = WorkSignal()

    /// - Parameter interval: after how long it looks again by itself: for witnesses that were away, and disks
    ///   that were full.
    public init(_ publisher: LogPublisher, interval: Duration = .seconds(30)) {
        self.publisher = publisher
        self.interval = interval
    }

    /// Says that something changed: what ``ServerParts/changed`` is to call.
    public func wake() { signal.raise() }

    /// Works until its task is cancelled.
    public func run() async {
        // What goes wrong is in the server's log, and tried again.
        repeat { _ = try? await publisher.publish() } while await signal.wait(atMost: interval)
    }
}
