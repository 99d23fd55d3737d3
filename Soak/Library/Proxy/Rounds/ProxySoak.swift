// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Foundation
internal import TestSupport
internal import TrustCore

/// Runs real proxies between many clients and channels that misbehave, kills them again and again, and checks after each
/// round what they promised.
public final class ProxySoak {
    private let options: ProxySoakOptions
    private let say: @Sendable (String) -> Void
    private let folder: String
    private var summary = ProxySoakSummary()

    /// - Parameter say: where progress is told.
    public init(_ options: ProxySoakOptions, say: @escaping @Sendable (String) -> Void) {
        self.options = options
        self.say = say
        folder = FileManager.default.temporaryDirectory.path + "/kingsnake-proxy-soak-\(UUID().uuidString)"
    }

    /// Runs all rounds, or until something is found.
    ///
    /// - Throws: a `Failure` if the channels cannot be set up at all.
    public func run() async throws -> ProxySoakSummary {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let history = SoakHistory(writingTo: folder + "/history.jsonl")
        let world = try await ProxyWorld(in: folder, seed: options.seed, megabytes: options.megabytes)
        summary.skipped = SoakFolder.skipped(disk: world.disk, faults: world.faults)
        let rounds = ProxyRounds(options, world, history)
        do {
            try await rounds.prepare()
            for number in options.first..<(options.first + options.rounds) {
                var plan = ProxyPlan(number, seed: options.seed)
                if let installations = options.installations { plan.installations = installations }
                let began = ContinuousClock.now
                let outcome = try await rounds.run(plan)
                summary.rounds += 1
                say("\(plan): \(outcome), \((ContinuousClock.now - began).components.seconds) s")
                if !history.findings.isEmpty, !options.goesOn {
                    say("seed \(options.seed), proxy round \(number): \(history.findings.count) findings")
                    break
                }
            }
            await rounds.finish()
        } catch {
            history.find(Finding(.staysUp, "the proxies", "\(error)"))
        }
        await rounds.killAll()
        rounds.fill(&summary)
        summary.findings = history.findings
        if !summary.findings.isEmpty {
            SoakFolder(folder).keep(in: options.keep, seed: options.seed, say)
        }
        await world.end()
        try? FileManager.default.removeItem(atPath: folder)
        return summary
    }
}
