// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import ChannelServer
internal import CondaFormats
internal import Crypto
internal import Foundation
internal import SigningKeys
internal import TUF
internal import Transport
internal import TrustCore

/// Looks at a server when nothing happens on it, and remembers what it saw in earlier rounds.
final class ServerObserver {
    private let client: SoakClient
    private let history: SoakHistory
    private let world: SoakWorld
    private let fetcher = HTTPFetcher()
    private var stores: [String: InMemoryMetadataStore] = [:]
    private var entries: [String: [[UInt8]]] = [:]
    private var logKeys: [String: NoteKey] = [:]

    init(_ client: SoakClient, _ history: SoakHistory, _ world: SoakWorld) {
        self.client = client
        self.history = history
        self.world = world
    }

    func shutdown() async { await fetcher.shutdown() }

    private func key(_ channel: SoakChannel) -> String? { channel.isPrivate ? world.keys.reader : nil }

    // MARK: - Files

    /// What the channels list; nil if they cannot be read.
    func listing(_ channels: [SoakChannel]) async -> [HostedName: ChannelView.Record]? {
        var records: [HostedName: ChannelView.Record] = [:]
        for channel in channels {
            for subdir in SoakChannel.subdirs {
                let reply = await client.get("/\(channel.name)/\(subdir)/repodata.json", key: key(channel))
                guard let content = reply.content else { return nil }
                records.merge(Repodata.records(content, HostedName(channel.name, subdir, ""))) { $1 }
            }
        }
        return records
    }

    /// Waits until the index says what it must; answers what it says at last, and how long that took.
    func settled(_ channels: [SoakChannel], _ expected: FileExpectations, within time: Duration) async
        -> (records: [HostedName: ChannelView.Record], lag: Duration)
    {
        let start = ContinuousClock.now
        var last: [HostedName: ChannelView.Record] = [:]
        repeat {
            if let records = await listing(channels) {
                last = records
                let isSettled = expected.files.allSatisfy { name, file in
                    file.mustBeListed
                        ? records[name] != nil : file.mayBeListed || records[name] == nil
                }
                if isSettled { break }
            }
            try? await Task.sleep(for: .milliseconds(50))
        } while ContinuousClock.now - start < time
        return (last, ContinuousClock.now - start)
    }

    /// Downloads files.
    func download(_ names: some Sequence<HostedName>, of channels: [SoakChannel]) async
        -> [HostedName: ChannelView.Download]
    {
        var downloads: [HostedName: ChannelView.Download] = [:]
        let keys = Dictionary(uniqueKeysWithValues: channels.map { ($0.name, key($0)) })
        for name in names {
            guard let key = keys[name.channel] else { continue }
            let reply = await client.get("/\(name)", key: key)
            downloads[name] =
                switch reply.fate {
                case .answered(200) where reply.isWhole: .bytes(Digest.of(reply.body).hex)
                case .answered(200), .silent: .failed(reply.trouble)
                case .answered(let status): .refused(status)
                }
        }
        return downloads
    }

    /// What the shards of all subdirs name.
    func shards(_ channels: [SoakChannel]) async -> [HostedName: ChannelView.Record]? {
        var records: [HostedName: ChannelView.Record] = [:]
        for channel in channels {
            for name in SoakChannel.subdirs {
                do {
                    let base = "/\(channel.name)/\(name)/"
                    let subdir = try Subdir(name)
                    let reply = await client.get(base + ShardIndex.fileName, key: key(channel))
                    guard let content = reply.content else { return nil }
                    let index = try ShardIndex.read(content, subdir: subdir)
                    for package in index.packageNames.map({ try? PackageName($0) }).compactMap({ $0 }) {
                        guard let digest = index.digest(of: package) else { continue }
                        let file = await client.get(
                            base + "shards/\(digest.hex).msgpack.zst",
                            key: key(channel)
                        )
                        guard let bytes = file.content else {
                            history.find(
                                Finding(
                                    .indexedFilesAreThere,
                                    base + digest.hex,
                                    "a shard: \(file.fate) \(file.trouble)"
                                )
                            )
                            continue
                        }
                        // Compares the digest, too.
                        let shard = try Shard.read(bytes, expected: digest, of: package, subdir: subdir)
                        for record in shard.records {
                            records[HostedName(channel.name, name, record.fileName.text)] =
                                ChannelView.Record(
                                    sha256: record.sha256?.hex ?? "",
                                    size: record.size.map { Int(clamping: $0) }
                                )
                        }
                    }
                } catch {
                    history.find(
                        Finding(.indexedFilesAreThere, "\(channel.name)/\(name)", "shards: \(error)")
                    )
                }
            }
        }
        return records
    }

    // MARK: - Metadata

    /// Reads a channel's metadata as our own client does, which remembers what it saw before, and by a chain
    /// of its own; what the metadata vouch for is what is served under the usual names.
    func metadata(_ channel: SoakChannel) async {
        let store = stores[channel.name] ?? InMemoryMetadataStore()
        stores[channel.name] = store
        let base = client.url + (channel.isPrivate ? "/t/\(world.keys.reader)" : "") + "/\(channel.name)"
        do {
            let updater = Updater(
                trustedRoot: channel.root,
                metadataURL: base + "/tuf",
                store: store,
                fetcher: fetcher,
                now: Timestamp(seconds: Int64(Date().timeIntervalSince1970))
            )
            try await updater.refresh()
            for subdir in SoakChannel.subdirs {
                guard let path = TargetPath("\(subdir)/repodata.json") else { continue }
                let target = try await updater.requiredTarget(path)
                _ = try await updater.download(target, from: base)
            }
            history.count("refreshes by our own client")
        } catch {
            history.find(Finding(.metadataGoForward, channel.name, "our own client refuses it: \(error)"))
        }
        let chain = MetadataChain(channel: channel, client: client, history: history, key: world.keys.reader)
        for attempt in 0..<5 {
            guard let reading = await chain.read(all: true) else {
                return history.find(Finding(.metadataGoForward, channel.name, "its metadata cannot be read"))
            }
            var differing: [String] = []
            for (path, bytes) in reading.files {
                let reply = await client.get("/\(channel.name)/\(path)", key: key(channel))
                if reply.content != bytes { differing.append(path) }
            }
            if differing.isEmpty { return }
            // An index that was made in between is another one in the next attempt.
            if attempt == 4 {
                for path in differing.sorted() {
                    let what = "what is served is not what metadata vouch for"
                    history.find(Finding(.metadataGoForward, "\(channel.name)/\(path)", what))
                }
            }
        }
    }

    // MARK: - The log

    /// Reads a whole log, and checks it against all that was ever seen of it.
    ///
    /// - Returns: its entries.
    func log(_ name: String, private channel: SoakChannel?) async -> [[UInt8]] {
        let path = channel == nil ? "/log" : "/\(name)"
        let url = client.url + (channel.map { _ in "/t/\(world.keys.reader)" } ?? "") + path
        do {
            let source = LogSource(url, fetcher: fetcher)
            let known = logKeys[name]
            let key: NoteKey
            if let known { key = known } else { key = try await source.statedKey() }
            logKeys[name] = key
            let memory = LogMemory(home: world.folder + "/watch", url: SoakWorld.publicURL + path)
            _ = try await LogWatch(source, policy: LogPolicy(log: key), memory: memory).look()
            history.count("consistency proofs verified")
        } catch {
            history.find(Finding(.logOnlyGrows, name, "a client that follows the log refuses it: \(error)"))
        }
        let began = history.tick()
        let keyText = channel == nil ? nil : world.keys.reader
        guard let note = await client.get(path + "/checkpoint", key: keyText).content,
            let (size, root) = ReaderClient.checkpoint(note)
        else {
            history.find(Finding(.logOnlyGrows, name, "its checkpoint cannot be read"))
            return []
        }
        history.addCheckpoint(Sighting(name, size, root, Span(began, history.tick())))
        var all: [[UInt8]] = []
        while all.count < size {
            guard let tile = LogTile(.entries, index: Int64(all.count / 256), treeSize: Int64(size)),
                let bytes = await client.get("\(path)/\(tile.path)", key: keyText).content
            else {
                history.find(Finding(.logOnlyGrows, name, "entries from \(all.count) on cannot be read"))
                return all
            }
            let bundle = Self.entries(bytes)
            guard bundle.count == tile.width else {
                history.find(Finding(.logOnlyGrows, name, "\(tile.path) has \(bundle.count) entries"))
                return all
            }
            all += bundle
        }
        for finding in LogChecks.entriesStay(entries[name] ?? [], all) { history.find(finding) }
        entries[name] = all
        let seen = history.current.checkpoints.filter { $0.subject == name }
        for finding in LogChecks.checkpoints(seen.filter { $0.number <= size }, of: all) {
            history.find(finding)
        }
        for finding in SightingChecks.goForward(.logOnlyGrows, seen) { history.find(finding) }
        return all
    }

    /// A bundle's entries (C2SP tlog-tiles): each with its length in two bytes before it.
    private static func entries(_ bytes: [UInt8]) -> [[UInt8]] {
        var entries: [[UInt8]] = [], at = 0
        while at + 2 <= bytes.count {
            let end = at + 2 + Int(bytes[at]) << 8 + Int(bytes[at + 1])
            guard end <= bytes.count else { return [] }
            entries.append(Array(bytes[at + 2..<end]))
            at = end
        }
        return entries
    }
}
