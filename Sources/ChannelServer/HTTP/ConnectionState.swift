// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import NIOCore

/// What a connection does, and whether its client has left it for all we know. Pure: it is told the time.
struct ConnectionState {
    private let idle: TimeAmount
    private let stall: TimeAmount
    private let leastUpload: Int
    /// Requests that were begun and not answered to their end.
    private var open = 0
    private var waitingSince: NIODeadline
    private var isReceiving = false
    private var receivedSince: NIODeadline
    private var receivedBytes = 0
    /// Whether the server waits for bytes; a server that does not is not kept waiting.
    var isReading = false
    /// Grows with each part that is written.
    var written = 0
    private var lastWritten = 0
    private var lastUnsent = 0
    private var progress: NIODeadline

    init(_ limits: ServerLimits, now: NIODeadline) {
        idle = .seconds(Int64(limits.idleSeconds))
        stall = .seconds(Int64(limits.stallSeconds))
        let (bytes, overflows) = limits.uploadBytesPerSecond.multipliedReportingOverflow(
            by: limits.stallSeconds
        )
        leastUpload = overflows ? .max : bytes
        waitingSince = now
        receivedSince = now
        progress = now
    }

    mutating func requestBegan(now: NIODeadline) {
        open += 1
        isReceiving = true
        receivedSince = now
        receivedBytes = 0
    }

    mutating func received(_ count: Int) { receivedBytes += count }

    mutating func requestEnded() { isReceiving = false }

    mutating func answerEnded(now: NIODeadline) {
        open = max(0, open - 1)
        waitingSince = now
    }

    /// Whether the client keeps the server waiting for longer than it may.
    ///
    /// - Parameter unsent: how many bytes wait to be taken by it.
    mutating func isAbandoned(unsent: Int, now: NIODeadline) -> Bool {
        if unsent == 0 || unsent != lastUnsent || written != lastWritten {
            progress = now
            lastUnsent = unsent
            lastWritten = written
        } else if now - progress >= stall {
            return true
        }
        if open == 0 { return unsent == 0 && now - waitingSince >= idle }
        guard isReceiving else { return false }
        if !isReading {
            receivedSince = now
            receivedBytes = 0
        } else if now - receivedSince >= stall {
            if receivedBytes < leastUpload { return true }
            receivedSince = now
            receivedBytes = 0
        }
        return false
    }
}
