// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Synchronization
import TestSupport
import Testing
import Transport
import TrustCore
import TrustPolicy

@testable import Gatekeeper

/// A user's machine: a trust store in which a channel is pinned, a cache, and a moment.
struct GateScene {
    /// The canonical URL of the channel: nobody answers there, everything comes from mirrors.
    static let canonical = "https://conda.example.org/main"

    let home: TemporaryFolder
    let channel: ChannelURL
    var now = ChannelFixture.start
    var limits = TransportLimits()

    /// Pins the channel.
    init(pinning fixture: ChannelFixture, as url: String = canonical) throws {
        home = try TemporaryFolder()
        channel = try ChannelURL(url)
        try store.add(channel, mirrors: [], root: fixture.root, origin: .file, now: now)
    }

    var store: TrustStore { TrustStore(directory: home.path + "/home") }

    /// Runs a body with a gate that fetches from these mirrors; answers what the mirrors did wrong, too.
    func withGate<Value>(
        _ mirrors: [String],
        _ change: (inout GateConfiguration) -> Void = { _ in },
        _ body: (Gate) async throws -> Value
    ) async throws -> (value: Value, reports: [MirrorReport]) {
        let fetcher = URLFetcher(limits: limits)
        let observer = ReportRecorder()
        var configuration = GateConfiguration(
            trustStore: store,
            cacheDirectory: home.path + "/cache",
            fetcher: fetcher,
            now: now
        )
        configuration.mirrorOverride = try mirrors.map { try ChannelURL($0) }
        configuration.observer = observer
        configuration.retry = MirrorRetry(rounds: 1)
        // A machine that runs a thousand tests at once is no slow mirror.
        configuration.uptime = { .zero }
        change(&configuration)
        do {
            let value = try await body(try Gate(configuration))
            await fetcher.shutdown()
            return (value, observer.reports)
        } catch {
            await fetcher.shutdown()
            throw error
        }
    }

    /// Asks for one package.
    func admit(
        _ package: FixturePackage,
        from mirrors: [String],
        lock: LockDemand? = nil
    ) async throws -> (value: Admission, reports: [MirrorReport]) {
        try await withGate(mirrors) { try await $0.admit(PackageRequest(url(of: package), lock: lock)) }
    }

    func url(of package: FixturePackage) -> PackageURL {
        PackageURL(channel: channel, subdir: package.subdir, fileName: package.fileName)
    }
}

/// Writes down what mirrors did wrong.
final class ReportRecorder: TransferObserver {
    private let list = Mutex<[MirrorReport]>([])

    var reports: [MirrorReport] { list.withLock { $0 } }

    func began(_ transfer: Transfer) {}
    func received(_ byteCount: Int, in transfer: Transfer) {}
    func ended(_ transfer: Transfer, completely: Bool) {}
    func rejected(_ report: MirrorReport) { list.withLock { $0.append(report) } }
}

extension Admission {
    /// The admitted package; nil if it was refused.
    var package: AdmittedPackage? {
        guard case .admitted(let package) = self else { return nil }
        return package
    }

    /// The rules that object.
    var objections: [String] { verdict.objections.map(\.rule) }
}

extension FixturePackage {
    /// The package that most tests ask for.
    static func sample(_ text: String = "content") throws -> FixturePackage {
        try .archive("zlib-1.3.1-h0_0.conda", holding: text)
    }
}
