// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import TrustCore

/// Compares what is listed, and the indexes that list it, with what was logged.
struct IndexComparison {
    let ledger: LogLedger
    let grace: Int64
    let now: Timestamp

    func findings(_ indexes: [LoggedIndex]) -> [Refusal] {
        var listed: [LogLedger.Name: Digest?] = [:]
        for index in indexes { listed.merge(index.records) { old, _ in old } }
        let served = indexes.sorted { $0.name < $1.name }.flatMap { findings(about: $0) }
        let records = listed.sorted { $0.key < $1.key }.compactMap { finding($0.key, $0.value) }
        let missing = ledger.files.sorted { $0.key < $1.key }.filter { name, file in
            file.state == .listed && listed[name] == nil && isOld(file)
        }
        return served + records
            + missing.map { name, file in
                Refusal(
                    PublishLogCode.unlisted,
                    name.text,
                    expected: "a record, as entry \(file.index) says",
                    found: "none"
                )
            }
    }

    /// Whether the log lacks something that is served: a look at a newer checkpoint may find it.
    func lacks(_ indexes: [LoggedIndex]) -> Bool {
        indexes.contains { index in
            let known = ledger.indexes[index.name]?.entries ?? [:]
            return index.files.contains { known[$0.sha256] == nil }
                || index.records.keys.contains { ledger.files[$0] == nil }
        }
    }

    /// What is wrong with the bytes of an index: that it was never logged, that the log has a newer one for long, or
    /// that it lists a file that was logged after it.
    private func findings(about index: LoggedIndex) -> [Refusal] {
        let history = ledger.indexes[index.name]
        var findings: [Refusal] = []
        for (name, sha256) in index.files {
            let subject = "\(index.name.text)/\(name)"
            guard let history, let entry = history.entries[sha256] else {
                findings.append(
                    Refusal(
                        PublishLogCode.indexUnlogged,
                        subject,
                        expected: "an entry about these bytes among \(ledger.count)",
                        found: sha256.hex
                    )
                )
                continue
            }
            if !history.newest.contains(sha256), history.time.advanced(bySeconds: grace) < now {
                findings.append(superseded(subject, history, found: "the one of entry \(entry)"))
            }
            guard name == index.source else { continue }
            let late = index.records.keys.sorted().first { (ledger.files[$0]?.index ?? 0) > entry }
            if let late, let file = ledger.files[late] {
                findings.append(
                    Refusal(
                        PublishLogCode.loggedLate,
                        late.text,
                        at: subject,
                        expected: "an entry before \(entry), which is about that index",
                        found: "entry \(file.index)"
                    )
                )
            }
        }
        if index.files.isEmpty, let history, history.time.advanced(bySeconds: grace) < now {
            findings.append(superseded(index.name.text, history, found: "none"))
        }
        return findings
    }

    private func superseded(_ subject: String, _ history: LogLedger.IndexHistory, found: String) -> Refusal {
        Refusal(
            PublishLogCode.indexSuperseded,
            subject,
            expected: "the index of entry \(history.index), of \(history.time)",
            found: found
        )
    }

    private func finding(_ name: LogLedger.Name, _ digest: Digest?) -> Refusal? {
        guard let file = ledger.files[name] else {
            return Refusal(
                PublishLogCode.unlogged,
                name.text,
                expected: "an entry about it among \(ledger.count)",
                found: "none"
            )
        }
        guard digest == file.sha256 else {
            return Refusal(
                PublishLogCode.recordDiffers,
                name.text,
                expected: "\(file.sha256.hex), as entry \(file.index) says",
                found: digest?.hex ?? "no digest"
            )
        }
        guard file.state != .listed, isOld(file) else { return nil }
        return Refusal(
            PublishLogCode.stillListed,
            name.text,
            expected: "no record since \(file.changed), when it was \(file.state.rawValue)",
            found: "one"
        )
    }

    /// Whether an index has had time to follow.
    private func isOld(_ file: LogLedger.File) -> Bool { file.changed.advanced(bySeconds: grace) < now }
}
