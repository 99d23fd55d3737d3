// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Gatekeeper
import Installer
import TrustCore
import TrustPolicy

/// What an installation did, for people and for programs.
struct InstallReport {
    let prefix: String
    let admitted: [AdmittedPackage]
    /// What was in the prefix already; nil if everything is installed anew.
    let standing: StandingPackages?
    /// Whether it was asked for by a lock file, which describes a whole prefix.
    let isFromLock: Bool
    let mirrorReports: JSONValue

    /// Shows it.
    ///
    /// - Parameter result: what was done, or would be in a dry run; nil if nothing had to be.
    func show(_ result: InstallResult?, isDryRun: Bool, _ console: Console) {
        console.emit(json(result, isDryRun: isDryRun))
        let missing = standing?.missing ?? admitted
        for package in result?.removed ?? [] {
            console.say(
                "\(isDryRun ? "would remove" : "-") \(package.name)-\(package.version)-\(package.build)"
            )
        }
        for package in result?.installed ?? [] where !isDryRun {
            let files = Counted(package.fileCount, "file")
            console.say("+ \(package.name)-\(package.version)-\(package.build)  \(files)")
        }
        for package in standing?.standing ?? [] {
            console.remark(
                "= \(package.url.fileName.distribution) is installed already, every file as recorded"
            )
        }
        if admitted.isEmpty {
            console.say("nothing to do: the lock names no conda package for this platform and environment")
        } else if missing.isEmpty {
            console.say(
                "nothing to do in \(prefix); each package is vouched for by \(source)"
            )
        } else if isDryRun {
            missing.forEach { console.say("would install \($0.url.fileName.distribution)") }
            console.say("\(Counted(missing.count, "package")) checked for \(prefix), nothing changed")
        } else {
            console.say(
                """
                installed \(Counted(missing.count, "package")) into \(prefix), \
                each vouched for by \(source)
                """
            )
        }
        VoucherReport.lines(admitted.map { ($0.record.name.raw, $0.verdict.voucher) })
            .forEach { console.say("  \($0)") }
        let publishers = PublisherSummary(
            admitted.map { ($0.record.name.raw, $0.verdict) },
            isRecorded: !isDryRun
        )
        publishers.lines.forEach { console.say("  \($0)") }
        for (package, change) in publishers.changes {
            console.warn(
                "THE PUBLISHER OF \(package) CHANGED; the new one is named as its publisher, and so allowed"
            )
            change.lines.forEach { console.remark("    \($0)") }
        }
        for verdict in admitted.map(\.verdict) {
            for finding in verdict.warnings {
                console.warn("\(verdict.package): \(finding.rule): \(finding.reason)")
            }
        }
        for script in result?.scripts ?? [] { Self.tell(script, console) }
        if isFromLock, let others = standing?.others, !others.isEmpty {
            console.remark(
                "note: the lock does not name \(Counted(others.count, "package")) of the prefix, left as found"
            )
        }
    }

    private var source: String { VoucherReport.source(admitted.map(\.verdict.voucher)) }

    private func json(_ result: InstallResult?, isDryRun: Bool) -> JSONObject {
        var object = JSONObject()
        object["schema"] = 1
        object["status"] = "ok"
        object["prefix"] = .string(prefix)
        object["dry_run"] = .bool(isDryRun)
        object["verdicts"] = .array(admitted.map { .object(VerdictReport($0.verdict).json) })
        object["installed"] = .array((result?.installed ?? []).map { .object(Self.json(of: $0)) })
        object["removed"] = .array((result?.removed ?? []).map { .object(Self.json(of: $0)) })
        object["unchanged"] = .array((standing?.standing ?? []).map { .string($0.url.fileName.distribution) })
        object["scripts"] = .array(
            (result?.scripts ?? []).map {
                [
                    "package": .string($0.package), "moment": .string($0.moment.rawValue),
                    "path": .string($0.path),
                    "outcome": .string(Self.outcome($0.outcome)),
                ]
            }
        )
        object["mirror_reports"] = mirrorReports
        return object
    }

    private static func json(of package: InstallResult.Package) -> JSONObject {
        var object = JSONObject()
        object["name"] = .string(package.name)
        object["version"] = .string(package.version)
        object["build"] = .string(package.build)
        object["channel"] = .string(package.channel)
        object["files"] = .number(JSONNumber(Int64(package.fileCount)))
        return object
    }

    /// A script that failed is told even to those who want to hear no remarks: the package may not work.
    private static func tell(_ script: InstallResult.Script, _ console: Console) {
        let what = "`\(script.package)` has a \(script.moment.rawValue) script, \(script.path)"
        switch script.outcome {
        case .notRun: console.remark("note: \(what); it was not run")
        case .exited(0): console.remark("note: \(what); it ran")
        case .exited(let status): console.warn("\(what); it ran and ended with status \(status)")
        case .couldNotRun(let why): console.warn("\(what); it could not be run: \(why)")
        }
    }

    private static func outcome(_ outcome: InstallResult.Script.Outcome) -> String {
        switch outcome {
        case .notRun: "not-run"
        case .exited(let status): "exited \(status)"
        case .couldNotRun(let why): "could not run: \(why)"
        }
    }
}
