// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore
import TrustPolicy

/// How a verdict looks to people, and to programs.
struct VerdictReport {
    let verdict: Verdict

    init(_ verdict: Verdict) { self.verdict = verdict }

    /// Says one line a finding, with a word for its outcome in front.
    func say(on console: Console) {
        for finding in verdict.findings {
            let word = Self.word(for: finding.outcome)
            let shown = finding.permits ? console.good(word) : console.bad(word)
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
            verdict.findings.map {
                [
                    "rule": .string($0.rule), "outcome": .string($0.outcome.rawValue),
                    "reason": .string($0.reason),
                ]
            }
        )
        return object
    }

    static func word(for outcome: Finding.Outcome) -> String {
        switch outcome {
        case .satisfied: "ok     "
        case .notApplicable: "-      "
        case .missing: "MISSING"
        case .refused: "REFUSED"
        }
    }
}

/// Thrown by a command at its very end, so that the process ends with the right status: the verdict itself is a value.
struct NotAllowed: Error {
    let verdicts: [Verdict]

    var exitStatus: Int32 {
        let refused = verdicts.contains { $0.findings.contains { $0.outcome == .refused } }
        return refused ? RefusalKind.policy.exitStatus : RefusalKind.missing.exitStatus
    }

    var text: String {
        verdicts.map { verdict in
            let reasons = verdict.objections.map {
                "  \(Visible.text($0.rule)): \(Visible.text($0.reason))\n"
            }.joined()
            return "error: `\(Visible.text(verdict.package))` is not allowed\n" + reasons
        }.joined()
    }
}
