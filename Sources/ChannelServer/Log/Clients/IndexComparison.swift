// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import TrustCore

/// The records of one subdir's index, as far as a log speaks of them.
struct LoggedIndex {
    let channel: ByteKey
    let subdir: ByteKey
    /// The digest of each file that is listed; nil of a record that has none, or cannot be read.
    let records: [LogLedger.Name: Digest?]

    /// Reads `repodata.json`.
    ///
    /// - Throws: a `repodata.…` or `json.…` code.
    init(_ text: [UInt8], channel: ByteKey, subdir: Subdir) throws {
        let key = ByteKey(subdir.text)
        self.channel = channel
        self.subdir = key
        let index = try RepodataIndex(text, of: "\(channel.text)/\(subdir)/repodata.json", subdir: subdir)
        var records: [LogLedger.Name: Digest?] = [:]
        for fileName in index.fileNames {
            let record = try? index.record(fileName: fileName)
            let name = LogLedger.Name(channel: channel, subdir: key, file: ByteKey(fileName))
            records.updateValue(record?.sha256, forKey: name)
        }
        self.records = records
    }
}

/// Compares what is listed with what was logged.
struct IndexComparison {
    let ledger: LogLedger
    let grace: Int64
    let now: Timestamp

    func findings(_ indexes: [LoggedIndex]) -> [Refusal] {
        var listed: [LogLedger.Name: Digest?] = [:]
        for index in indexes { listed.merge(index.records) { old, _ in old } }
        let records = listed.sorted { $0.key < $1.key }.compactMap { finding($0.key, $0.value) }
        let missing = ledger.files.sorted { $0.key < $1.key }.filter { name, file in
            file.state == .listed && listed[name] == nil && isOld(file)
        }
        return records
            + missing.map { name, file in
                Refusal(
                    PublishLogCode.unlisted,
                    name.text,
                    expected: "a record, as entry \(file.index) says",
                    found: "none"
                )
            }
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
