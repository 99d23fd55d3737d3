// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Synchronization
import TrustCore

/// What is known in this run about the mirrors: who delivered, who did not, who served bad content.
///
/// Shared by everything that fetches with one ``MirroredFetcher``, or with several that were given the same one.
/// It decides which mirrors are asked, in which order, and nothing else; it is never saved. A long-lived program
/// calls ``forgiveAll()`` from time to time.
public final class MirrorHealth: Sendable {
    /// More reports than this are not kept; the oldest go first.
    public static let reportLimit = 1000

    private struct Record {
        var hasDelivered = false
        var failuresInARow = 0
        var badContent: (refusal: Refusal, report: MirrorReport)?
    }

    private struct State {
        var records: [ByteKey: Record] = [:]
        var reports: [MirrorReport] = []
    }

    private let state = Mutex(State())

    /// Knows nothing yet.
    public init() {}

    /// What the mirrors did wrong so far, oldest first.
    public var reports: [MirrorReport] { state.withLock { $0.reports } }

    /// Whether a mirror served bad content in this run.
    public func isCondemned(_ mirror: String) -> Bool {
        state.withLock { $0.records[ByteKey(mirror)]?.badContent != nil }
    }

    /// Lets all mirrors begin anew. The reports stay.
    public func forgiveAll() { state.withLock { $0.records = [:] } }

    /// The mirrors that may be asked: those that delivered last, then the untried, then the failing ones.
    func order(_ mirrors: [String]) -> [String] {
        state.withLock { state in
            let ranked = mirrors.enumerated().compactMap {
                place,
                mirror -> (rank: Int, place: Int, mirror: String)? in
                let record = state.records[ByteKey(mirror)] ?? Record()
                guard record.badContent == nil else { return nil }
                let rank = record.failuresInARow > 0 ? 1 + record.failuresInARow : record.hasDelivered ? 0 : 1
                return (rank, place, mirror)
            }
            return ranked.sorted { ($0.rank, $0.place) < ($1.rank, $1.place) }.map(\.mirror)
        }
    }

    /// Why none of these mirrors may be asked.
    func condemnations(of mirrors: [String]) -> [(error: any Error, report: MirrorReport)] {
        state.withLock { state in
            mirrors.compactMap { state.records[ByteKey($0)]?.badContent }.map { ($0.refusal, $0.report) }
        }
    }

    func delivered(_ mirror: String) {
        state.withLock { state in
            state.records[ByteKey(mirror), default: Record()].hasDelivered = true
            state.records[ByteKey(mirror), default: Record()].failuresInARow = 0
        }
    }

    func failed(_ mirror: String, _ report: MirrorReport) {
        state.withLock { state in
            let count = state.records[ByteKey(mirror)]?.failuresInARow ?? 0
            state.records[ByteKey(mirror), default: Record()].failuresInARow = min(count + 1, 1000)
            Self.keep(report, in: &state)
        }
    }

    func servedBadContent(_ mirror: String, _ refusal: Refusal, _ report: MirrorReport) {
        state.withLock { state in
            state.records[ByteKey(mirror), default: Record()].badContent = (refusal, report)
            Self.keep(report, in: &state)
        }
    }

    private static func keep(_ report: MirrorReport, in state: inout State) {
        state.reports.append(report)
        if state.reports.count > reportLimit { state.reports.removeFirst() }
    }
}
