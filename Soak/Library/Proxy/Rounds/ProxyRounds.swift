// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Foundation
internal import TrustCore

/// The rounds of a proxy's soak, one after the other, on one world.
final class ProxyRounds {
    let options: ProxySoakOptions
    let world: ProxyWorld
    let history: ProxyHistory
    /// Killed again and again.
    let first: SoakProxy
    /// Runs through, on the same folders.
    let second: SoakProxy
    /// With a home of its own, and the same cache.
    let third: SoakProxy
    private(set) var kills: [String: Int] = [:]
    private(set) var events: [String: Int] = [:]
    private(set) var longestHealing = 0.0
    private var memory: [Int] = []
    private var isThirdTrusting = false

    init(_ options: ProxySoakOptions, _ world: ProxyWorld, _ soak: SoakHistory) {
        self.options = options
        self.world = world
        history = ProxyHistory(soak, bound: Double(options.bound))
        first = SoakProxy("first", in: world, home: world.home, cache: world.cache)
        second = SoakProxy("second", in: world, home: world.home, cache: world.cache)
        third = SoakProxy("third", in: world, home: world.data + "/third", cache: world.cache)
    }

    /// Starts both, and has them see every index once, while nothing is wrong.
    func prepare() async throws {
        try await first.start()
        try await second.start()
        await heal([first, second])
    }

    /// Does one round; answers in a few words what happened.
    func run(_ plan: ProxyPlan) async throws -> String {
        history.soak.note("\(plan)")
        let wantsFaults =
            plan.fault != .none && !(plan.fault == .full && world.disk != nil) && world.faults != nil
        if wantsFaults != first.hasFaults || !first.isRunning {
            await stop(first)
            try await first.start(withFaults: wantsFaults)
        }
        var proxies = [first, second]
        if plan.isShared {
            if !isThirdTrusting { try await world.trust(world.data + "/third") }
            isThirdTrusting = true
            try await third.start()
            proxies.append(third)
            count("rounds with a third proxy, of another home and the same cache")
        }
        if plan.isCold { count("downloads thrown out of the cache", CacheAudit.empty(world.cache)) }
        let load = ProxyLoad(
            world,
            history,
            installations: plan.installations,
            bound: Double(options.bound),
            isStormy: !plan.weather.isCalm || plan.fault != .none
        )
        let began = ContinuousClock.now
        let clients = min(options.clients, plan.installations)
        let killed = try await ProxyRoundLoad(load: load, plan: plan, proxies: proxies, clients: clients)
            .run()
        let took = ContinuousClock.now - began
        for moment in killed { kills[moment, default: 0] += 1 }
        try await recover(plan)
        let healing = await heal(proxies)
        if plan.isShared { await stop(third) }
        if plan.isDown { try await down() }
        if plan.isAltered { try await altered(plan) }
        check()
        return
            "\(killed.count) kills, load \(took.components.seconds) s, healed after \(healing) s, second has "
            + "\((memory.last ?? 0) >> 20) MiB"
    }

    private func count(_ event: String, _ number: Int = 1) { events[event, default: 0] += number }

    /// Stops a proxy, which must end by itself.
    private func stop(_ proxy: SoakProxy) async {
        guard proxy.isRunning else { return }
        // Which call failed when it was told to stop, nobody knows.
        let mayFail = proxy.hasFaults
        let status = await proxy.terminate()
        if status != 0, !mayFail {
            let what = status.map { "ended with \($0) when it was told to stop" } ?? "did not stop in time"
            history.soak.find(Finding(.staysUp, proxy.name, what))
        }
        count("stopped by SIGTERM")
    }

    /// Ends all that was wrong.
    private func recover(_ plan: ProxyPlan) async throws {
        world.upstream.set(.calm)
        world.disk?.empty()
        if plan.fault != .none { count("fault: \(plan.fault.rawValue)") }
        if first.hasFaults || !first.isRunning {
            await first.kill()
            try await first.start()
        }
        for proxy in [second, third] where !proxy.isRunning && proxy.port != nil {
            history.soak.find(Finding(.staysUp, proxy.name, "ended by itself"))
        }
        if !second.isRunning { try await second.start() }
    }

    // MARK: - Healing

    /// Waits until the proxies show the newest versions, and pass on all of them; answers after how many seconds.
    @discardableResult
    private func heal(_ proxies: [SoakProxy]) async -> Double {
        let began = ContinuousClock.now
        let (world, history, patience) = (world, history, options.patience)
        let wanted = Dictionary(
            uniqueKeysWithValues: proxies.flatMap { proxy in
                Self.places.map {
                    ("\(proxy.name)/\($0.channel)/\($0.subdir)", world.honest.newest($0.channel))
                }
            }
        )
        await withTaskGroup(of: Void.self) { group in
            for proxy in proxies {
                group.addTask {
                    await ProxyLoad.onThread {
                        Self.heal(proxy, world, history, wanted, patience)
                    }
                }
            }
        }
        let time = ContinuousClock.now - began
        let seconds = Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
        longestHealing = max(longestHealing, seconds)
        world.upstream.settle()
        second.sampleMemory()
        memory.append(second.process?.memory ?? 0)
        return (seconds * 10).rounded() / 10
    }

    private static var places: [(channel: String, subdir: String)] {
        UpstreamChannel.names.flatMap { channel in UpstreamChannel.subdirs.map { (channel, $0) } }
    }

    private static func heal(
        _ proxy: SoakProxy,
        _ world: ProxyWorld,
        _ history: ProxyHistory,
        _ wanted: [String: Int],
        _ patience: Int
    ) {
        // What was wrong may be remembered for a moment.
        let lenient = ProxyLoad(world, history, installations: 0, bound: history.bound, isStormy: true)
        let reader = ProxyReader(proxy, lenient)
        defer { reader.close() }
        let limit = ContinuousClock.now + .seconds(patience)
        var shown: [String: Int?] = [:]
        for (channel, subdir) in places {
            let place = "\(proxy.name)/\(channel)/\(subdir)"
            for form in ProxyReader.forms {
                var version: Int?
                repeat {
                    version = reader.index(channel, subdir, as: form, shards: 8)?.version
                    if version != wanted[place] { usleep(100_000) }
                } while version != wanted[place] && ContinuousClock.now < limit
                shown[place] = version
                if version != wanted[place] { break }
            }
            let files = world.honest.listing(channel, wanted[place] ?? 1, subdir).keys.sorted()
            for name in files.map({ HostedName(channel, subdir, $0) }) {
                var reception: Reception
                repeat {
                    reception = reader.package(name, since: 0)
                    if reception.status != 200 { usleep(100_000) }
                } while reception.status != 200 && ContinuousClock.now < limit
                guard reception.status != 200 else { continue }
                let what = "\(proxy.name): still answered with \(reception.status ?? 0)"
                history.soak.find(Finding(.healsAgain, name.description, what))
            }
        }
        for finding in ProxyChecks.healed(shown, wanted.filter { $0.key.hasPrefix(proxy.name + "/") }) {
            history.soak.find(finding)
        }
    }

    // MARK: - While channels are down

    /// Kills the first proxy, and demands of both all that the newest versions list, while nobody answers them.
    private func down() async throws {
        await first.kill()
        kills["idle", default: 0] += 1
        world.upstream.set(.down)
        try await first.start()
        // The last view is not fresh any more.
        try? await Task.sleep(for: .milliseconds(2500))
        await ask([first, second], isStormy: false) { again in
            let known = Set(Self.files(self.world).filter(self.history.passedOn.contains))
            for finding in ProxyChecks.nothingLost(known, again) { self.history.soak.find(finding) }
        }
        world.upstream.set(.calm)
        count("rounds in which the channels were down after a kill")
        await heal([first, second])
    }

    /// All files that the newest versions list.
    private static func files(_ world: ProxyWorld) -> [HostedName] {
        let honest = world.honest
        return places.flatMap { channel, subdir in
            honest.listing(channel, honest.newest(channel), subdir).keys.sorted().map {
                HostedName(channel, subdir, $0)
            }
        }
    }

    /// Asks each of some proxies for every index and every file of the newest versions, many at once, while the channels
    /// are down.
    ///
    /// - Parameter isStormy: whether it may refuse.
    private func ask(_ proxies: [SoakProxy], isStormy: Bool, _ judge: ([Reception]) -> Void) async {
        let load = ProxyLoad(
            world,
            history,
            installations: 0,
            bound: Double(options.bound),
            isStormy: isStormy,
            isDown: !isStormy
        )
        let names = Self.files(world), lanes = 16
        for proxy in proxies {
            let receptions = await withTaskGroup(of: [Reception].self) { group in
                for lane in 0..<lanes {
                    group.addTask { await Self.ask(proxy, load, names, lane, of: lanes) }
                }
                return await group.reduce(into: []) { $0 += $1 }
            }
            judge(receptions)
        }
    }

    private static func ask(
        _ proxy: SoakProxy,
        _ load: ProxyLoad,
        _ names: [HostedName],
        _ lane: Int,
        of lanes: Int
    )
        async -> [Reception]
    {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                let reader = ProxyReader(proxy, load)
                defer { reader.close() }
                let indexes = places.flatMap { place in ProxyReader.forms.map { (place, $0) } }
                for at in stride(from: lane, to: indexes.count, by: lanes) {
                    let (place, form) = indexes[at]
                    _ = reader.index(place.channel, place.subdir, as: form)
                }
                let own = stride(from: lane, to: names.count, by: lanes).map { names[$0] }
                continuation.resume(returning: own.map { reader.package($0, since: load.isStormy ? 0 : 1) })
            }
        }
    }

    // MARK: - An altered cache

    /// Starts a proxy on a copy of the cache in which every file was altered: first while the channels are down, when it
    /// may refuse and must not serve it, then when they are up, when it must serve what is right.
    private func altered(_ plan: ProxyPlan) async throws {
        let folder = world.folder + "/altered"
        let copy = try CacheCopy(of: world.home, world.cache, to: folder, seed: plan.seed)
        count("cached files that were altered", copy.altered)
        let proxy = SoakProxy("altered", in: world, home: copy.home, cache: copy.cache)
        world.upstream.set(.down)
        try await proxy.start()
        await ask([proxy], isStormy: true) { _ in }
        world.upstream.set(.calm)
        await heal([proxy])
        await stop(proxy)
        try? FileManager.default.removeItem(atPath: folder)
    }

    // MARK: - Checks

    private func check() {
        history.check(world.honest)
        for proxy in [first, second, third] {
            for finding in StorageChecks.memory([proxy.highestMemory], bound: options.memoryBound) {
                history.soak.find(Finding(finding.promise, proxy.name, finding.what))
            }
        }
        for finding in ProxyChecks.flatMemory(memory, slack: options.memorySlack, of: second.name) {
            history.soak.find(finding)
        }
        for name in CacheAudit.altered(in: world.cache) {
            history.soak.find(Finding(.onlyVerifiedBytes, name, "its bytes in the cache have another digest"))
        }
    }

    /// Stops everything.
    func finish() async {
        for proxy in [first, second] { await stop(proxy) }
        // A dead process's files are taken away by the next one.
        for name in CacheAudit.left(in: world.cache) {
            history.soak.find(
                Finding(.nothingElseStored, name, "was left in the cache by a proxy that is gone")
            )
        }
    }

    func killAll() async { for proxy in [first, second, third] { await proxy.kill() } }

    func fill(_ summary: inout ProxySoakSummary) {
        let current = history.soak.current
        summary.kills = kills
        summary.events = events
        summary.injected = world.upstream.injected
        summary.answers = history.statuses
        summary.counts = current.counts
        summary.longestRequest = history.longest
        summary.longestHealing = longestHealing
        summary.memory = [first, second, third].map { ($0.name, $0.highestMemory) }
        summary.idleMemory = memory
    }
}
