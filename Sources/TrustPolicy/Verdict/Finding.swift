// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// What one rule made of the evidence.
public struct Finding: Sendable, Equatable {
    /// How it came out.
    public enum Outcome: String, Sendable {
        /// The rule holds.
        case satisfied
        /// The rule has nothing to say about this package.
        case notApplicable = "not-applicable"
        /// The rule does not hold, and by the user's word that is only said.
        case warned
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
    /// The stable name of what stands in the way, or would if the user had not asked for a warning only; nil
    /// where nothing does.
    public let code: PolicyCode?

    /// Makes a finding.
    public init(_ rule: String, _ outcome: Outcome, _ reason: String) {
        self.init(rule, outcome, reason, nil)
    }

    /// Makes a finding that something stands in the way: evidence is missing, or speaks against the package.
    public init(_ rule: String, _ code: PolicyCode, _ reason: String) {
        self.init(rule, code.entry.kind == .missing ? .missing : .refused, reason, code)
    }

    /// Makes a finding that something would stand in the way if the user did not want a warning only.
    public init(_ rule: String, warning code: PolicyCode, _ reason: String) {
        self.init(rule, .warned, reason, code)
    }

    private init(_ rule: String, _ outcome: Outcome, _ reason: String, _ code: PolicyCode?) {
        self.rule = rule
        self.outcome = outcome
        self.reason = reason
        self.code = code
    }

    /// Whether the package may pass as far as this rule is concerned.
    public var permits: Bool { outcome == .satisfied || outcome == .notApplicable || outcome == .warned }

    /// Which sort of objection it is, which decides the exit status; nil where nothing stands in the way.
    public var kind: RefusalKind? {
        switch outcome {
        case .satisfied, .notApplicable, .warned: nil
        case .missing: code?.entry.kind ?? .missing
        case .refused: code?.entry.kind ?? .policy
        }
    }
}
