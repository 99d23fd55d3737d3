// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ChannelServer
import CondaFormats
import Gatekeeper
import Synchronization
import Transport
import TrustCore
import TrustPolicy

/// A proxy on a real socket whose clock and patience the test decides, and which runs all along.
///
/// It is put together as the program does it; what the program's own parts do is tested with the program.
final class ClockedProxy: Sendable {
    private struct State {
        var ahead: Int64 = 0
        var log = ""
        var tally: ProxyTally?
    }

    private let state = Mutex(State())
    private let fetcher = ImpatientFetcher()

    /// The time, as the proxy sees it.
    var now: Timestamp { Clock.now.advanced(bySeconds: state.withLock { $0.ahead }) }

    /// What it logged since the last call.
    func takeLog() -> String {
        state.withLock { state in
            defer { state.log = "" }
            return state.log
        }
    }

    /// What it decided so far.
    var summary: JSONValue { state.withLock { $0.tally }.map { .object($0.summary.json) } ?? .null }

    func letTimePass(seconds: Int64) { state.withLock { $0.ahead += seconds } }

    /// For which URLs a server that says nothing for a second is given up. A machine that is busy with other tests looks
    /// like such a server: so only for those that must fail.
    func setImpatient(for isImpatient: @escaping @Sendable (String) -> Bool) {
        fetcher.setImpatient(for: isImpatient)
    }

    /// Runs a body with the proxy's URL.
    func serving(_ folder: String, _ body: (String) async throws -> Void) async throws {
        let tally = ProxyTally(began: now)
        state.withLock { $0.tally = tally }
        let logger = ServerLog.logger(
            .text,
            now: { [self] in now },
            write: { [self] line in state.withLock { $0.log += line } }
        )
        let report = ProxyReport(logger, tally)
        let proxy = VerifyingProxy(
            channels: ProxyChannels([], acceptsAny: true) { [self] channel in
                try admitting(channel.url, folder, report)
            },
            rendered: RenderedIndexes(IndexRenderer(folder: folder + "/indexes"), hiding: { .empty }),
            settings: ProxySettings(),
            tally: tally,
            pseudonym: "kingsnake-test",
            logger: logger,
            now: { [self] in now },
            random: { count in (0..<count).map { _ in UInt8.random(in: 0...255) } }
        )
        let (ports, sender) = AsyncStream.makeStream(of: Int.self)
        let running = Task { try await proxy.runUntilCancelled { sender.yield($0) } }
        for await port in ports {
            do {
                try await body("http://127.0.0.1:\(port)")
            } catch {
                running.cancel()
                throw error
            }
            break
        }
        running.cancel()
        _ = await running.result
        await fetcher.shutdown()
    }

    private func admitting(_ url: ChannelURL, _ folder: String, _ report: ProxyReport) throws
        -> any AdmittingChannel
    {
        let store = TrustStore(directory: folder + "/home")
        let tell = { @Sendable (error: any Error) in report.write(error, of: url) }
        guard try store.channel(url) != nil else {
            var configuration = ObservedConfiguration(
                channel: url,
                cacheDirectory: folder + "/cache",
                ledgerDirectory: folder + "/home/observed",
                fetcher: fetcher,
                now: { [self] in now }
            )
            configuration.report = tell
            return try ObservedUpstream(configuration)
        }
        return try SignedUpstream(url, now: { [self] in now }, report: tell) { [self] in
            GateConfiguration(
                trustStore: store,
                cacheDirectory: folder + "/cache",
                fetcher: fetcher,
                now: now
            )
        }
    }
}

/// Fetches patiently, as the program does, or not.
private final class ImpatientFetcher: ConditionalFetcher {
    private let patient = URLFetcher()
    private let impatient: URLFetcher
    private let isImpatient = Mutex<@Sendable (String) -> Bool>({ _ in false })

    init() {
        var limits = TransportLimits()
        limits.idle = .seconds(1)
        limits.window = .seconds(1)
        impatient = URLFetcher(limits: limits)
    }

    func setImpatient(for isImpatient: @escaping @Sendable (String) -> Bool) {
        self.isImpatient.withLock { $0 = isImpatient }
    }

    private func fetcher(for request: FetchRequest) -> URLFetcher {
        isImpatient.withLock { $0 }(request.url) ? impatient : patient
    }

    func fetch(_ request: FetchRequest, receive: (UnsafeRawBufferPointer) throws -> Void) async throws
        -> FetchOutcome
    {
        try await fetcher(for: request).fetch(request, receive: receive)
    }

    func fetch(
        _ request: FetchRequest,
        unless version: ResourceVersion?,
        receive: (UnsafeRawBufferPointer) throws -> Void
    ) async throws -> ConditionalOutcome {
        try await fetcher(for: request).fetch(request, unless: version, receive: receive)
    }

    func shutdown() async {
        await patient.shutdown()
        await impatient.shutdown()
    }
}
