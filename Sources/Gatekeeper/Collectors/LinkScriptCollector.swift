// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TrustCore

/// Looks into a package for scripts that run when it is linked or unlinked. Only the package itself shows them.
enum LinkScriptCollector {
    /// Reads and inspects the whole archive, away from the caller's thread.
    ///
    /// - Returns: the paths of the scripts.
    /// - Throws: `digest.mismatch` if these are not the bytes that were meant, or what
    ///   `PackageArchiveReader.read` throws.
    static func scripts(in archivePath: String, _ fileName: ArchiveFileName, sha256: Digest) async throws
        -> [String]
    {
        let work = Task.detached {
            try PackageArchiveReader.read(
                FileSource(archivePath),
                fileName: fileName,
                withMD5: false,
                into: DiscardingVisitor()
            )
        }
        let summary = try await work.value
        try sha256.check(summary.sha256, of: fileName.text)
        return summary.manifest.linkScripts.map(\.text)
    }
}
