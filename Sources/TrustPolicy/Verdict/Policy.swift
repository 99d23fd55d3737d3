// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// A set of rules that must all hold.
public struct Policy: Sendable {
    /// The rules, in the order they are reported.
    public let rules: [any Rule]

    /// Makes a policy. One without rules refuses everything: it is never read as "anyone".
    public init(_ rules: [any Rule]) { self.rules = rules }

    /// What Kingsnake demands of every package unless told to demand more.
    public static let standard = Policy([
        RequireSignedIndex(), RequireSignedRecord(), RequireIndexRecord(), RequireIndexDigest(),
        RequireVoucher(), RequireLockAgreement(), RequireAttestation(), RequirePublisher(),
        RequireKnownPublisher(),
    ])

    /// What Kingsnake demands of packages of a channel that signs nothing: that they are what was seen before, and what
    /// the user says of publishers.
    public static let observed = Policy([
        RequireUnchangedHash(), RequireIndexRecord(), RequireIndexDigest(), RequireLockAgreement(),
        RequireAttestation(), RequirePublisher(), RequireKnownPublisher(),
    ])

    /// The part of it that is about publishers: what the tests of a policy file are judged by.
    public static let publishing = Policy([
        RequireAttestation(), RequirePublisher(), RequireKnownPublisher(),
    ])

    /// Judges a package by every rule, also after one has failed: the verdict tells everything.
    public func verdict(on evidence: Evidence) -> Verdict {
        guard !rules.isEmpty else {
            return Verdict(
                package: evidence.package,
                findings: [
                    Finding(
                        "policy",
                        PolicyCode.empty,
                        "the policy has no rules, and an empty policy admits nothing"
                    )
                ],
                evidence: evidence
            )
        }
        return Verdict(
            package: evidence.package,
            findings: rules.map { $0.judge(evidence) },
            voucher: evidence.voucher,
            evidence: evidence
        )
    }
}
