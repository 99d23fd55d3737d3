// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Foundation
internal import TestSupport
internal import TrustCore

/// Runs a real server under load, kills it again and again, and checks after each round what it promised.
public final class Soak {
    private let options: SoakOptions
    private let say: @Sendable (String) -> Void
    private let folder: String
    private var summary = SoakSummary()

    /// - Parameter say: where progress is told.
    public init(_ options: SoakOptions, say: @escaping @Sendable (String) -> Void) {
        self.options = options
        self.say = say
        folder = FileManager.default.temporaryDirectory.path + "/kingsnake-soak-\(UUID().uuidString)"
    }

    /// Runs all rounds, or until something is found.
    ///
    /// - Throws: a `Failure` if the server cannot be set up at all.
    public func run() async throws -> SoakSummary {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let history = SoakHistory(writingTo: folder + "/history.jsonl")
        let world = try await SoakWorld(in: folder, megabytes: options.megabytes)
        let client = SoakClient(history)
        summary.skipped = SoakFolder.skipped(disk: world.disk, faults: world.faults)
        let rounds = SoakRounds(options, world, client, history)
        do {
            try await rounds.prepare()
            for number in options.first..<(options.first + options.rounds) {
                let plan = RoundPlan(number, seed: options.seed)
                let began = ContinuousClock.now
                let outcome = try await rounds.run(plan)
                summary.rounds += 1
                let took = (ContinuousClock.now - began).components.seconds
                say("\(plan): \(outcome), \(took) s")
                if !history.findings.isEmpty, !options.goesOn {
                    say("seed \(options.seed), round \(number): \(history.findings.count) findings")
                    break
                }
            }
            await rounds.finish()
        } catch {
            history.find(Finding(.staysUp, "the server", "\(error)"))
            await rounds.server.kill()
        }
        rounds.fill(&summary)
        summary.findings = history.findings
        await client.shutdown()
        if !summary.findings.isEmpty {
            SoakFolder(folder).keep(in: options.keep, seed: options.seed, say)
        }
        await world.end()
        if ProcessInfo.processInfo.environment["SOAK_DEBUG"] == nil {
            try? FileManager.default.removeItem(atPath: folder)
        }
        return summary
    }
}
