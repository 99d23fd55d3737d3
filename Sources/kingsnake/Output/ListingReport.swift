// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Gatekeeper
import TrustCore
import TrustPolicy

/// What an index lists under a package's name, and what of it the user's rules hide: for people and for programs.
struct ListingReport {
    let channel: ChannelURL
    let subdir: Subdir
    let records: [ListedRecord]
    /// When the channel last confirmed it, of a channel that is only observed; nil for one that is pinned.
    var observed: Timestamp?

    /// How many of them are hidden.
    var hiddenCount: Int { records.count { !$0.isUsable } }

    func say(on console: Console) {
        let hidden = hiddenCount == 0 ? "" : ", \(hiddenCount) not used"
        let when = observed.map { ", observed at \($0), signed by nobody" } ?? ""
        console.say(
            "\(console.bold("\(channel)/\(subdir)")): \(Counted(records.count, "file"))\(hidden)\(when)"
        )
        for record in records {
            let word =
                record.isUsable
                ? console.good("ok     ") : console.bad(record.isRemoved ? "REMOVED" : "HIDDEN ")
            console.say("  \(word)  \(record.url.fileName.text)  \(Self.since(record.file))")
            for finding in record.findings {
                console.say("             \(finding.rule): \(finding.reason)")
            }
        }
    }

    private static func since(_ file: ListedFile) -> String {
        if let indexed = file.indexed { return "listed since \(indexed)" }
        if let seen = file.firstSeen { return "seen first at \(seen)" }
        return "nobody says since when"
    }

    var json: JSONObject {
        var object = JSONObject()
        object["channel"] = .string(channel.identity)
        object["subdir"] = .string(subdir.text)
        object["observed"] = observed.map { .string($0.description) }
        object["files"] = .array(records.map { .object(Self.json($0)) })
        return object
    }

    private static func json(_ record: ListedRecord) -> JSONObject {
        var object = JSONObject()
        object["file"] = .string(record.url.fileName.text)
        object["version"] = .string(record.record.version)
        object["build"] = .string(record.record.build)
        object["sha256"] = record.file.sha256.map { .string($0.hex) }
        object["indexed"] = record.file.indexed.map { .string($0.description) }
        object["first_seen"] = record.file.firstSeen.map { .string($0.description) }
        object["built"] = record.file.built.map { .string($0.description) }
        object["removed"] = .bool(record.isRemoved)
        object["hidden"] = .bool(!record.findings.isEmpty)
        object["findings"] = .array(
            record.findings.map { finding in
                var member = JSONObject()
                member["rule"] = .string(finding.rule)
                member["code"] = finding.code.map { .string($0.rawValue) }
                member["reason"] = .string(finding.reason)
                member["remedy"] = finding.code.map { .string($0.entry.remedy) }
                return .object(member)
            }
        )
        return object
    }
}

extension ListedRecord {
    /// Whether neither the channel nor the rules say that it is not to be used.
    fileprivate var isUsable: Bool { findings.isEmpty && !isRemoved }
}
