// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import DurableFiles
import Transport
import TrustCore

/// The shard index of one subdir of an observed channel: keeps it fresh, and its ledger.
///
/// Which shards a package ever had is written down with each index, and what a shard lists when it is fetched. A file that a
/// shard lists counts as seen when an index first named the shard, for that says which bytes it has.
actor ObservedShardSubdir: ObservedForm {
    nonisolated let key: ProxiedIndexKey
    private nonisolated var subdir: Subdir { key.subdir }
    private let configuration: ObservedConfiguration
    private let source: ObservedSource<ObservedShardFile>
    private let ledger: Ledger
    private let sightings: ShardSightings
    private let store: SharedShards
    private nonisolated let forms: SubdirForms
    private let changed: ChangedPackages
    /// The last one that was loaded: the same index is not read twice.
    private var last: ObservedShards?
    private var loading: Task<ObservedLoaded?, any Error>?

    /// - Parameter whole: the same subdir's other form, which has the ledger of files.
    init(
        _ subdir: Subdir,
        _ configuration: ObservedConfiguration,
        beside whole: ObservedSubdir,
        in store: SharedShards
    ) throws {
        key = ProxiedIndexKey(subdir, .shards)
        self.configuration = configuration
        self.store = store
        let forms = whole.forms
        self.forms = forms
        changed = whole.changed
        let folder = ObservedSubdir.folder(of: subdir, configuration)
        ledger = try Ledger(folder + "/shards", of: configuration.channel.identity + " shards", subdir)
        sightings = ShardSightings(whole.ledger, changed: whole.changed)
        source = ObservedSource(
            channel: configuration.channel,
            subdir: subdir,
            stateFile: forms.stateFile(.shards),
            cache: store.cache,
            time: configuration.indexTime,
            beside: { forms.confirmed(.text)?.digest }
        )
    }

    var checked: Timestamp? { source.state()?.checked }

    func load() async throws -> ObservedLoaded? {
        let task = loading ?? Task { try await self.loadNow() }
        loading = task
        defer { if loading == task { loading = nil } }
        return try await task.value
    }

    private func loadNow() async throws -> ObservedLoaded? {
        let now = configuration.now()
        var known = remembered()
        if let known, isFresh(known.state, now) {
            return try await loaded(known.text, known.state)
        }
        if let newest = try await ledger.table().newest, newest.digest != known?.text.digest { known = nil }
        let answer = try await source.fetch(from: configuration.sources(), known: known, now: now) {
            [ledger, configuration] file in
            try configuration.noteName()
            _ = try await ledger.record(
                file.digest,
                check: { try self.checkOrder(of: file, $0) },
                news: { $0.news(in: file, at: now) }
            )
        }
        guard case .text(let file, let state) = answer else { return nil }
        let found = try await loaded(file, state)
        let isKept = try await source.keep(
            state,
            unlessOvertakenIn: ledger,
            configuration.retention,
            now: now
        )
        forms.note(.shards, state)
        return isKept ? found : try await loadRemembered() ?? found
    }

    func loadRemembered() async throws -> ObservedLoaded? {
        guard let (file, state) = remembered(), forms.mayShow(.shards, state.digest) else { return nil }
        return try await loaded(file, state)
    }

    private func isFresh(_ state: ObservedState, _ now: Timestamp) -> Bool {
        configuration.isFresh(state, now) && forms.mayShow(.shards, state.digest)
            && forms.isSettled(.shards, on: state.digest)
    }

    nonisolated func isSettled(on digest: Digest) -> Bool { forms.isSettled(.shards, on: digest) }

    private func remembered() -> (text: ObservedShardFile, state: ObservedState)? {
        guard let state = source.state() else { return nil }
        if let last, last.file.digest == state.digest { return (last.file, state) }
        return open(state.digest).map { ($0, state) }
    }

    private nonisolated func open(_ digest: Digest) -> ObservedShardFile? {
        try? ObservedShardFile(digest, in: store.cache, of: subdir, channel: configuration.channel)
    }

    /// Makes sure that the index is in the ledger; it is, unless the ledger was lost.
    private func loaded(_ file: ObservedShardFile, _ state: ObservedState) async throws -> ObservedLoaded {
        if let last, last.file.digest == file.digest {
            return ObservedLoaded(part: .shards(last), checked: state.checked)
        }
        var table = try await ledger.table()
        if !table.hasSeen(index: file.digest) {
            let now = configuration.now()
            try configuration.noteName()
            table = try await ledger.record(file.digest) { $0.news(in: file, at: now) }
        }
        changed.note(all: try await sightings.ledger.table())
        let shards = ObservedShards(subdir, file, table, configuration, store, sightings, changed)
        last = shards
        return ObservedLoaded(part: .shards(shards), checked: state.checked)
    }

    /// Refuses an index that the channel had replaced by one that has more. In one that is new, a package whose shard is one
    /// of before is reported: an owner who takes a file back does that, too.
    private nonisolated func checkOrder(of file: ObservedShardFile, _ table: LedgerTable) throws {
        guard let newest = table.newest, newest.digest != file.digest else { return }
        let newer = open(newest.digest)
        guard table.hasSeen(index: file.digest) else {
            guard let newer, let name = table.wentBack(from: newer, to: file).first else { return }
            configuration.report(
                Refusal(
                    LedgerCode.rollback,
                    "the shard of `\(name)`",
                    at: configuration.channel.description,
                    expected: newer.index.digest(of: name).map { "\($0), or one that was never seen" },
                    found: file.index.digest(of: name).map { "\($0)" }
                )
            )
            return
        }
        // Where the newer one is gone, it cannot be shown that nothing vanishes.
        guard newer.map({ table.isBehind(file, $0) }) ?? true else { return }
        let first = table.indexes.first { $0.digest == file.digest }
        let refusal = Refusal(
            LedgerCode.rollback,
            "the shard index of \(subdir)",
            at: configuration.channel.description,
            expected: "\(newest.digest), seen \(newest.time), or a newer one",
            found: "\(file.digest), seen \(first?.time ?? newest.time)"
        )
        guard configuration.rollback == .warn else { throw refusal }
        configuration.report(refusal)
    }
}
