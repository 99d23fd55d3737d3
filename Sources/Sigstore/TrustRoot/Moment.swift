// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// A point in time with fractions of a second, as timestamps and trust roots have them.
public struct Moment: Hashable, Comparable, Sendable {
    /// Seconds since 1970-01-01T00:00:00Z, rounded down.
    public let seconds: Int64
    /// What comes on top, 0 to 999,999,999.
    public let nanoseconds: Int32

    /// Makes a point in time; nil if the fraction is out of range.
    public init?(seconds: Int64, nanoseconds: Int32) {
        guard (0..<1_000_000_000).contains(nanoseconds) else { return nil }
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    /// A point in time in whole seconds.
    public init(_ timestamp: Timestamp) {
        seconds = timestamp.seconds
        nanoseconds = 0
    }

    /// The whole second that it falls in.
    public var timestamp: Timestamp { Timestamp(seconds: seconds) }

    /// Earlier first.
    public static func < (a: Moment, b: Moment) -> Bool {
        a.seconds == b.seconds ? a.nanoseconds < b.nanoseconds : a.seconds < b.seconds
    }
}
