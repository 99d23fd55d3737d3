// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Foundation

/// Checks of a publish log: P4.
public enum LogChecks {
    /// An entry, as far as it matters here.
    struct Entry: Codable, Sendable {
        struct Publisher: Codable, Sendable {
            let kind: String
            let name: String
        }
        let type: String
        let channel: String
        let subdir: String?
        let filename: String?
        let sha256: String?
        let publisher: Publisher?

        var name: HostedName? {
            guard let subdir, let filename else { return nil }
            return HostedName(channel, subdir, filename)
        }
    }

    /// Each checkpoint that anybody ever saw is the root of so many of the entries: then one continues the
    /// other, and no size has two roots.
    ///
    /// - Parameter checkpoints: the number is the size, the content the root in hexadecimal.
    public static func checkpoints(_ checkpoints: [Sighting], of entries: [[UInt8]]) -> [Finding] {
        var findings: [Finding] = []
        var leaves = LogLeaves()
        var wanted = Dictionary(grouping: checkpoints, by: \.number)
        func compare(_ root: [UInt8], _ size: Int) {
            let computed = root.map { String(format: "%02x", $0) }.joined()
            for checkpoint in Set((wanted.removeValue(forKey: size) ?? []).map(\.content))
            where checkpoint != computed {
                let what =
                    "at \(size) entries the root \(checkpoint) was signed; the entries lead to \(computed)"
                findings.append(Finding(.logOnlyGrows, "log", what))
            }
        }
        compare(leaves.root, 0)
        for entry in entries {
            leaves.append(entry)
            if wanted[leaves.count] != nil { compare(leaves.root, leaves.count) }
        }
        for size in wanted.keys.sorted() {
            findings.append(
                Finding(.logOnlyGrows, "log", "\(size) entries were signed, \(entries.count) are there")
            )
        }
        return findings
    }

    /// An entry that was there stays what it was.
    public static func entriesStay(_ before: [[UInt8]], _ now: [[UInt8]]) -> [Finding] {
        if now.count < before.count {
            return [Finding(.logOnlyGrows, "log", "\(before.count) entries were there, now \(now.count)")]
        }
        guard let index = before.indices.first(where: { before[$0] != now[$0] }) else { return [] }
        return [Finding(.logOnlyGrows, "log", "entry \(index) is another than it was")]
    }

    /// The entries of one channel. What cannot be read is every channel's.
    static func entries(_ entries: [[UInt8]], of channel: String) -> [[UInt8]] {
        entries.filter { bytes in
            (try? JSONDecoder().decode(Entry.self, from: Data(bytes))).map { $0.channel == channel } ?? true
        }
    }

    /// What is in the index is in the log, what was accepted is there once, and what is in the log is in the
    /// index, unless the log says that it was yanked or removed.
    public static func tellsWhatHappened(
        _ entries: [[UInt8]],
        _ expected: FileExpectations,
        _ view: ChannelView
    ) -> [Finding] {
        var findings: [Finding] = []
        func find(_ subject: String, _ what: String) {
            findings.append(Finding(.logOnlyGrows, subject, what))
        }
        var published: [HostedName: String] = [:], standing: [HostedName: FileStanding] = [:]
        for (index, bytes) in entries.enumerated() {
            guard let entry = try? JSONDecoder().decode(Entry.self, from: Data(bytes)) else {
                find("log", "entry \(index) cannot be read")
                continue
            }
            guard let name = entry.name, entry.type != "index" else { continue }
            if entry.type == "publish" {
                if published[name] != nil {
                    find(name.description, "published twice, again as entry \(index)")
                }
                published[name] = entry.sha256 ?? ""
                standing[name] = .listed
            } else if published[name] == nil {
                find(name.description, "`\(entry.type)` before it was published, as entry \(index)")
            }
            if let change = FileChange(rawValue: entry.type) {
                if standing[name] == .removed { find(name.description, "changed after it was removed") }
                standing[name] = change.result
            }
        }
        for (name, sha256) in published.sorted(by: { $0.key < $1.key }) {
            let file = expected[name]
            if !file.contents.contains(sha256) {
                find(name.description, "\(sha256) was logged, and never accepted")
            }
            let state = standing[name] ?? .listed
            if !file.standings.contains(state) { find(name.description, "the log says \(state.rawValue)") }
            let record = view.records[name]?.sha256
            if let record, record != sha256 {
                find(name.description, "logged as \(sha256), indexed as \(record)")
            }
            if (record != nil) != (state == .listed) {
                find(
                    name.description,
                    "\(state.rawValue) by the log, \(record == nil ? "not in" : "in") the index"
                )
            }
        }
        for name in view.records.keys.sorted() where published[name] == nil {
            find(name.description, "in the index, and not in the log")
        }
        for (name, file) in expected.files.sorted(by: { $0.key < $1.key })
        where !file.accepted.isEmpty && published[name] == nil {
            find(name.description, "accepted, and not in the log")
        }
        return findings
    }
}
