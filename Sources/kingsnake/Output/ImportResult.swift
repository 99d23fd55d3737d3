// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import TrustCore

/// What an import has done, in words and for programs.
struct ImportResult {
    private let report: ImportReport
    private let channel: String
    private let source: String
    private let isDryRun: Bool

    /// How many problems a terminal is shown.
    private static let shownProblems = 50

    init(_ report: ImportReport, channel: String, from source: String, isDryRun: Bool) {
        self.report = report
        self.channel = channel
        self.source = source
        self.isDryRun = isDryRun
    }

    /// Shows it; ends with the worst status where something was not imported.
    func show(_ console: Console) throws {
        console.emit(json)
        let verb = isDryRun ? "would import" : "imported"
        console.say(
            "\(verb) \(Counted(report.imported, "package")) (\(ByteCount(report.bytes))) into `\(channel)` from \(source)"
        )
        for (count, words) in remarks where count > 0 {
            console.say("  \(Counted(count, "package")) \(words)")
        }
        for problem in report.problems.prefix(Self.shownProblems) { say(problem, console) }
        if report.problemCount > Self.shownProblems {
            console.say("  … and \(report.problemCount - Self.shownProblems) more")
        }
        if report.problemCount > 0 {
            console.say(
                "\(Counted(report.problemCount, "package")) not imported; correct that, and import again"
            )
        }
        if let worst { throw ExitCode(worst) }
    }

    private var remarks: [(Int, String)] {
        [
            (report.unchanged, "there already, the same bytes"),
            (report.attested, "there already, with new attestations now"),
            (report.yanked, "stay out of the index, as they were there"),
            (report.withoutAttestations, "without attestations, which do not hold here"),
            (report.gone, "removed there, and not to be had"),
            (report.unlisted, "in the folder and not in its index: left there"),
        ]
    }

    private func say(_ problem: ImportProblem, _ console: Console) {
        guard let refusal = problem.error as? Refusal else {
            console.say("  failed  `\(problem.file)`: \("\(problem.error)")")
            return
        }
        let details = [refusal.expected.map { "expected \($0)" }, refusal.found.map { "found \($0)" }]
            .compactMap(\.self).joined(separator: ", ")
        let text = refusal.code.entry.summary + (details.isEmpty ? "" : ": " + details)
        console.say("  refused `\(problem.file)`: \(text) [\(refusal.codeName)]")
    }

    /// What could not be found out is no verdict; what was refused as invalid is worse than what is missing.
    private var worst: Int32? {
        report.problems.map { ErrorReport(error: $0.error).exitStatus }.min { rank($0) < rank($1) }
    }

    private func rank(_ status: Int32) -> Int {
        [RefusalKind.invalid.exitStatus, RefusalKind.policy.exitStatus, RefusalKind.missing.exitStatus]
            .firstIndex(of: status) ?? 3
    }

    private var json: JSONObject {
        func number(_ count: Int) -> JSONValue { .number(JSONNumber(Int64(count))) }
        var object = JSONObject()
        object["schema"] = 1
        object["status"] = report.problemCount == 0 ? "ok" : "refused"
        object["channel"] = .string(channel)
        object["from"] = .string(source)
        object["dry_run"] = .bool(isDryRun)
        object["imported"] = number(report.imported)
        object["bytes"] = .number(JSONNumber(Int64(clamping: report.bytes)))
        object["unchanged"] = number(report.unchanged)
        object["attested"] = number(report.attested)
        object["yanked"] = number(report.yanked)
        object["without_attestations"] = number(report.withoutAttestations)
        object["gone"] = number(report.gone)
        object["unlisted"] = number(report.unlisted)
        object["problem_count"] = number(report.problemCount)
        object["problems"] = .array(
            report.problems.map { problem in
                var entry = ErrorReport(error: problem.error).json
                entry["schema"] = nil
                entry["file"] = .string(problem.file)
                return .object(entry)
            }
        )
        return object
    }
}
