// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Testing
import TrustCore

@testable import ChannelServer

@Suite("Dates of HTTP")
struct HTTPDateTests {
    private static let now = Timestamp(seconds: 1_800_000_000)

    @Test(
        "The three forms mean the same moment",
        arguments: [
            "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
        ]
    )
    func forms(_ text: String) {
        #expect(HTTPDate.read(text, now: Self.now) == Timestamp("1994-11-06T08:49:37Z"))
    }

    @Test("What is written is read again, on every day of the week and in every month")
    func roundTrip() {
        for day in 0..<400 {
            let moment = Timestamp(seconds: Int64(day) * 86_400 * 37 + 12_345)
            #expect(HTTPDate.read(HTTPDate.text(moment), now: Self.now) == moment)
        }
        #expect(HTTPDate.text(Timestamp(seconds: 784_111_777)) == "Sun, 06 Nov 1994 08:49:37 GMT")
    }

    @Test(
        "What is no date is none",
        arguments: [
            "", "now", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 CET",
            "Sun, 31 Feb 1994 08:49:37 GMT",
            "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT",
            "Xxx, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-1994 08:49:37 GMT", "1994-11-06T08:49:37Z",
            "Sun, 06 Nov 19942 08:49:37 GMT", "\u{0}", String(repeating: "Sun, ", count: 1000),
        ]
    )
    func refused(_ text: String) { #expect(HTTPDate.read(text, now: Self.now) == nil) }
}
