// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import DurableFiles
internal import Gatekeeper
internal import Synchronization
internal import TrustCore
internal import TrustPolicy

/// Small channels of a proxy's own, an honest one and attacked ones, that are judged by what judges all others: the same upstream,
/// gate and rendering, with keys, pins, cache and counts that are nobody else's.
///
/// The user's own policy is not in force here: what is tried is whether clients are led to the proxy, and whether it verifies.
final class Trial: Sendable {
    let id: TrialID
    private let folder: String
    private let parts: [TrialCase: Part]
    private let tunnelTally: ProxyTally
    private let tunnels = Mutex(0)

    private struct Part: Sendable {
        let files: ProxyFiles
        let reported: Reported
    }

    /// The codes of what was noticed and did not reach the client: it was answered by what was verified before.
    private final class Reported: Sendable {
        let codes = Mutex<[String]>([])

        func add(_ error: any Error) {
            guard let refusal = error as? Refusal else { return }
            codes.withLock { if !$0.contains(refusal.codeName) { $0.append(refusal.codeName) } }
        }
    }

    /// Makes all channels of a trial.
    ///
    /// - Parameter folder: one that is not there; it goes with ``close()``.
    init(_ id: TrialID, in folder: String, now: @escaping @Sendable () -> Timestamp) async throws {
        self.id = id
        self.folder = folder
        tunnelTally = ProxyTally(began: now())
        do {
            try Folder.createDurably(folder, mode: 0o700)
            let store = TrustStore(directory: folder + "/trust")
            let whole = RenderedIndexes(IndexRenderer(folder: folder + "/indexes"), hiding: { .empty })
            var parts: [TrialCase: Part] = [:]
            for trialCase in TrialCase.allCases {
                let reported = Reported()
                let (url, upstream) = try await Self.upstream(trialCase, id, store, folder, reported, now)
                let files = ProxyFiles(
                    channels: ProxyChannels([ProxiedChannel(url)], acceptsAny: false) { _ in upstream },
                    rendered: trialCase == .stripped ? WithoutShards(rendered: whole) : whole,
                    notices: ProxyNotices(nil),
                    tally: ProxyTally(began: now()),
                    now: now
                )
                parts[trialCase] = Part(files: files, reported: reported)
            }
            self.parts = parts
        } catch {
            try? Folder.removeTree(folder)
            throw error
        }
    }

    private static func upstream(
        _ trialCase: TrialCase,
        _ id: TrialID,
        _ store: TrustStore,
        _ folder: String,
        _ reported: Reported,
        _ now: @escaping @Sendable () -> Timestamp
    ) async throws -> (ChannelURL, SignedUpstream) {
        let url = try ChannelURL(id.channel(trialCase, scheme: "https"))
        let repository = try await TrialRepository(trialCase, at: url, now: now())
        try store.add(url, mirrors: [], root: repository.root, origin: .file, now: now())
        let fetcher = TrialFetcher(url.identity, repository.seenBefore ?? repository.files)
        // Each request looks anew, so that what is wrong is noticed by the first.
        let upstream = try SignedUpstream(url, freshness: .zero, now: now, report: reported.add) {
            GateConfiguration(
                trustStore: store,
                cacheDirectory: folder + "/cache",
                fetcher: fetcher,
                now: now()
            )
        }
        if repository.seenBefore != nil {
            _ = try await upstream.view().subdir(Subdir("noarch"))
            fetcher.show(repository.files)
        }
        return (url, upstream)
    }

    /// What answers for a channel of this trial; nil if it has no such channel.
    func files(of channel: ChannelURL) -> ProxyFiles? {
        guard channel.path.count == 1 else { return nil }
        return TrialCase(rawValue: channel.name).flatMap { parts[$0]?.files }
    }

    /// Notes that a client wanted a tunnel; answers what counts it.
    func tunnelled() -> ProxyTally {
        tunnels.withLock { $0 += 1 }
        return tunnelTally
    }

    /// What happened so far.
    func report(by version: String) -> TrialReport {
        TrialReport(
            version: version,
            tunnels: tunnels.withLock { $0 },
            cases: parts.mapValues { part in
                let summary = part.files.tally.summary
                let codes = summary.refused.filter(\.isAboutEvidence).map(\.code)
                let noticed = part.reported.codes.withLock { $0 }.filter { !codes.contains($0) }
                return TrialReport.Part(
                    requests: summary.requests,
                    admitted: summary.admitted.map(\.package),
                    codes: codes + noticed
                )
            }
        )
    }

    /// Removes what is on the disk. What is being answered still may fail.
    func close() { try? Folder.removeTree(folder) }
}
