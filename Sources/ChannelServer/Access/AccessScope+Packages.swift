// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import TrustPolicy

extension AccessScope {
    /// Whether the scope is for a package: for all, or by its name, or by a pattern `prefix-*`, which no name looks like.
    func isFor(_ package: PackageName) -> Bool {
        guard let packages else { return true }
        return packages.contains { PackagePattern($0)?.matches(package) ?? false }
    }
}
