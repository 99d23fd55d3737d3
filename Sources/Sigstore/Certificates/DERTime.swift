// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SwiftASN1
import TrustCore

/// Points in time as DER has them.
enum DERTime {
    /// A `UTCTime` or a `GeneralizedTime` without fractions (RFC 5280, 4.1.2.5).
    static func certificateTime(_ node: ASN1Node) throws -> Moment {
        if node.identifier == .utcTime {
            let time = try UTCTime(derEncoded: node)
            return try moment(time.year, time.month, time.day, time.hours, time.minutes, time.seconds)
        }
        let time = try GeneralizedTime(derEncoded: node)
        guard time.rawFractionalSeconds.isEmpty else { throw Self.invalid }
        return try moment(time)
    }

    /// A `GeneralizedTime`, whose fractions are cut after nanoseconds (RFC 3161, 2.4.2).
    static func generalizedTime(_ node: ASN1Node) throws -> Moment {
        try moment(GeneralizedTime(derEncoded: node))
    }

    private static func moment(_ time: GeneralizedTime) throws -> Moment {
        let digits = time.rawFractionalSeconds.prefix(9)
        var nanoseconds: Int32 = 0
        for place in 0..<9 {
            let digit = place < digits.count ? digits[digits.startIndex + place] : 0x30
            guard (0x30...0x39).contains(digit) else { throw Self.invalid }
            nanoseconds = nanoseconds * 10 + Int32(digit - 0x30)
        }
        let whole = try moment(time.year, time.month, time.day, time.hours, time.minutes, time.seconds)
        guard let moment = Moment(seconds: whole.seconds, nanoseconds: nanoseconds) else {
            throw Self.invalid
        }
        return moment
    }

    /// Leap seconds are refused, as TUF's times are: they have no place in the count of seconds.
    private static func moment(
        _ year: Int,
        _ month: Int,
        _ day: Int,
        _ hours: Int,
        _ minutes: Int,
        _ seconds: Int
    ) throws -> Moment {
        func padded(_ number: Int, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
        }
        let date = "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
        let time = "\(padded(hours, 2)):\(padded(minutes, 2)):\(padded(seconds, 2))"
        guard let timestamp = Timestamp("\(date)T\(time)Z") else { throw Self.invalid }
        return Moment(timestamp)
    }

    private static var invalid: ASN1Error { .invalidASN1Object(reason: "a time that cannot be counted") }
}
