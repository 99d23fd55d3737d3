// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// How often and after which pauses all mirrors are tried again when none delivered and some may yet.
public struct MirrorRetry: Sendable {
    /// How often the mirrors are gone through, at least once.
    public var rounds: Int
    /// The pause before the second round; each later one is twice as long.
    public var firstPause: Duration
    /// No pause is longer.
    public var longestPause: Duration
    /// Waits; tests pass one that does not.
    public var sleep: @Sendable (Duration) async throws -> Void

    /// Makes a rule; the default gives up after about two seconds of pauses.
    public init(
        rounds: Int = 3,
        firstPause: Duration = .milliseconds(500),
        longestPause: Duration = .seconds(8),
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.rounds = rounds
        self.firstPause = firstPause
        self.longestPause = longestPause
        self.sleep = sleep
    }

    /// The pause before a round, counted from zero.
    func pause(before round: Int) -> Duration {
        var pause = firstPause
        for _ in 1..<max(1, min(round, 30)) where pause < longestPause { pause = pause * 2 }
        return min(pause, longestPause)
    }
}
