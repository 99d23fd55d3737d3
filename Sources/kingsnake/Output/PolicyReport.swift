// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TrustPolicy

/// What policies demand, for people.
enum PolicyReport {
    static func lines(_ policy: PolicyFile) -> [String] {
        let general = RulesReport.lines(policy.rules) + (policy.pins.map(RulesReport.lines) ?? [])
        return (general.isEmpty ? [] : ["every channel"] + general) + policy.channels.flatMap(lines)
    }

    static func lines(_ channel: PolicyFile.Channel) -> [String] {
        var lines = [channel.url.description]
        if channel.mode == .warn { lines.append("  warns only") }
        if channel.trustsFirstUse { lines.append("  who published a package before must publish it again") }
        lines += RulesReport.lines(channel.rules)
        return lines + (channel.publishers.map(Self.lines) ?? [])
    }

    static func lines(_ policy: PublisherPolicy) -> [String] {
        policy.entries.flatMap { entry in
            ["  \(Visible.text(entry.pattern.description)): \(demand(entry))"]
                + entry.publishers.map { "    \($0.description)" }
        }
    }

    /// What an entry demands, without its publishers.
    static func demand(_ entry: PublisherEntry) -> String {
        let who =
            entry.publishers.count == 1
            ? "must be attested by"
            : "must be attested by \(entry.threshold) of these \(entry.publishers.count)"
        switch entry.exemption {
        case .none: return who
        case .listed(let moment): return who + ", unless the index lists it since before \(moment)"
        case .digests(let digests): return who + ", except \(Counted(digests.count, "file"))"
        }
    }
}
