// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import TestSupport
import Testing

@testable import Soak

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
        "The running server keeps its promises while fsync, write, rename and unlink fail now and then",
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

    @Test(
        "Proxies keep their promises while they are killed, channels misbehave, and cached files are altered"
    )
    func proxies() async throws {
        // The first seed that plans kills, publications, lies, an outage and an altered cache, and nothing that takes long.
        let slow: Set<UpstreamWeather.Fault> = [.stalled, .slow, .endless]
        let seed = try #require(
            (1...100_000).first { seed in
                let plan = ProxyPlan(2, seed: UInt64(seed))
                return plan.kills.count == 2 && plan.publications == 2 && plan.isDown && plan.isAltered
                    && plan.isCold
                    && plan.fault == .none && slow.isDisjoint(with: plan.weather.faults)
                    && plan.weather.faults.contains(.altered) && plan.weather.percent == 15
            }
        )
        let world = try ChannelWorld()
        var program = Program(in: world.path, name: "kingsnake-soak")
        program.environment.merge([
            "SOAK_OF": "proxy", "SOAK_PROXY_ROUNDS": "1", "SOAK_PROXY_FIRST": "2", "SOAK_SEED": "\(seed)",
            "SOAK_CLIENTS": "10", "SOAK_INSTALLATIONS": "40", "SOAK_PATIENCE": "240", "TMPDIR": world.path,
            "SOAK_KEEP": NSTemporaryDirectory() + "/soak-findings",
        ]) { $1 }
        let result = try await program.run()
        #expect(result.status == 0, "\(result.transcript)")
        #expect(result.output.contains("proxy rounds: 1"), "\(result.transcript)")
    }
}
