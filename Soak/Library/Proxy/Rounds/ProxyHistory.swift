// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Synchronization

/// What clients of proxies received, until it is checked, and what stays of it.
final class ProxyHistory: Sendable {
    private struct State {
        var receptions: [Reception] = []
        var readings: [IndexReading] = []
        var highest: [String: Sighting] = [:]
        var passedOn: Set<HostedName> = []
        var longest = 0.0
        var statuses: [String: Int] = [:]
    }

    let soak: SoakHistory
    let bound: Double
    private let state = Mutex(State())

    /// - Parameter bound: how many seconds a request may take.
    init(_ soak: SoakHistory, bound: Double) {
        self.soak = soak
        self.bound = bound
    }

    func add(_ reception: Reception, of kind: String, after seconds: Double) {
        state.withLock {
            $0.receptions.append(reception)
            $0.longest = max($0.longest, seconds)
            $0.statuses["\(kind) \(reception.status.map { "\($0)" } ?? "no answer")", default: 0] += 1
            if reception.status == 200, reception.isWhole { $0.passedOn.insert(reception.name) }
        }
        if let finding = ProxyChecks.ends(reception.name.description, after: seconds, bound: bound) {
            soak.find(finding)
        }
    }

    /// An answer that is no package.
    func add(_ subject: String, _ status: Int?, after seconds: Double) {
        state.withLock {
            $0.longest = max($0.longest, seconds)
            $0.statuses["index \(status.map { "\($0)" } ?? "no answer")", default: 0] += 1
        }
        if let finding = ProxyChecks.ends(subject, after: seconds, bound: bound) { soak.find(finding) }
    }

    func add(_ reading: IndexReading, _ version: Int?) {
        soak.note(
            "\(reading.span.began)-\(reading.span.ended) \(reading.proxy): \(reading.channel)/\(reading.subdir)/"
                + "\(reading.form) is version \(version.map { "\($0)" } ?? "none")"
        )
        state.withLock { $0.readings.append(reading) }
    }

    /// The longest that a request took, in seconds.
    var longest: Double { state.withLock { $0.longest } }
    var statuses: [String: Int] { state.withLock { $0.statuses } }
    /// The packages that were passed on at some time.
    var passedOn: Set<HostedName> { state.withLock { $0.passedOn } }
    /// How many packages were received so far in this round.
    var received: Int { state.withLock { $0.receptions.count } }

    /// Checks everything since the last time.
    func check(_ honest: HonestChannels) {
        let (receptions, readings, highest) = state.withLock { state in
            defer { (state.receptions, state.readings) = ([], []) }
            return (state.receptions, state.readings, Array(state.highest.values))
        }
        for finding in ProxyChecks.rightBytes(receptions, honest) { soak.find(finding) }
        let (findings, versions) = ProxyChecks.oneVersion(
            readings,
            honest,
            apart: UpstreamChannel.shownByOwnShards
        )
        // The third proxy, whose home is its own, did not see all versions: an old one may be new to it.
        let followed = versions.filter {
            !$0.subject.hasPrefix("third/") || $0.subject.hasPrefix("third/pinned/")
        }
        for finding in findings + ProxyChecks.versionsGoForward(highest + followed) { soak.find(finding) }
        state.withLock { state in
            for version in followed where version.number >= state.highest[version.subject]?.number ?? 0 {
                state.highest[version.subject] = version
            }
        }
        soak.count("bodies compared with what was published", receptions.count { $0.count > 0 })
        soak.count("indexes compared with all versions", readings.count)
    }
}
