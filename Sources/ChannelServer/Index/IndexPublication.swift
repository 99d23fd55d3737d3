// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import TUF
internal import TrustCore

/// All that one transaction puts in force: indexes, the metadata that signs them, and that nothing of it lags
/// behind.
struct IndexPublication: Sendable {
    let channel: HostedChannel
    /// ``ServerParts/publicURL``, of which a log gets its name.
    let publicURL: String
    /// The timestamp that must be in force still; nil if there must be none.
    let timestamp: Digest?
    /// The indexes.
    var indexes: [IndexAssembler.Assembled] = []
    /// What they hold, and need not be made again for.
    var stale: [StaleSubdir] = []
    /// Documents, those of the indexes among them.
    var documents: [HostedDocument] = []
    /// The version of the snapshot that vouches for the indexes; nil for a channel that is not signed.
    var snapshot: Int64?
    /// The metadata of conda content trust that belong to the indexes; nil where no index is published.
    var trust: HostedTrustPublication?
    /// What else the publish log is to say, in the same transaction.
    var entries: [PublishLogEntry] = []
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
        if let trust, try !trust.commit(of: channel.id, in: transaction) { return false }
        try log(in: transaction, now: now)
        try transaction.put(documents)
        for (path, seconds) in superseded {
            let moment = now.advanced(bySeconds: seconds)
            try transaction.noteSuperseded([path], of: channel.id, keptUntil: moment)
        }
        try transaction.forgetSuperseded(documents.map(\.path), of: channel.id)
        for stale in stale { try transaction.clearStale(stale) }
        return true
    }

    /// Writes into the publish log what changes: an index only if it is another one than is served, for a signature
    /// that is renewed says nothing new.
    private func log(in transaction: any WriteTransaction, now: Timestamp) throws {
        // Who may read the channel decides which log it is, so that is read here.
        let channel = try transaction.channel(id: channel.id) ?? channel
        let scope = HostedDocument.Scope.channel(channel.id)
        for index in indexes {
            let isServed = try index.files.allSatisfy { file in
                let path = ChannelLayout.file(file.name, in: index.subdir)
                return try transaction.document(path, in: scope)?.blob == file.sha256
            }
            if isServed { continue }
            let entry = PublishLogEntry.index(
                of: index.subdir,
                in: channel,
                files: index.files,
                snapshot: snapshot,
                time: now
            )
            try transaction.append(entry, of: channel, publicURL: publicURL)
        }
        for entry in entries { try transaction.append(entry, of: channel, publicURL: publicURL) }
    }
}
