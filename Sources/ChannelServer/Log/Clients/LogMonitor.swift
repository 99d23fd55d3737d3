// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
public import SigningKeys
internal import Transport
public import TrustCore

/// Watches a log for what its server, or whoever took it over, would rather not have seen.
///
/// Each run: the log continues what was seen before; its entries are those that its root stands for; every
/// record of the channels' indexes (`repodata.json`) is logged, as the same file; every file that was logged
/// is listed, unless it was yanked or removed; nobody unexpected published a package; and, if asked,
/// downloads are the files that were logged.
///
/// Not checked: shards and signatures of the index (`kingsnake channel verify`, and every install, do that),
/// and what others are shown: a fork is found if one of its sides is seen, or by witnesses.
public struct LogMonitor: Sendable {
    /// Subdirs that are looked at although the log may have nothing in them.
    static let usualSubdirs = [
        "noarch", "linux-64", "linux-aarch64", "linux-ppc64le", "osx-64", "osx-arm64", "win-64", "win-arm64",
    ]
    private static let indexLimit = 1 << 30

    let watch: LogWatch
    let fetcher: any Fetcher
    let expected: ExpectedPublishers
    let grace: Int64
    let now: Timestamp
    let progress: @Sendable (Int) -> Void

    /// - Parameters:
    ///   - expected: who may publish what.
    ///   - grace: how many seconds an index may lag behind the log.
    ///   - progress: is told how many entries were read.
    public init(
        _ watch: LogWatch,
        fetcher: any Fetcher,
        expected: ExpectedPublishers,
        grace: Int64,
        now: Timestamp,
        progress: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        self.watch = watch
        self.fetcher = fetcher
        self.expected = expected
        self.grace = grace
        self.now = now
        self.progress = progress
    }

    /// What a run came to.
    public struct Report: Sendable {
        /// The log's word.
        public let checkpoint: VerifiedCheckpoint
        /// How many entries were read that were not kept from before.
        public let newEntries: Int
        /// The channels that the log is about.
        public let channels: [String]
        /// How many records of indexes were compared.
        public let recordCount: Int
        /// How many files were downloaded.
        public let downloadCount: Int
        /// What is wrong.
        public let findings: [Refusal]
    }

    /// Watches once.
    ///
    /// - Parameter downloads: whether every file that is new since the last run is downloaded and hashed.
    /// - Throws: as ``LogWatch/look()``, for a log that is not what it was or cannot be read; a `Failure` for
    ///   an index that cannot be read.
    public func run(downloads: Bool = false) async throws -> Report {
        var tail = LogTail(), ledger = LogLedger()
        var sighting = try await watch.look()
        try await tail.extend(to: sighting.checkpoint.checkpoint, of: watch, progress: progress)
        ledger.add(tail.entries)
        let firstNew = tail.entries.count - tail.newCount
        let indexes = try await indexes(of: ledger)
        // What was published between reading the log and reading the index is in the log by now.
        if indexes.contains(where: { index in index.records.keys.contains { ledger.files[$0] == nil } }) {
            sighting = try await watch.look()
            let known = tail.entries.count
            try await tail.extend(to: sighting.checkpoint.checkpoint, of: watch, progress: progress)
            ledger.add(tail.entries.dropFirst(known))
        }
        var findings = ledger.findings + expected.findings(in: ledger)
        findings += IndexComparison(ledger: ledger, grace: grace, now: now).findings(indexes)
        let fresh =
            downloads
            ? ledger.files.filter { $0.value.index >= firstNew && $0.value.state != .removed }
                .sorted { $0.key < $1.key } : []
        for (name, file) in fresh {
            if let finding = try await download(name, file) { findings.append(finding) }
        }
        return Report(
            checkpoint: sighting.checkpoint,
            newEntries: tail.newCount,
            channels: ledger.channels.sorted().map(\.text),
            recordCount: indexes.reduce(0) { $0 + $1.records.count },
            downloadCount: fresh.count,
            findings: findings
        )
    }

    private func indexes(of ledger: LogLedger) async throws -> [LoggedIndex] {
        var indexes: [LoggedIndex] = []
        for channel in ledger.channels.sorted() {
            let logged = ledger.files.keys.filter { $0.channel == channel }.map(\.subdir)
            let subdirs = Set(logged).union(Self.usualSubdirs.map { ByteKey($0) })
            for subdir in subdirs.sorted() {
                guard let known = try? Subdir(subdir.text) else { continue }
                let text = try await index("\(channelURL(channel.text))/\(subdir.text)")
                indexes.append(try LoggedIndex(text ?? [], channel: channel, subdir: known))
            }
        }
        return indexes
    }

    private func index(_ url: String) async throws -> [UInt8]? {
        let limit = Self.indexLimit
        if let packed = try await fetcher.bytes(url + "/repodata.json.zst", maximumLength: limit) {
            return try Zstd.decompress(
                packed,
                maximumLength: limit,
                of: RedactedURL(url + "/repodata.json.zst").description
            )
        }
        return try await fetcher.bytes(url + "/repodata.json", maximumLength: limit)
    }

    private func download(_ name: LogLedger.Name, _ file: LogLedger.File) async throws -> Refusal? {
        let url = "\(channelURL(name.channel.text))/\(name.subdir.text)/\(name.file.text)"
        guard (try? Subdir(name.subdir.text)) != nil, (try? ArchiveFileName(name.file.text)) != nil else {
            return nil
        }
        var digest = StreamingDigest()
        let outcome = try await fetcher.fetch(FetchRequest(url, maximumLength: .max)) { digest.update($0) }
        let found = digest.finish()
        guard outcome == .complete, found == file.sha256 else {
            return Refusal(
                PublishLogCode.recordDiffers,
                name.text,
                at: "its download",
                expected: "\(file.sha256.hex), as entry \(file.index) says",
                found: outcome == .complete ? found.hex : "nothing"
            )
        }
        return nil
    }

    /// The URL of a channel: beside the server's log, or above a private channel's own.
    private func channelURL(_ channel: String) -> String {
        let url = watch.source.url.utf8
        let suffix = "/log".utf8
        let base =
            url.count > suffix.count && url.suffix(suffix.count).elementsEqual(suffix)
            ? String(decoding: url.dropLast(suffix.count), as: UTF8.self) : watch.source.url
        let own = "/\(channel)".utf8
        return base.utf8.suffix(own.count).elementsEqual(own) ? base : "\(base)/\(channel)"
    }
}
