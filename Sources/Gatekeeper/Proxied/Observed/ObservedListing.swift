// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
import DurableFiles
import Transport
public import TrustCore
public import TrustPolicy

/// What is remembered of the channels that were observed: nobody is asked for it.
///
/// Channels that were asked for with credentials of a client's are left out.
public struct ObservedListing: Sendable {
    /// What the last index of a subdir says of a package.
    public struct Index: Sendable {
        /// When the channel last confirmed it.
        public let checked: Timestamp
        /// The package's files.
        public let records: [ListedRecord]
    }

    private let ledgerDirectory: String
    private let cacheDirectory: String

    /// - Parameters:
    ///   - ledgerDirectory: where channels are remembered; it need not exist.
    ///   - cacheDirectory: where the texts of their indexes are.
    public init(ledgerDirectory: String, cacheDirectory: String) {
        self.ledgerDirectory = ledgerDirectory
        self.cacheDirectory = cacheDirectory
    }

    /// The channels, by their addresses.
    public func channels() throws -> [ChannelURL] {
        try Folder.names(in: ledgerDirectory).compactMap { name in
            let bytes = try DurableFile.read(
                "\(ledgerDirectory)/\(name)/\(ObservedConfiguration.nameFile)",
                maximumLength: ChannelURL.maximumLength
            )
            let url = bytes.flatMap { try? ChannelURL(String(decoding: $0, as: UTF8.self)) }
            // Another channel's folder says nothing about this one.
            return url.flatMap { configuration($0).channelDirectory.hasSuffix("/" + name) ? $0 : nil }
        }.sorted { ByteKey($0.identity) < ByteKey($1.identity) }
    }

    /// What is remembered of a package's files, and what stands against listing them; nil if the subdir's index is not.
    ///
    /// - Throws: `ledger.damaged`, or what reading an index throws.
    public func index(
        of name: PackageName,
        in subdir: Subdir,
        of url: ChannelURL,
        rules: IndexPolicy,
        now: Timestamp
    ) async throws -> Index? {
        let configuration = configuration(url)
        guard Folder.exists(ObservedSubdir.folder(of: subdir, configuration)) else { return nil }
        let cache = try BlobCache(at: cacheDirectory)
        let whole = try ObservedSubdir(subdir, configuration, cache: cache)
        let judge = Judge(url: url, subdir: subdir, rules: rules, now: now)
        if let loaded = try await whole.loadRemembered(), case .text(let index) = loaded.part {
            let records = try index.text.fileNames(of: name).compactMap { file -> ListedRecord? in
                let entry = try index.entry(of: file)
                return entry.record.map { record in
                    let since = index.upstream.knownSince(record), changed = index.changed.finding(on: file)
                    return judge.listed(record, since: since, changed: changed, isRemoved: entry.isRemoved)
                }
            }
            return Index(checked: loaded.checked, records: records)
        }
        let part = try ObservedShardSubdir(
            subdir,
            configuration,
            beside: whole,
            in: SharedShards(cache)
        )
        // A shard that no client asked for is not there.
        guard let loaded = try await part.loadRemembered(), case .shards(let shards) = loaded.part,
            let digest = shards.file.index.digest(of: name),
            let bytes = try cache.bytes(of: digest, maximumLength: Shard.maximumLength)
        else { return nil }
        let shard = try ShardReading(bytes, of: name, subdir: subdir).shard
        let table = try await whole.ledger.table()
        let records = shard.records.map { record in
            judge.listed(
                record,
                since: shards.knownSince(record, table),
                changed: ChangedFiles.finding(
                    on: (record.sha256, record.md5),
                    of: record.fileName.text.utf8,
                    by: table
                ),
                isRemoved: shard.removed.contains { ByteKey.areEqual($0, record.fileName.text) }
            )
        }
        return Index(checked: loaded.checked, records: records)
    }

    /// What decides on the files of an index.
    private struct Judge {
        let url: ChannelURL
        let subdir: Subdir
        let rules: IndexPolicy
        let now: Timestamp

        func listed(_ record: PackageRecord, since: Timestamp?, changed: Finding?, isRemoved: Bool)
            -> ListedRecord
        {
            var listed = ListedFile(record, of: url, in: subdir)
            // Nobody vouches for the dates.
            listed.indexed = nil
            listed.firstSeen = since
            return ListedRecord(
                url: PackageURL(channel: url, subdir: subdir, fileName: record.fileName),
                record: record,
                file: listed,
                findings: [changed].compactMap(\.self) + rules.findings(on: listed, now: now),
                isRemoved: isRemoved
            )
        }
    }

    private func configuration(_ url: ChannelURL) -> ObservedConfiguration {
        ObservedConfiguration(
            channel: url,
            cacheDirectory: cacheDirectory,
            ledgerDirectory: ledgerDirectory,
            fetcher: NobodyFetcher(),
            now: { Timestamp(seconds: 0) }
        )
    }
}

/// Asks nobody.
private struct NobodyFetcher: Fetcher {
    func fetch(_ request: FetchRequest, receive: (UnsafeRawBufferPointer) throws -> Void) async throws
        -> FetchOutcome
    {
        throw Failure(.network, "nothing is fetched for this", at: RedactedURL(request.url).description)
    }
}
