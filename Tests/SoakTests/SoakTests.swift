// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import Soak
import TestSupport
import Testing

/// The real thing, but short: `make soak` runs hundreds of rounds.
@Suite("A short soak", .serialized)
struct SoakTests {
    private static func soak(rounds: Int, from first: Int, seed: Int) async throws -> ProgramResult {
        let world = try ChannelWorld()
        var program = Program(in: world.path, name: "kingsnake-soak")
        program.environment.merge([
            "SOAK_OF": "server", "SOAK_ROUNDS": "\(rounds)", "SOAK_SEED": "\(seed)", "SOAK_FIRST": "\(first)",
            "SOAK_TINY_REQUESTS": "500", "SOAK_PATIENCE": "60", "TMPDIR": world.path,
            "SOAK_KEEP": NSTemporaryDirectory() + "/soak-findings",
        ]) { $1 }
        return try await program.run()
    }

    @Test("The running server keeps its promises when it is killed, stopped, stalled and attacked under load")
    func rounds() async throws {
        // PlanTests say what is in these rounds.
        let result = try await Self.soak(rounds: 7, from: 8, seed: 11)
        #expect(result.status == 0, "\(result.transcript)")
        #expect(result.output.contains("rounds: 7"), "\(result.transcript)")
    }

    @Test(
        "The running server keeps its promises while fsync, write, rename and open fail now and then",
        .enabled(
            if: FileManager.default.fileExists(atPath: "/usr/lib/fiu/fiu_posix_preload.so"),
            "libfiu is not installed (Debian: fiu-utils), so no call can be made to fail"
        )
    )
    func faults() async throws {
        // The first seed that plans nothing but that.
        let faults: Set<RoundPlan.Fault> = [.sync, .write, .names]
        let seed = try #require(
            (1...10_000).first { seed in
                Set((1...3).map { RoundPlan($0, seed: UInt64(seed)).fault }) == faults
            }
        )
        let result = try await Self.soak(rounds: 3, from: 1, seed: Int(seed))
        #expect(result.status == 0, "\(result.transcript)")
        #expect(result.output.contains("kinds of calls that were made to fail"), "\(result.transcript)")
    }
}
