// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// Text to be equal to, or a pattern in which `*` stands for any number of characters. ASCII case does not
/// count (CEP 29, string matching).
///
/// There are no regular expressions: what foreign text can make them do is unbounded. Matching takes at most
/// the product of the two lengths.
public struct TextPattern: Hashable, Sendable {
    /// The pattern in lower case.
    public let text: String

    /// Takes a pattern.
    public init(_ text: some StringProtocol) {
        self.text = String(decoding: text.utf8.map(ASCIIClass.lower), as: UTF8.self)
    }

    /// Whether the pattern has a `*`.
    public var isGlob: Bool { text.utf8.contains(Self.star) }

    /// Whether the text fits the pattern.
    public func matches(_ candidate: some StringProtocol) -> Bool {
        let pattern = Array(text.utf8)
        let candidate = candidate.utf8.map(ASCIIClass.lower)
        var (at, next) = (0, 0)
        var lastStar: (pattern: Int, candidate: Int)?
        while next < candidate.count {
            if at < pattern.count, pattern[at] == Self.star {
                lastStar = (at, next)
                at += 1
            } else if at < pattern.count, pattern[at] == candidate[next] {
                at += 1
                next += 1
            } else if let star = lastStar {
                // Let the last star take one character more.
                lastStar = (star.pattern, star.candidate + 1)
                at = star.pattern + 1
                next = star.candidate + 1
            } else {
                return false
            }
        }
        return pattern[at...].allSatisfy { $0 == Self.star }
    }

    private static let star = UInt8(ascii: "*")
}

extension TextPattern: CustomStringConvertible {
    /// The pattern in lower case.
    public var description: String { text }
}
