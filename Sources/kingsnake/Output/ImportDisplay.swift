// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ChannelServer
import Dispatch
import Synchronization
import TrustCore

/// Says how far an import has got, how fast it goes, and how long it may take: a line that is drawn over on a terminal,
/// elsewhere a line now and then.
final class ImportDisplay: Sendable {
    private struct State {
        var subdir = ""
        var startedAt: UInt64 = 0
        var shownAt: UInt64 = 0
        var isDrawn = false
    }

    private let console: Console
    private let interval: UInt64
    private let state = Mutex(State())

    init(_ console: Console) {
        self.console = console
        interval = console.errorIsTerminal ? 200_000_000 : 15_000_000_000
    }

    func show(_ progress: ImportProgress) {
        guard console.style == .text, !console.isQuiet else { return }
        state.withLock { state in
            let now = DispatchTime.now().uptimeNanoseconds
            if state.subdir != progress.subdir {
                state.subdir = progress.subdir
                state.startedAt = now
                state.shownAt = now
            }
            guard now - state.shownAt >= interval else { return }
            state.shownAt = now
            let line = Self.line(progress, nanoseconds: now - state.startedAt)
            guard console.errorIsTerminal else { return console.remark("\(line)") }
            state.isDrawn = true
            StandardStream.send("\r\u{1B}[K" + line, to: 2)
        }
    }

    /// Takes the line away.
    func clear() {
        state.withLock { state in
            if state.isDrawn { StandardStream.send("\r\u{1B}[K", to: 2) }
            state.isDrawn = false
        }
    }

    /// Where lengths are not known, packages tell how much is left.
    static func line(_ progress: ImportProgress, nanoseconds: UInt64) -> String {
        let seconds = Double(nanoseconds) / 1e9
        let done = "\(progress.subdir): \(progress.files) of \(Counted(progress.totalFiles, "package"))"
        guard seconds > 0, progress.files > 0 else { return done }
        let rate = UInt64(Double(progress.bytes) / seconds)
        let share =
            progress.totalBytes > 0
            ? Double(progress.bytes) / Double(progress.totalBytes)
            : Double(progress.files) / Double(progress.totalFiles)
        let left = share > 0 ? seconds / share - seconds : 0
        return "\(done), \(ByteCount(progress.bytes)), \(ByteCount(rate))/s, \(duration(left)) left"
    }

    private static func duration(_ seconds: Double) -> String {
        let whole = Int(min(max(0, seconds.rounded(.up)), 1e7))
        if whole < 60 { return "\(whole) s" }
        return whole < 3600
            ? "\(whole / 60) min \(whole % 60) s" : "\(whole / 3600) h \(whole % 3600 / 60) min"
    }
}
