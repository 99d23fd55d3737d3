// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
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

extension TemporaryFolder {
    /// Reads a file anywhere.
    static func read(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    }
}

/// A proxy of one channel, `https://conda.example.org/main`, with a package in `linux-64`.
final class ProxyScene: Sendable {
    static let package = "a-1-0.conda"
    static let path = "/main/linux-64/a-1-0.conda"
    static let whole = "http://conda.example.org" + path
    let folder: TemporaryFolder
    let channel: LocalChannel
    let tally: ProxyTally
    let proxy: VerifyingProxy
    /// The channels that were made, with their credentials.
    let made = SharedList()
    /// The lines of the log.
    let lines = SharedList()

    init(
        hidden: [String: Finding] = [:],
        acceptsAny: Bool = false,
        patience: ProxyPatience = ProxyPatience(),
        notices: ProxyNotices = ProxyNotices(nil),
        trials: Bool = false,
        change: (inout ProxySettings) throws -> Void = { _ in }
    ) throws {
        folder = try TemporaryFolder()
        let url = try ChannelURL("https://conda.example.org/main")
        channel = try LocalChannel(url, [try FixturePackage(Self.package)], in: folder)
        var rendered = try PlainRendering(in: folder)
        rendered.hidden = hidden
        var settings = ProxySettings()
        settings.channels = [ProxiedChannel(url)]
        settings.acceptsAnyChannel = acceptsAny
        settings.patience = patience
        settings.nameChannels()
        try change(&settings)
        let tally = ProxyTally(began: Timestamp(seconds: 1_800_000_000))
        self.tally = tally
        let made = made, channel = channel, lines = lines
        proxy = VerifyingProxy(
            channels: ProxyChannels(settings.channels, acceptsAny: acceptsAny) { wanted in
                made.add(wanted.url.textWithCredentials)
                return channel
            },
            rendered: rendered,
            notices: notices,
            trials: trials
                ? ProxyTrials(
                    in: folder.path + "/trials",
                    version: "1",
                    now: { Timestamp(seconds: 1_800_000_100) }
                ) : nil,
            settings: settings,
            tally: tally,
            pseudonym: "kingsnake-test",
            logger: ServerLog.logger(
                .text,
                now: { Timestamp(seconds: 1_800_000_000) },
                write: { lines.add($0) }
            ),
            now: { Timestamp(seconds: 1_800_000_100) },
            random: { count in (0..<count).map { _ in UInt8.random(in: 0...255) } }
        )
    }

    /// The package's bytes.
    var bytes: [UInt8] { channel.packages[0].bytes }
    /// The package's entity tag.
    var tag: String { "\"\(channel.packages[0].sha256.hex)\"" }
    /// Changes how the channel behaves.
    func channel(_ change: (inout LocalChannel.Behaviour) -> Void) {
        channel.behaviour.withLock { change(&$0) }
    }

    /// Asks it, without a network in between.
    func ask(_ method: HTTPRequest.Method, _ target: String, _ fields: HTTPFields = [:]) async throws
        -> TestResponse
    {
        try await Application(responder: proxy.responder(), logger: proxy.logger).test(.router) { client in
            try await client.execute(uri: target, method: method, headers: fields)
        }
    }

    /// Runs a body with the proxy on a socket.
    func live<Value: Sendable>(_ body: @escaping @Sendable (Int) async throws -> Value) async throws -> Value
    {
        try await proxy.application().test(.live) { client in
            let port = try #require(client.port)
            return try await body(port)
        }
    }

    /// Sends text to the proxy on a socket, and answers what it says until it closes.
    static func exchange(_ text: String, _ port: Int) async throws -> [RawAnswer] {
        RawAnswer.all(in: try await RawConnection.exchangeBytes(Array(text.utf8), port: port))
    }
}

extension Base64 {
    /// A text, encoded.
    static func text(_ text: String) -> String { String(decoding: encode(Array(text.utf8)), as: UTF8.self) }
}

/// Texts that closures gather.
final class SharedList: Sendable {
    private let texts = Mutex<[String]>([])
    var all: [String] { texts.withLock { $0 } }
    func add(_ text: String) { texts.withLock { $0.append(text) } }
}
