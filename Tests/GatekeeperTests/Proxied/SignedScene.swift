// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import Synchronization
import TestSupport
import Testing
import Transport
import TrustCore

@testable import Gatekeeper

/// A user's machine that passes a pinned channel on, simulated mirrors, and a clock that only the test moves.
struct SignedScene {
    static let first = "https://one.example/main"
    static let second = "https://two.example/main"

    var fixture: ChannelFixture
    let user: GateScene
    let mirrors = SignedMirrors()
    let observer = ReportRecorder()
    let clock = TestClock(ChannelFixture.start)
    let reports = ErrorRecorder()
    let sample: FixturePackage

    /// Serves a channel at the first mirror.
    init(_ form: ChannelFixture.Form = .sharded, packages: [FixturePackage]? = nil) async throws {
        sample = try .sample()
        fixture = try await ChannelFixture(form, packages: packages ?? [sample])
        user = try GateScene(pinning: fixture)
        mirrors.serve(fixture.directory, at: Self.first)
    }

    /// Serves a channel that a user has pinned already.
    init(_ fixture: ChannelFixture, of user: GateScene) throws {
        sample = try .sample()
        self.fixture = fixture
        self.user = user
        mirrors.serve(fixture.directory, at: Self.first)
    }

    static let linux: Subdir = {
        do { return try Subdir("linux-64") } catch { preconditionFailure("\(error)") }
    }()

    /// What passes the channel on; another one each time, as after a restart.
    func upstream(
        _ addresses: [String] = [first],
        freshness: Duration = .seconds(30),
        isPrivate: Bool = false
    ) throws -> SignedUpstream {
        var configuration = GateConfiguration(
            trustStore: user.store,
            cacheDirectory: user.home.path + "/cache",
            fetcher: mirrors,
            now: Timestamp(seconds: 0)
        )
        configuration.mirrorOverride = try addresses.map { try ChannelURL($0) }
        configuration.retry = MirrorRetry(rounds: 1)
        configuration.uptime = { .zero }
        configuration.observer = observer
        return try SignedUpstream(
            user.channel,
            freshness: freshness,
            isPrivate: isPrivate,
            now: { [clock] in clock.now },
            report: { [reports] in reports.add($0) },
            configuration: { [configuration] in configuration }
        )
    }

    /// Publishes another package beside those there are.
    mutating func publish(_ name: String) async throws {
        fixture.packages.append(try .archive(name))
        try await fixture.publish(now: clock.now)
    }

    /// The text of the channel's index as it is now.
    func plain() throws -> [UInt8] {
        let records = try fixture.packages.filter { $0.subdir == Self.linux }.map { try $0.record() }
        return try RepodataWriter.encode(
            RepodataInfo(subdir: Self.linux, baseURL: fixture.baseURL),
            records: records,
            removed: []
        )
    }

    /// When a role of the channel as it is now expires.
    func expiry(of file: String) throws -> Timestamp {
        let bytes = try fixture.folder.read("tuf/" + file)
        let signed = try #require(JSONReader.read(bytes, of: file).object?["signed"]?.object)
        return try #require(signed["expires"]?.string.flatMap { Timestamp($0) })
    }

    /// The bytes of a view's index.
    static func text(_ view: UpstreamView) async throws -> [UInt8] {
        let subdir = try #require(await view.subdir(linux))
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: subdir.path)))
        #expect(Digest.of(bytes) == subdir.id)
        return bytes
    }

    /// Demands that every file in the cache is what its name says.
    func checkCache() throws {
        let cache = user.home.path + "/cache/sha256"
        for folder in (try? FileManager.default.contentsOfDirectory(atPath: cache)) ?? [] {
            for name in try FileManager.default.contentsOfDirectory(atPath: "\(cache)/\(folder)") {
                let bytes = try user.home.read("cache/sha256/\(folder)/\(name)")
                #expect(Digest.of(bytes).hex == folder + name)
            }
        }
    }
}

/// A clock that only the test moves.
final class TestClock: Sendable {
    private let moment: Mutex<Timestamp>

    init(_ now: Timestamp) { moment = Mutex(now) }

    var now: Timestamp { moment.withLock { $0 } }

    func advance(seconds: Int64 = 0, days: Int = 0) {
        moment.withLock { $0 = $0.advanced(byDays: days).advanced(bySeconds: seconds) }
    }
}

/// Writes down why views were not refreshed.
final class ErrorRecorder: Sendable {
    private let list = Mutex<[String]>([])

    /// The codes of refusals, and the kinds of failures, since the last call.
    func take() -> [String] {
        list.withLock { list in
            defer { list = [] }
            return list
        }
    }

    func add(_ error: any Error) {
        let name = (error as? Refusal)?.codeName ?? (error as? Failure)?.kind.rawValue ?? "\(error)"
        list.withLock { $0.append(name) }
    }
}
