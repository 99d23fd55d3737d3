// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Foundation

/// The load of one round: those who install, the owners who publish, and whoever kills the first proxy.
struct ProxyRoundLoad: Sendable {
    let load: ProxyLoad
    let plan: ProxyPlan
    /// The first is the one that is killed.
    let proxies: [SoakProxy]
    let clients: Int

    private var killed: SoakProxy { proxies[0] }
    private var history: SoakHistory { load.history.soak }

    /// Runs it; answers how often the first proxy was killed, and at which moments.
    func run() async throws -> [String] {
        let world = load.world
        world.upstream.set(plan.weather)
        let finished = LoadState()
        return try await withThrowingTaskGroup(of: [String].self) { group in
            group.addTask {
                await withTaskGroup(of: Void.self) { group in
                    for number in 0..<clients {
                        group.addTask {
                            await InstallClient(load: load, proxies: proxies, number: number).run(
                                seed: plan.seed
                            )
                        }
                    }
                }
                finished.change { $0.isOver = true }
                return []
            }
            group.addTask {
                try await publish(finished)
                return []
            }
            group.addTask {
                while !finished.isOver {
                    for proxy in proxies { proxy.sampleMemory() }
                    try? await Task.sleep(for: .milliseconds(100))
                }
                return []
            }
            group.addTask { try await disturb(finished) }
            var kills: [String] = []
            for try await part in group { kills += part }
            return kills
        }
    }

    /// Publishes while the load goes on: each time when another part of it is done.
    private func publish(_ finished: LoadState) async throws {
        var random = SeededGenerator(seed: plan.seed, stream: 2000)
        for number in 0..<plan.publications {
            let limit = plan.installations * (plan.publications - number) / (plan.publications + 1)
            while load.remaining > limit, !finished.isOver { try? await Task.sleep(for: .milliseconds(10)) }
            try await load.world.publish(random.pick(load.world.channels))
            history.count("versions published under load")
        }
    }

    // MARK: - The first proxy

    private func disturb(_ finished: LoadState) async throws -> [String] {
        var random = SeededGenerator(seed: plan.seed, stream: 3000)
        if plan.fault != .none { await breakDisk(&random) }
        var kills: [String] = []
        for moment in plan.kills {
            let reached = trigger(moment)
            await wait(finished, until: reached)
            guard !finished.isOver else { break }
            guard isAlive else { break }
            if case .stopping(let milliseconds) = moment {
                killed.disturb()
                killed.process?.send(SIGTERM)
                try? await Task.sleep(for: .milliseconds(milliseconds))
            }
            await killed.kill()
            kills.append(Self.name(moment))
            if case .starting(let milliseconds) = moment {
                try killed.launch(withFaults: killed.hasFaults)
                try? await Task.sleep(for: .milliseconds(milliseconds))
                await killed.kill()
            }
            try await restart()
        }
        while !finished.isOver {
            guard isAlive else { break }
            try? await Task.sleep(for: .milliseconds(50))
        }
        return kills
    }

    /// Starts the first proxy again. On a broken disk that is its choice, and then it is started on a good one.
    private func restart() async throws {
        do { try await killed.start(withFaults: killed.hasFaults) } catch {
            guard plan.fault != .none else { throw error }
            await killed.kill()
            load.world.disk?.empty()
            try await killed.start(withFaults: killed.hasFaults)
            history.count("starts that failed on a broken disk")
        }
    }

    /// Whether no proxy ended by itself; one that did is a finding.
    private var isAlive: Bool {
        proxies.allSatisfy { proxy in
            guard proxy.port != nil, let status = proxy.process?.status else { return true }
            history.find(Finding(.staysUp, proxy.name, "ended by itself with \(status)"))
            proxy.disturb()
            return false
        }
    }

    private func breakDisk(_ random: inout SeededGenerator) async {
        let world = load.world
        if plan.fault == .full, let disk = world.disk {
            disk.fill(leaving: Int.random(in: 0...200_000, using: &random))
        } else if let faults = world.faults, killed.hasFaults, let pid = killed.process?.pid {
            let count = await faults.enable(plan.fault, in: pid)
            history.count("kinds of calls that were made to fail", count)
        }
    }

    // MARK: - Moments

    private static func name(_ moment: ProxyPlan.Moment) -> String {
        String("\(moment)".prefix { $0.isLetter })
    }

    private func wait(_ finished: LoadState, until holds: @escaping @Sendable () -> Bool) async {
        let process = killed.process
        // On a thread of its own: Swift's may all be busy, and the moment would be over.
        await ProxyLoad.onThread {
            while !finished.isOver, process?.status == nil, !holds() { usleep(300) }
        }
    }

    private func trigger(_ moment: ProxyPlan.Moment) -> @Sendable () -> Bool {
        let world = load.world, history = load.history
        switch moment {
        case .after(let milliseconds):
            let limit = ContinuousClock.now + .milliseconds(milliseconds)
            return { ContinuousClock.now >= limit }
        case .received(let count):
            let wanted = history.received + count
            return { history.received >= wanted }
        case .fetching(let count):
            let wanted = world.upstream.requests + count
            return { world.upstream.requests >= wanted }
        case .writing:
            let folder = world.cache + "/tmp"
            return { !((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).isEmpty }
        case .recording:
            let before = Self.state(world.home)
            return { Self.state(world.home) != before }
        case .stopping, .starting:
            let wanted = history.received + 5
            return { history.received >= wanted }
        }
    }

    /// When files below a folder were last changed.
    private static func state(_ folder: String) -> [String: Date] {
        var state: [String: Date] = [:]
        for path in FileManager.default.subpaths(atPath: folder) ?? [] {
            let attributes = try? FileManager.default.attributesOfItem(atPath: folder + "/" + path)
            state[path] = attributes?[.modificationDate] as? Date
        }
        return state
    }
}
