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
        if world.disk == nil {
            summary.skipped.append(
                "full disks of a file system: it cannot be mounted here; libfiu's ENOSPC instead"
            )
        }
        if world.faults == nil {
            summary.skipped.append(
                "errors of fsync, write, rename and open: libfiu is not installed (Debian: fiu-utils)"
            )
        }
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
        if !summary.findings.isEmpty { keep() }
        await world.end()
        if ProcessInfo.processInfo.environment["SOAK_DEBUG"] == nil {
            try? FileManager.default.removeItem(atPath: folder)
        }
        return summary
    }

    /// Copies everything away that was there when something was found.
    private func keep() {
        let name = "seed-\(options.seed)-\(UUID().uuidString.prefix(8))"
        let place =
            options.keep.hasPrefix("/")
            ? options.keep : FileManager.default.currentDirectoryPath + "/" + options.keep
        try? FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        // Named pipes that faults were steered by: to read one is to wait for ever.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for file in names where file.hasPrefix("fiu-") {
            try? FileManager.default.removeItem(atPath: folder + "/" + file)
        }
        do {
            try FileManager.default.copyItem(atPath: folder, toPath: "\(place)/\(name)")
            say("the server's folder, its log and history.jsonl are in \(place)/\(name)")
        } catch { say("could not keep \(folder): \(error)") }
    }
}
