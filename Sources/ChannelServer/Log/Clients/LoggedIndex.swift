// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import TrustCore

/// A subdir's index as it is served, as far as a log speaks of it.
struct LoggedIndex {
    /// What an index is known by.
    struct Name: Hashable, Comparable {
        let channel: ByteKey
        let subdir: ByteKey

        static func < (a: Name, b: Name) -> Bool { (a.channel, a.subdir) < (b.channel, b.subdir) }

        var text: String { "\(channel.text)/\(subdir.text)" }
    }

    let name: Name
    /// The digest of each file that is listed; nil of a record that has none, or cannot be read.
    let records: [LogLedger.Name: Digest?]
    /// The files of the index that are served, with their digests.
    let files: [(name: String, sha256: Digest)]
    /// The file that the records were read from.
    let source: String?

    /// Reads `repodata.json`.
    ///
    /// - Parameters:
    ///   - text: the records; nil where none are served.
    ///   - files: all files of the index that are served, as they are.
    ///   - source: of which of them the text is.
    /// - Throws: a `repodata.…` or `json.…` code.
    init(
        _ text: [UInt8]?,
        of name: Name,
        subdir: Subdir,
        files: [(name: String, sha256: Digest)],
        source: String?
    ) throws {
        self.name = name
        self.files = files
        self.source = source
        var records: [LogLedger.Name: Digest?] = [:]
        if let text {
            let index = try RepodataIndex(text, of: "\(name.text)/repodata.json", subdir: subdir)
            for fileName in index.fileNames {
                let record = try? index.record(fileName: fileName)
                let file = LogLedger.Name(
                    channel: name.channel,
                    subdir: name.subdir,
                    file: ByteKey(fileName)
                )
                records.updateValue(record?.sha256, forKey: file)
            }
        }
        self.records = records
    }
}
