// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Foundation
internal import Synchronization

/// What the clients of one round share.
final class ProxyLoad: Sendable {
    let world: ProxyWorld
    let history: ProxyHistory
    let bound: Double
    /// Whether channels or disks cannot be relied on.
    let isStormy: Bool
    /// Whether nobody behind the proxies answers, and what is at hand is to come all the same.
    let isDown: Bool
    private let left: Mutex<Int>

    init(
        _ world: ProxyWorld,
        _ history: ProxyHistory,
        installations: Int,
        bound: Double,
        isStormy: Bool,
        isDown: Bool = false
    ) {
        self.world = world
        self.history = history
        self.bound = bound
        self.isStormy = isStormy
        self.isDown = isDown
        left = Mutex(installations)
    }

    /// Takes one installation that is to be done; false if none is left.
    func take() -> Bool {
        left.withLock {
            $0 -= 1
            return $0 >= 0
        }
    }

    /// How many are not begun yet.
    var remaining: Int { left.withLock { max(0, $0) } }

    /// Runs blocking work on a thread of its own.
    static func onThread(_ body: @escaping @Sendable () -> Void) async {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                body()
                continuation.resume()
            }
        }
    }
}
