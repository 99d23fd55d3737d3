// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// Publishes logs whenever something changed, and from time to time if nothing is said to have.
public struct LogWorker: Sendable {
    private let publisher: LogPublisher
    private let interval: Duration
    private let signal = WorkSignal()
    private let told: @Sendable ([LogOutcome]) -> Void

    /// - Parameters:
    ///   - interval: after how long it looks again by itself: for witnesses that were away, and disks that were full.
    ///   - told: is told where each log stands, each time.
    public init(
        _ publisher: LogPublisher,
        interval: Duration = .seconds(30),
        told: @escaping @Sendable ([LogOutcome]) -> Void = { _ in }
    ) {
        self.publisher = publisher
        self.interval = interval
        self.told = told
    }

    /// Says that something changed: what ``ServerParts/changed`` is to call.
    public func wake() { signal.raise() }

    /// Works until its task is cancelled.
    public func run() async {
        // What goes wrong is in the server's log, and tried again.
        repeat {
            if let outcomes = try? await publisher.publish() { told(outcomes) }
        } while await signal.wait(atMost: interval)
    }
}
