// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

package import TrustCore
import TrustPolicy

/// As long as what the admission of a package counts without being decided anew: nobody touched its file since, and nothing
/// is over that was signed for it.
///
/// Whether the view and the user's demands are still the same has to be asked besides.
package struct AdmissionStanding: Sendable {
    private let path: String
    private var stamp: FileStamp
    private let until: Timestamp

    /// Of a package that was admitted just now; nil if its file is gone, or nobody signs an end.
    init?(of package: AdmittedPackage) {
        guard let stamp = FileStamp(package.archivePath), let evidence = package.verdict.evidence else {
            return nil
        }
        let ends = [
            evidence.index?.expires, evidence.maintainers?.expires, evidence.recordSignature?.expires,
        ]
        guard let until = ends.compactMap({ $0 }).min() else { return nil }
        path = package.archivePath
        self.stamp = stamp
        self.until = until
    }

    /// The same after somebody marked the file as used; nil if more was changed.
    func renewed() -> AdmissionStanding? {
        guard let stamp = FileStamp(path), stamp.hasSameContent(as: self.stamp) else { return nil }
        var renewed = self
        renewed.stamp = stamp
        return renewed
    }

    /// Whether it still counts. Looks at the file.
    package func holds(at now: Timestamp) -> Bool { now < until && FileStamp(path) == stamp }
}
