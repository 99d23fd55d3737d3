// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ChannelServer
import TrustCore

/// What is changed in a client's settings file, for people and for programs.
struct SettingsChangeReport {
    let client: String
    let change: SettingsChange

    /// Shows the lines that differ; `done` where there are none.
    func show(on console: Console, done: String) {
        guard change.isChange else { return console.say("\(client): \(change.path) \(done)") }
        console.say("\(client): \(change.path)")
        for line in change.difference { console.say("  \(line)") }
        for remark in change.remarks { console.remark("note: \(remark)") }
    }

    /// The report of a command.
    static func json(_ reports: [SettingsChangeReport], proxy: String?, dryRun: Bool) -> JSONObject {
        var document = JSONObject()
        document["schema"] = 1
        document["status"] = "ok"
        document["proxy"] = proxy.map { .string($0) }
        document["dry_run"] = .bool(dryRun)
        document["files"] = .array(reports.map { .object($0.json) })
        return document
    }

    private var json: JSONObject {
        var object = JSONObject()
        object["client"] = .string(client)
        object["path"] = .string(change.path)
        object["changed"] = .bool(change.isChange)
        object["difference"] = .array(change.difference.map { .string($0) })
        object["remarks"] = .array(change.remarks.map { .string($0) })
        return object
    }
}
