// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// Watches the body of one answer: how much, how fast, how complete. Knows no network and no clock.
struct BodyMeter {
    private let limits: TransportLimits
    private let maximumLength: Int
    private let announced: Int?
    private let location: RedactedURL
    /// How many bytes were let through.
    private(set) var delivered = 0
    private var windowBytes = 0
    private var windowTime: Duration = .zero

    /// - Throws: `limit.too-large` if the server announces more than is allowed.
    init(_ limits: TransportLimits, maximumLength: Int, announced: Int?, at location: RedactedURL) throws {
        self.limits = limits
        self.maximumLength = max(0, maximumLength)
        self.announced = announced
        self.location = location
        if let announced, announced > self.maximumLength {
            throw tooLarge(found: "\(announced) bytes announced")
        }
    }

    /// Counts a chunk before it is handed on.
    ///
    /// - Parameters:
    ///   - waited: The time from asking for the chunk to having it. What the receiver takes does not count.
    ///   - elapsed: The time since the request began.
    mutating func take(_ count: Int, waited: Duration, elapsed: Duration) throws {
        let (sum, overflow) = delivered.addingReportingOverflow(count)
        guard !overflow, sum <= maximumLength else {
            throw tooLarge(found: "more, without an end in sight")
        }
        delivered = sum
        guard elapsed <= limits.overall else {
            throw fail(.timeout, "the transfer took longer than \(limits.overall) and is not finished")
        }
        windowBytes = sum > Int.max - count ? Int.max : windowBytes + count
        windowTime += waited
        guard windowTime >= limits.window else { return }
        guard windowBytes >= limits.minimumBytesPerWindow else {
            throw fail(.slow, "slow retrieval: the server sent \(windowBytes) bytes in \(windowTime)")
        }
        windowBytes = 0
        windowTime = .zero
    }

    /// Checks, at the end of the body, that it is whole as far as the server said how long it is.
    func finish() throws {
        guard let announced, announced != delivered else { return }
        throw fail(.truncated, "the server announced \(announced) bytes and sent \(delivered)")
    }

    private func tooLarge(found: String) -> Refusal {
        Refusal(
            CoreCode.tooLarge,
            location.description,
            at: location.description,
            expected: "at most \(maximumLength) bytes",
            found: found
        )
    }

    private func fail(_ fault: TransferFault, _ message: String) -> Failure {
        Failure(.network, message, at: location.description, remedy: "try another mirror", cause: fault)
    }
}
