// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// A moment in UTC, in whole seconds since 1970-01-01T00:00:00Z.
///
/// Time is passed in everywhere; only the executable asks the system for it.
public struct Timestamp: Hashable, Comparable, Sendable {
    /// Seconds since 1970-01-01T00:00:00Z.
    public let seconds: Int64

    /// Makes a moment from seconds since 1970.
    public init(seconds: Int64) { self.seconds = seconds }

    /// Reads `YYYY-MM-DDTHH:MM:SSZ`, the only form TUF allows (specification 1.0.34, section 4.2.1); nil for
    /// any other.
    public init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count == 20 else { return nil }
        for (offset, mark) in [(4, "-"), (7, "-"), (10, "T"), (13, ":"), (16, ":"), (19, "Z")] {
            guard bytes[offset] == mark.utf8.first else { return nil }
        }
        func number(_ range: Range<Int>) -> Int64? {
            bytes[range].reduce(Int64?(0)) { sum, digit in
                guard let sum, (0x30...0x39).contains(digit) else { return nil }
                return sum * 10 + Int64(digit - 0x30)
            }
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
            year >= 1, (1...12).contains(month), (1...Self.days(in: month, of: year)).contains(day),
            hour < 24, minute < 60, second < 60
        else { return nil }
        let days = Self.daysSinceEpoch(year: year, month: month, day: day)
        seconds = days * 86_400 + hour * 3_600 + minute * 60 + second
    }

    /// Earlier first.
    public static func < (a: Timestamp, b: Timestamp) -> Bool { a.seconds < b.seconds }

    /// The moment so many seconds later; stops at the ends of the range instead of overflowing.
    public func advanced(bySeconds delta: Int64) -> Timestamp {
        let (sum, overflow) = seconds.addingReportingOverflow(delta)
        guard overflow else { return Timestamp(seconds: sum) }
        return Timestamp(seconds: delta < 0 ? .min : .max)
    }

    /// The moment so many days later.
    public func advanced(byDays days: Int) -> Timestamp {
        let (delta, overflow) = Int64(days).multipliedReportingOverflow(by: 86_400)
        return advanced(bySeconds: overflow ? (days < 0 ? .min : .max) : delta)
    }

    private static func days(in month: Int64, of year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// How far away a later moment is, for people: `364 days from now`, or `EXPIRED` for one that is over.
    public func words(until moment: Timestamp) -> String {
        let (left, overflow) = moment.seconds.subtractingReportingOverflow(seconds)
        guard !overflow, left > 0 else { return "EXPIRED" }
        return left >= 2 * 86_400 ? "\(left / 86_400) days from now" : "\(left / 3_600) hours from now"
    }

    /// Days since 1970-01-01 in the proleptic Gregorian calendar, for years from 1 on.
    private static func daysSinceEpoch(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    fileprivate var civil: (year: Int64, month: Int64, day: Int64) {
        // Clamped to the years 1 to 9999, which is all that the text form can hold.
        let clamped = min(max(seconds, -62_135_596_800), 253_402_300_799)
        let shifted = clamped.dividedFloor(by: 86_400) + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth + (shiftedMonth < 10 ? 3 : -9)
        return (
            yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        )
    }
}

extension Timestamp: CustomStringConvertible {
    /// `YYYY-MM-DDTHH:MM:SSZ`; moments outside the years 1 to 9999 are written as the nearest end.
    public var description: String {
        let clamped = min(max(seconds, -62_135_596_800), 253_402_300_799)
        let (year, month, day) = civil
        let rest = clamped - clamped.dividedFloor(by: 86_400) * 86_400
        func padded(_ number: Int64, _ width: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
        }
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T"
            + "\(padded(rest / 3_600, 2)):\(padded(rest / 60 % 60, 2)):\(padded(rest % 60, 2))Z"
    }
}

extension Int64 {
    fileprivate func dividedFloor(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
