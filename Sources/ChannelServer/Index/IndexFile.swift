// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import TUF
internal import TrustCore

/// One of the files of a subdir's index, whose bytes are a blob.
struct IndexFile: Sendable, Hashable {
    /// `run_exports.json` (CEP 12).
    static let runExports = "run_exports.json"
    /// The same, compressed with zstd.
    static let compressedRunExports = "run_exports.json.zst"
    /// All files of a subdir's index, in the order in which clients should find them.
    static let names = ChannelLayout.indexFiles + [runExports, compressedRunExports]

    /// Its name in the subdir.
    let name: String
    /// SHA-256 of its bytes.
    let sha256: Digest
    /// Its length.
    let size: UInt64

    /// What TUF metadata promise of it.
    var target: TargetFile { TargetFile(length: size, hashes: FileHashes([sha256])) }

    /// Its media type.
    static func mediaType(of path: String) -> String {
        if path.utf8.reversed().starts(with: ".zst".utf8.reversed()) { return "application/zstd" }
        return "application/json"
    }

    /// The documents that it is served as: under its own name, and under the one that holds its digest.
    func documents(in subdir: Subdir, of channel: Int64, now: Timestamp) -> [HostedDocument] {
        let plain = ChannelLayout.file(name, in: subdir)
        let immutable = ChannelLayout.immutableFile(name, digest: sha256, in: subdir)
        return [(immutable, true), (plain, false)].map { path, isImmutable in
            HostedDocument(
                scope: .channel(channel),
                path: path,
                blob: sha256,
                size: size,
                mediaType: Self.mediaType(of: path),
                isImmutable: isImmutable,
                modified: now
            )
        }
    }
}
