// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

/// Every attack, on every kind of channel that it makes sense for, by a client in every form of index: first the honest
/// channel, then the attack, then the honest channel again, with the same caches all along.
///
/// All channels are asked at the same time, by one process of the client, so that a table costs four of those.
@Suite("Attacks on py-rattler behind the proxy", .enabled(if: Peers.arePresent, "\(Peers.absence)"))
struct ProxyAttackTests {
    @Test(
        "Behind `kingsnake run` nothing bad is installed, each refusal says why, and all is well as soon as the channel is"
    )
    func run() async throws {
        var channels = try await Self.channels(ProxyAttack.all)
        try await Self.attack(&channels, AttackedMachine(.run, channels, in: TemporaryFolder()))
    }

    @Test("Nor behind a `kingsnake proxy` that is started again in between: what it remembers outlives it")
    func restarted() async throws {
        var channels = try await Self.channels(ProxyAttack.remembered)
        try await Self.attack(&channels, AttackedMachine(.proxy, channels, in: TemporaryFolder()))
    }

    @Test("Nor behind a proxy that runs on, where servers are slow or silent")
    func slow() async throws {
        let folder = try TemporaryFolder(), proxy = ClockedProxy()
        try await proxy.serving(folder.path) { url in
            var channels = try await Self.channels(ProxyAttack.slow)
            let slow = channels.map { ($0.url, $0.attack.isSlow) }
            proxy.setImpatient { asked in slow.contains { asked.hasPrefix($0.0 + "/") && $0.1(asked) } }
            try await Self.attack(&channels, AttackedMachine(.clocked(proxy, url), channels, in: folder))
        }
    }

    @Test("Nor where nobody hears of anything new for days")
    func late() async throws {
        let folder = try TemporaryFolder(), proxy = ClockedProxy()
        try await proxy.serving(folder.path) { url in
            var channels = try await Self.channels(ProxyAttack.late)
            let machine = try AttackedMachine(.clocked(proxy, url), channels, in: folder)
            try await Self.attack(&channels, machine, now: { proxy.now }) {
                proxy.letTimePass(seconds: 3 * 86_400)
            }
        }
    }

    private static func attack(
        _ channels: inout [AttackedChannel],
        _ machine: AttackedMachine,
        now: () -> Timestamp = { Clock.now },
        afterwards: () -> Void = {}
    ) async throws {
        let seen = channels.filter(\.attack.hasSeenChannel)
        let honest = try await machine.visit(seen)
        for channel in seen {
            honest.expect(channel, "before", version: "1")
            honest.expectPeace(channel, "before")
        }
        for index in channels.indices where channels[index].attack.hasSeenRelease {
            try await channels[index].release()
        }
        let released = channels.filter(\.attack.hasSeenRelease)
        if !released.isEmpty {
            let visit = try await machine.visit(released)
            for channel in released { visit.expect(channel, "released", version: "2") }
        }
        for index in channels.indices { try await channels[index].commit() }
        afterwards()
        let attacked = try await machine.visit(channels)
        for channel in channels { attacked.expectOutcome(channel) }
        for index in channels.indices { try await channels[index].heal(now: now()) }
        let healed = try await machine.visit(channels)
        for channel in channels {
            // Whoever installed something bad has it in the cache from then on.
            let isEvil = channel.isInstalledUnnoticed
            healed.expect(channel, "healed", version: channel.healedVersion, isEvil: isEvil)
            healed.expectPeace(channel, "healed")
            // No index leads a client, or the proxy, to another host; a redirect does, and its bytes are checked.
            #expect(channel.elsewhere.requests.isEmpty != channel.attack.isElsewhere, "\(channel.name)")
            await channel.stop()
        }
    }

    private static func channels(_ attacks: [ProxyAttack]) async throws -> [AttackedChannel] {
        try await withThrowingTaskGroup(of: AttackedChannel.self) { group in
            for attack in attacks {
                for kind in AttackedChannel.Kind.allCases where attack.outcome(of: kind) != nil {
                    group.addTask { try await AttackedChannel(attack, kind) }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }
}
