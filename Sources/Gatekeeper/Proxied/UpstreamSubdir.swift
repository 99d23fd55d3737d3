// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
public import TrustCore

/// The verified index of one subdir.
public struct UpstreamSubdir: Sendable {
    /// Which one.
    public let subdir: Subdir
    /// SHA-256 of the text: differs whenever anything in it differs.
    public let id: Digest
    /// The file with the text: `repodata.json`, not compressed. It was digested when it was stored; who reads it later and
    /// must not rely on the cache folder digests it again.
    public let path: String
    /// Where the index says its packages are (CEP 15), as it was written; nil if beside it.
    public let baseURL: String?
    private let firstSeen: @Sendable (ArchiveFileName) -> Timestamp?

    /// Makes an index of what was verified.
    init(
        _ subdir: Subdir,
        id: Digest,
        path: String,
        baseURL: String?,
        firstSeen: @escaping @Sendable (ArchiveFileName) -> Timestamp? = { _ in nil }
    ) {
        self.subdir = subdir
        self.id = id
        self.path = path
        self.baseURL = baseURL
        self.firstSeen = firstSeen
    }

    /// When this machine first saw the file in the index with the digest that it has now; nil if that is not recorded.
    public func firstSeen(_ file: ArchiveFileName) -> Timestamp? { firstSeen(file) }
}
