// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ChannelServer
import TrustCore

/// What `kingsnake doctor` found, said as it is found, and at the end for programs.
struct DoctorReport {
    private let console: Console
    private var sections: [(title: String, checks: [DoctorCheck])] = []

    init(_ console: Console) { self.console = console }

    /// Begins a part of the report.
    mutating func begin(_ title: String) {
        sections.append((title, []))
        console.say("\(console.bold(title))")
    }

    /// Whether there is a part with this title.
    func has(_ title: String) -> Bool { sections.contains { $0.title == title } }

    /// Adds what was found about the last part.
    mutating func add(_ checks: [DoctorCheck]) {
        guard !sections.isEmpty else { return }
        sections[sections.count - 1].checks += checks
        for check in checks {
            let word = Self.word(check.outcome)
            let shown =
                switch check.outcome {
                case .ok: console.good(word)
                case .skipped: Styled(word, code: nil)
                case .warning, .failed: console.bad(word)
                }
            let code = check.code.map { " [\($0)]" } ?? ""
            console.say("  \(shown)  \(check.text)\(code)")
            for note in check.notes { console.say("             \(note)") }
            if let remedy = check.remedy { console.say("           → \(remedy)") }
        }
    }

    private func count(_ outcome: DoctorCheck.Outcome) -> Int {
        sections.reduce(0) { $0 + $1.checks.count { $0.outcome == outcome } }
    }

    /// Whether all that must hold does.
    var isGood: Bool { count(.failed) == 0 }

    /// The last line.
    var conclusion: TerminalText {
        let warnings = count(.warning), skipped = count(.skipped)
        var parts: [String] = []
        if warnings > 0 { parts.append("\(Counted(warnings, "warning"))") }
        if skipped > 0 { parts.append("\(skipped) not tried") }
        let rest = parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))"
        if isGood { return "everything that must hold does\(rest)" }
        return "\(Counted(count(.failed), "check")) failed\(rest)"
    }

    /// For `--json`.
    var json: JSONObject {
        var document = JSONObject()
        document["schema"] = 1
        document["status"] = .string(isGood ? "ok" : "failed")
        document["failed"] = .number(JSONNumber(Int64(count(.failed))))
        document["warnings"] = .number(JSONNumber(Int64(count(.warning))))
        document["skipped"] = .number(JSONNumber(Int64(count(.skipped))))
        document["sections"] = .array(
            sections.map { section in
                var member = JSONObject()
                member["about"] = .string(section.title)
                member["checks"] = .array(section.checks.map { .object($0.json) })
                return .object(member)
            }
        )
        return document
    }

    private static func word(_ outcome: DoctorCheck.Outcome) -> String {
        switch outcome {
        case .ok: "ok     "
        case .warning: "WARNING"
        case .failed: "FAILED "
        case .skipped: "skipped"
        }
    }
}
