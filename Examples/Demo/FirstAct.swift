// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import TestSupport

/// A server of channels, and what happens on it.
struct FirstAct {
    private let world: DemoWorld

    init(_ world: DemoWorld) { self.world = world }

    /// Plays it; the server is stopped at the end, also if something fails or somebody interrupts.
    ///
    /// - Returns: the server, so that it can be started again.
    func run(_ score: inout Score) async throws -> DemoServer {
        Demo.chapter(
            "1. An operator starts a server",
            "One folder holds it all. alice may publish in the channel `demo`, which she owns."
        )
        let story = try await ServerStory(world)
        let server = story.server
        let interruptions = [SIGINT, SIGTERM, SIGHUP].map { number in
            Interruption(number) { await server.stop() }
        }
        defer { withExtendedLifetime(interruptions) {} }
        do {
            try await play(story, &score)
            await story.server.shutdown()
            return story.server
        } catch {
            await story.server.shutdown()
            throw error
        }
    }

    private func play(_ story: ServerStory, _ score: inout Score) async throws {
        Demo.chapter(
            "2. Three people agree on the channel's root",
            "Two of their keys must sign it. The server never has these keys; it has an online key that the root names."
        )
        try await story.agreeOnRoot()
        Demo.chapter(
            "3. Packages are published",
            "By alice with her key, and by a build job that has no stored secret."
        )
        try await story.publishByHand()
        try await story.publishByJob()
        Demo.chapter(
            "4. A user installs, and anybody watches",
            "The user pins the root, and says whose build of hello is wanted. The log shows what the server did."
        )
        try story.install()
        try await story.watch()
        Demo.chapter(
            "5. Attacks on the server, its users and its log",
            "Each must be refused, or noticed, with its code."
        )
        try await ChannelMirror(server: story.server, folder: story.mirror).copy()
        var refused = 0
        for attack in ServerAttack.all {
            let found = try await attack.run(in: story)
            if found == attack.expected { refused += 1 }
            let row = Attack(attack.name, attack.what, attack.expected) { _ in nil }
            print(row.line(found: found, matches: found == attack.expected))
        }
        print()
        score.add("on the server, its users and its log", refused: refused, of: ServerAttack.all.count)
    }
}

/// Does something before a signal ends the process.
private final class Interruption {
    private let source: any DispatchSourceSignal

    init(_ number: Int32, _ body: @escaping @Sendable () async -> Void) {
        signal(number, SIG_IGN)
        source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler {
            Task {
                await body()
                exit(128 + number)
            }
        }
        source.resume()
    }

    deinit { source.cancel() }
}
