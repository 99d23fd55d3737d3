// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Gatekeeper
import Installer
import TrustCore

/// What an installation did, for people and for programs.
struct InstallReport {
    let prefix: String
    let admitted: [AdmittedPackage]
    /// Nil for a dry run.
    let result: InstallResult?
    let mirrorReports: JSONValue

    func show(_ console: Console) {
        console.emit(json)
        guard let result else {
            console.say("would install \(admitted.count) packages into \(prefix); everything was checked, nothing changed")
            admitted.forEach { console.say("  \($0.url.fileName.distribution)") }
            return
        }
        for package in result.removed { console.say("- \(package.name)-\(package.version)-\(package.build)") }
        for package in result.installed {
            console.say("+ \(package.name)-\(package.version)-\(package.build)  \(package.fileCount) files")
        }
        console.say(
            "installed \(result.installed.count) packages into \(prefix), each vouched for by its channel's signed index")
        for script in result.scripts { console.remark(Self.words(for: script)) }
    }

    private var json: JSONObject {
        var object = JSONObject()
        object["schema"] = 1
        object["status"] = "ok"
        object["prefix"] = .string(prefix)
        object["dry_run"] = .bool(result == nil)
        object["verdicts"] = .array(admitted.map { .object(VerdictReport($0.verdict).json) })
        object["installed"] = .array((result?.installed ?? []).map { .object(Self.json(of: $0)) })
        object["removed"] = .array((result?.removed ?? []).map { .object(Self.json(of: $0)) })
        object["scripts"] = .array(
            (result?.scripts ?? []).map {
                ["package": .string($0.package), "moment": .string($0.moment.rawValue), "path": .string($0.path),
                    "outcome": .string(Self.outcome($0.outcome))]
            })
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

    private static func words(for script: InstallResult.Script) -> String {
        let what = "`\(script.package)` has a \(script.moment.rawValue) script, \(script.path)"
        switch script.outcome {
        case .notRun: return "note: \(what); it was not run"
        case .exited(0): return "note: \(what); it ran"
        case .exited(let status): return "warning: \(what); it ran and ended with status \(status)"
        case .couldNotRun(let why): return "warning: \(what); it could not be run: \(why)"
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
