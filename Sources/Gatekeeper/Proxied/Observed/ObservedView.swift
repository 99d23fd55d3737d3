// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TrustCore

/// One view of an observed channel: the text of each subdir as it was first read in it.
actor ObservedView {
    /// Differs from that of any other view of the channel.
    nonisolated let id: Digest
    private var indexes: [Subdir: ObservedIndex]
    private var loading: [Subdir: Task<ObservedIndex?, any Error>] = [:]
    /// Until when a subdir that the channel does not have is not asked for again.
    private var absent: [Subdir: Timestamp] = [:]
    /// When a subdir was last asked for.
    private var used: [Subdir: Timestamp] = [:]

    /// - Parameter number: tells views of the same texts apart, in which other subdirs may be read later.
    init(of channel: ChannelURL, _ indexes: [Subdir: ObservedIndex], at moment: Timestamp, number: UInt64) {
        self.indexes = indexes
        let texts = indexes.sorted { $0.key < $1.key }.map { "\($0.key.text) \($0.value.text.digest)\n" }
        id = Digest.of(Array("\(channel.identity)\n\(moment)\n\(number)\n\(texts.joined())".utf8))
        for subdir in indexes.keys { used[subdir] = moment }
    }

    /// The index of a subdir; read now if it was not before, once however many ask.
    ///
    /// - Parameter load: reads it.
    func index(
        of subdir: Subdir,
        now: Timestamp,
        absentFor: Int64,
        load: @escaping @Sendable () async throws -> ObservedIndex?
    ) async throws -> ObservedIndex? {
        used[subdir] = now
        if let known = indexes[subdir] { return known }
        if let until = absent[subdir], now < until { return nil }
        let task = loading[subdir] ?? Task { try await load() }
        loading[subdir] = task
        defer { if loading[subdir] == task { loading[subdir] = nil } }
        let found = try await task.value
        // Whoever came first decides for the whole view.
        if let known = indexes[subdir] { return known }
        indexes[subdir] = found
        absent[subdir] = found == nil ? now.advanced(bySeconds: absentFor) : nil
        return found
    }

    /// The subdirs that were read, and asked for since some moment.
    func inUse(since moment: Timestamp) -> [Subdir: ObservedIndex] {
        indexes.filter { used[$0.key].map { $0 >= moment } ?? false }
    }

    /// An index of this view, by its digest.
    func index(of subdir: Subdir) -> ObservedIndex? { indexes[subdir] }
}
