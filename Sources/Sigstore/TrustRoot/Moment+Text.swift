// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

extension Moment {
    /// Reads `YYYY-MM-DDTHH:MM:SSZ`, with up to nine digits of a fraction before the `Z` (the JSON form of
    /// `google.protobuf.Timestamp`); nil for any other text, an offset other than `Z` included.
    public init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes.last == UInt8(ascii: "Z"),
            let whole = Timestamp(String(decoding: bytes[..<19], as: UTF8.self) + "Z")
        else { return nil }
        let rest = bytes[19..<bytes.count - 1]
        guard let point = rest.first else {
            self.init(whole)
            return
        }
        let digits = rest.dropFirst()
        guard point == UInt8(ascii: "."), (1...9).contains(digits.count),
            digits.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        var nanoseconds: Int32 = 0
        for at in 0..<9 {
            let place = digits.startIndex + at
            nanoseconds = nanoseconds * 10 + (place < digits.endIndex ? Int32(digits[place] - 0x30) : 0)
        }
        self.init(seconds: whole.seconds, nanoseconds: nanoseconds)
    }
}

extension Moment: CustomStringConvertible {
    /// The form that is read, with as much of a fraction as there is. Years beyond 1 to 9999 are written as
    /// for a ``TrustCore/Timestamp``.
    public var description: String {
        guard nanoseconds > 0 else { return timestamp.description }
        let digits = String(nanoseconds)
        var fraction = String(repeating: "0", count: max(0, 9 - digits.utf8.count)) + digits
        while fraction.hasSuffix("0") { fraction.removeLast() }
        return "\(timestamp.description.dropLast()).\(fraction)Z"
    }
}
