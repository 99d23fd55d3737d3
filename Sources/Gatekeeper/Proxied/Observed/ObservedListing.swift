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
        let part = try ObservedSubdir(subdir, configuration, cache: try BlobCache(at: cacheDirectory))
        guard let loaded = try await part.loadRemembered(), case .text(let index) = loaded.part else {
            return nil
        }
        let records = try index.text.fileNames(of: name).compactMap { file in
            try record(file, index, url, rules, now)
        }
        return Index(checked: loaded.checked, records: records)
    }

    private func record(
        _ file: ArchiveFileName,
        _ index: ObservedIndex,
        _ url: ChannelURL,
        _ rules: IndexPolicy,
        _ now: Timestamp
    ) throws -> ListedRecord? {
        let entry = try index.entry(of: file)
        guard let record = entry.record else { return nil }
        var listed = ListedFile(record, of: url, in: index.subdir)
        // Nobody vouches for the dates.
        listed.indexed = nil
        listed.firstSeen = index.upstream.knownSince(record)
        return ListedRecord(
            url: PackageURL(channel: url, subdir: index.subdir, fileName: file),
            record: record,
            file: listed,
            findings: [index.changed.finding(on: file)].compactMap(\.self)
                + rules.findings(on: listed, now: now),
            isRemoved: entry.isRemoved
        )
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
