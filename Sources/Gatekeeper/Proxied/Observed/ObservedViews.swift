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
    }

    private let configuration: ObservedConfiguration
    private let cache: BlobCache
    private var subdirs: [Subdir: ObservedSubdir] = [:]
    private var current: Current?
    private var refreshing: Task<UpstreamView, any Error>?
    /// Why there is none, and since when: a channel that serves something bad is not asked by each client anew.
    private var refused: (refusal: Refusal, at: Timestamp)?
    private var count: UInt64 = 0
    /// Views that somebody still has, by their digests.
    private var given: [Digest: WeakView] = [:]

    private struct WeakView { weak var view: ObservedView? }

    init(_ configuration: ObservedConfiguration, cache: BlobCache) {
        self.configuration = configuration
        self.cache = cache
    }

    func view() async throws -> UpstreamView {
        let now = configuration.now()
        if let current, current.checked <= now, now < current.nextCheck { return upstream(current) }
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
            refused = (refusal, now)
            throw refusal
        }
    }

    /// The index that a view gave out.
    ///
    /// - Throws: a `Failure` for a view that is not of this channel.
    func index(of subdir: Subdir, in view: UpstreamView) async throws -> ObservedIndex? {
        guard let own = given[view.id]?.view else {
            throw Failure(.configuration, "the view is not of this channel", at: view.channel.description)
        }
        return try await index(of: subdir, in: own)
    }

    /// The subdir's part, which is made when it is first needed.
    func part(_ subdir: Subdir) throws -> ObservedSubdir {
        if let known = subdirs[subdir] { return known }
        let made = try ObservedSubdir(subdir, configuration, cache: cache)
        subdirs[subdir] = made
        return made
    }

    // MARK: Making views

    private func upstream(_ current: Current) -> UpstreamView {
        let view = current.view
        return UpstreamView(
            of: configuration.channel,
            id: view.id,
            checked: current.checked,
            goodUntil: current.checked.advanced(bySeconds: configuration.grace),
            isStale: current.isStale
        ) { subdir in try await self.index(of: subdir, in: view)?.upstream }
    }

    private func index(of subdir: Subdir, in view: ObservedView) async throws -> ObservedIndex? {
        let part = try part(subdir)
        return try await view.index(
            of: subdir,
            now: configuration.now(),
            absentFor: configuration.freshness
        ) { try await self.loadLate(part) }
    }

    /// Reads a subdir that nobody had asked for when its view was made; as it is remembered where the channel does not
    /// answer.
    private func loadLate(_ part: ObservedSubdir) async throws -> ObservedIndex? {
        do {
            return try await part.load()?.index
        } catch {
            guard isBearable(error), let old = try await part.loadRemembered() else { throw error }
            try checkAge(old.checked, after: error)
            return old.index
        }
    }

    /// Whether the last view may be shown though this happened.
    private func isBearable(_ error: any Error) -> Bool {
        switch error {
        case let failure as Failure:
            // Who is not let in any more gets nothing of what others may still see.
            return failure.kind == .network && !(configuration.isPrivate && failure.isAccessDenial)
        case let refusal as Refusal where refusal.is(LedgerCode.rollback):
            guard configuration.rollback == .keepNewer else { return false }
            configuration.report(refusal)
            return true
        default: return false
        }
    }

    private func checkAge(_ checked: Timestamp, after cause: any Error) throws {
        let end = checked.advanced(bySeconds: configuration.grace)
        guard end <= configuration.now() else { return }
        // That it went back says more than that it is old.
        if let refusal = cause as? Refusal { throw refusal }
        throw Refusal(
            LedgerCode.tooOld,
            configuration.channel.description,
            expected: "to be confirmed by \(end)",
            found: "last confirmed \(checked)",
            cause: cause
        )
    }

    private func refresh(_ now: Timestamp) async throws -> UpstreamView {
        let wanted = try await subdirsInUse(now)
        var results: [Subdir: Result<ObservedSubdir.Loaded?, any Error>] = [:]
        await withTaskGroup(of: (Subdir, Result<ObservedSubdir.Loaded?, any Error>).self) { group in
            for part in wanted {
                group.addTask {
                    do { return (part.subdir, .success(try await part.load())) } catch {
                        return (part.subdir, .failure(error))
                    }
                }
            }
            for await (subdir, result) in group { results[subdir] = result }
        }
        var loaded: [Subdir: ObservedSubdir.Loaded] = [:]
        var trouble: (any Error)?
        for (subdir, result) in results.sorted(by: { $0.key < $1.key }) {
            switch result {
            case .success(let found?): loaded[subdir] = found
            case .success(nil):
                // It was there before: that all mirrors lost it is no word of the channel's.
                trouble = Failure(
                    .network,
                    "the index of \(subdir) is gone",
                    at: configuration.channel.description
                )
            case .failure(let error):
                guard isBearable(error) else { throw error }
                trouble = error
            }
        }
        if let trouble { return try await stale(loaded, wanted, now, after: trouble) }
        return await fresh(loaded, now)
    }

    /// What is kept fresh: what the last view was asked for, or, at first, what an earlier run left and may be shown.
    private func subdirsInUse(_ now: Timestamp) async throws -> [ObservedSubdir] {
        let since = now.advanced(bySeconds: -configuration.grace)
        if let current {
            let idle = since.advanced(bySeconds: -configuration.grace)
            return try await current.view.inUse(since: idle).keys.map { try part($0) }
        }
        var found: [ObservedSubdir] = []
        for name in try Folder.names(in: configuration.channelDirectory) {
            guard let subdir = try? Subdir(name) else { continue }
            let part = try part(subdir)
            if let checked = await part.checked, checked > since { found.append(part) }
        }
        return found
    }

    private func fresh(_ loaded: [Subdir: ObservedSubdir.Loaded], _ now: Timestamp) async -> UpstreamView {
        let indexes = loaded.mapValues(\.index)
        // Others may have asked for the same a while ago, for this view or in another process.
        let checked = loaded.values.map(\.checked).min() ?? now
        let nextCheck = checked.advanced(bySeconds: configuration.freshness)
        if let current {
            let old = await current.view.inUse(since: Timestamp(seconds: .min))
            // What was not asked for in a long time is not confirmed, and so not in the next view.
            if old.count == indexes.count,
                indexes.allSatisfy({ old[$0.key]?.text.digest == $0.value.text.digest })
            {
                return give(current.view, checked, nextCheck, isStale: false)
            }
        }
        return give(make(indexes, now), checked, nextCheck, isStale: false)
    }

    /// The last view, or, after a start, what an earlier run left.
    private func stale(
        _ loaded: [Subdir: ObservedSubdir.Loaded],
        _ wanted: [ObservedSubdir],
        _ now: Timestamp,
        after trouble: any Error
    ) async throws -> UpstreamView {
        // One that went back answers, with all of an index each time.
        let pause = trouble is Refusal ? configuration.freshness : configuration.pause
        let nextCheck = now.advanced(bySeconds: pause)
        if let current {
            try checkAge(current.checked, after: trouble)
            return give(current.view, current.checked, nextCheck, isStale: true)
        }
        var indexes = loaded
        for part in wanted where indexes[part.subdir] == nil {
            guard let old = try await part.loadRemembered() else { throw trouble }
            indexes[part.subdir] = old
        }
        let checked = indexes.values.map(\.checked).min() ?? now
        try checkAge(checked, after: trouble)
        return give(make(indexes.mapValues(\.index), now), checked, nextCheck, isStale: true)
    }

    private func make(_ indexes: [Subdir: ObservedIndex], _ now: Timestamp) -> ObservedView {
        count += 1
        return ObservedView(of: configuration.channel, indexes, at: now, number: count)
    }

    private func give(
        _ view: ObservedView,
        _ checked: Timestamp,
        _ nextCheck: Timestamp,
        isStale: Bool
    ) -> UpstreamView {
        given = given.filter { $0.value.view != nil }
        given[view.id] = WeakView(view: view)
        let next = Current(view: view, checked: checked, nextCheck: nextCheck, isStale: isStale)
        current = next
        return upstream(next)
    }
}
