// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Foundation

/// Yanks, unyanks and removes files that were accepted. Each of several such clients has files of its own.
struct ChangeClient: Sendable {
    let load: Load
    let number: Int
    let count: Int

    /// Changes files until the round is over, or so often.
    func run(atMost limit: Int, seed: UInt64) async {
        var random = SeededGenerator(seed: seed, stream: UInt64(2000 + number))
        let channels = Set(load.channels.map(\.name))
        for _ in 0..<limit where !load.state.isOver {
            let accepted = load.history.lastAccepted(120).filter { name in
                channels.contains(name.channel)
                    && name.file.utf8.reduce(0) { $0 &+ Int($1) } % count == number
            }
            guard !accepted.isEmpty else {
                try? await Task.sleep(for: .milliseconds(20))
                continue
            }
            // Mostly recent ones.
            let recent = random.chance(80) ? accepted.suffix(12) : accepted[...]
            let name = random.pick(Array(recent))
            let change = random.pick([FileChange.yank, .yank, .yank, .unyank, .unyank, .remove])
            await send(change, name)
            try? await Task.sleep(for: .milliseconds(Int.random(in: 1...40, using: &random)))
        }
    }

    /// Sends one change.
    func send(_ change: FileChange, _ name: HostedName) async {
        load.state.change {
            $0.changing += 1
            $0.changed += 1
        }
        let began = load.history.tick()
        let reply = await load.client.ask(
            "POST",
            "/api/v1/channels/\(name.channel)/files/\(name.subdir)/\(name.file)/\(change.rawValue)",
            fields: [("Authorization", "Bearer \(load.world.keys.owner)")],
            body: .bytes(Array(#"{"reason":"soak"}"#.utf8))
        )
        load.state.change { $0.changing -= 1 }
        let span = Span(began, load.history.tick())
        load.history.add(ChangeAttempt(name, change, span: span, fate: reply.fate))
        load.judge(reply, "\(change.rawValue) of \(name)")
    }
}
