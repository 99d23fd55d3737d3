// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Installer
import TrustCore

/// What an audit found, for people and for programs.
struct AuditResult {
    let prefix: String
    let report: AuditReport
    /// Packages whose channel is not pinned.
    let unvouched: [PrefixRecord]
    let isLocal: Bool

    private static let shownProblems = 50

    func show(_ console: Console, mirrorReports: JSONValue) {
        console.emit(json(mirrorReports))
        console.say("checked \(report.packages) packages, \(report.checked) files (\(ByteCount(report.bytes))) in \(prefix)")
        if !isLocal {
            console.say("  \(report.packages - unvouched.count) packages are from channels with a pinned root")
            if !unvouched.isEmpty {
                let names = unvouched.prefix(8).map { $0.name }.joined(separator: ", ")
                console.say("  \(unvouched.count) are not, so nothing vouches for their records: \(names)")
            }
        }
        if !report.compiled.isEmpty {
            console.say("  \(report.compiled.count) compiled Python files were made here and are not checked")
        }
        for finding in report.findings.prefix(Self.shownProblems) {
            console.say(console.bad("PROBLEM") + "  \(Self.line(finding))")
        }
        if report.findings.count > Self.shownProblems {
            console.say("… and \(report.findings.count - Self.shownProblems) more; --json has all")
        }
        console.say(report.isClean ? "no problem found" : "\(report.findings.count) problems found")
        console.say("Nothing here proves that the code is harmless.")
    }

    private static func line(_ finding: AuditFinding) -> String {
        var line = "\(finding.path): \(finding.code.entry.summary)"
        if let package = finding.package { line += " (\(package))" }
        if let expected = finding.expected { line += ", expected \(expected)" }
        if let found = finding.found { line += ", found \(found)" }
        return line + " [\(finding.code.rawValue)]"
    }

    private func json(_ mirrorReports: JSONValue) -> JSONObject {
        var object = JSONObject()
        object["schema"] = 1
        object["status"] = report.isClean ? (unvouched.isEmpty || isLocal ? "ok" : "unvouched") : "problems"
        object["prefix"] = .string(prefix)
        object["packages"] = .number(JSONNumber(Int64(report.packages)))
        object["checked"] = .number(JSONNumber(Int64(report.checked)))
        object["bytes"] = .number(JSONNumber(Int64(clamping: report.bytes)))
        object["unvouched"] = .array(unvouched.map { .string($0.recordFileName) })
        object["compiled"] = .number(JSONNumber(Int64(report.compiled.count)))
        object["problems"] = .array(
            report.findings.map { finding in
                var problem = JSONObject()
                problem["code"] = .string(finding.code.rawValue)
                problem["path"] = .string(finding.path)
                problem["package"] = finding.package.map { .string($0) }
                problem["expected"] = finding.expected.map { .string($0) }
                problem["found"] = finding.found.map { .string($0) }
                return .object(problem)
            })
        object["mirror_reports"] = mirrorReports
        return object
    }
}
