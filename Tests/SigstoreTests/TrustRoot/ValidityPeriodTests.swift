// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Sigstore
import Testing
import TrustCore

@Suite("When keys of an instance count")
struct ValidityPeriodTests {
    private static func moment(_ seconds: Int64, _ nanoseconds: Int32 = 0) throws -> Moment {
        try #require(Moment(seconds: seconds, nanoseconds: nanoseconds))
    }

    @Test("Both ends belong to a period, and nothing beyond them, not even a nanosecond")
    func ends() throws {
        let period = ValidityPeriod(start: try Self.moment(10, 5), end: try Self.moment(20, 7))
        #expect(period.contains(try Self.moment(10, 5)))
        #expect(period.contains(try Self.moment(20, 7)))
        #expect(!period.contains(try Self.moment(10, 4)))
        #expect(!period.contains(try Self.moment(20, 8)))
        #expect(ValidityPeriod(start: period.start, end: nil).contains(try Self.moment(1 << 40)))
        #expect(Moment(seconds: 1, nanoseconds: 1_000_000_000) == nil)
    }
}
