// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore
import TrustPolicy

/// How a verdict looks to people, and to programs.
struct VerdictReport {
    let verdict: Verdict

    init(_ verdict: Verdict) { self.verdict = verdict }

    /// Says one line a finding, with a word for its outcome in front. Where nobody says who may publish the package,
    /// the rules about that are passed over.
    func say(on console: Console) {
        let isAsked = EnforcementReport(verdict)?.demandsPublishers ?? true
        let omitted = isAsked ? [] : Policy.publishing.rules.map(\.name)
        for finding in verdict.findings {
            guard finding.outcome != .notApplicable || !omitted.contains(finding.rule) else { continue }
            let word = Self.word(for: finding.outcome)
            let isGood = finding.permits && finding.outcome != .warned
            let shown = isGood ? console.good(word) : console.bad(word)
            console.say("  \(shown)  \(finding.rule): \(finding.reason)")
        }
    }

    /// One object for `--json`.
    var json: JSONObject {
        var object = JSONObject()
        object["package"] = .string(verdict.package)
        object["allowed"] = .bool(verdict.isAllowed)
        object["vouched_by"] = verdict.voucher.map { .object(VoucherReport($0).json) } ?? .null
        object["findings"] = .array(
            verdict.findings.map { finding in
                var member = JSONObject()
                member["rule"] = .string(finding.rule)
                member["outcome"] = .string(finding.outcome.rawValue)
                member["reason"] = .string(finding.reason)
                member["code"] = finding.code.map { .string($0.rawValue) }
                member["kind"] = finding.kind.map { .string($0.rawValue) }
                member["remedy"] = finding.code.map { .string($0.entry.remedy) }
                return .object(member)
            }
        )
        object["enforced"] = EnforcementReport(verdict).map { .object($0.json) }
        if let attestations = AttestationReport(verdict) {
            object["attestations"] = attestations.json
            object["sidecar"] = attestations.sidecarJSON
        }
        return object
    }

    static func word(for outcome: Finding.Outcome) -> String {
        switch outcome {
        case .satisfied: "ok     "
        case .notApplicable: "-      "
        case .warned: "WARNING"
        case .missing: "MISSING"
        case .refused: "REFUSED"
        }
    }
}

/// Thrown by a command at its very end, so that the process ends with the right status: the verdict itself is
/// a value.
struct NotAllowed: Error {
    let verdicts: [Verdict]

    /// By the worst finding: bad evidence before all, and missing evidence only where nothing speaks against
    /// the package.
    var exitStatus: Int32 {
        let kinds = Set(verdicts.flatMap(\.objections).compactMap(\.kind))
        let worst = [RefusalKind.invalid, .stale, .policy].first(where: kinds.contains)
        return (worst ?? .missing).exitStatus
    }

    var text: String {
        let reasons = verdicts.map { verdict in
            let lines = verdict.objections.map { Self.text($0, in: verdict) }.joined()
            return "error: `\(Visible.text(verdict.package))` is not allowed\n" + lines
        }.joined()
        let advice = advice.map { $0 + "\n" }.joined()
        return advice.isEmpty ? reasons : reasons + "\n" + advice
    }

    /// A change of publisher is told so that it cannot be overlooked: who it was, and who it is now.
    private static func text(_ finding: Finding, in verdict: Verdict) -> String {
        let text = "  \(Visible.text(finding.rule)): \(Visible.text(finding.reason))\n"
        guard finding.code == .publisherChanged, let change = PublisherChange(verdict) else { return text }
        return "  \(Visible.text(finding.rule)): THE PUBLISHER CHANGED\n"
            + change.lines.map { "    \(Visible.text($0))\n" }.joined()
    }

    /// What to do, and which code tells more: two lines for each thing that stands in the way, each once.
    var advice: [String] {
        var seen: Set<PolicyCode> = []
        return verdicts.flatMap(\.objections).compactMap(\.code).filter { seen.insert($0).inserted }.flatMap {
            [
                "hint: \($0.entry.remedy)",
                "code: \($0.rawValue) (run `kingsnake explain \($0.rawValue)`)",
            ]
        }
    }
}
