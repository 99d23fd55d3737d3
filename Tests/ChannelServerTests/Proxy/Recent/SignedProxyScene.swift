// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Synchronization
import TestSupport
import Transport
import TrustCore
import TrustPolicy

@testable import ChannelServer
@testable import Gatekeeper

/// A proxy of a signed channel, verified by what verifies all of them, with a clock, a policy and a server that only the test
/// changes.
struct SignedProxyScene {
    static let path = "/main/linux-64/a-1-0.conda"
    static let whole = "http://conda.example.org" + path

    /// What the test changes.
    struct World: Sendable {
        var now = ChannelFixture.start
        var policy = IndexPolicy.empty
        var basis = Digest.of([])
    }

    var fixture: ChannelFixture
    let folder: TemporaryFolder
    let web = SceneWeb()
    let store: TrustStore
    let url: ChannelURL
    let world: Shared<World>
    let channels: ProxyChannels
    let tally: ProxyTally
    let proxy: VerifyingProxy
    let quick: ProxyQuickAnswers
    let lines = SharedList()
    /// The channels that were made, with their credentials.
    let made = SharedList()

    /// - Parameters:
    ///   - size: about how large the package is.
    ///   - freshness: for how many seconds a view is good.
    init(size: Int = 0, freshness: Int64 = 30) async throws {
        folder = try TemporaryFolder()
        store = TrustStore(directory: folder.path + "/home")
        let url = try ChannelURL("https://conda.example.org/main")
        self.url = url
        let noise = (0..<size / 32).map { Digest.of(Array("\($0)".utf8)).hex.prefix(32) }.joined()
        fixture = try await ChannelFixture(packages: [
            try .archive("a-1-0.conda", holding: noise), try .archive("b-1-0.conda"),
        ])
        _ = try store.add(url, mirrors: [], root: fixture.root, origin: .file, now: ChannelFixture.start)
        web.serve(fixture.directory, at: url.identity)
        let world = Shared(World()), store = store, web = web, made = made, lines = lines
        let cache = folder.path + "/cache"
        self.world = world
        channels = ProxyChannels([ProxiedChannel(url)], acceptsAny: false, basis: { _ in world.value.basis })
        {
            made.add($0.url.textWithCredentials)
            return try SignedUpstream(
                $0.url,
                freshness: .seconds(freshness),
                isPrivate: $0.isPrivate,
                now: { world.value.now }
            ) {
                var configuration = GateConfiguration(
                    trustStore: store,
                    cacheDirectory: cache,
                    fetcher: web,
                    now: world.value.now
                )
                configuration.retry = MirrorRetry(rounds: 1)
                configuration.uptime = { .zero }
                return configuration
            }
        }
        var settings = ProxySettings()
        settings.channels = [ProxiedChannel(url)]
        settings.nameChannels()
        tally = ProxyTally(began: ChannelFixture.start)
        let renderer = IndexRenderer(folder: folder.path + "/indexes")
        proxy = VerifyingProxy(
            channels: channels,
            rendered: RenderedIndexes(renderer, hiding: { world.value.policy }),
            settings: settings,
            tally: tally,
            pseudonym: "kingsnake-test",
            logger: ServerLog.logger(.text, now: { ChannelFixture.start }, write: { lines.add($0) }),
            now: { world.value.now },
            random: { count in (0..<count).map { _ in UInt8.random(in: 0...255) } }
        )
        quick = ProxyQuickAnswers(proxy, proxy.files)
    }

    /// The package.
    var package: FixturePackage { fixture.packages[0] }

    /// Asks in the long way.
    func ask(_ target: String = whole, _ method: HTTPRequest.Method = .get, _ fields: HTTPFields = [:])
        async throws -> TestResponse
    {
        try await Application(responder: proxy.responder(), logger: proxy.logger).test(.router) { client in
            try await client.execute(uri: target, method: method, headers: fields)
        }
    }

    /// What is answered on the connection to the same.
    func quickly(
        _ target: String = whole,
        _ method: HTTPRequest.Method = .get,
        _ fields: HTTPFields = [:],
        host: String? = "localhost"
    ) -> QuickAnswer? {
        var fields = fields
        if let name = ProxyHeadHandler.name { fields[name] = target }
        let request = HTTPRequest(
            method: method,
            scheme: "http",
            authority: host,
            path: "/",
            headerFields: fields
        )
        return quick.answer(request, from: nil, nil)
    }

    func letTimePass(seconds: Int64) {
        world.change { $0.now = $0.now.advanced(bySeconds: seconds) }
    }

    /// Writes the package's file in the cache anew, again and again until that is seen: the clock of a file system has a grain.
    func writeCached(_ bytes: some Sequence<UInt8>) throws {
        let before = FileStamp(cached)
        repeat { try TemporaryFolder.write(Array(bytes), to: cached) } while FileStamp(cached) == before
    }

    /// The file of the package in the cache.
    var cached: String {
        let hex = package.sha256.hex
        return "\(folder.path)/cache/sha256/\(hex.prefix(2))/\(hex.dropFirst(2))"
    }
}

/// A value that closures share.
final class Shared<Value: Sendable>: Sendable {
    private let stored: Mutex<Value>

    init(_ value: Value) { stored = Mutex(value) }

    var value: Value { stored.withLock { $0 } }

    func change(_ body: (inout Value) -> Void) { stored.withLock { body(&$0) } }
}
