// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ChannelServer
import CondaFormats
import ContentTrust
import TrustCore

/// How the result of `content-trust verify` looks to people, and to programs.
struct ContentTrustResult {
    private let report: ContentTrustReport
    private let channel: String
    private let client: ContentTrustClient?
    private let isPinned: Bool

    init(_ report: ContentTrustReport, of channel: String, as client: ContentTrustClient?, isPinned: Bool) {
        self.report = report
        self.channel = channel
        self.client = client
        self.isPinned = isPinned
    }

    func show(_ console: Console) {
        let verified = client == nil ? "verified" : "trusted"
        let good = "\(report.goodCount) of \(Counted(report.recordCount, "record"))"
        let title = report.findingCount == 0 ? console.good(verified) : console.bad(verified)
        let root = report.rootVersion.map { ", from root version \($0)" } ?? ""
        console.say("\(title) \(good) in \(Counted(report.subdirs.count, "subdir"))\(root)\(by)")
        if let (count, threshold) = report.keys {
            console.say(
                "  signed in full: by at least \(threshold) of \(count == 1 ? "1 key" : "\(count) keys")"
            )
        }
        if let expires = report.expires { console.say("  good until \(expires)") }
        if let message = report.rootMessage { console.say("  a newer root was left aside: \(message)") }
        for subdir in report.subdirs { show(subdir, console) }
        if !isPinned {
            console.remark(
                """
                note: without --root this starts from the channel's own first root, and only shows that the channel \
                agrees with itself
                """
            )
        }
        console.emit(json)
    }

    private var by: String { client.map { ", to \($0.rawValue)" } ?? "" }

    private func show(_ subdir: ContentTrustSubdir, _ console: Console) {
        let others =
            subdir.compared.isEmpty ? "" : "; \(subdir.compared.joined(separator: " and ")) say the same"
        console.say(
            "  \(subdir.subdir): \(subdir.goodCount) of \(Counted(subdir.recordCount, "record"))\(others)"
        )
        for finding in subdir.findings {
            console.say("    \(finding.fileName): \(console.bad(finding.code)): \(Self.words(finding))")
        }
        let left = subdir.findingCount - subdir.findings.count
        if left > 0 {
            let counts = subdir.counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
            console.say("    and \(left) more; in all \(counts.joined(separator: ", "))")
        }
    }

    private static func words(_ finding: ContentTrustFinding) -> String {
        switch finding.fault {
        case .refused(let refusal):
            let found = refusal.found.map { ", found \($0)" } ?? ""
            return refusal.code.entry.summary + (refusal.expected.map { "; expected \($0)" } ?? "") + found
        case .client(let verdict): return "\(verdict.message): \(verdict.reason)"
        }
    }

    private var json: JSONObject {
        var object = JSONObject()
        object["schema"] = 1
        object["status"] = report.findingCount == 0 ? "ok" : "refused"
        object["channel"] = .string(channel)
        object["as"] = client.map { .string($0.rawValue) }
        object["root_given"] = .bool(isPinned)
        object["root_version"] = report.rootVersion.map { .number(JSONNumber($0)) }
        object["root_message"] = report.rootMessage.map { .string($0) }
        object["expires"] = report.expires.map { .string($0.description) }
        object["keys"] = report.keys.map { .number(JSONNumber(Int64($0.count))) }
        object["threshold"] = report.keys.map { .number(JSONNumber(Int64($0.threshold))) }
        object["records"] = .number(JSONNumber(Int64(report.recordCount)))
        object["good"] = .number(JSONNumber(Int64(report.goodCount)))
        object["subdirs"] = .array(report.subdirs.map { .object(Self.json($0)) })
        return object
    }

    private static func json(_ subdir: ContentTrustSubdir) -> JSONObject {
        var object = JSONObject()
        object["subdir"] = .string(subdir.subdir.text)
        object["records"] = .number(JSONNumber(Int64(subdir.recordCount)))
        object["good"] = .number(JSONNumber(Int64(subdir.goodCount)))
        object["same"] = .array(subdir.compared.map { .string($0) })
        var counts = JSONObject()
        for (code, count) in subdir.counts.sorted(by: { $0.key < $1.key }) {
            counts[code] = .number(JSONNumber(Int64(count)))
        }
        object["counts"] = .object(counts)
        object["findings"] = .array(subdir.findings.map { .object(json($0)) })
        return object
    }

    private static func json(_ finding: ContentTrustFinding) -> JSONObject {
        var object = JSONObject()
        object["file"] = .string(finding.fileName)
        switch finding.fault {
        case .refused(let refusal): object["error"] = .object(ErrorReport.json(of: refusal))
        case .client(let verdict):
            object["outcome"] = .string(verdict.outcome.rawValue)
            object["installs"] = .bool(verdict.installs)
            object["message"] = .string(verdict.message)
            object["reason"] = .string(verdict.reason)
        }
        return object
    }
}
