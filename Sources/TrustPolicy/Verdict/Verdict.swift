// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// What a policy says of a package: an ordinary value, with all findings, for a pass as well as for a
/// refusal.
public struct Verdict: Sendable, Equatable {
    /// The package.
    public let package: String
    /// One finding a rule, in the policy's order.
    public let findings: [Finding]
    /// Who vouches for it, as far as that is shown. It alone allows nothing.
    public let voucher: Voucher?
    /// What was judged; nil if that is not at hand. To be shown: it was judged already.
    public let evidence: Evidence?

    /// Makes a verdict; one without findings does not permit.
    public init(package: String, findings: [Finding], voucher: Voucher? = nil, evidence: Evidence? = nil) {
        self.package = package
        self.findings = findings
        self.voucher = voucher
        self.evidence = evidence
    }

    /// Whether every rule permits the package.
    public var isAllowed: Bool { !findings.isEmpty && findings.allSatisfy(\.permits) }

    /// The findings that do not stand in the way by the user's word only.
    public var warnings: [Finding] { findings.filter { $0.outcome == .warned } }

    /// The findings that stand in the way.
    public var objections: [Finding] { findings.filter { !$0.permits } }
}
