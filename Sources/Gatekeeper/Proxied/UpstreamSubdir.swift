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
    /// Whether somebody signs it: else nobody vouches for the dates in its records.
    public let isSigned: Bool
    /// Files whose hash is another one than was seen before.
    public let changed: ChangedFiles
    /// The text as it was opened when it was verified; nil if it is not open.
    public let index: RepodataFile?
    /// The channel's own compressed form of just this text; nil if there is none.
    public let compressed: StoredBytes?
    private let baseline: Timestamp?
    private let firstSeen: @Sendable (ArchiveFileName) -> Timestamp?

    /// Makes an index of what was verified.
    ///
    /// - Parameters:
    ///   - baseline: when this machine first saw an index of the subdir at all; nil if that is not recorded.
    ///   - firstSeen: when it first saw a file that was not in that index.
    init(
        _ subdir: Subdir,
        id: Digest,
        path: String,
        baseURL: String?,
        isSigned: Bool = true,
        baseline: Timestamp? = nil,
        changed: ChangedFiles = .none,
        index: RepodataFile? = nil,
        compressed: StoredBytes? = nil,
        firstSeen: @escaping @Sendable (ArchiveFileName) -> Timestamp? = { _ in nil }
    ) {
        self.subdir = subdir
        self.id = id
        self.path = path
        self.baseURL = baseURL
        self.isSigned = isSigned
        self.baseline = baseline
        self.changed = changed
        self.index = index
        self.compressed = compressed
        self.firstSeen = firstSeen
    }

    /// When this machine first saw the file in the index with the digest that it has now; nil if that is not recorded.
    public func firstSeen(_ file: ArchiveFileName) -> Timestamp? { firstSeen(file) }

    /// Since when a listed file is there, as far as this machine knows.
    ///
    /// Of what was in the first index that it saw, that is what the record says of itself, at most that moment: there is
    /// nothing else to go by, and whoever served that first index decided what it holds. A cooldown protects from the second one
    /// on.
    ///
    /// - Parameter dated: what its record says of when it was listed, or else built.
    public func knownSince(_ file: ArchiveFileName, dated: Timestamp?) -> Timestamp? {
        if let seen = firstSeen(file) { return seen }
        return baseline.map { min($0, dated ?? $0) }
    }

    /// The same of a record that was read.
    public func knownSince(_ record: PackageRecord) -> Timestamp? {
        knownSince(record.fileName, dated: record.indexedAt ?? record.builtAt)
    }
}
