// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import DurableFiles
import TUF
import Transport
import TrustCore

/// Keeps the newest view of a signed channel: at most one refresh at a time, however many wait for it.
///
/// A view is taken when it is whole: its metadata verified, and all indexes at hand that anybody asked for within a day, each
/// in the form that was asked for: its whole text, or its shard index. So a mirror that is updated just now, or cut off, or
/// that shows a new timestamp and no more, changes nothing. What cannot be confirmed goes on, marked as stale, while it is
/// not expired: a mirror that shows an old or a forged copy can neither have it served nor take the service away. Whenever
/// a view is held on, it is verified again from the pinned root, at that moment and by the newest root that is known.
actor SignedRefresher {
    let url: ChannelURL
    let settings: SignedUpstream.Settings
    let texts: SignedTexts
    let shards: SharedShards
    let inspected = InspectedArchives()
    var admissions = SignedAdmissions()
    var admitting: [AdmittingKey: Task<Admission, any Error>] = [:]
    private var current: SignedView?
    private var refreshing: Task<SignedView, any Error>?
    /// When indexes were last asked for; nil before the last view was recalled.
    private var asked: [ProxiedIndexKey: Timestamp]?
    private var saved: SignedViewFile?
    /// Whether the server took the credentials that go along.
    private var wasAllowed = false

    /// What is the same decision: the same file by the same view, and the same demands of the user.
    struct AdmittingKey: Hashable {
        let file: SignedAdmissions.Key
        let view: Digest
        let demands: Digest
    }

    init(_ url: ChannelURL, _ settings: SignedUpstream.Settings, cache: BlobCache) {
        self.url = url
        self.settings = settings
        texts = SignedTexts(cache)
        shards = SharedShards(cache)
    }

    /// The newest view, refreshed if the one at hand is not fresh.
    func newest() async throws -> SignedView {
        if let current, await isFresh(current, until: current.session.goodUntil, at: settings.now()) {
            return current
        }
        return try await refreshed()
    }

    /// A view of after this moment, or of the refresh that is under way.
    func refreshed() async throws -> SignedView {
        if let refreshing { return try await refreshing.value }
        let task = Task {
            defer { refreshing = nil }
            current?.standing.end()
            current = nil
            let view = try await refresh()
            current = view
            return view
        }
        refreshing = task
        return try await task.value
    }

    /// Whether a view is given to whoever asks now, without anybody being asked.
    ///
    /// - Parameter goodUntil: the earliest end of what was opened of it.
    nonisolated func isNewest(_ view: SignedView, until goodUntil: Timestamp?, at now: Timestamp) -> Bool {
        !view.standing.isOver && isFresh(view, until: goodUntil, at: now)
    }

    private nonisolated func isFresh(_ view: SignedView, until goodUntil: Timestamp?, at now: Timestamp)
        -> Bool
    {
        let end = view.attempted.advanced(bySeconds: settings.freshness.components.seconds)
        // A clock that went back says nothing about how long ago that was.
        guard view.attempted <= now, now < end else { return false }
        return goodUntil.map { now < $0 } ?? false
    }

    // MARK: Refreshing

    private func refresh() async throws -> SignedView {
        var configuration = try settings.configuration()
        configuration.now = settings.now()
        guard let channel = try configuration.trustStore.channel(url) else {
            throw Refusal(GateCode.notTrusted, url.description)
        }
        try channel.checkCanBePassedOn()
        try recall(channel, configuration.now)
        do {
            let view = try await fetched(channel, configuration)
            guard let error = await open(wanted(at: configuration.now), of: view) else {
                await save(view)
                return view
            }
            settings.report(error)
            let last = try? await held(channel, configuration, mustBeWhole: true)
            return last ?? view
        } catch let reason where Self.isOfMirrorsOrDisk(reason) {
            settings.report(reason)
            guard mayHold(channel, after: reason) else { throw reason }
            do {
                return try await held(channel, configuration, mustBeWhole: false)
            } catch {
                // That the last view is over says more than that nobody gave another.
                throw Self.isExpiry(error) ? error : reason
            }
        }
    }

    private static func isExpiry(_ error: any Error) -> Bool {
        (error as? Refusal)?.is(TUFCode.expired) == true
    }

    /// Whether it is about what mirrors show, or our disk, so that the last view may go on.
    private static func isOfMirrorsOrDisk(_ error: any Error) -> Bool {
        guard let failure = error as? Failure else { return error is Refusal }
        return failure.kind == .network || failure.kind == .disk
    }

    private func fetched(_ channel: TrustedChannel, _ configuration: GateConfiguration) async throws
        -> SignedView
    {
        let store = SignedViewStore(try DirectoryMetadataStore(channel.metadataDirectory))
        let session = try session(channel, configuration, store)
        try await session.refresh()
        wasAllowed = true
        if settings.isPrivate { try Self.notePrivate(channel) }
        return try await SignedView(
            session,
            configuration,
            checked: configuration.now,
            attempted: configuration.now,
            isStale: false
        )
    }

    private func session(
        _ channel: TrustedChannel,
        _ configuration: GateConfiguration,
        _ store: SignedViewStore
    ) throws -> ChannelSession {
        let proxied = ProxiedReading(texts: texts, shards: shards, store: store)
        return try ChannelSession(channel, configuration, cache: texts.cache, proxied: proxied)
    }

    /// Opens indexes; answers why one could not be. What the owner's doing is stands in its place, and is no reason.
    private func open(_ wanted: [ProxiedIndexKey], of view: SignedView) async -> (any Error)? {
        var worst: (any Error)?
        for key in wanted {
            do { try await view.session.open([key]) } catch {
                worst = worst ?? error
            }
        }
        return worst
    }

    // MARK: Holding on

    /// Whether whoever asks may see what was verified before: by credentials only who was let in with these, and without
    /// any only where nobody needed them.
    private func mayHold(_ channel: TrustedChannel, after reason: any Error) -> Bool {
        guard settings.isPrivate else {
            let hasOwn = channel.sources.contains { $0.textWithCredentials != $0.identity }
            return hasOwn || !Folder.exists(Self.privateMark(channel))
        }
        return wasAllowed && (reason as? Failure)?.isAccessDenial != true
    }

    private static func privateMark(_ channel: TrustedChannel) -> String { channel.directory + "/private" }

    private static func notePrivate(_ channel: TrustedChannel) throws {
        guard !Folder.exists(privateMark(channel)) else { return }
        try DurableFile.write([], to: privateMark(channel), mode: 0o600)
    }

    /// The channel by what earlier refreshes left: first the newest that any program verified, then the last view that
    /// was whole.
    private func held(_ channel: TrustedChannel, _ configuration: GateConfiguration, mustBeWhole: Bool)
        async throws -> SignedView
    {
        let folder = try DirectoryMetadataStore(channel.metadataDirectory)
        let file = try SignedViewFile(in: channel.directory)
        var candidates: [[RoleName: [UInt8]]] = []
        if let newest = try folder.read(.role(.timestamp)) { candidates.append([.timestamp: newest]) }
        if let file { candidates.append(file.roles) }
        let checked = [file?.checked, saved?.checked, channel.added].compactMap { $0 }.max() ?? channel.added
        var partial: SignedView?
        var errors: [any Error] = []
        for roles in candidates {
            guard let timestamp = roles[.timestamp] else { continue }
            do {
                let session = try session(
                    channel,
                    configuration,
                    SignedViewStore(holding: roles, over: folder)
                )
                let broken = try await session.hold(
                    HeldMetadata(timestamp: timestamp),
                    opening: wanted(at: configuration.now)
                ).values
                // Mirrors that take longer to fail than a view is fresh would be asked, and waited for, each time.
                let view = try await SignedView(
                    session,
                    configuration,
                    checked: checked,
                    attempted: settings.now(),
                    isStale: true
                )
                if broken.isEmpty { return view }
                partial = partial ?? view
                errors += broken
            } catch {
                errors.append(error)
            }
        }
        if let partial, !mustBeWhole { return partial }
        let expiry = errors.first(where: Self.isExpiry)
        throw expiry ?? errors.first
            ?? Failure(.network, "the channel was never reached", at: url.description)
    }

    private func recall(_ channel: TrustedChannel, _ now: Timestamp) throws {
        guard asked == nil else { return }
        saved = try SignedViewFile(in: channel.directory)
        asked = Dictionary(uniqueKeysWithValues: Set(saved?.indexes ?? []).map { ($0, now) })
    }

    /// The indexes that were asked for within a day.
    private func wanted(at now: Timestamp) -> [ProxiedIndexKey] {
        (asked ?? [:]).filter { now.advanced(byDays: -1) <= $0.value }.keys.sorted()
    }

    /// Notes that an index is asked for, which the channel has.
    func note(_ key: ProxiedIndexKey, of view: SignedView) async {
        guard asked?.updateValue(settings.now(), forKey: key) == nil, !view.isStale else { return }
        await save(view)
    }

    /// Keeps a whole view for the time after a restart.
    private func save(_ view: SignedView) async {
        let session = view.session
        guard let store = session.proxied?.store else { return }
        do {
            let lock = try await store.lock()
            defer { lock.release() }
            // In this order: a subdir that is asked for meanwhile has its role in what is kept next, not in this.
            let indexes = wanted(at: settings.now())
            let roles = await session.roles
            let file = SignedViewFile(checked: view.checked, roles: roles, indexes: indexes)
            // Another process is further: its view is for it to keep.
            let newest = try DirectoryMetadataStore(session.channel.metadataDirectory).read(.role(.timestamp))
            guard newest == file.roles[.timestamp] else { return }
            try file.write(in: session.channel.directory, after: saved)
            saved = file
        } catch {
            settings.report(error)
        }
    }
}
