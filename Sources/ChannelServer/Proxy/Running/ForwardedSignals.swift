// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Dispatch

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Passes signals on to a child, so that whoever stops us stops it; we end when it has.
final class ForwardedSignals {
    private let sources: [any DispatchSourceSignal]

    /// Signals that a terminal sends to all of its foreground group, the child included.
    private static let fromTerminal = [SIGINT, SIGQUIT]
    private static let others = [SIGTERM, SIGHUP, SIGUSR1, SIGUSR2]

    /// Passes signals on from now on.
    init(to pid: pid_t) {
        sources = (Self.fromTerminal + Self.others).map { number in
            #if canImport(Darwin)
                signal(number, SIG_IGN)
            #endif
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                // A second interrupt would be taken for impatience.
                guard !(Self.fromTerminal.contains(number) && Self.isInForeground) else { return }
                kill(pid, number)
            }
            source.resume()
            return source
        }
    }

    deinit { for source in sources { source.cancel() } }

    /// Whether we are what the terminal is used by, so that the child heard what we heard.
    private static var isInForeground: Bool {
        let terminal = open("/dev/tty", O_RDONLY | O_CLOEXEC | O_NOCTTY)
        guard terminal >= 0 else { return false }
        defer { close(terminal) }
        return tcgetpgrp(terminal) == getpgrp()
    }
}
