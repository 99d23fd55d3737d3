// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ChannelServer
import CondaFormats
import DurableFiles
import Gatekeeper
import Transport
import TrustCore
import TrustPolicy

extension ProxyAssembly.Parts {
    /// Puts together what verifies channels and makes their indexes: the one place that names those types.
    ///
    /// The policy that hides files from indexes and the one that refuses packages are the same at any moment.
    init(_ needs: ProxyAssembly.Needs) throws {
        let home = try Folder.absolute(needs.options.locations.homeDirectory)
        let cache = try Folder.absolute(needs.settings.cache ?? needs.options.locations.cacheDirectory)
        let store = UserPolicyStore(directory: home)
        let policy = try PolicyInForce(
            needs.settings.policy ?? store.policyPath,
            mayBeAbsent: needs.settings.policy == nil,
            now: SystemClock.now
        )
        let sigstore = try needs.options.sigstore.trust(home: home, fetcher: needs.fetcher).trust
        let publishers = { @Sendable () throws -> UserPublishers in
            let now = policy.policy
            return UserPublishers(
                policy: now.file,
                rules: now.rules,
                lock: try store.publisherLock(),
                recorder: store
            )
        }
        let trusted = TrustStore(directory: home)
        let freshness = needs.settings.freshnessSeconds
        let pins = PinnedChannels(trusted, policy)
        channels = { channel in
            let report = { @Sendable (error: any Error) -> Void in
                needs.report.write(error, of: channel.url)
            }
            let fetcher: any Fetcher =
                try channel.bearer.map { try BearerFetcher(needs.fetcher, $0, for: channel.url.identity) }
                ?? needs.fetcher
            guard try pins.isPinned(channel) else {
                var configuration = ObservedConfiguration(
                    channel: channel.url,
                    cacheDirectory: cache,
                    ledgerDirectory: home + "/observed",
                    fetcher: fetcher,
                    now: { SystemClock.now }
                )
                configuration.mirrors = channel.mirrors
                configuration.isPrivate = channel.isPrivate
                configuration.compared = channel.compared
                configuration.demandedMirrors = channel.agreeing
                configuration.publishers = publishers
                configuration.sigstore = sigstore
                configuration.report = report
                if let freshness {
                    configuration.freshness = freshness
                    configuration.pause = min(configuration.pause, freshness)
                }
                return try ObservedUpstream(configuration)
            }
            return try SignedUpstream(
                channel.url,
                freshness: .seconds(freshness ?? SignedUpstream.usualFreshness),
                isPrivate: channel.isPrivate,
                now: { SystemClock.now },
                report: report
            ) {
                var configuration = GateConfiguration(
                    trustStore: trusted,
                    cacheDirectory: cache,
                    fetcher: fetcher,
                    now: SystemClock.now
                )
                // A client's credentials are for the channel's own host, and for nobody else.
                configuration.mirrorOverride = channel.isPrivate ? [channel.url] : channel.mirrors
                configuration.publishers = try publishers()
                configuration.sigstore = sigstore
                return configuration
            }
        }
        rendered = RenderedIndexes(
            IndexRenderer(folder: cache + "/indexes"),
            hiding: { policy.policy.rules }
        )
        self.policy = policy
        basis = { try pins.basis(of: $0) }
    }
}
