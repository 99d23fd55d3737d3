// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// A span of time in a policy: whole days or hours, such as `7d` or `12h`.
public struct PolicyDuration: Sendable, Hashable, Comparable {
    /// The longest one, in days.
    public static let maximumDays: Int64 = 3_650

    /// Its length.
    public let seconds: Int64

    /// Reads `7d` or `12h`; nil for anything else, and beyond ``maximumDays``.
    public init?(_ text: String) {
        let digits = text.utf8.dropLast()
        guard let unit = text.utf8.last, (1...5).contains(digits.count),
            digits.allSatisfy({ (0x30...0x39).contains($0) }),
            let number = Int64(String(decoding: digits, as: UTF8.self))
        else { return nil }
        switch unit {
        case UInt8(ascii: "d"): seconds = number * Self.day
        case UInt8(ascii: "h"): seconds = number * 3_600
        default: return nil
        }
        guard seconds <= Self.maximumDays * Self.day else { return nil }
    }

    /// Whether it is no time at all.
    public var isZero: Bool { seconds == 0 }

    /// As it is written in policies: in days if they are whole.
    public var description: String { isDays ? "\(seconds / Self.day)d" : "\(seconds / 3_600)h" }

    /// In words.
    public var words: String {
        let (number, unit) = isDays ? (seconds / Self.day, "day") : (seconds / 3_600, "hour")
        return "\(number) \(unit)\(number == 1 ? "" : "s")"
    }

    /// The shorter one first.
    public static func < (a: PolicyDuration, b: PolicyDuration) -> Bool { a.seconds < b.seconds }

    private var isDays: Bool { seconds % Self.day == 0 }
    private static let day: Int64 = 86_400
}
