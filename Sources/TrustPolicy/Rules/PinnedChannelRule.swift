// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// Where the user's policy pins a name to channels, the package must be of one of these.
public struct RequirePinnedChannel: Rule {
    static let ruleName = "policy.pinned-elsewhere"
    /// `policy.pinned-elsewhere`.
    public var name: String { Self.ruleName }
    private let policy: IndexPolicy

    /// Makes the rule.
    public init(_ policy: IndexPolicy) { self.policy = policy }

    /// Holds if the name is pinned to no other channel.
    public func judge(_ evidence: Evidence) -> Finding {
        policy.pinObjection(to: evidence.listedFile)
            ?? Finding(name, .satisfied, "your policy pins its name to no other channel")
    }
}
