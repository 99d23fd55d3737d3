// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Installer
import TrustCore
import TrustPolicy

/// An installed package whose channel is pinned and gave no answer.
struct ChannelFault {
    let channel: String
    let package: String
    let error: any Error

    func with(_ package: String) -> ChannelFault {
        ChannelFault(channel: channel, package: package, error: error)
    }
}

/// What pinned channels say of installed packages, by the names of their records.
struct IndexAnswers {
    var known: [ByteKey: (status: IndexStatus, voucher: Voucher?)] = [:]
    /// What today's policy makes of each.
    var verdicts: [ByteKey: Verdict] = [:]
    /// Those whose channel gave no answer.
    var unasked: [ByteKey: ChannelFault] = [:]
}

/// What an audit found, for people and for programs.
struct AuditResult {
    let prefix: String
    let report: AuditReport
    /// Packages whose channel is not pinned.
    let unvouched: [PrefixRecord]
    /// Who vouches for the packages that are listed as they were installed.
    let vouchers: [(record: PrefixRecord, voucher: Voucher)]
    /// What today's policy makes of the packages whose channel gave an answer.
    let verdicts: [(record: PrefixRecord, verdict: Verdict)]
    /// Packages whose channel gave no answer.
    let unasked: [ChannelFault]
    let isLocal: Bool
    /// How many packages were compared with themselves; nil if that was not asked for.
    let compared: Int?

    private static let shownProblems = 50

    func show(_ console: Console, mirrorReports: JSONValue) {
        console.emit(json(mirrorReports))
        console.say(
            "checked \(Counted(report.packages, "package")), \(Counted(report.checked, "file")) (\(ByteCount(report.bytes))) in \(prefix)"
        )
        if !isLocal { showVouching(console) }
        if !report.compiled.isEmpty {
            console.say("  \(Counted(report.compiled.count, "compiled Python file")) made here: not checked")
        }
        for finding in report.findings.prefix(Self.shownProblems) {
            console.say("\(console.bad("PROBLEM"))  \(Self.line(finding))")
        }
        if report.findings.count > Self.shownProblems {
            console.say("… and \(report.findings.count - Self.shownProblems) more; --json has all")
        }
        console.say(
            report.isClean ? "no problem found" : "\(Counted(report.findings.count, "problem")) found"
        )
        if let code = report.findings.first?.code.rawValue {
            console.say("run `kingsnake explain \(code)` to read more")
        }
        console.say("Nothing here proves that the code is harmless.")
    }

    private func showVouching(_ console: Console) {
        let what = vouchers.allSatisfy { $0.voucher.unprotected.isEmpty } ? "index" : "index or package keys"
        console.say(
            "  vouched for by a pinned channel's \(what): \(report.packages - unvouched.count - unasked.count)"
        )
        VoucherReport.lines(vouchers.map { ($0.record.name, $0.voucher) }).forEach {
            console.say("    \($0)")
        }
        let publishers = PublisherSummary(verdicts.map { ($0.record.name, $0.verdict) }, isRecorded: false)
        publishers.lines.forEach { console.say("    \($0)") }
        for (record, verdict) in verdicts {
            for finding in verdict.warnings {
                console.say(
                    "  \(console.bad("WARNING"))  \(record.recordFileName): \(finding.rule): \(finding.reason)"
                )
            }
        }
        if !unvouched.isEmpty {
            let names = unvouched.prefix(8).map { $0.name }.joined(separator: ", ")
            let more = unvouched.count > 8 ? ", …" : ""
            console.say(
                "  from channels that are not pinned, so nothing vouches for their records: \(unvouched.count) (\(names)\(more))"
            )
        }
        for (channel, faults) in unaskedByChannel {
            let reason = faults.first.map { ChannelAnswers.text(of: $0.error) } ?? ""
            let packages = Counted(faults.count, "package")
            console.say("  \(console.bad("UNKNOWN"))  \(packages) of `\(channel)`: \(reason)")
        }
        if let compared { console.say("  compared with the package itself, file by file: \(compared)") }
    }

    /// 0 if all is well; else by the worst finding. Packages that nothing vouches for are evidence that is missing.
    var exitStatus: Int32 {
        let kinds = Set(report.findings.map(\.code.entry.kind))
        for kind in [RefusalKind.invalid, .stale, .missing, .policy] where kinds.contains(kind) {
            return kind.exitStatus
        }
        if let fault = unasked.first { return ErrorReport(error: fault.error).exitStatus }
        return unvouched.isEmpty || isLocal ? 0 : RefusalKind.missing.exitStatus
    }

    private var unaskedByChannel: [(channel: String, faults: [ChannelFault])] {
        Dictionary(grouping: unasked) { ByteKey($0.channel) }
            .compactMap { _, faults in faults.first.map { (channel: $0.channel, faults: faults) } }
            .sorted { ByteKey($0.channel) < ByteKey($1.channel) }
    }

    private var status: String {
        guard report.isClean else { return "problems" }
        guard unasked.isEmpty else { return "incomplete" }
        return unvouched.isEmpty || isLocal ? "ok" : "unvouched"
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
        object["status"] = .string(status)
        object["prefix"] = .string(prefix)
        object["packages"] = .number(JSONNumber(Int64(report.packages)))
        object["checked"] = .number(JSONNumber(Int64(report.checked)))
        object["bytes"] = .number(JSONNumber(Int64(clamping: report.bytes)))
        object["unvouched"] = .array(unvouched.map { .string($0.recordFileName) })
        object["vouched_by"] = .array(
            vouchers.map { record, voucher in
                var entry = VoucherReport(voucher).json
                entry["record"] = .string(record.recordFileName)
                return .object(entry)
            }
        )
        // Of packages whose publishers matter to nobody, the verdict says no more than the rest does.
        object["publishers"] = .array(
            verdicts.filter { $0.verdict.evidence?.publishers != nil }.map { record, verdict in
                var entry = VerdictReport(verdict).json
                entry["record"] = .string(record.recordFileName)
                return .object(entry)
            }
        )
        object["unasked"] = .array(
            unasked.map { fault in
                var object = JSONObject()
                object["package"] = .string(fault.package)
                object["channel"] = .string(fault.channel)
                object["error"] = ErrorReport(error: fault.error).json["error"]
                return .object(object)
            }
        )
        object["compared_with_package"] = compared.map { .number(JSONNumber(Int64($0))) }
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
            }
        )
        object["mirror_reports"] = mirrorReports
        return object
    }
}
