// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
public import TrustCore
public import TrustPolicy

/// What becomes of a channel owner's policy: for those who sign it.
///
/// Everything that changes is named; what stays is not.
public struct PublisherPolicyChange: Sendable {
    private let old: PublisherPolicy?
    private let new: PublisherPolicy?

    /// Compares what is in force with what is to be.
    public init(from old: PublisherPolicy?, to new: PublisherPolicy?) {
        self.old = old
        self.new = new
    }

    /// Whether nothing changes.
    public var isNone: Bool { old == new }

    /// The change in words.
    public var lines: [String] {
        switch (old, new) {
        case (nil, nil): return []
        case (let old?, nil):
            return ["whoever publishes in `\(old.channel)` needs no attestation any more"]
                + old.entries.flatMap { Self.lines("gone", $0) }
        case (nil, let new?):
            return ["who may publish in `\(new.channel)` is said for the first time"]
                + new.entries.flatMap { Self.lines("new", $0) }
        case (let old?, let new?):
            guard old != new else { return [] }
            var lines = ["who may publish in `\(new.channel)` changes"]
            if old.channel != new.channel { lines.append("  it was said of `\(old.channel)` before") }
            return lines + entries(old, new)
        }
    }

    private func entries(_ old: PublisherPolicy, _ new: PublisherPolicy) -> [String] {
        let gone = old.entries.filter { entry in !new.entries.contains { $0.pattern == entry.pattern } }
        let rest = new.entries.flatMap { entry -> [String] in
            guard let before = old.entries.first(where: { $0.pattern == entry.pattern }) else {
                return Self.lines("new", entry)
            }
            return before == entry ? [] : Self.lines(from: before, to: entry)
        }
        return gone.flatMap { Self.lines("gone", $0) } + rest
    }

    private static func lines(_ what: String, _ entry: PublisherEntry) -> [String] {
        ["  \(what): `\(entry.pattern.description)` \(demand(entry))"]
            + entry.publishers.map { "    \($0.description)" } + exemption(entry) + targets(entry)
    }

    private static func lines(from old: PublisherEntry, to new: PublisherEntry) -> [String] {
        let lost = old.publishers.filter { !new.publishers.contains($0) }
        let gained = new.publishers.filter { !old.publishers.contains($0) }
        var lines = ["  changed: `\(new.pattern.description)` \(demand(new))"]
        if demand(old) != demand(new) { lines.append("    before: \(demand(old))") }
        lines += lost.map { "    may not publish any more: \($0.description)" }
        lines += gained.map { "    may publish: \($0.description)" }
        if old.exemption != new.exemption {
            lines += exemption(new).isEmpty ? ["    every file needs it"] : exemption(new)
            lines += exemption(old).map { "    before: " + $0.drop { $0 == " " } }
        }
        if old.targetChannels != new.targetChannels {
            lines +=
                targets(new).isEmpty ? ["    attestations for other channels do not count"] : targets(new)
        }
        return lines
    }

    private static func demand(_ entry: PublisherEntry) -> String {
        entry.publishers.count == 1
            ? "must be attested by its publisher"
            : "must be attested by \(entry.threshold) of \(entry.publishers.count) publishers"
    }

    private static func exemption(_ entry: PublisherEntry) -> [String] {
        switch entry.exemption {
        case .none: []
        case .listed(let moment): ["    but for files that the index lists since before \(moment)"]
        case .digests(let digests):
            ["    but for \(digests.count) file\(digests.count == 1 ? "" : "s") by digest"]
        }
    }

    private static func targets(_ entry: PublisherEntry) -> [String] {
        entry.targetChannels.map { "    attestations for \($0.description) count too" }
    }

    /// One object for `--json`: the policy before and after, null for none, and the words.
    public var json: JSONObject {
        var object = JSONObject()
        object["before"] = old?.json ?? .null
        object["policy"] = new?.json ?? .null
        object["words"] = .array(lines.map { .string($0) })
        return object
    }
}
