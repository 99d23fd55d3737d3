// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import DurableFiles
import Transport
import TrustCore

/// Makes the views of an observed channel: asks the channel when the last one is not fresh, once for all who wait.
actor ObservedViews {
    /// A view that was given out, and what is known of it by now.
    private struct Current {
        let view: ObservedView
        var checked: Timestamp
        var nextCheck: Timestamp
        var isStale: Bool
        /// Whether its forms are not asked for before the next check, whatever others find: for that was tried just now.
        var isFinal: Bool
        /// Differs each time that one is given.
        var number: UInt64 = 0
    }

    private let configuration: ObservedConfiguration
    private let cache: BlobCache
    private let shards: SharedShards
    private var subdirs: [Subdir: ObservedSubdir] = [:]
    private var sharded: [Subdir: ObservedShardSubdir] = [:]
    private var current: Current?
    private var refreshing: Task<UpstreamView, any Error>?
    /// Why there is none, and since when: a channel that serves something bad is not asked by each client anew.
    private var refused: (refusal: Refusal, at: Timestamp)?
    /// The same of shard indexes, in whose place the whole index goes on.
    private var refusedShards: [Subdir: (refusal: Refusal, at: Timestamp)] = [:]
    private var count: UInt64 = 0
    /// Views that somebody still has, by their digests.
    private var given: [Digest: WeakView] = [:]

    private struct WeakView { weak var view: ObservedView? }

    init(_ configuration: ObservedConfiguration, cache: BlobCache) {
        self.configuration = configuration
        self.cache = cache
        shards = SharedShards(cache)
    }

    func view() async throws -> UpstreamView {
        let now = configuration.now()
        while let seen = current, seen.checked <= now, now < seen.nextCheck {
            if seen.isFinal { return upstream(seen) }
            if await isSettled(seen.view) { return upstream(seen) }
            if current?.number == seen.number { break }
        }
        if let refreshing { return try await refreshing.value }
        if let refused, refused.at <= now, now < refused.at.advanced(bySeconds: configuration.pause) {
            throw refused.refusal
        }
        let task = Task { try await self.refresh(now) }
        refreshing = task
        defer { refreshing = nil }
        do {
            let view = try await task.value
            refused = nil
            return view
        } catch let refusal as Refusal {
            refused = (refusal, configuration.now())
            throw refusal
        }
    }

    /// What a view says of a file: its shards, if they list the file, or else the whole index, if it was read; where neither
    /// was, the one that costs least. Nil if the channel has no index.
    ///
    /// - Throws: a `Failure` for a view that is not of this channel.
    func listing(of file: ArchiveFileName, in subdir: Subdir, of view: UpstreamView) async throws
        -> ObservedEntry?
    {
        guard let own = given[view.id]?.view else {
            throw Failure(.configuration, "the view is not of this channel", at: view.channel.description)
        }
        return try await listing(of: file, in: subdir, of: own)
    }

    private func listing(of file: ArchiveFileName, in subdir: Subdir, of own: ObservedView) async throws
        -> ObservedEntry?
    {
        let hasText = await own.has(ProxiedIndexKey(subdir, .text))
        var hasShards = await own.has(ProxiedIndexKey(subdir, .shards))
        if !hasText, !hasShards { hasShards = await mayHaveShards(subdir, own) }
        var found: ObservedEntry?
        if hasShards, let shards = try await shards(of: subdir, in: own) {
            do {
                found = try await shards.listing(of: file)
                if let found, found.entry.record != nil || found.entry.isRemoved || !hasText { return found }
            } catch  where hasText && configuration.leavesToText(error) {
                // Whoever can spoil a shard could spoil the text as well; what it says is held against the same ledger.
            }
        }
        return try await index(of: subdir, in: own)?.listing(of: file) ?? found
    }

    /// Whether there is a shard index to go by; one that is refused is none, where the whole index may do.
    private func mayHaveShards(_ subdir: Subdir, _ view: ObservedView) async -> Bool {
        do { return try await shards(of: subdir, in: view) != nil } catch { return !(error is Refusal) }
    }

    /// The subdir's part, which is made when it is first needed.
    func part(_ subdir: Subdir) throws -> ObservedSubdir {
        if let known = subdirs[subdir] { return known }
        let made = try ObservedSubdir(subdir, configuration, cache: cache)
        subdirs[subdir] = made
        return made
    }

    private func form(_ key: ProxiedIndexKey) throws -> any ObservedForm {
        let part = try part(key.subdir)
        guard key.form == .shards else { return part }
        if let known = sharded[key.subdir] { return known }
        let made = try ObservedShardSubdir(key.subdir, configuration, beside: part, in: shards)
        sharded[key.subdir] = made
        return made
    }

    /// Whether all that a view shows is what is remembered, in whichever process, and no form of it was found to have changed
    /// since the other one was asked for.
    private func isSettled(_ view: ObservedView) async -> Bool { isSettled(await view.all) }

    private func isSettled(_ parts: [ProxiedIndexKey: ObservedPart]) -> Bool {
        parts.allSatisfy { key, part in (try? form(key))?.isSettled(on: part.digest) ?? true }
    }

    // MARK: Making views

    private func upstream(_ current: Current) -> UpstreamView {
        let view = current.view
        return UpstreamView(
            of: configuration.channel,
            id: view.id,
            checked: current.checked,
            goodUntil: current.checked.advanced(bySeconds: configuration.grace),
            isStale: current.isStale,
            late: { await view.unconfirmedSince },
            sharded: { try await self.shards(of: $0, in: view)?.upstream },
            whole: { await view.has(ProxiedIndexKey($0, .text)) },
            listing: { try await self.listing(of: $0, in: $1, of: view)?.entry },
            open: { try await self.index(of: $0, in: view)?.upstream }
        )
    }

    private func index(of subdir: Subdir, in view: ObservedView) async throws -> ObservedIndex? {
        if case .text(let index) = try await part(ProxiedIndexKey(subdir, .text), in: view) {
            try await index.text.restore(to: cache)
            return index
        }
        guard try await shards(of: subdir, in: view) == nil else {
            throw Refusal(
                GateCode.shardsOnly,
                "\(subdir)/\(ObservedText.forms[0])",
                at: configuration.channel.description
            )
        }
        return nil
    }

    /// The shard index of a subdir; nil if the channel has none, or mirrors are compared: that needs whole indexes.
    private func shards(of subdir: Subdir, in view: ObservedView) async throws -> ObservedShards? {
        guard configuration.compared.isEmpty,
            case .shards(let shards) = try await part(ProxiedIndexKey(subdir, .shards), in: view)
        else { return nil }
        return shards
    }

    private func part(_ key: ProxiedIndexKey, in view: ObservedView) async throws -> ObservedPart? {
        let form = try form(key)
        return try await view.part(
            key,
            now: configuration.now(),
            absentFor: configuration.freshness
        ) { try await self.loadLate(form, for: view) }
    }

    /// Reads an index that nobody had asked for when its view was made; as it is remembered where the channel does not
    /// answer.
    private func loadLate(_ form: any ObservedForm, for view: ObservedView) async throws -> ObservedPart? {
        let now = configuration.now()
        if form.key.form == .shards, let refused = refusedShards[form.key.subdir], refused.at <= now,
            now < refused.at.advanced(bySeconds: configuration.pause)
        {
            throw refused.refusal
        }
        do {
            return try await form.load()?.part
        } catch {
            if form.key.form == .shards, let refusal = error as? Refusal, !refusal.is(LedgerCode.rollback) {
                refusedShards[form.key.subdir] = (refusal, now)
            }
            guard configuration.isBearable(error), let old = try await form.loadRemembered() else {
                throw error
            }
            try configuration.checkAge(old.checked, after: error)
            await view.note(unconfirmedSince: old.checked)
            return old.part
        }
    }

    private func refresh(_ now: Timestamp) async throws -> UpstreamView {
        let wanted = try await formsInUse(now)
        let results = await FormsTogether(wanted).load()
        var loaded: [ProxiedIndexKey: ObservedLoaded] = [:]
        var trouble: (any Error)?
        for (key, result) in results.sorted(by: { $0.key < $1.key }) {
            switch result {
            case .success(let found?): loaded[key] = found
            case .success(nil):
                // Who has no shards any more has a whole index, and is asked for that.
                guard key.form == .text else { continue }
                // It was there before: that all mirrors lost it is no word of the channel's.
                trouble = Failure(
                    .network,
                    "the index of \(key.subdir) is gone",
                    at: configuration.channel.description
                )
            case .failure(let error):
                if configuration.isBearable(error) {
                    trouble = error
                } else if key.form == .shards, let refusal = error as? Refusal,
                    !refusal.is(LedgerCode.rollback)
                {
                    // The whole index may do.
                    configuration.report(refusal)
                } else {
                    throw error
                }
            }
        }
        if let trouble { return try await stale(loaded, wanted, now, after: trouble) }
        return await fresh(loaded, now)
    }

    /// What is kept fresh: what the last view was asked for, or, at first, what an earlier run left and may be shown.
    private func formsInUse(_ now: Timestamp) async throws -> [any ObservedForm] {
        let since = now.advanced(bySeconds: -configuration.grace)
        if let current {
            let idle = since.advanced(bySeconds: -configuration.grace)
            return try await current.view.inUse(since: idle).keys.map { try form($0) }
        }
        var found: [any ObservedForm] = []
        for name in try Folder.names(in: configuration.channelDirectory) {
            guard let subdir = try? Subdir(name) else { continue }
            for kind in ProxiedForm.allCases where kind == .text || configuration.compared.isEmpty {
                let form = try form(ProxiedIndexKey(subdir, kind))
                if let checked = await form.checked, checked > since { found.append(form) }
            }
        }
        return found
    }

    private func fresh(_ loaded: [ProxiedIndexKey: ObservedLoaded], _ now: Timestamp) async -> UpstreamView {
        let parts = loaded.mapValues(\.part)
        let isFinal = !isSettled(parts)
        // Others may have asked for the same a while ago, for this view or in another process.
        let checked = loaded.values.map(\.checked).min() ?? now
        let nextCheck = checked.advanced(bySeconds: configuration.freshness)
        if let current {
            let old = await current.view.all
            // What was not asked for in a long time is not confirmed, and so not in the next view.
            if old.count == parts.count, parts.allSatisfy({ old[$0.key]?.digest == $0.value.digest }) {
                await current.view.noteConfirmed()
                return give(current.view, checked, nextCheck, isStale: false, isFinal: isFinal)
            }
        }
        return give(make(parts, now), checked, nextCheck, isStale: false, isFinal: isFinal)
    }

    /// The last view, or, after a start, what an earlier run left.
    private func stale(
        _ loaded: [ProxiedIndexKey: ObservedLoaded],
        _ wanted: [any ObservedForm],
        _ now: Timestamp,
        after trouble: any Error
    ) async throws -> UpstreamView {
        // One that went back answers, with all of an index each time.
        let pause = trouble is Refusal ? configuration.freshness : configuration.pause
        // From now on, not from when it was asked: one that takes longer to fail would be asked, and waited for, each time.
        let nextCheck = configuration.now().advanced(bySeconds: pause)
        if let current {
            try configuration.checkAge(current.checked, after: trouble)
            return give(current.view, current.checked, nextCheck, isStale: true, isFinal: true)
        }
        var parts = loaded
        for form in wanted where parts[form.key] == nil {
            guard let old = try await form.loadRemembered() else { throw trouble }
            parts[form.key] = old
        }
        let checked = parts.values.map(\.checked).min() ?? now
        try configuration.checkAge(checked, after: trouble)
        return give(make(parts.mapValues(\.part), now), checked, nextCheck, isStale: true, isFinal: true)
    }

    private func make(_ parts: [ProxiedIndexKey: ObservedPart], _ now: Timestamp) -> ObservedView {
        count += 1
        return ObservedView(of: configuration.channel, parts, at: now, number: count)
    }

    private func give(
        _ view: ObservedView,
        _ checked: Timestamp,
        _ nextCheck: Timestamp,
        isStale: Bool,
        isFinal: Bool
    ) -> UpstreamView {
        given = given.filter { $0.value.view != nil }
        given[view.id] = WeakView(view: view)
        var next = Current(
            view: view,
            checked: checked,
            nextCheck: nextCheck,
            isStale: isStale,
            isFinal: isFinal
        )
        next.number = (current?.number ?? 0) &+ 1
        current = next
        return upstream(next)
    }
}
