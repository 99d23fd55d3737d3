// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// Checks of files against what their senders saw: P1, P2, P3 and P8.
public enum FileChecks {
    /// P1: what was accepted is there, and in the index.
    ///
    /// - Parameter view: what the channels show after the time in which an index must have been made.
    public static func uploadsSurvive(_ expected: FileExpectations, _ view: ChannelView) -> [Finding] {
        var findings: [Finding] = []
        func find(_ name: HostedName, _ what: String) {
            findings.append(Finding(.uploadsSurvive, name.description, what))
        }
        for (name, file) in expected.files.sorted(by: { $0.key < $1.key }) where !file.accepted.isEmpty {
            if file.mustBeListed, view.records[name] == nil { find(name, "accepted, and not in the index") }
            if let record = view.records[name], !file.accepted.contains(record.sha256) {
                find(name, "in the index with \(record.sha256), which is not what was accepted")
            }
            guard file.mustBeServed, let download = view.downloads[name] else { continue }
            switch download {
            case .bytes(let sha256) where file.accepted.contains(sha256): break
            case .bytes(let sha256): find(name, "served as \(sha256), which is not what was accepted")
            case .refused(let status): find(name, "accepted, and answered with \(status)")
            case .failed(let reason): find(name, "accepted, and not served: \(reason)")
            }
        }
        // Nobody sent it, or it was refused.
        for (name, record) in view.records.sorted(by: { $0.key < $1.key })
        where !expected[name].contents.contains(record.sha256) && expected[name].accepted.isEmpty {
            find(name, "in the index with \(record.sha256), which nobody sent, or which was refused")
        }
        return findings
    }

    /// P2: one name, one content, whoever raced for it.
    public static func oneContent(_ uploads: [UploadAttempt], _ view: ChannelView = ChannelView())
        -> [Finding]
    {
        var findings: [Finding] = []
        for (name, attempts) in Dictionary(grouping: uploads, by: \.name).sorted(by: { $0.key < $1.key }) {
            var contents = Set(attempts.filter { $0.fate.isSuccess }.map(\.sha256))
            if let record = view.records[name] { contents.insert(record.sha256) }
            if case .bytes(let sha256)? = view.downloads[name] { contents.insert(sha256) }
            if contents.count > 1 {
                let all = contents.sorted().joined(separator: ", ")
                findings.append(Finding(.oneContent, name.description, "\(contents.count) contents: \(all)"))
            }
            if let finding = race(name, attempts) { findings.append(finding) }
        }
        return findings
    }

    /// Where several contents were sent under one name and all were answered, one wins, and the others are
    /// told that the name is taken.
    private static func race(_ name: HostedName, _ attempts: [UploadAttempt]) -> Finding? {
        let contents = Set(attempts.map(\.sha256))
        guard contents.count > 1 else { return nil }
        var statuses: [(sha256: String, status: Int)] = []
        for attempt in attempts {
            // A server that is stopping, or whose disk is full, may say so.
            guard case .answered(let status) = attempt.fate, status < 500 else { return nil }
            statuses.append((attempt.sha256, status))
        }
        let winners = Set(statuses.filter { (200..<300).contains($0.status) }.map(\.sha256))
        guard winners.count <= 1 else { return nil }  // Said above.
        guard let winner = winners.first else {
            return Finding(.oneContent, name.description, "\(contents.count) contents raced, and none won")
        }
        let others = statuses.filter { $0.sha256 != winner && $0.status != 409 }
        return others.first.map {
            Finding(.oneContent, name.description, "the loser of a race was answered with \($0.status)")
        }
    }

    /// P3: each file that an index names can be downloaded, with that digest.
    public static func indexedFilesAreThere(_ view: ChannelView) -> [Finding] {
        var findings: [Finding] = []
        for (name, record) in view.records.sorted(by: { $0.key < $1.key }) {
            let what: String? =
                switch view.downloads[name] {
                case nil: nil
                case .bytes(let sha256)?:
                    sha256 == record.sha256 ? nil : "the index says \(record.sha256), served is \(sha256)"
                case .refused(let status)?: "in the index, and answered with \(status)"
                case .failed(let reason)?: "in the index, and not served: \(reason)"
                }
            if let what { findings.append(Finding(.indexedFilesAreThere, name.description, what)) }
        }
        guard let shards = view.shardRecords else { return findings }
        for name in Set(shards.keys).union(view.records.keys).sorted()
        where shards[name] != view.records[name] {
            findings.append(
                Finding(
                    .indexedFilesAreThere,
                    name.description,
                    "repodata.json has \(view.records[name]?.sha256 ?? "nothing"), shards have "
                        + (shards[name]?.sha256 ?? "nothing")
                )
            )
        }
        return findings
    }

    /// P8: what was yanked is not in the index, and is served; what was removed is neither.
    public static func yankedStaysThere(_ expected: FileExpectations, _ view: ChannelView) -> [Finding] {
        var findings: [Finding] = []
        for (name, file) in expected.files.sorted(by: { $0.key < $1.key })
        where !file.accepted.isEmpty && !file.standings.contains(.listed) {
            func find(_ what: String) {
                findings.append(Finding(.yankedStaysThere, name.description, what))
            }
            let state = file.standings.map(\.rawValue).sorted().joined(separator: " or ")
            if view.records[name] != nil { find("\(state), and still in the index") }
            guard let download = view.downloads[name] else { continue }
            switch download {
            case .bytes where file.standings == [.removed]: find("removed, and still served")
            case .bytes(let sha256) where !file.accepted.contains(sha256): find("served as \(sha256)")
            case .refused(let status) where file.standings == [.yanked]:
                find("yanked, and answered with \(status)")
            case .refused(let status) where status != 410: find("\(state), and answered with \(status)")
            case .failed(let reason): find("not served: \(reason)")
            default: break
            }
        }
        return findings
    }
}
