// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Synchronization
import Transport
import TrustCore

/// Archives that were inspected in this run, each once: reading one takes as long as unpacking it.
final class InspectedArchives: Sendable {
    /// More than these are not remembered.
    private static let limit = 100_000

    /// The link scripts of each.
    private let good = Mutex<[String: [String]]>([:])

    /// Reads an archive to its last byte, by the rules for archives, and answers the paths of its link scripts; one that breaks
    /// the rules does not stay in the cache.
    ///
    /// - Parameter md5: what the bytes must have beside; taking it costs as much time as all else together.
    /// - Throws: a `Refusal` with an `archive.…`, `package.…` or `digest.…` code.
    @concurrent
    func check(_ file: ArchiveFileName, _ sha256: Digest, _ path: String, md5: Digest?, in cache: BlobCache)
        async throws -> [String]
    {
        let key = "\(sha256.hex) \(md5?.hex ?? "") \(file.text)"
        if let known = good.withLock({ $0[key] }) { return known }
        let scripts: [String]
        do {
            let summary = try PackageArchiveReader.read(
                FileSource(path),
                fileName: file,
                withMD5: md5 != nil,
                into: DiscardingVisitor()
            )
            try sha256.check(summary.sha256, of: file.text)
            if let md5, let found = summary.md5 { try md5.check(found, of: file.text) }
            scripts = summary.manifest.linkScripts.map(\.text)
        } catch let refusal as Refusal {
            try cache.remove(sha256)
            throw refusal
        }
        good.withLock { good in
            if good.count >= Self.limit { good.removeAll() }
            good[key] = scripts
        }
        return scripts
    }
}
