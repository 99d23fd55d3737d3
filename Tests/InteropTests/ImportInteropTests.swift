// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TestSupport
import Testing
import TrustCore

@Suite(
    "Imports of channels that py-rattler's indexer made",
    .enabled(if: Peers.arePresent, "\(Peers.absence)"),
    .timeLimit(.minutes(5))
)
struct ImportInteropTests {
    /// A folder that py-rattler indexed.
    private static func folder(_ world: ServerWorld) async throws -> String {
        for (builder, format) in SamplePackages.all {
            let path = "old/\(builder.subdir)/\(builder.fileName(format))"
            try world.folder.write(builder.build(format), to: path)
        }
        let made = try await Peers.run("rattler_index", [world.folder.path + "/old"])
        let files = made["files"]?.strings ?? []
        #expect(
            files.contains("noarch/repodata.json") && files.contains("linux-64/repodata_shards.msgpack.zst")
        )
        return world.folder.path + "/old"
    }

    private static func records(_ index: [UInt8]) throws -> [String: JSONObject] {
        let object = try JSONReader.read(index, of: "repodata.json").object
        let sections = ["packages", "packages.conda"].compactMap { object?[$0]?.object }
        return Dictionary(
            uniqueKeysWithValues: sections.flatMap {
                $0.members.map { ($0.key, $0.value.object ?? JSONObject()) }
            }
        )
    }

    @Test(
        "Everything in it is imported, by folder and by URL, and py-rattler solves and installs it from the server"
    )
    func imported() async throws {
        let world = try await ServerWorld()
        let folder = try await Self.folder(world)
        let old = try await LoopbackServer.start(serving: folder)
        for (channel, from) in [("main", folder), ("secret", old.url)] {
            let report = try await world.administer("import", channel, from, "--json").json()
            #expect(
                report["imported"]?.integer == Int64(SamplePackages.all.count) && report["status"] == "ok"
            )
            for (builder, format) in SamplePackages.all {
                try await world.waitUntil(builder.fileName(format), in: builder.subdir, of: channel)
            }
        }
        await old.stop()
        for subdir in ["noarch", "linux-64"] {
            let before = try Self.records(try world.folder.read("old/\(subdir)/repodata.json"))
            let after = try Self.records(try await world.ask("GET", "/main/\(subdir)/repodata.json").body)
            #expect(Set(before.keys) == Set(after.keys))
            for (name, record) in before {
                for member in ["name", "version", "build", "depends", "sha256", "md5", "size", "timestamp"] {
                    #expect(record[member] == after[name]?[member], "\(name): \(member)")
                }
            }
        }
        let answer = try await Peers.run("rattler_e2e", [world.url + "/main", "--spec", "tiny-tool"])
        #expect(SolvedPackage.all(in: answer).count == SamplePackages.all.count)
        #expect(await world.stop() == 0)
    }
}
