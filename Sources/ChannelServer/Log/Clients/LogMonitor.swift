// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
public import SigningKeys
internal import Transport
public import TrustCore

/// Watches a log for what its server, or whoever took it over, would rather not have seen.
///
/// Each run: the log continues what was seen before; its entries are those that its root stands for; every
/// index that is served is logged, as the newest one, and lists what was logged before it; every record of it
/// is logged, as the same file; every file that was logged is listed, unless it was yanked or removed; nobody
/// unexpected published a package; and, if asked, downloads are the files that were logged, and no change of
/// keys or publishers goes unseen.
///
/// Not checked: what shards say (that the shard index is the logged one is), and signatures of the index
/// (every install checks both), and what others are shown: a fork is found if one of its sides is seen, or by
/// witnesses, or from several places (``LogWatch/compare(_:with:)``).
public struct LogMonitor: Sendable {
    /// Subdirs that are looked at although the log may have nothing in them.
    static let usualSubdirs = [
        "noarch", "linux-64", "linux-aarch64", "linux-ppc64le", "osx-64", "osx-arm64", "win-64", "win-arm64",
    ]

    /// What is looked at, and what is told.
    public struct Options: Sendable {
        /// Who may publish what.
        public var expected = ExpectedPublishers()
        /// How many seconds an index may lag behind the log.
        public var grace: Int64 = 900
        /// Whether every file that is new since the last run is downloaded and hashed, and all forms of indexes.
        public var downloads = false
        /// Whether new entries about keys are findings.
        public var alarmsOnKeys = false
        /// Whether new entries about who may publish are findings.
        public var alarmsOnPublishers = false
        /// A channel that is watched although the log may have nothing about it.
        public var channel: String?
        /// How long to wait before each further look for what the log lacks: an index is served some moments before the
        /// checkpoint that has it.
        public var pauses: [Duration] = [.zero]
        /// What was told before.
        public var state = MonitorState()

        /// The usual ones.
        public init() {}
    }

    let watch: LogWatch
    let fetcher: any Fetcher
    let options: Options
    let now: Timestamp
    let pause: @Sendable (Duration) async throws -> Void
    let progress: @Sendable (Int) -> Void

    /// - Parameters:
    ///   - pause: waits.
    ///   - progress: is told how many entries were read.
    public init(
        _ watch: LogWatch,
        fetcher: any Fetcher,
        options: Options,
        now: Timestamp,
        pause: @escaping @Sendable (Duration) async throws -> Void = { _ in },
        progress: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        self.watch = watch
        self.fetcher = fetcher
        self.options = options
        self.now = now
        self.pause = pause
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
        /// What is to be kept once the findings were told.
        public let state: MonitorState
    }

    /// Watches once.
    ///
    /// - Throws: as ``LogWatch/look()``, for a log that is not what it was or cannot be read; a `Failure` for
    ///   an index that cannot be read.
    public func run() async throws -> Report {
        var tail = LogTail(), ledger = LogLedger()
        var sighting = try await watch.look()
        try await tail.extend(to: sighting.checkpoint.checkpoint, of: watch, progress: progress)
        ledger.add(tail.entries)
        let firstNew = tail.entries.count - tail.newCount
        let indexes = try await indexes(of: ledger)
        for duration in options.pauses where comparison(ledger).lacks(indexes) {
            try await pause(duration)
            // What was published between reading the log and reading the index is in the log by now.
            sighting = try await watch.look()
            let known = tail.entries.count
            try await tail.extend(to: sighting.checkpoint.checkpoint, of: watch, progress: progress)
            ledger.add(tail.entries.dropFirst(known))
        }
        var findings = ledger.findings + options.expected.findings(in: ledger) + changes(in: ledger)
        findings += comparison(ledger).findings(indexes)
        let fresh =
            options.downloads
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
            findings: findings,
            state: options.state.following(findings, entries: Int64(tail.entries.count), now: now)
        )
    }

    private func comparison(_ ledger: LogLedger) -> IndexComparison {
        IndexComparison(ledger: ledger, grace: options.grace, now: now)
    }

    /// Changes of keys and publishers that were not told of before. A first run has nothing to compare with, and takes
    /// what it finds for the beginning.
    private func changes(in ledger: LogLedger) -> [Refusal] {
        guard let first = options.state.entries else { return [] }
        return ledger.changes.filter { $0.index >= first }.compactMap { entry, index in
            let code: PublishLogCode
            switch entry.event {
            case .keyChange where options.alarmsOnKeys: code = .keyChanged
            case .publisherChange where options.alarmsOnPublishers: code = .publishersChanged
            default: return nil
            }
            return Refusal(
                code,
                "channel `\(entry.channel)`",
                at: "entry \(index)",
                expected: "nothing of the kind without your knowing",
                found: String(decoding: JSONWriter.encode(.object(entry.details)), as: UTF8.self)
            )
        }
    }

    private func indexes(of ledger: LogLedger) async throws -> [LoggedIndex] {
        var indexes: [LoggedIndex] = []
        var channels = ledger.channels
        if let channel = options.channel { channels.insert(ByteKey(channel)) }
        for channel in channels.sorted() {
            let logged =
                ledger.files.keys.filter { $0.channel == channel }.map(\.subdir)
                + ledger.indexes.keys.filter { $0.channel == channel }.map(\.subdir)
            for text in Set(logged).union(Self.usualSubdirs.map { ByteKey($0) }).sorted() {
                guard let subdir = try? Subdir(text.text) else { continue }
                let name = LoggedIndex.Name(channel: channel, subdir: text)
                let url = "\(channelURL(channel.text))/\(text.text)"
                let reader = ServedIndexReader(fetcher: fetcher, url: url, readsAll: options.downloads)
                indexes.append(try await reader.read(name, subdir))
            }
        }
        return indexes
    }

    private func download(_ name: LogLedger.Name, _ file: LogLedger.File) async throws -> Refusal? {
        let url = "\(channelURL(name.channel.text))/\(name.subdir.text)/\(name.file.text)"
        guard (try? Subdir(name.subdir.text)) != nil, (try? ArchiveFileName(name.file.text)) != nil else {
            return nil
        }
        let found = try await fetcher.digest(of: url, maximumLength: .max)
        guard found == file.sha256 else {
            return Refusal(
                PublishLogCode.recordDiffers,
                name.text,
                at: "its download",
                expected: "\(file.sha256.hex), as entry \(file.index) says",
                found: found?.hex ?? "nothing"
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
