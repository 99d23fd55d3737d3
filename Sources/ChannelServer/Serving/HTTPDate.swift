// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// Moments as HTTP writes them (RFC 9110 5.6.7), such as `Sun, 06 Nov 1994 08:49:37 GMT`.
enum HTTPDate {
    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let longDays = [
        "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
    ]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Writes a moment.
    static func text(_ moment: Timestamp) -> String {
        // `YYYY-MM-DDTHH:MM:SSZ`, which knows the calendar.
        let text = Array(moment.description.utf8)
        func part(_ range: Range<Int>) -> String { String(decoding: text[range], as: UTF8.self) }
        let month = Int(text[5] - 0x30) * 10 + Int(text[6] - 0x30)
        let date = "\(part(8..<10)) \(months[month - 1]) \(part(0..<4))"
        return "\(days[weekday(moment)]), \(date) \(part(11..<19)) GMT"
    }

    /// Reads one of the three forms that are to be understood; nil for anything else. That the day of the
    /// week fits is not asked.
    ///
    /// - Parameter now: tells which century a year of two digits is of.
    static func read(_ text: String, now: Timestamp) -> Timestamp? {
        let text = text.utf8
        guard text.count <= 40 else { return nil }
        let words = text.split(separator: UInt8(ascii: " ")).map { String($0) ?? "" }
        switch words.count {
        case 6 where words[0].utf8.last == UInt8(ascii: ",") && words[5] == "GMT":
            guard days.contains(String(words[0].dropLast())) else { return nil }
            return moment(year: words[3], month: words[2], day: words[1], time: words[4])
        case 4 where words[0].utf8.last == UInt8(ascii: ",") && words[3] == "GMT":
            guard longDays.contains(String(words[0].dropLast())) else { return nil }
            let date = words[1].split(separator: "-", omittingEmptySubsequences: false).map(String.init)
            guard date.count == 3, date[2].utf8.count == 2 else { return nil }
            return century(of: date, time: words[2], now: now)
        case 5 where days.contains(words[0]):
            let day = words[2].utf8.count == 1 ? "0" + words[2] : words[2]
            return moment(year: words[4], month: words[1], day: day, time: words[3])
        default: return nil
        }
    }

    /// A year of two digits that would be more than fifty years ahead is one of the past (RFC 9110 5.6.7).
    private static func century(of date: [String], time: String, now: Timestamp) -> Timestamp? {
        let century = String(now.description.prefix(2))
        guard let here = moment(year: century + date[2], month: date[1], day: date[0], time: time) else {
            return nil
        }
        guard here > now.advanced(byDays: 50 * 365 + 12), let number = Int(century) else { return here }
        return moment(year: "\(number - 1)" + date[2], month: date[1], day: date[0], time: time)
    }

    private static func moment(year: String, month: String, day: String, time: String) -> Timestamp? {
        guard let number = months.firstIndex(of: month) else { return nil }
        let two = number < 9 ? "0\(number + 1)" : "\(number + 1)"
        return Timestamp("\(year)-\(two)-\(day)T\(time)Z")
    }

    /// 1970 began on a Thursday.
    private static func weekday(_ moment: Timestamp) -> Int {
        let days = moment.seconds / 86_400 - (moment.seconds % 86_400 < 0 ? 1 : 0)
        return Int(((days + 4) % 7 + 7) % 7)
    }
}
