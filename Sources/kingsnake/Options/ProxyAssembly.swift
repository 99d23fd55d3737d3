// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ChannelServer
import Foundation
import Gatekeeper
import Transport
import TrustCore

/// A proxy put together of its parts, and what has to be ended with it.
struct ProxyAssembly {
    let proxy: VerifyingProxy
    private let fetcher: URLFetcher

    /// What verifies channels, and what makes their indexes for clients.
    struct Parts: Sendable {
        /// Makes what verifies a channel.
        let channels: ProxyChannels.Factory
        /// What it is made by.
        let basis: ProxyChannels.Basis
        /// The policy, which may change.
        let policy: PolicyInForce
        /// Makes indexes.
        let rendered: any RenderedChannel
        /// What one client needs.
    }

    /// What parts are made of.
    struct Needs: Sendable {
        let options: ProxyOptions
        let settings: ProxySettings
        /// Is told why channels gave nothing newer.
        let report: ProxyReport
        /// Fetches over the network, is counted, and names the proxy in `Via`.
        let fetcher: URLFetcher
    }

    /// Puts a proxy together.
    ///
    /// - Parameter format: the form of the log on standard error; nil for none.
    init(
        _ options: ProxyOptions,
        _ settings: ProxySettings,
        log format: LogFormatArgument?
    ) throws {
        let pseudonym = VerifyingProxy.makePseudonym { SystemRandom.bytes($0) }
        let tally = ProxyTally(began: SystemClock.now)
        var http = HTTPOptions()
        http.via = "1.1 \(pseudonym)"
        http.proxies = try Self.proxies(ProcessInfo.processInfo.environment, settings)
        // Who is not let in must not be told that there is nothing: clients remember that.
        http.forbidden = .isFailure
        let fetcher = URLFetcher(options: http, observer: tally)
        let logger = ServerLog.logger(
            format?.format ?? .text,
            now: { SystemClock.now },
            write: { if format != nil { StandardStream.send($0, to: 2) } }
        )
        let parts = try Parts(
            Needs(options: options, settings: settings, report: ProxyReport(logger, tally), fetcher: fetcher)
        )
        self.fetcher = fetcher
        let folder = settings.cache ?? options.locations.cacheDirectory
        proxy = VerifyingProxy(
            channels: ProxyChannels(
                settings.channels,
                acceptsAny: settings.acceptsAnyChannel,
                basis: parts.basis,
                make: parts.channels
            ),
            rendered: parts.rendered,
            notices: ProxyNotices(fetcher),
            trials: settings.offersTrials ? Self.trials : nil,
            policy: parts.policy,
            pruning: try settings.maximumCacheBytes.map {
                CachePruning(try BlobCache(at: folder), maximumBytes: $0)
            },
            settings: settings,
            tally: tally,
            pseudonym: pseudonym,
            logger: logger,
            now: { SystemClock.now },
            random: { SystemRandom.bytes($0) }
        )
    }

    /// The proxies on the way to channels. What leads clients to a proxy of ours is none of them.
    private static func proxies(_ environment: [String: String], _ settings: ProxySettings) throws
        -> HTTPProxies
    {
        let own = environment["KINGSNAKE_PROXY"].flatMap { $0.split(separator: ":").last }.flatMap { Int($0) }
        let ports = [own, settings.port, Int(ClientProxy.usualPort)].compactMap(\.self)
        return try HTTPProxies(environment: environment, ignoring: Set(ports))
    }

    /// What `kingsnake doctor` tries clients with, in a folder that nobody can guess.
    private static var trials: ProxyTrials {
        ProxyTrials(
            in: NSTemporaryDirectory() + "/kingsnake-doctor-\(UUID().uuidString)",
            version: Kingsnake.version,
            now: { SystemClock.now }
        )
    }

    /// Ends its connections.
    func shutdown() async { await fetcher.shutdown() }
}
