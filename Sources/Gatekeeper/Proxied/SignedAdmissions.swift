// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Transport
import TrustCore
import TrustPolicy

/// The packages that were admitted by one view and one set of the user's demands, so that a file that many ask for is
/// verified once.
///
/// A package counts as verified as long as nobody has touched its file since: same place, length, and moments of the last
/// change, which nobody can set back. It is marked as used now and then, so that a cache that is made smaller keeps what is
/// asked for: each marking is a change itself, to which other processes digest the file once more. That an instance of Sigstore has other keys since is not seen before the view or
/// the demands change. What was refused is decided anew each time.
struct SignedAdmissions {
    struct Key: Hashable {
        let subdir: Subdir
        let fileName: ArchiveFileName
    }

    private struct Entry {
        var package: AdmittedPackage
        var marked: Timestamp

        /// Marks the file as used, unless that was done a short while ago; says whether it is still there as it was.
        mutating func mark(in cache: BlobCache, now: Timestamp) -> Bool {
            guard marked.advanced(bySeconds: markingSeconds) <= now else { return true }
            // Whoever looks for a blob uses it.
            guard let path = try? cache.path(of: package.sha256), path == package.archivePath,
                let standing = package.standing?.renewed()
            else { return false }
            package.standing = standing
            marked = now
            return true
        }
    }

    /// More packages than this are not remembered; then all are forgotten.
    private static let limit = 50_000
    /// How long a file that is asked for is not marked as used again, in seconds: less than a cache leaves unused files alone.
    private static let markingSeconds: Int64 = 300
    private var view: Digest?
    private var demands: Digest?
    private var entries: [Key: Entry] = [:]

    /// The package, if this view admitted it before, and it is still as it was.
    ///
    /// - Parameter cache: where its file is.
    mutating func package(_ key: Key, by view: SignedView, in cache: BlobCache, now: Timestamp)
        -> AdmittedPackage?
    {
        guard self.view == view.id, demands == view.demands, var entry = entries[key] else { return nil }
        guard entry.package.standing?.holds(at: now) == true, entry.mark(in: cache, now: now) else {
            entries[key] = nil
            return nil
        }
        entries[key] = entry
        return entry.package
    }

    /// Remembers a package that this view admitted, and answers it with what it stands by.
    @discardableResult
    mutating func keep(_ package: AdmittedPackage, _ key: Key, by view: SignedView, now: Timestamp)
        -> AdmittedPackage
    {
        if self.view != view.id || demands != view.demands || entries.count >= Self.limit {
            entries = [:]
            self.view = view.id
            demands = view.demands
        }
        var package = package
        package.standing = AdmissionStanding(of: package)
        entries[key] = package.standing.map { _ in Entry(package: package, marked: now) }
        return package
    }
}
