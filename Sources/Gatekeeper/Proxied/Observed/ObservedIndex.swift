// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TrustCore

/// An index that was seen and written down: its text, and the ledger as it was then.
final class ObservedIndex: Sendable {
    let subdir: Subdir
    let text: ObservedText
    let ledger: LedgerTable
    let changed: ChangedFiles

    init(_ subdir: Subdir, _ text: ObservedText, _ ledger: LedgerTable, changed: ChangedFiles) {
        self.subdir = subdir
        self.text = text
        self.ledger = ledger
        self.changed = changed
    }

    /// The index as renderers and servers see it.
    var upstream: UpstreamSubdir {
        UpstreamSubdir(
            subdir,
            id: text.digest,
            path: text.path,
            baseURL: text.file.info.baseURL,
            isSigned: false,
            baseline: ledger.indexes.first?.time,
            changed: changed,
            index: text.file,
            compressed: text.compressed
        ) { [text, ledger] file in
            ledger.firstSeen(file.text.utf8) { text.digests(of: file) }
        }
    }

    /// What it says of a file.
    func entry(of fileName: ArchiveFileName) throws -> IndexEntry {
        IndexEntry(
            index: nil,
            record: try text.record(of: fileName),
            baseURL: text.file.info.baseURL,
            isRemoved: text.file.removed.contains { ByteKey.areEqual($0, fileName.text) }
        )
    }
}
