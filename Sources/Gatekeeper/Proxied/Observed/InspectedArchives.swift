// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Synchronization
import Transport
import TrustCore

/// Archives that were inspected in this run, each once: reading one takes as long as unpacking it.
///
/// For some minutes an archive is not even digested again, as long as nobody has touched its file: same place, length,
/// and moments of the last change, which nobody can set back. After that it is, which also tells the cache that it is in
/// use.
final class InspectedArchives: Sendable {
    /// More than these are not remembered.
    private static let limit = 100_000
    /// How long a file that nobody touched is taken for what it was, in seconds: less than a cache leaves unused files
    /// alone.
    private static let trustedSeconds: Int64 = 300

    private struct Known {
        /// The paths of its link scripts.
        let scripts: [String]
        /// Its file; nil if that was not there any more.
        let file: Seen?
    }

    private struct Seen {
        let path: String
        let stamp: FileStamp
        let until: Timestamp
    }

    private let good = Mutex<[String: Known]>([:])

    /// Where the bytes of an archive are that was inspected, digested a short while ago, and not touched since, and its link
    /// scripts; nil if it has to be looked for.
    ///
    /// - Parameter size: the length that it must have, if it is known.
    func untouched(_ file: ArchiveFileName, _ sha256: Digest, md5: Digest?, size: UInt64?, now: Timestamp)
        -> (path: String, scripts: [String])?
    {
        let known = good.withLock { $0[Self.key(file, sha256, md5)] }
        guard let known, let seen = known.file, now < seen.until, FileStamp(seen.path) == seen.stamp else {
            return nil
        }
        return size == nil || size == seen.stamp.size ? (seen.path, known.scripts) : nil
    }

    /// Reads an archive that was just digested to its last byte, by the rules for archives, and answers the paths of its link
    /// scripts; one that breaks the rules does not stay in the cache.
    ///
    /// - Parameter md5: what the bytes must have beside; taking it costs as much time as all else together.
    /// - Throws: a `Refusal` with an `archive.…`, `package.…` or `digest.…` code.
    @concurrent
    @discardableResult
    func check(
        _ file: ArchiveFileName,
        _ sha256: Digest,
        _ path: String,
        md5: Digest?,
        in cache: BlobCache,
        now: Timestamp
    ) async throws -> [String] {
        let key = Self.key(file, sha256, md5)
        let stamp = FileStamp(path)
        let scripts: [String]
        if let known = good.withLock({ $0[key] }) {
            scripts = known.scripts
        } else {
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
        }
        let until = now.advanced(bySeconds: Self.trustedSeconds)
        let known = Known(scripts: scripts, file: stamp.map { Seen(path: path, stamp: $0, until: until) })
        good.withLock { good in
            if good.count >= Self.limit { good.removeAll() }
            good[key] = known
        }
        return scripts
    }

    private static func key(_ file: ArchiveFileName, _ sha256: Digest, _ md5: Digest?) -> String {
        "\(sha256.hex) \(md5?.hex ?? "") \(file.text)"
    }
}
