// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Testing
import TrustCore

@Suite("Timestamps")
struct TimestampTests {
    @Test(
        "Known moments are read and written",
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("1969-12-31T23:59:59Z", -1), ("2000-02-29T12:00:00Z", 951_825_600),
            ("2024-02-29T00:00:00Z", 1_709_164_800), ("2038-01-19T03:14:08Z", 2_147_483_648),
            ("1900-03-01T00:00:00Z", -2_203_891_200), ("0001-01-01T00:00:00Z", -62_135_596_800),
            ("9999-12-31T23:59:59Z", 253_402_300_799), ("2100-03-01T00:00:00Z", 4_107_542_400),
        ] as [(String, Int64)]
    )
    func known(_ text: String, _ seconds: Int64) {
        #expect(Timestamp(text)?.seconds == seconds)
        #expect(Timestamp(seconds: seconds).description == text)
    }

    @Test(
        "Anything but `YYYY-MM-DDTHH:MM:SSZ` is not a timestamp",
        arguments: [
            "", "2024-01-01", "2024-01-01T00:00:00", "2024-01-01T00:00:00z", "2024-01-01t00:00:00Z",
            "2024-01-01 00:00:00Z", "2024-01-01T00:00:00+00:00", "2024-01-01T00:00:00.0Z",
            "2024-1-01T00:00:000Z",
            "+024-01-01T00:00:00Z", "-001-01-01T00:00:00Z", "2024-01-01T00:00:0 Z", " 024-01-01T00:00:00Z",
            "2024-00-01T00:00:00Z", "2024-13-01T00:00:00Z", "2024-01-00T00:00:00Z", "2024-01-32T00:00:00Z",
            "2024-04-31T00:00:00Z", "2023-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2100-02-29T00:00:00Z",
            "2024-02-30T00:00:00Z", "2024-01-01T24:00:00Z", "2024-01-01T00:60:00Z", "2016-12-31T23:59:60Z",
            "0000-01-01T00:00:00Z", "٢024-01-01T00:00:0Z", "2024-01-01T00:00:00Z\n",
        ]
    )
    func refused(_ text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test(
        "The last day of February follows the leap year rule",
        arguments: [1, 4, 100, 400, 1600, 1900, 2000, 2023, 2024, 9999]
    )
    func leapYears(_ year: Int) throws {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let digits = String(repeating: "0", count: 4 - String(year).utf8.count) + String(year)
        #expect((Timestamp("\(digits)-02-29T00:00:00Z") != nil) == isLeap)
        let last = try #require(Timestamp("\(digits)-02-\(isLeap ? 29 : 28)T23:59:59Z"))
        #expect(last.advanced(bySeconds: 1).description == "\(digits)-03-01T00:00:00Z")
    }

    @Test("What is written reads back, for moments spread over all years")
    func roundTrip() {
        // A step of 12 days, 8 hours, 41 minutes and 7 seconds visits all months, days and times.
        for seconds in stride(from: Int64(-62_135_596_800), through: 253_402_300_799, by: 1_068_067) {
            let moment = Timestamp(seconds: seconds)
            guard Timestamp(moment.description) == moment else {
                Issue.record("\(seconds) was written as \(moment)")
                return
            }
        }
    }

    @Test("Every day from 1890 to 2110 follows the day before it")
    func consecutiveDays() {
        var moment = Timestamp(seconds: -2_524_521_600)
        #expect(moment.description == "1890-01-01T00:00:00Z")
        while moment.seconds < 4_449_513_600 {
            let next = moment.advanced(byDays: 1)
            guard moment.description < next.description, Timestamp(next.description) == next else {
                Issue.record("\(moment) is followed by \(next)")
                return
            }
            moment = next
        }
    }

    @Test("Moments beyond the years 1 to 9999 are written as the nearest end")
    func clamped() {
        #expect(Timestamp(seconds: .max).description == "9999-12-31T23:59:59Z")
        #expect(Timestamp(seconds: .min).description == "0001-01-01T00:00:00Z")
    }

    @Test("Advancing stops at the ends instead of overflowing")
    func advancing() {
        #expect(Timestamp(seconds: 10).advanced(bySeconds: -20).seconds == -10)
        #expect(Timestamp(seconds: 0).advanced(byDays: -2).seconds == -172_800)
        #expect(Timestamp(seconds: .max).advanced(bySeconds: 1).seconds == .max)
        #expect(Timestamp(seconds: .min).advanced(bySeconds: -1).seconds == .min)
        #expect(Timestamp(seconds: 1).advanced(byDays: .max).seconds == .max)
        #expect(Timestamp(seconds: -1).advanced(byDays: .min).seconds == .min)
    }

    @Test("Moments are ordered by time")
    func order() {
        #expect(Timestamp(seconds: -1) < Timestamp(seconds: 0))
        #expect([3, 1, 2].map { Timestamp(seconds: $0) }.max() == Timestamp(seconds: 3))
    }
}
