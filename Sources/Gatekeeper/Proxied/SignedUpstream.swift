// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
import Transport
public import TrustCore
import TrustPolicy

/// A channel that the user has pinned to a TUF root, as a program that runs for long passes it on.
///
/// Whatever it shows was verified from the pinned root on, by the very session and gate that decide what is installed.
/// A view that no mirror confirms goes on until the first thing in it expires, marked as stale; then it is refused with
/// `tuf.expired`. That holds for mirrors that are down as for mirrors that show old or forged copies: these are reported,
/// and can neither have such a copy served nor take the last good view away. It holds after a restart, too: what was
/// verified is beside the pin, and the indexes and packages are in the cache.
///
/// Where the pin demands signed records, the index that is passed on lacks the records that are not rightly signed, and
/// of its other members all that is not known; and `admit` refuses such a file with what is wrong with its signatures.
///
/// What is not checked: a package that was verified is not digested again while its view, the user's demands and its
/// file are unchanged (the moment of the last change tells), and an index not after it was opened. Whoever can write
/// in the user's cache and as the user is not kept out. That mirrors hold back what is new is only noticed when
/// the metadata expires. A channel that signs nothing but shards has no whole index (`gate.shards-only`), one that is pinned to a
/// root of content trust only is a failure of the configuration: nobody signs its index.
public struct SignedUpstream: AdmittingChannel {
    /// Its canonical address.
    public let url: ChannelURL
    let refresher: SignedRefresher

    struct Settings: Sendable {
        let freshness: Duration
        let isPrivate: Bool
        let now: @Sendable () -> Timestamp
        let report: @Sendable (any Error) -> Void
        let configuration: @Sendable () throws -> GateConfiguration
    }

    /// For how many seconds a view is not asked about again, unless somebody says otherwise.
    public static let usualFreshness: Int64 = 30

    /// Opens a pinned channel and the cache. Nothing is fetched yet.
    ///
    /// - Parameters:
    ///   - url: the channel's canonical URL or a mirror's.
    ///   - freshness: how old a view may be before mirrors are asked again, in whole seconds.
    ///   - isPrivate: whether credentials go along that a client showed: then nothing that was verified before the server took
    ///     these is an answer, nor, without such credentials, what was verified with some.
    ///   - now: the present moment.
    ///   - report: is told why mirrors did not give a whole and newer view: a `Refusal` or a `Failure`. It must
    ///     return quickly. What a single mirror did wrong is told to the configuration's observer.
    ///   - configuration: how to decide; asked before each refresh, so that it may follow the user's files. Its moment
    ///     is not used, and its trust store and cache must stay the same.
    /// - Throws: `trust.channel-unknown`, `trust.pin-damaged`, or a `Failure`.
    public init(
        _ url: ChannelURL,
        freshness: Duration = .seconds(usualFreshness),
        isPrivate: Bool = false,
        now: @escaping @Sendable () -> Timestamp,
        report: @escaping @Sendable (any Error) -> Void = { _ in },
        configuration: @escaping @Sendable () throws -> GateConfiguration
    ) throws {
        let first = try configuration()
        guard let channel = try first.trustStore.channel(url) else {
            throw Refusal(GateCode.notTrusted, url.description)
        }
        try channel.checkCanBePassedOn()
        self.url = channel.url
        refresher = SignedRefresher(
            channel.url,
            Settings(
                freshness: freshness,
                isPrivate: isPrivate,
                now: now,
                report: report,
                configuration: configuration
            ),
            cache: try BlobCache(at: first.cacheDirectory)
        )
    }

    /// The newest verified view: of mirrors, or the last one, marked as stale.
    public func view() async throws -> UpstreamView {
        let view = try await refresher.newest()
        let goodUntil = await view.session.goodUntil
        return UpstreamView(
            of: url,
            id: view.id,
            checked: view.checked,
            goodUntil: goodUntil,
            isStale: view.isStale,
            newest: { [refresher] in refresher.isNewest(view, until: goodUntil, at: $0) },
            sharded: { [refresher] in try await refresher.shards($0, of: view) },
            whole: { await view.session.hasText(of: $0) },
            listing: { [refresher] in try await refresher.shown($0, in: $1, of: view) },
            open: { [refresher] in try await refresher.subdir($0, of: view) }
        )
    }

    /// Decides by the newest view, which must admit the very bytes that the given one lists.
    ///
    /// - Throws: `gate.index-moved` if it admits others, or what ``Gate/admit(_:)-(PackageRequest)`` throws.
    public func admit(_ file: ArchiveFileName, in subdir: Subdir, of view: UpstreamView) async throws
        -> Admission
    {
        try await refresher.admit(file, in: subdir, of: view)
    }

    /// The attestations beside a package, with the digest that the view's index promises.
    public func sidecar(of file: ArchiveFileName, in subdir: Subdir, of view: UpstreamView) async throws
        -> [UInt8]?
    {
        try await refresher.sidecar(of: file, in: subdir, of: view)
    }
}

extension TrustedChannel {
    /// Demands that somebody signs the channel's index.
    func checkCanBePassedOn() throws {
        guard pinnedRoot != nil else {
            throw Failure(
                .configuration,
                "nobody signs the index of a channel that is pinned to a root of content trust only",
                at: url.description,
                remedy: "pin the channel's TUF root as well"
            )
        }
    }
}
