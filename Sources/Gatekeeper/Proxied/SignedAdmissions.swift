// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import DurableFiles
import TrustCore
import TrustPolicy

/// The packages that were admitted by one view and one set of the user's demands, so that a file that many ask for is
/// verified once.
///
/// A package counts as verified as long as nobody has touched its file since: same place, length, and moments of the last
/// change, which nobody can set back. That an instance of Sigstore has other keys since is not seen before the view or
/// the demands change. What was refused is decided anew each time.
struct SignedAdmissions {
    struct Key: Hashable {
        let subdir: Subdir
        let fileName: ArchiveFileName
    }

    private struct Entry {
        let package: AdmittedPackage
        let stamp: FileStamp
        let until: Timestamp
    }

    /// More packages than this are not remembered; then all are forgotten.
    private static let limit = 50_000
    private var view: Digest?
    private var demands: Digest?
    private var entries: [Key: Entry] = [:]

    /// The package, if this view admitted it before, and it is still as it was.
    mutating func package(_ key: Key, by view: SignedView, now: Timestamp) -> AdmittedPackage? {
        guard self.view == view.id, demands == view.demands, let entry = entries[key] else { return nil }
        guard now < entry.until, FileStamp(entry.package.archivePath) == entry.stamp else {
            entries[key] = nil
            return nil
        }
        return entry.package
    }

    /// Remembers a package that this view admitted.
    mutating func keep(_ package: AdmittedPackage, _ key: Key, by view: SignedView) {
        if self.view != view.id || demands != view.demands || entries.count >= Self.limit {
            entries = [:]
            self.view = view.id
            demands = view.demands
        }
        guard let stamp = FileStamp(package.archivePath), let evidence = package.verdict.evidence else {
            return
        }
        let ends = [
            evidence.index?.expires, evidence.maintainers?.expires, evidence.recordSignature?.expires,
        ]
        guard let until = ends.compactMap({ $0 }).min() else { return }
        entries[key] = Entry(package: package, stamp: stamp, until: until)
    }
}
