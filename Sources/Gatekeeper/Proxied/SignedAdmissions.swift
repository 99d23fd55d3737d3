// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
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

    /// More packages than this are not remembered; then all are forgotten.
    private static let limit = 50_000
    private var view: Digest?
    private var demands: Digest?
    private var packages: [Key: AdmittedPackage] = [:]

    /// The package, if this view admitted it before, and it is still as it was.
    mutating func package(_ key: Key, by view: SignedView, now: Timestamp) -> AdmittedPackage? {
        guard self.view == view.id, demands == view.demands, let package = packages[key] else { return nil }
        guard package.standing?.holds(at: now) == true else {
            packages[key] = nil
            return nil
        }
        return package
    }

    /// Remembers a package that this view admitted, and answers it with what it stands by.
    mutating func keep(_ package: AdmittedPackage, _ key: Key, by view: SignedView) -> AdmittedPackage {
        if self.view != view.id || demands != view.demands || packages.count >= Self.limit {
            packages = [:]
            self.view = view.id
            demands = view.demands
        }
        var package = package
        package.standing = AdmissionStanding(of: package)
        packages[key] = package.standing.map { _ in package }
        return package
    }
}
