// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// Numbers as Python writes them after it has read them.
///
/// An integer of any size keeps its digits; `-0` is `0`. With a fraction or an exponent it is a double, which is
/// written with the fewest digits that give it back. One that no double can hold is refused: Python would read
/// infinity, and write `Infinity`, which is not JSON.
enum PythonNumber {
    /// The text for a number as it was written, which a reader has checked.
    static func text(of token: String, _ subject: String) throws -> String {
        let isInteger = token.utf8.allSatisfy { $0 == UInt8(ascii: "-") || (0x30...0x39).contains($0) }
        if isInteger { return token == "-0" ? "0" : token }
        guard let value = Double(token), value.isFinite else {
            throw Refusal(
                ContentTrustCode.number,
                subject,
                expected: "a number that fits a double",
                found: token
            )
        }
        return repr(value)
    }

    /// Python's `repr`: an exponent where it is below -4 or above 15, else plain digits, and always a fraction.
    static func repr(_ value: Double) -> String {
        let (sign, digits, exponent) = parts(value)
        let plain: String
        switch exponent {
        case -4..<0:
            plain = "0." + String(repeating: "0", count: -exponent - 1) + digits
        case 0..<16:
            let whole = digits.prefix(exponent + 1)
            let fraction = digits.dropFirst(exponent + 1)
            plain =
                whole + String(repeating: "0", count: exponent + 1 - whole.count) + "."
                + (fraction.isEmpty ? "0" : fraction)
        default:
            let size = abs(exponent)
            let fraction = digits.dropFirst()
            plain =
                digits.prefix(1) + (fraction.isEmpty ? "" : "." + fraction) + "e" + (exponent < 0 ? "-" : "+")
                + (size < 10 ? "0" : "") + String(size)
        }
        return sign + plain
    }

    /// The shortest digits without zeros at either end, and the power of ten of the first of them.
    private static func parts(_ value: Double) -> (sign: String, digits: String, exponent: Int) {
        let sign = value.sign == .minus ? "-" : ""
        // Swift's description has the same shortest digits, laid out by rules of its own.
        let text = abs(value).description.split(separator: "e", omittingEmptySubsequences: false)
        let halves = text[0].split(separator: ".", omittingEmptySubsequences: false)
        let all = halves.joined()
        let leading = all.prefix { $0 == "0" }.count
        let digits = all.dropFirst(leading).reversed().drop { $0 == "0" }.reversed().map(String.init).joined()
        guard !digits.isEmpty else { return (sign, "0", 0) }
        let power = text.count > 1 ? Int(text[1]) ?? 0 : 0
        return (sign, digits, power + halves[0].count - 1 - leading)
    }
}
