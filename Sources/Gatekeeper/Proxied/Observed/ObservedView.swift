// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TrustCore

/// One view of an observed channel: each index of it as it was first read in it.
actor ObservedView {
    /// Differs from that of any other view of the channel.
    nonisolated let id: Digest
    private var parts: [ProxiedIndexKey: ObservedPart]
    private var loading: [ProxiedIndexKey: Task<ObservedPart?, any Error>] = [:]
    /// Until when an index that the channel does not have is not asked for again.
    private var absent: [ProxiedIndexKey: Timestamp] = [:]
    /// Since when an index was not confirmed that was read later than the view was made; nil if all were.
    private(set) var unconfirmedSince: Timestamp?
    /// When an index was last asked for.
    private var used: [ProxiedIndexKey: Timestamp] = [:]

    /// - Parameter number: tells views of the same indexes apart, in which others may be read later.
    init(
        of channel: ChannelURL,
        _ parts: [ProxiedIndexKey: ObservedPart],
        at moment: Timestamp,
        number: UInt64
    ) {
        self.parts = parts
        let texts = parts.sorted { $0.key < $1.key }.map { key, part in
            "\(key.subdir.text) \(key.form.rawValue) \(part.digest)\n"
        }
        id = Digest.of(Array("\(channel.identity)\n\(moment)\n\(number)\n\(texts.joined())".utf8))
        for key in parts.keys { used[key] = moment }
    }

    /// An index; read now if it was not before, once however many ask.
    ///
    /// - Parameter load: reads it.
    func part(
        _ key: ProxiedIndexKey,
        now: Timestamp,
        absentFor: Int64,
        load: @escaping @Sendable () async throws -> ObservedPart?
    ) async throws -> ObservedPart? {
        used[key] = now
        if let known = parts[key] { return known }
        if let until = absent[key], now < until { return nil }
        let task = loading[key] ?? Task { try await load() }
        loading[key] = task
        defer { if loading[key] == task { loading[key] = nil } }
        let found = try await task.value
        // Whoever came first decides for the whole view.
        if let known = parts[key] { return known }
        parts[key] = found
        absent[key] = found == nil ? now.advanced(bySeconds: absentFor) : nil
        return found
    }

    /// Notes that an index is shown as it was remembered, for the channel did not answer.
    func note(unconfirmedSince moment: Timestamp) {
        unconfirmedSince = unconfirmedSince.map { min($0, moment) } ?? moment
    }

    /// Notes that all of them were confirmed.
    func noteConfirmed() { unconfirmedSince = nil }

    /// The indexes that were read.
    var all: [ProxiedIndexKey: ObservedPart] { parts }

    /// The indexes that were read, and asked for since some moment.
    func inUse(since moment: Timestamp) -> [ProxiedIndexKey: ObservedPart] {
        parts.filter { used[$0.key].map { $0 >= moment } ?? false }
    }

    /// Whether an index was read.
    func has(_ key: ProxiedIndexKey) -> Bool { parts[key] != nil }
}
