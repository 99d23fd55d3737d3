// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// A condition on a build number, such as `2` or `>=1`.
public struct BuildNumberSpec: Hashable, Sendable {
    /// How the numbers are compared.
    public enum Comparison: String, Sendable, CaseIterable {
        case equal = "=="
        case notEqual = "!="
        case atMost = "<="
        case atLeast = ">="
        case less = "<"
        case greater = ">"
    }

    /// How the numbers are compared.
    public let comparison: Comparison
    /// What is compared with.
    public let number: UInt64

    /// Takes a condition (`matchspec.value`).
    public init(_ text: some StringProtocol) throws {
        let mark = text.prefix { "=<>!".contains($0) }
        let digits = text[mark.endIndex...].drop { $0 == " " }
        let known = mark.isEmpty || mark == "=" ? .equal : Comparison(rawValue: String(mark))
        guard let comparison = known, digits.utf8.allSatisfy(ASCIIClass.isDigit), let number = UInt64(digits)
        else {
            throw Refusal(
                NameCode.matchSpecValue,
                "build_number",
                expected: "a number such as `2` or `>=1`",
                found: "`\(QuotedText.short(text))`"
            )
        }
        self.comparison = comparison
        self.number = number
    }

    /// Whether the build number fulfils the condition.
    public func matches(_ found: UInt64) -> Bool {
        switch comparison {
        case .equal: found == number
        case .notEqual: found != number
        case .atMost: found <= number
        case .atLeast: found >= number
        case .less: found < number
        case .greater: found > number
        }
    }
}

extension BuildNumberSpec: CustomStringConvertible {
    /// The condition as it would be written.
    public var description: String { comparison == .equal ? "\(number)" : "\(comparison.rawValue)\(number)" }
}
