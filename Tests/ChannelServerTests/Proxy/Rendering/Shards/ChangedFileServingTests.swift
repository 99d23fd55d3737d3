// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Synchronization
import TestSupport
import Testing
import TrustCore
import TrustPolicy

@testable import ChannelServer
@testable import Gatekeeper

/// A channel that signs nothing, in memory, and proxies of it that share a home.
private final class RepublishedChannel: Fetcher {
    private static let base = "https://conda.example.org/forge/linux-64/"

    private struct State {
        var files: [String: [UInt8]] = [:]
        var now = Timestamp(seconds: 1_800_000_000)
    }

    let folder: TemporaryFolder
    let url: ChannelURL
    private let state = Mutex(State())

    init() throws {
        folder = try TemporaryFolder()
        url = try ChannelURL("https://conda.example.org/forge")
    }

    func fetch(_ request: FetchRequest, receive: (UnsafeRawBufferPointer) throws -> Void) async throws
        -> FetchOutcome
    {
        guard let bytes = state.withLock({ $0.files[request.url] }) else { return .notFound }
        try bytes.withUnsafeBytes(receive)
        return .complete
    }

    /// Publishes packages by shards, some minutes later.
    func publish(_ packages: [FixturePackage]) throws {
        var shards: [PackageName: Digest] = [:]
        var files: [String: [UInt8]] = [:]
        for (name, own) in Dictionary(grouping: packages, by: \.fileName.name) {
            let shard = try Shard(name, records: own.map { try $0.record() }).encode()
            files[Self.base + "shards/" + ShardIndex.shardFileName(shard.digest)] = shard.bytes
            shards[name] = shard.digest
        }
        for package in packages { files[Self.base + package.fileName.text] = package.bytes }
        let index = ShardIndex(subdir: try Subdir("linux-64"), shards: shards)
        files[Self.base + ShardIndex.fileName] = try index.encode()
        state.withLock { state in
            state.files.merge(files) { $1 }
            state.now = state.now.advanced(bySeconds: 600)
        }
    }

    var now: Timestamp { state.withLock { $0.now } }

    /// A proxy that begins now.
    func proxy(_ mode: ObservedRecord.ChangeMode = .refuse) throws -> VerifyingProxy {
        var configuration = ObservedConfiguration(
            channel: url,
            cacheDirectory: folder.path + "/cache",
            ledgerDirectory: folder.path + "/observed",
            fetcher: self,
            now: { self.now }
        )
        configuration.hashChange = mode
        let upstream = try ObservedUpstream(configuration)
        var settings = ProxySettings()
        settings.channels = [ProxiedChannel(url)]
        settings.nameChannels()
        return VerifyingProxy(
            channels: ProxyChannels(settings.channels, acceptsAny: false) { _ in upstream },
            rendered: RenderedIndexes(
                IndexRenderer(folder: folder.path + "/indexes"),
                hiding: { IndexPolicy.empty }
            ),
            settings: settings,
            tally: ProxyTally(began: now),
            pseudonym: "kingsnake-test",
            logger: ServerLog.logger(.text, now: { self.now }, write: { _ in }),
            now: { self.now },
            random: { count in (0..<count).map { _ in UInt8.random(in: 0...255) } }
        )
    }

    static func ask(_ proxy: VerifyingProxy, _ file: String) async throws -> TestResponse {
        try await Application(responder: proxy.responder(), logger: proxy.logger).test(.router) {
            try await $0.execute(uri: "/forge/linux-64/" + file, method: .get)
        }
    }

    /// The shard index that a proxy shows.
    static func index(_ proxy: VerifyingProxy) async throws -> ShardIndex {
        let answer = try await ask(proxy, ShardIndex.fileName)
        #expect(answer.status == .ok)
        return try ShardIndex.read(Array(buffer: answer.body))
    }

    /// The files that are listed in the shard that a proxy names for a package; nil if it names none.
    static func files(_ name: String, _ proxy: VerifyingProxy) async throws -> [String]? {
        let name = try PackageName(name)
        guard let digest = try await index(proxy).digest(of: name) else { return nil }
        let answer = try await ask(proxy, "shards/" + ShardIndex.shardFileName(digest))
        let shard = try Shard.read(
            Array(buffer: answer.body),
            expected: digest,
            of: name,
            subdir: Subdir("linux-64")
        )
        return shard.records.map(\.fileName.text).sorted()
    }
}

@Suite("A published file that changed, in shards that a proxy shows")
struct ChangedFileServingTests {
    private typealias Channel = RepublishedChannel
    private static let file = "xz-1-0.conda"

    private static func packages(_ text: String, _ others: String...) throws -> [FixturePackage] {
        [try FixturePackage.archive(file, holding: text)]
            + (try others.map { try FixturePackage.archive($0) })
    }

    @Test(
        "It is in no shard once one was read that lists it, is refused by whoever has that one, and comes back"
    )
    func changed() async throws {
        let channel = try RepublishedChannel()
        let proxy = try channel.proxy()
        try channel.publish(Self.packages("genuine", "curl-1-0.conda"))
        #expect(try await Channel.files("xz", proxy) == [Self.file])
        let before = try await Channel.index(proxy)
        try channel.publish(Self.packages("forged", "xz-2-0.conda", "curl-1-0.conda"))
        // Nobody has read the shard yet.
        #expect(try await Channel.files("xz", proxy) == [Self.file, "xz-2-0.conda"])
        let restarted = try channel.proxy()
        for proxy in [proxy, restarted] {
            #expect(try await Channel.files("xz", proxy) == ["xz-2-0.conda"])
            #expect(try await Channel.files("curl", proxy) == ["curl-1-0.conda"])
            let name = try PackageName("curl")
            #expect(try await Channel.index(proxy).digest(of: name) == before.digest(of: name))
            let refused = try await Channel.ask(proxy, Self.file)
            #expect(refused.status == .forbidden)
            #expect(String(buffer: refused.body).contains("code: ledger.hash-changed"))
            #expect(try await Channel.ask(proxy, "xz-2-0.conda").status == .ok)
        }
        let listing = ObservedListing(
            ledgerDirectory: channel.folder.path + "/observed",
            cacheDirectory: channel.folder.path + "/cache"
        )
        let listed = try await listing.index(
            of: PackageName("xz"),
            in: Subdir("linux-64"),
            of: channel.url,
            rules: .empty,
            now: channel.now
        )
        let hidden = try #require(listed).records.filter { !$0.findings.isEmpty }
        #expect(hidden.map(\.url.fileName.text) == [Self.file])
        #expect(hidden.first?.findings.map(\.code) == [.hashChanged])
        try channel.publish(Self.packages("genuine", "xz-2-0.conda", "curl-1-0.conda"))
        for proxy in [proxy, restarted] {
            #expect(try await Channel.files("xz", proxy) == [Self.file, "xz-2-0.conda"])
            #expect(try await Channel.ask(proxy, Self.file).status == .ok)
        }
    }

    @Test("Where a change is only worth a warning, the channel's own shards are shown")
    func warning() async throws {
        let channel = try RepublishedChannel()
        let proxy = try channel.proxy(.warn)
        for text in ["genuine", "another"] {
            try channel.publish(Self.packages(text))
            for _ in 0..<2 { #expect(try await Channel.files("xz", proxy) == [Self.file]) }
        }
        #expect(try await Channel.ask(proxy, Self.file).status == .ok)
    }
}
