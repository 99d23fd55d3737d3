// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

extension PrefixPath {
    /// Folders of a prefix that installers keep for themselves.
    private static let reserved: Set<String> = ["conda-meta", ".kingsnake"]

    /// Refuses (`package.reserved-path`) a path that no package may have: in `conda-meta` it could forge the
    /// record of another package, in `.kingsnake` the journal of an installation.
    ///
    /// Names that differ by case are refused too: on some disks they are the same folder.
    public func checkUnreserved(in package: String) throws {
        let top = components.first.map { $0.lowercased() } ?? ""
        guard !Self.reserved.contains(top) else {
            throw Refusal(PackageCode.reservedPath, package, at: text)
        }
    }
}
