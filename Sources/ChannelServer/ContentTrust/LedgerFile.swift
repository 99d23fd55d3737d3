// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import DurableFiles
import TrustCore

/// Where the ledgers are: one a subdir, in a folder beside the keys.
enum LedgerFile {
    private static let folder = "record-signatures"

    static func path(of subdir: Subdir, in keys: String) -> String {
        "\(keys)/\(folder)/\(subdir.text).ledger"
    }

    /// Notes what became of records. Says whether it could: where the folder of keys cannot be written, signatures
    /// are verified again next time, and that is all.
    @discardableResult
    static func write(_ records: SignedRecords, _ keys: RecordKeys, to path: String) -> Bool {
        guard records.contains(where: { $0.count > 0 }),
            Folder.isFolder(Folder.parent(of: Folder.parent(of: path)))
        else { return true }
        do {
            try Folder.create(Folder.parent(of: path), mode: 0o700)
            try DurableFile.write(to: path, mode: 0o600) { try RecordLedger.write(records, keys, to: $0) }
            return true
        } catch {
            return false
        }
    }
}
