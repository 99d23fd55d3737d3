// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Foundation
internal import Synchronization
internal import TestSupport
internal import TrustCore

/// Channels, proxies and their folders: what stays over all rounds.
final class ProxyWorld: Sendable {
    let folder: String
    let program: Program
    let upstream: SoakUpstream
    let channels: [UpstreamChannel]
    let disk: LimitedDisk?
    let faults: FaultInjection?
    private let honestChannels = Mutex(HonestChannels())

    /// What the channels published so far.
    var honest: HonestChannels { honestChannels.withLock { $0 } }
    var settings: String { folder + "/proxy.json" }
    /// The folder that may be full.
    var data: String { folder + "/data" }
    var home: String { data + "/home" }
    var cache: String { data + "/cache" }

    /// - Parameters:
    ///   - folder: an empty folder.
    ///   - megabytes: how much room homes and caches have, where a file system can be mounted.
    init(in folder: String, seed: UInt64, megabytes: Int) async throws {
        self.folder = folder
        let root = folder + "/upstream"
        for path in [root, folder + "/data"] {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        }
        program = Program(in: folder)
        disk = await LimitedDisk.mount(at: folder + "/data", megabytes: megabytes, by: program)
        faults = FaultInjection(in: folder, by: program)
        upstream = try await SoakUpstream.start(in: root, seed: seed)
        var channels: [UpstreamChannel] = []
        for name in UpstreamChannel.names {
            channels.append(try await UpstreamChannel(name, in: root, seed: seed))
        }
        self.channels = channels
        try writeSettings()
        for channel in channels { try await publish(channel) }
        try await trust(home)
    }

    private func writeSettings() throws {
        let url = upstream.url
        // The mirror comes first, so that what it lacks is found out.
        let text = """
            {"schema": 1, "freshness_seconds": 2, "limits": {"drain_seconds": 5}, "channels": [
              {"url": "\(url)/pinned", "mirrors": ["\(url)/mirror/pinned", "\(url)/pinned"]},
              {"url": "\(url)/plain"},
              {"url": "\(url)/compared", "compare": ["\(url)/other/compared"]}
            ]}
            """
        try TemporaryFolder.write(Array(text.utf8), to: settings)
    }

    /// Pins the one channel that is pinned.
    func trust(_ home: String) async throws {
        let root = folder + "/root.json"
        try TemporaryFolder.write(await channels[0].pinnedRoot, to: root)
        let arguments = ["trust", "add", upstream.url + "/pinned", "--root", root, "--home", home]
        try await program.run(arguments).demandSuccess("kingsnake trust add")
    }

    /// Publishes a channel's next version.
    func publish(_ channel: UpstreamChannel) async throws {
        let name = channel.name
        try await channel.publish { listed in honestChannels.withLock { $0.publish(name, listed) } }
        upstream.show(name, honest.newest(name))
    }

    /// The environment of a proxy; with libfiu in it where calls are to fail.
    func environment(withFaults: Bool) -> [String: String] {
        var environment = program.environment
        environment["SWIFT_BACKTRACE"] = "enable=no"
        if withFaults, let faults { environment.merge(faults.environment) { $1 } }
        return environment
    }

    func end() async {
        await upstream.stop()
        await disk?.unmount(by: program)
    }
}
