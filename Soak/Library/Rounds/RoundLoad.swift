// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Foundation

/// The load of one round, and its end.
struct RoundLoad: Sendable {
    private let load: Load
    private let server: SoakServer
    private let plan: RoundPlan
    private let tinyRequests: Int

    init(_ load: Load, _ server: SoakServer, _ plan: RoundPlan, _ tinyRequests: Int) {
        self.load = load
        self.server = server
        self.plan = plan
        self.tinyRequests = tinyRequests
    }

    /// Runs it; answers what the server was doing when it was killed, nil if it was not.
    func run() async -> String? {
        if case .kill(.starting) = plan.end, !plan.isKept { return nil }
        let finished = LoadState()
        return await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await work()
                finished.change { $0.isOver = true }
            }
            for number in 0..<2 {
                group.addTask {
                    await ChangeClient(load: load, number: number, count: 2).run(atMost: 25, seed: plan.seed)
                }
                group.addTask { await ReaderClient(load: load, number: number).run(seed: plan.seed) }
            }
            group.addTask {
                while !load.state.isOver {
                    server.sampleMemory()
                    try? await Task.sleep(for: .milliseconds(100))
                }
            }
            let fault = Task { await disturb(finished) }
            let began = ContinuousClock.now
            let phase = await end(finished)
            load.history.note("ended after \(ContinuousClock.now - began) of load: \(phase ?? "goes on")")
            load.state.change { $0.isOver = true }
            await fault.value
            await group.waitForAll()
            load.history.note("all clients are gone after \(ContinuousClock.now - began)")
            return phase
        }
    }

    private func work() async {
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<plan.publishers {
                group.addTask {
                    await PublisherClient(load: load, number: number).run(plan.uploads, seed: plan.seed)
                }
            }
            if plan.isHostile {
                group.addTask {
                    await HostileClients(load: load, tinyRequests: tinyRequests).run(seed: plan.seed)
                }
            }
        }
    }

    /// Lets something go wrong below the server, soon after the load began.
    private func disturb(_ finished: LoadState) async {
        guard plan.fault != .none, let process = server.process else { return }
        var random = SeededGenerator(seed: plan.seed, stream: 5000)
        try? await Task.sleep(for: .milliseconds(Int.random(in: 0...300, using: &random)))
        if plan.fault == .full, let disk = load.world.disk {
            disk.fill(leaving: Int.random(in: 0...200_000, using: &random))
        } else if let faults = load.world.faults {
            let count = await faults.enable(plan.fault, in: process.pid)
            load.history.count("kinds of calls that were made to fail", count)
        }
        guard plan.isKept else { return }
        while !finished.isOver, server.isRunning { try? await Task.sleep(for: .milliseconds(20)) }
        load.world.disk?.empty()
        guard let faults = load.world.faults, server.hasFaults, server.isRunning else { return }
        if await !faults.disable(plan.fault, in: process.pid) {
            // Its calls would go on failing, and it would be blamed for that.
            load.history.note("the faults could not be taken back; the server is killed for it")
            await server.kill()
        }
    }

    // MARK: - The end

    private func end(_ finished: LoadState) async -> String? {
        if plan.isKept {
            await wait(finished) { false }
            return alive()
        }
        switch plan.end {
        case .kill(.stopping(let milliseconds)):
            await wait(finished, atMost: .milliseconds(400)) { false }
            guard alive() == nil else { return "died" }
            server.process?.send(SIGTERM)
            try? await Task.sleep(for: .milliseconds(milliseconds))
            await server.kill()
            return "stopping"
        case .kill(let moment):
            let reached = trigger(moment)
            await wait(finished) { reached() }
            guard alive() == nil else { return "died" }
            let phase = phase
            await server.kill()
            return phase
        case .terminate(let milliseconds):
            await wait(finished, atMost: .milliseconds(milliseconds)) { false }
            guard alive() == nil else { return "died" }
            let status = await server.terminate()
            if status != 0 {
                let what = status.map { "ended with \($0)" } ?? "did not end in time"
                load.history.find(Finding(.staysUp, "SIGTERM under load", what))
            }
            return "terminated"
        case .freeze(let after, let milliseconds, let killed):
            await wait(finished, atMost: .milliseconds(after)) { false }
            guard alive() == nil else { return "died" }
            server.process?.send(SIGSTOP)
            try? await Task.sleep(for: .milliseconds(milliseconds))
            server.process?.send(SIGCONT)
            load.history.count("SIGSTOP and SIGCONT")
            await wait(finished, atMost: killed ? .milliseconds(milliseconds / 4) : .seconds(120)) { false }
            guard alive() == nil else { return "died" }
            guard killed else { return nil }
            let phase = phase
            await server.kill()
            return phase
        }
    }

    /// Nil while the server runs; if it ended by itself, that is a finding.
    private func alive() -> String? {
        guard let status = server.process?.status else { return nil }
        load.history.find(Finding(.staysUp, "the server", "ended by itself with \(status)"))
        return "died"
    }

    /// Waits until the load is done, something holds, or time has passed.
    private func wait(
        _ finished: LoadState,
        atMost time: Duration = .seconds(180),
        until holds: @escaping @Sendable () -> Bool
    ) async {
        let limit = ContinuousClock.now + time, process = server.process
        // On a thread of its own: Swift's may all be busy, and the moment would be over.
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                while !finished.isOver, ContinuousClock.now < limit, process?.status == nil, !holds() {
                    usleep(300)
                }
                continuation.resume()
            }
        }
    }

    private func trigger(_ moment: RoundPlan.Moment) -> @Sendable () -> Bool {
        let state = load.state, folder = load.world.server
        switch moment {
        case .accepted(let count): return { state.now.accepted >= count }
        case .sent(let count): return { state.now.sent >= count }
        case .minting(let count): return { state.now.minted >= count }
        case .changing(let count): return { state.now.changed >= count }
        case .staging:
            return {
                state.now.sent > 0
                    && !((try? FileManager.default.contentsOfDirectory(atPath: folder + "/blobs/staging"))
                        ?? []).isEmpty
            }
        case .signing:
            let before = Self.modified(folder + "/publish-log")
            return { Self.modified(folder + "/publish-log") != before }
        case .after(let milliseconds):
            let limit = ContinuousClock.now + .milliseconds(milliseconds)
            return { ContinuousClock.now >= limit }
        case .starting, .stopping: return { true }
        }
    }

    private static func modified(_ path: String) -> Date? {
        (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date
    }

    /// What the server is doing, as far as its clients know.
    private var phase: String {
        let now = load.state.now
        if now.committing > 0 { return "committing an upload" }
        if now.minting > 0 { return "exchanging a token" }
        if now.changing > 0 { return "changing a file" }
        if now.receiving > 0 { return "receiving an upload" }
        if let since = load.history.sinceAccepted, since < .milliseconds(500) { return "indexing" }
        return "serving readers"
    }
}
