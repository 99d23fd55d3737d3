// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// Where the user's policy does not allow link scripts, the package must have none.
public struct RequireLinkScripts: Rule {
    static let ruleName = "policy.link-scripts"
    /// `policy.link-scripts`.
    public var name: String { Self.ruleName }
    private let policy: IndexPolicy

    /// Makes the rule.
    public init(_ policy: IndexPolicy) { self.policy = policy }

    /// Holds if the package has no link scripts, or may have them. Nobody having looked is no proof.
    ///
    /// What scripts do is not looked at, and neither is code that runs later, when a program of the package does.
    public func judge(_ evidence: Evidence) -> Finding {
        let mode = policy.linkScriptMode(of: evidence.listedFile)
        guard mode != .allow else {
            return Finding(name, .notApplicable, "your policy lets it have link scripts")
        }
        guard let scripts = evidence.linkScripts else {
            return objection(mode, .linkScriptsUnknown, "nobody has looked for link scripts in the package")
        }
        guard let first = scripts.first else { return Finding(name, .satisfied, "it has no link scripts") }
        let others = scripts.count == 1 ? "" : " and \(scripts.count - 1) more"
        return objection(mode, .linkScripts, "it has link scripts: \(Shown.quoted(first))\(others)")
    }

    private func objection(_ mode: LinkScriptPolicy.Mode, _ code: PolicyCode, _ reason: String) -> Finding {
        mode == .flag ? Finding(name, warning: code, reason) : Finding(name, code, reason)
    }
}
