// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import Synchronization
import TrustCore

/// A line on the terminal that shows how far long work has got. Silent where standard error is not a terminal.
final class ProgressBar: Sendable {
    private struct State {
        var done: UInt64 = 0
        var total: UInt64 = 0
        var label = ""
        var drawnAt: UInt64 = 0
        var isDrawn = false
    }

    private let isShown: Bool
    private let state = Mutex(State())
    private static let redrawInterval: UInt64 = 100_000_000
    private static let labelLength = 24

    init(_ console: Console) {
        isShown = console.errorIsTerminal && console.style == .text && !console.isQuiet
    }

    /// Says what the work is now, and how many bytes of it are to come on top of what is known.
    func expect(_ bytes: UInt64, label: String) {
        change { state in
            state.total += bytes
            // Long names would wrap, and a wrapped line cannot be drawn over.
            state.label = String(Visible.text(label).prefix(Self.labelLength))
        }
    }

    /// Says that more bytes are done.
    func advance(_ bytes: UInt64) { change { $0.done += bytes } }

    /// Takes the line away.
    func clear() {
        guard isShown else { return }
        state.withLock { state in
            if state.isDrawn { Self.write("\r\u{1B}[K") }
            state = State()
        }
    }

    private func change(_ body: (inout State) -> Void) {
        guard isShown else { return }
        state.withLock { state in
            body(&state)
            let now = DispatchTime.now().uptimeNanoseconds
            guard now - state.drawnAt >= Self.redrawInterval else { return }
            state.drawnAt = now
            state.isDrawn = true
            Self.write("\r\u{1B}[K" + Self.line(state))
        }
    }

    private static func line(_ state: State) -> String {
        let total = max(state.total, state.done, 1)
        let width = 20
        let filled = Int(Double(width) * Double(state.done) / Double(total))
        let bar = String(repeating: "#", count: filled) + String(repeating: "-", count: width - filled)
        return "[\(bar)] \(ByteCount(state.done)) of \(ByteCount(total))  \(state.label)"
    }

    private static func write(_ text: String) {
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }
}
