// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// Where the user's policy has a cooldown, the channel must have listed the file for that long.
public struct RequireCooldown: Rule {
    static let ruleName = "policy.cooldown"
    /// `policy.cooldown`.
    public var name: String { Self.ruleName }
    private let policy: IndexPolicy
    private let now: Timestamp

    /// Makes the rule; time is passed in.
    public init(_ policy: IndexPolicy, now: Timestamp) {
        self.policy = policy
        self.now = now
    }

    /// Holds if the file's cooldown is over, or there is none for it.
    public func judge(_ evidence: Evidence) -> Finding {
        guard evidence.record != nil else {
            return Finding(name, .notApplicable, "there is no record that could have a date")
        }
        let file = evidence.listedFile
        if let objection = policy.cooldownObjection(to: file, now: now) { return objection }
        let duration = policy.cooldown(of: file)?.duration(for: file.packageName)
        guard let duration, !duration.isZero, let age = FileAge(of: file) else {
            return Finding(name, .notApplicable, "your policy has no cooldown for it")
        }
        return Finding(name, .satisfied, "\(age.words), longer ago than the \(duration.words) of your policy")
    }
}
