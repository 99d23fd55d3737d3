// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import TUF
internal import TrustCore

/// All that one transaction puts in force: indexes, the metadata that signs them, and that nothing of it lags
/// behind.
struct IndexPublication: Sendable {
    let channel: HostedChannel
    /// The timestamp that must be in force still; nil if there must be none.
    let timestamp: Digest?
    /// The indexes.
    var indexes: [IndexAssembler.Assembled] = []
    /// What they hold, and need not be made again for.
    var stale: [StaleSubdir] = []
    /// Documents, those of the indexes among them.
    var documents: [HostedDocument] = []
    /// Paths of documents that nothing leads to any more, and for how many seconds they are kept.
    var superseded: [(path: String, seconds: Int64)] = []

    /// Adds an index: its files under both their names, and what they take the place of.
    mutating func add(_ index: IndexAssembler.Assembled, replacing old: [HostedDocument], now: Timestamp) {
        indexes.append(index)
        documents += index.files.flatMap { $0.documents(in: index.subdir, of: channel.id, now: now) }
        let new = Set(index.files.map(\.sha256))
        for document in old where !new.contains(document.blob) {
            let name = document.path.split(separator: "/").last.map(String.init) ?? ""
            let path = ChannelLayout.immutableFile(name, digest: document.blob, in: index.subdir)
            superseded.append((path, IndexRetention.seconds(forIndex: name)))
        }
    }

    /// Adds signed metadata, whose bytes are blobs already.
    mutating func add(
        _ files: [RepositoryFile],
        superseding old: [(path: String, seconds: Int64)],
        now: Timestamp
    ) {
        superseded += old
        documents += files.map { file in
            HostedDocument(
                scope: .channel(channel.id),
                path: ChannelLayout.metadataFile(file.name),
                blob: Digest.of(file.bytes),
                size: UInt64(file.bytes.count),
                mediaType: "application/json",
                isImmutable: file.role != .timestamp,
                modified: now
            )
        }
    }

    /// Puts it in force, if it was made from what is there.
    ///
    /// - Returns: whether it was; if not, nothing happened.
    func commit(in transaction: any WriteTransaction, now: Timestamp) throws -> Bool {
        let scope = HostedDocument.Scope.channel(channel.id)
        let current = try transaction.document(HostedRepository.timestampPath, in: scope)
        guard current?.blob == timestamp else { return false }
        for index in indexes {
            guard try transaction.indexRevision(of: index.subdir, in: channel.id) == index.revision else {
                return false
            }
        }
        try transaction.put(documents)
        for (path, seconds) in superseded {
            let moment = now.advanced(bySeconds: seconds)
            try transaction.noteSuperseded([path], of: channel.id, keptUntil: moment)
        }
        try transaction.forgetSuperseded(documents.map(\.path), of: channel.id)
        for stale in stale { try transaction.clearStale(stale) }
        return true
    }
}
