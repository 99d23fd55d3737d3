// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TrustCore

/// What an index that nobody signs says of a file, and what was seen of the file.
struct ObservedEntry: Sendable {
    let entry: IndexEntry
    /// The digest of the index.
    let index: Digest
    /// The ledger of files.
    let ledger: LedgerTable
    /// Since when the file is there, as far as this machine knows.
    let knownSince: Timestamp?
    /// The whole index, if that is what says it: what other mirrors are compared by.
    let text: ObservedIndex?
}

extension ObservedIndex {
    /// What it says of a file, and what was seen of the file.
    func listing(of fileName: ArchiveFileName) throws -> ObservedEntry {
        let entry = try entry(of: fileName)
        return ObservedEntry(
            entry: entry,
            index: text.digest,
            ledger: ledger,
            knownSince: entry.record.flatMap { upstream.knownSince($0) },
            text: self
        )
    }
}
