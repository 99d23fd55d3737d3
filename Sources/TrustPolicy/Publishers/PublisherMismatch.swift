// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// Why a signer is not a publisher: what was expected, and what was there.
public struct PublisherMismatch: Sendable, Equatable {
    /// How near it came, the furthest first to fail last: of several mismatches the nearest is told.
    enum Step: Int, Comparable, Sendable {
        case kind, identity, issuer, number, claim

        static func < (a: Step, b: Step) -> Bool { a.rawValue < b.rawValue }
    }

    let step: Step
    /// The code of the finding that says so.
    public let code: PolicyCode
    /// What was compared, such as `the repository`.
    public let what: String
    /// What the rule demands.
    public let expected: String
    /// What the certificate says; nil if nothing.
    public let found: String?

    init(_ step: Step, _ code: PolicyCode, _ what: String, expected: String, found: String?) {
        self.step = step
        self.code = code
        self.what = what
        self.expected = expected
        self.found = found
    }

    /// In words.
    public var description: String {
        "\(what): expected `\(Shown.text(expected))`, found \(Shown.quoted(found))"
    }
}
