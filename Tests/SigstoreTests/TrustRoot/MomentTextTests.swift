// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Sigstore
import Testing
import TrustCore

@Suite("A point in time as text")
struct MomentTextTests {
    @Test(
        "What is read is written again, without zeros at the end of a fraction",
        arguments: [
            ("2022-04-13T20:06:15Z", 1_649_880_375, 0, "2022-04-13T20:06:15Z"),
            ("2022-04-13T20:06:15.000Z", 1_649_880_375, 0, "2022-04-13T20:06:15Z"),
            ("2022-12-31T23:59:59.999Z", 1_672_531_199, 999_000_000, "2022-12-31T23:59:59.999Z"),
            ("2022-12-31T23:59:59.999000Z", 1_672_531_199, 999_000_000, "2022-12-31T23:59:59.999Z"),
            ("1970-01-01T00:00:00.000000001Z", 0, 1, "1970-01-01T00:00:00.000000001Z"),
            ("1969-12-31T23:59:59.5Z", -1, 500_000_000, "1969-12-31T23:59:59.5Z"),
        ] as [(String, Int64, Int32, String)]
    )
    func read(text: String, seconds: Int64, nanoseconds: Int32, written: String) throws {
        let moment = try #require(Moment(text))
        #expect(moment.seconds == seconds && moment.nanoseconds == nanoseconds)
        #expect(moment.description == written)
    }

    @Test(
        "Other forms are none",
        arguments: [
            "", "2022-04-13T20:06:15", "2022-04-13T20:06:15.Z", "2022-04-13T20:06:15.1234567890Z",
            "2022-04-13T20:06:15+00:00", "2022-04-13T20:06:15.5+00:00", "2022-04-13t20:06:15z",
            "2022-04-13 20:06:15Z", "2022-02-30T20:06:15Z", "2022-04-13T24:00:00Z", "2022-04-13T20:06:60Z",
            "2022-04-13T20:06:15,5Z", "2022-04-13T20:06:15.-5Z", "2022-04-13T20:06:15.٣Z",
            "2022-04-13T20:06:15ZZ",
        ]
    )
    func refused(text: String) {
        #expect(Moment(text) == nil)
    }
}
