// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Foundation

/// One of many who install: reads an index, then fetches packages that it names, each in another manner.
struct InstallClient: Sendable {
    let load: ProxyLoad
    let proxies: [SoakProxy]
    let number: Int

    /// How a package is fetched.
    private enum Manner: CaseIterable {
        case whole, asked, parts, left, slow, twice
    }

    /// Installs as long as there is something to install.
    func run(seed: UInt64) async {
        let client = self
        await ProxyLoad.onThread { client.work(seed) }
    }

    private func work(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed, stream: 1000 + UInt64(number))
        let reader = ProxyReader(proxies[number % proxies.count], load)
        defer { reader.close() }
        while load.take() {
            reader.entrance = random.pick(ProxyReader.Entrance.allCases)
            // A client whose channel is in trouble tries some times, and gives up.
            let isDone = (0..<4).contains { attempt in
                if attempt > 0 { usleep(UInt32.random(in: 50_000...400_000, using: &random)) }
                return install(reader, &random)
            }
            load.history.soak.count(isDone ? "installations done" : "installations given up")
            if random.chance(20) { reader.close() }
        }
    }

    private func install(_ reader: ProxyReader, _ random: inout SeededGenerator) -> Bool {
        let channel = random.pick(UpstreamChannel.names), subdir = random.pick(UpstreamChannel.subdirs)
        let form = random.pick(ProxyReader.forms)
        guard
            let index = reader.index(
                channel,
                subdir,
                as: form,
                shards: Int.random(in: 0...3, using: &random)
            ),
            !index.records.isEmpty
        else { return false }
        if random.chance(15) { reader.again(channel, subdir, as: form) }
        var isWhole = true
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let name = random.pick(index.names)
            if !fetch(name, index.version, reader, &random) { isWhole = false }
        }
        return isWhole
    }

    /// Fetches a package; answers whether all of it came.
    private func fetch(
        _ name: HostedName,
        _ version: Int,
        _ reader: ProxyReader,
        _ random: inout SeededGenerator
    ) -> Bool {
        let length = load.world.honest.bytes(of: name)?.count ?? 1
        let place = Int.random(in: 1...max(1, length - 1), using: &random)
        switch random.pick(Manner.allCases) {
        case .whole: break
        case .asked: reader.package(name, since: version) { $0.method = "HEAD" }
        case .parts:
            let first = reader.package(name, since: version, range: 0..<place)
            guard first.status == 206, place < length else { break }
            return reader.package(name, since: version, range: place..<length).status == 206
        case .left:
            reader.package(name, since: version) { $0.leavesAfter = place }
            reader.close()
        case .slow:
            let pause: UInt32 = length > 1 << 20 ? 20_000 : 1000
            return reader.package(name, since: version) { $0.pause = pause }.isWhole
        case .twice: reader.package(name, since: version)
        }
        let reception = reader.package(name, since: version)
        return reception.status == 200 && reception.isWhole
    }
}
