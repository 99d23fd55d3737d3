// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// Asks again where a service was busy, or the connection broke: a few times, with growing pauses.
///
/// Asking twice does no harm to the services of Sigstore: an authority issues another certificate, and a log answers
/// that it has the entry. Redirects, refusals and all other answers are handed on at once.
public struct RetryingCaller: ServiceCaller {
    /// How often, and how long between.
    public struct Patience: Sendable {
        /// How often a service is asked, the first time included.
        public var attempts = 4
        /// The pause before the second attempt; each later one is twice as long.
        public var firstPause: Duration = .seconds(1)
        /// No pause is longer. A service that asks for more than that is not asked again.
        public var longestPause: Duration = .seconds(20)

        /// The defaults.
        public init() {}
    }

    private let caller: any ServiceCaller
    private let patience: Patience
    private let jitter: @Sendable () -> Double
    private let pause: @Sendable (Duration) async throws -> Void

    /// Wraps a caller.
    ///
    /// - Parameters:
    ///   - jitter: a random number from 0 to 1, by which pauses are shortened to between a half and the whole, so that
    ///     many signers that failed together do not come back together.
    ///   - pause: waits.
    public init(
        _ caller: any ServiceCaller,
        patience: Patience = Patience(),
        jitter: @escaping @Sendable () -> Double,
        pause: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.caller = caller
        self.patience = patience
        self.jitter = jitter
        self.pause = pause
    }

    /// Sends a request until there is an answer that means something, or the patience is over; then what came last is
    /// the result.
    public func send(_ request: ServiceRequest) async throws -> ServiceResponse {
        for attempt in 1..<max(patience.attempts, 1) {
            let wait: Duration
            do {
                let response = try await caller.send(request)
                guard Self.isBusy(response.status), let length = length(after: response, attempt) else {
                    return response
                }
                wait = length
            } catch let failure as Failure {
                guard let fault = failure.cause as? any TransientFault, fault.isTransient else {
                    throw failure
                }
                wait = length(attempt)
            }
            try await pause(wait)
        }
        return try await caller.send(request)
    }

    private static func isBusy(_ status: Int) -> Bool { [429, 500, 502, 503, 504].contains(status) }

    /// How long the service itself asks to wait, or as long as after no answer; nil if it asks for too long.
    private func length(after response: ServiceResponse, _ attempt: Int) -> Duration? {
        let field = response.headers.first { $0.name.lowercased() == "retry-after" }?.value
        // The other form of the field, a date, would need a clock; then our own pause must do.
        guard let field, field.utf8.count <= 6, let seconds = UInt32(field) else { return length(attempt) }
        let asked = Duration.seconds(Int64(seconds))
        return asked <= patience.longestPause ? max(asked, length(attempt)) : nil
    }

    private func length(_ attempt: Int) -> Duration {
        var length = patience.firstPause
        for _ in 1..<max(attempt, 1) where length < patience.longestPause { length *= 2 }
        let random = jitter()
        return min(length, patience.longestPause) * (0.5 + (random >= 0 && random <= 1 ? random : 1) / 2)
    }
}
