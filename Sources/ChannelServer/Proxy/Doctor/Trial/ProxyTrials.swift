// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import DurableFiles
public import TrustCore

/// The trials that a proxy has at a time, for `kingsnake doctor` on the same machine.
///
/// Nothing of the user's is in them, and nothing of them is kept: not in the trust store, the ledger, the cache or the
/// proxy's counts. Whoever may ask is for the caller to decide.
public actor ProxyTrials {
    /// How many are kept; with one more, the oldest goes.
    static let maximumCount = 8
    /// Demanded of whoever begins a trial: no page in a browser can send it to another origin without asking first.
    static let field = "Kingsnake-Doctor"
    /// What its pages are called.
    static let mark = "doctor"

    private let folder: String
    private let version: String
    private let now: @Sendable () -> Timestamp
    private var trials: [(id: TrialID, task: Task<Trial, any Error>)] = []

    /// - Parameters:
    ///   - folder: one that is not there; it is removed at the end.
    ///   - version: the program's.
    public init(in folder: String, version: String, now: @escaping @Sendable () -> Timestamp) {
        self.folder = folder
        self.version = version
        self.now = now
    }

    /// What was seen of a trial; it begins if it is new.
    func report(of id: TrialID) async throws -> TrialReport {
        if let known = task(of: id) { return try await known.value.report(by: version) }
        let place = "\(folder)/\(id.text)", now = now
        let task = Task { try await Trial(id, in: place, now: now) }
        trials.append((id, task))
        if trials.count > Self.maximumCount { await Self.close(trials.removeFirst().task) }
        do {
            return try await task.value.report(by: version)
        } catch {
            trials.removeAll { $0.id == id }
            throw error
        }
    }

    /// What answers for an address of a trial.
    ///
    /// - Throws: `proxy.unknown-channel` for one that is none.
    func files(of address: ProxyAddress, host: String) async throws -> ProxyFiles {
        guard let id = TrialID(host: host), let trial = try await task(of: id)?.value,
            let files = trial.files(of: address.channel)
        else { throw Self.unknown(address) }
        return files
    }

    /// Notes a tunnel to a trial's host; answers what counts it, nil for another host.
    func tunnelled(to host: String) async -> ProxyTally? {
        guard let id = TrialID(host: host) else { return nil }
        return try? await task(of: id)?.value.tunnelled()
    }

    /// Ends all of them.
    func close() async {
        let all = trials
        trials = []
        for trial in all { await Self.close(trial.task) }
        try? Folder.removeTree(folder)
    }

    static func unknown(_ address: ProxyAddress) -> Refusal {
        Refusal(
            ProxyCode.unknownChannel,
            address.channel.description,
            remedy: "run `kingsnake doctor` on the machine of the proxy"
        )
    }

    private func task(of id: TrialID) -> Task<Trial, any Error>? { trials.first { $0.id == id }?.task }

    private static func close(_ task: Task<Trial, any Error>) async { try? await task.value.close() }
}
