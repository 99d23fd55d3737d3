// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Dispatch
import Foundation
import Synchronization

/// A line on the terminal that counts. Silent where standard error is not a terminal.
final class CountBar: Sendable {
    private let isShown: Bool
    private let noun: String
    private let drawnAt = Mutex<UInt64>(0)
    private static let redrawInterval: UInt64 = 100_000_000

    /// - Parameter noun: what is counted, and what happened to it: `files copied`.
    init(_ console: Console, _ noun: String) {
        isShown = console.errorIsTerminal && console.style == .text && !console.isQuiet
        self.noun = noun
    }

    /// Says how many are done.
    func show(_ done: Int, of total: Int) {
        guard isShown else { return }
        drawnAt.withLock { drawnAt in
            let now = DispatchTime.now().uptimeNanoseconds
            guard now - drawnAt >= Self.redrawInterval else { return }
            drawnAt = now
            StandardStream.send("\r\u{1B}[K\(done) of \(total) \(noun)", to: STDERR_FILENO)
        }
    }

    /// Takes the line away.
    func clear() {
        guard isShown, drawnAt.withLock({ $0 }) > 0 else { return }
        StandardStream.send("\r\u{1B}[K", to: STDERR_FILENO)
    }
}
