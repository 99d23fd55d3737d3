// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import DurableFiles
import Transport
import TrustCore
import TrustPolicy

/// One subdir of an observed channel: keeps its index fresh, and its ledger.
actor ObservedSubdir: ObservedForm {
    nonisolated let subdir: Subdir
    nonisolated var key: ProxiedIndexKey { ProxiedIndexKey(subdir, .text) }
    private let configuration: ObservedConfiguration
    private let source: ObservedSource<ObservedText>
    nonisolated let ledger: Ledger
    /// What is known of its forms, this one and shards.
    nonisolated let forms: SubdirForms
    /// Its packages of which a file's hash may have changed.
    nonisolated let changed: ChangedPackages
    /// The last one that was loaded: the same text is not opened twice.
    private var last: ObservedIndex?
    private var loading: Task<ObservedLoaded?, any Error>?

    init(_ subdir: Subdir, _ configuration: ObservedConfiguration, cache: BlobCache) throws {
        self.subdir = subdir
        self.configuration = configuration
        let folder = Self.folder(of: subdir, configuration)
        let forms = SubdirForms(subdir, configuration)
        self.forms = forms
        changed = ChangedPackages(configuration.hashChange)
        ledger = try Ledger(folder + "/ledger", of: configuration.channel.identity, subdir)
        source = ObservedSource(
            channel: configuration.channel,
            subdir: subdir,
            stateFile: forms.stateFile(.text),
            cache: cache,
            time: configuration.indexTime,
            beside: { forms.confirmed(.shards)?.digest }
        )
    }

    static func folder(of subdir: Subdir, _ configuration: ObservedConfiguration) -> String {
        configuration.channelDirectory + "/" + subdir.text
    }

    /// When what is remembered was last confirmed; nil if nothing is.
    var checked: Timestamp? { source.state()?.checked }

    /// The index: as it is remembered if that is fresh, else as the channel has it now; nil if it has none. Asked once
    /// for all who wait.
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
        // Somebody saw a newer one and was killed: that the older one did not change is no news.
        if let newest = try await ledger.table().newest, newest.digest != known?.text.digest { known = nil }
        let answer = try await source.fetch(from: configuration.sources(), known: known, now: now) {
            [ledger, configuration] text in
            try configuration.noteName()
            _ = try await ledger.record(text.file, at: now) { try self.checkOrder(of: text, $0) }
        }
        switch answer {
        case .absent: return nil
        case .text(let text, let state):
            let found = try await loaded(text, state)
            let isKept = try await source.keep(
                state,
                unlessOvertakenIn: ledger,
                configuration.retention,
                now: now
            )
            forms.note(.text, state)
            return isKept ? found : try await loadRemembered() ?? found
        }
    }

    /// The index as it is remembered, however old; nil if none is.
    func loadRemembered() async throws -> ObservedLoaded? {
        guard let (text, state) = remembered(), forms.mayShow(.text, state.digest) else { return nil }
        return try await loaded(text, state)
    }

    private func isFresh(_ state: ObservedState, _ now: Timestamp) -> Bool {
        configuration.isFresh(state, now) && forms.mayShow(.text, state.digest)
            && forms.isSettled(.text, on: state.digest)
    }

    nonisolated func isSettled(on digest: Digest) -> Bool { forms.isSettled(.text, on: digest) }

    private func remembered() -> (text: ObservedText, state: ObservedState)? {
        guard let state = source.state() else { return nil }
        if let last, last.text.digest == state.digest { return (last.text, state) }
        // What this machine kept was read by the same rules when it was kept: damage is not told from absence.
        let text = try? ObservedText(
            state.digest,
            in: source.cache,
            of: subdir,
            channel: configuration.channel
        )
        return text.map { ($0, state) }
    }

    /// Makes sure that the index is in the ledger; it is, unless the ledger was lost.
    private func loaded(_ text: ObservedText, _ state: ObservedState) async throws -> ObservedLoaded {
        if let last, last.text.digest == text.digest {
            return ObservedLoaded(part: .text(last), checked: state.checked)
        }
        var table = try await ledger.table()
        if !table.hasSeen(index: text.digest) {
            try configuration.noteName()
            table = try await ledger.record(text.file, at: configuration.now())
        }
        let changed = configuration.hashChange == .refuse ? ChangedFiles(in: text, by: table) : .none
        self.changed.note(all: table)
        let index = ObservedIndex(subdir, text, table, changed: changed)
        last = index
        return ObservedLoaded(part: .text(index), checked: state.checked)
    }

    /// Refuses an index that the channel had replaced by one that lists more.
    private nonisolated func checkOrder(of text: ObservedText, _ table: LedgerTable) throws {
        guard table.hasSeen(index: text.digest), let newest = table.newest else { return }
        let newer = try? ObservedText(
            newest.digest,
            in: source.cache,
            of: subdir,
            channel: configuration.channel
        )
        // Where the newer text is gone, it cannot be shown that nothing vanishes.
        guard newer?.hasMore(than: text.file) ?? true else { return }
        let first = table.indexes.first { $0.digest == text.digest }
        let refusal = Refusal(
            LedgerCode.rollback,
            "the index of \(subdir)",
            at: configuration.channel.description,
            expected: "\(newest.digest), seen \(newest.time), or a newer one",
            found: "\(text.digest), seen \(first?.time ?? newest.time)"
        )
        guard configuration.rollback == .warn else { throw refusal }
        configuration.report(refusal)
    }
}
