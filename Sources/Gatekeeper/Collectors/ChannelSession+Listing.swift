// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats

/// A package as a whole, of which files are only listed.
extension ChannelSession {
    /// What the index says of all files of a package; nil if the signed metadata lists no index for the subdir. What the
    /// package's maintainers say is not asked.
    func entries(named name: PackageName, in subdir: Subdir) async throws -> [IndexEntry]? {
        try await open([subdir])
        guard case .open(let index) = indexes[subdir] else { return nil }
        return try await index.entries(named: name, mirrors: mirrors, cache: cache)
    }
}
