// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Foundation

/// Publishes, one package after the other: new ones, the same again, others under names that are taken, races
/// for a name, and packages of build jobs with keys that were minted for them.
struct PublisherClient: Sendable {
    let load: Load
    let number: Int

    static let names = [
        "alpha", "beta", "gamma", "delta", "eps-ilon", "zeta", "eta", "theta", "iota", "kappa",
    ]

    /// Sends so many uploads, or until the round is over.
    func run(_ count: Int, seed: UInt64) async {
        var random = SeededGenerator(seed: seed, stream: UInt64(1000 + number))
        var own: [UploadClient.Package] = []
        let uploads = UploadClient(load: load)
        for index in 0..<count where !load.state.isOver {
            let channel = random.chance(70) ? load.channels[0] : random.pick(load.channels)
            let kind = Int.random(in: 0..<100, using: &random)
            let version = "\(load.round).\(number).\(index)"
            let manner = random.pick(UploadClient.Manner.allCases)
            let key = random.chance(50) ? load.world.keys.publisher : load.world.keys.owner
            do {
                switch kind {
                case ..<12 where !own.isEmpty:
                    await uploads.send(random.pick(own), key: key, manner, &random)
                case ..<20 where !own.isEmpty:
                    let rival = try UploadClient.rival(of: random.pick(own), &random)
                    await uploads.send(rival, key: key, manner, &random)
                case ..<34:
                    let name = random.pick(Self.names)
                    let package = try UploadClient.package(channel, name: name, version: version, &random)
                    let rival = try UploadClient.rival(of: package, &random)
                    var other = SeededGenerator(seed: random.next())
                    let otherManner = random.pick(UploadClient.Manner.allCases)
                    var mine = random
                    async let first = uploads.send(package, key: key, manner, &mine)
                    async let second = uploads.send(rival, key: key, otherManner, &other)
                    _ = await (first, second)
                case ..<50:
                    let name = "job-\(random.pick(Self.names))"
                    let package = try UploadClient.package(channel, name: name, version: version, &random)
                    guard let key = await TokenClient(load: load).mint(&random) else { continue }
                    await uploads.send(package, key: key, .prefix, &random)
                default:
                    let name = random.pick(Self.names)
                    let package = try UploadClient.package(channel, name: name, version: version, &random)
                    own.append(package)
                    await uploads.send(package, key: key, manner, &random)
                }
            } catch { load.history.note("a package could not be made: \(error)") }
        }
    }
}
