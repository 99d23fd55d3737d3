// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Synchronization
import TrustPolicy

/// The packages of a subdir of which some file's hash may have changed. None is ever taken away: a file whose honest hash is
/// back may change again.
///
/// Which files those are is not said here, but by the ledger when a shard is shown.
final class ChangedPackages: Sendable {
    private let isHiding: Bool
    private let names = Mutex<Set<PackageName>>([])

    init(_ mode: ObservedRecord.ChangeMode) { isHiding = mode == .refuse }

    var all: Set<PackageName> { names.withLock { $0 } }

    /// Notes a package if one of its records is not what was seen first.
    ///
    /// - Parameter table: knows the records.
    func note(_ records: [PackageRecord], of name: PackageName, by table: LedgerTable) {
        guard isHiding, !all.contains(name), !Self.findings(on: records, by: table).isEmpty else { return }
        _ = names.withLock { $0.insert(name) }
    }

    /// Notes all packages of which a ledger has files that were listed with more than one hash.
    func note(all table: LedgerTable) {
        guard isHiding else { return }
        let found = table.namesListedTwice.compactMap {
            try? ArchiveFileName(String(decoding: $0, as: UTF8.self)).name
        }
        names.withLock { $0.formUnion(found) }
    }

    /// What stands against records.
    static func findings(on records: [PackageRecord], by table: LedgerTable) -> [ArchiveFileName: Finding] {
        var found: [ArchiveFileName: Finding] = [:]
        for record in records {
            let digests = (record.sha256, record.md5)
            found[record.fileName] = ChangedFiles.finding(
                on: digests,
                of: record.fileName.text.utf8,
                by: table
            )
        }
        return found
    }
}
