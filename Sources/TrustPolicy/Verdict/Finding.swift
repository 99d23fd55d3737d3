// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// What one rule made of the evidence.
public struct Finding: Sendable, Equatable {
    /// How it came out.
    public enum Outcome: String, Sendable {
        /// The rule holds.
        case satisfied
        /// The rule has nothing to say about this package.
        case notApplicable = "not-applicable"
        /// Evidence that the rule needs is not there.
        case missing
        /// The evidence speaks against the package.
        case refused
    }

    /// The rule's name.
    public let rule: String
    /// How it came out.
    public let outcome: Outcome
    /// Why, in words: lower case, no full stop.
    public let reason: String

    /// Makes a finding.
    public init(_ rule: String, _ outcome: Outcome, _ reason: String) {
        self.rule = rule
        self.outcome = outcome
        self.reason = reason
    }

    /// Whether the package may pass as far as this rule is concerned.
    public var permits: Bool { outcome == .satisfied || outcome == .notApplicable }
}
