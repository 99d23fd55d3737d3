// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ChannelServer
import CondaFormats
import DurableFiles
import TestSupport
import Testing
import TrustCore
import TrustPolicy

@Suite("py-rattler and a proxied index", .enabled(if: Peers.arePresent, "\(Peers.absence)"))
struct RenderedIndexInteropTests {
    /// Hides the newest Python, as a cooldown would.
    private struct WithoutNewPython: ListingJudge {
        let fingerprint = Digest.of(Array("without new Python".utf8))
        let dependsOnTime = false
        let needsFirstSeen = false

        func findings(on file: TrustPolicy.ListedFile, now: Timestamp) -> [Finding] {
            file.name == "python" && file.version == "3.99" ? [Finding("sample", .refused, "too new")] : []
        }
    }

    @Test("it solves with what is left, by shards and by repodata.json", arguments: [true, false])
    func solves(isSharded: Bool) async throws {
        let newer = PackageBuilder(name: "python", version: "3.99", build: "0", subdir: "linux-64")
        let channel = try await SignedChannelFixture(SamplePackages.all + [(newer, .conda)])
        let served = channel.folder.path + "/served"
        for subdir in try ["linux-64", "noarch"].map(Subdir.init) {
            try await Self.render(
                channel.directory,
                subdir,
                to: served,
                cache: channel.folder.path + "/cache"
            )
        }
        try await LoopbackServer.serving(served) { server in
            let answer = try await Peers.run(
                "rattler_e2e",
                [server.url, "--spec", "tiny-tool"] + (isSharded ? [] : ["--no-sharded"])
            )
            let solved = SolvedPackage.all(in: answer).map(\.fileName)
            #expect(solved.contains("python-3.13.1-0_cp313.conda"))
            #expect(!solved.contains { $0.contains("3.99") })
            #expect(server.requestedPaths.contains { $0.hasPrefix("/noarch/shards/") } == isSharded)
        }
    }

    /// Writes all forms of an index into a folder, and the packages beside it.
    private static func render(_ directory: String, _ subdir: Subdir, to served: String, cache: String)
        async throws
    {
        let path = "\(directory)/\(subdir)/repodata.json"
        let text = try #require(try DurableFile.read(path, maximumLength: 1 << 20))
        let index = IndexText(
            of: try ChannelURL("https://conda.example.org/channel"),
            subdir,
            id: Digest.of(text),
            path: path
        )
        let rendered = try await IndexRenderer(folder: cache)
            .rendered(index, hiding: WithoutNewPython(), now: Timestamp(seconds: 1_790_000_000))
        #expect(rendered.hiddenCount == (subdir.text == "noarch" ? 0 : 1))
        let target = "\(served)/\(subdir)"
        try Folder.create(target + "/shards")
        for name in RenderedSubdir.fileNames {
            let file = try #require(try await rendered.file(name))
            try DurableFile.write(file.read(0..<Int(file.length)), to: "\(target)/\(name)")
        }
        let shards = try ShardIndex.read(
            try #require(
                try DurableFile.read("\(target)/\(ShardIndex.fileName)", maximumLength: 1 << 20)
            )
        )
        for name in shards.packageNames {
            let fileName = ShardIndex.shardFileName(try #require(shards.digest(of: PackageName(name))))
            let shard = try #require(try await rendered.shard(fileName))
            try DurableFile.write(shard.read(0..<Int(shard.length)), to: "\(target)/shards/\(fileName)")
        }
        for name in try Folder.names(in: "\(directory)/\(subdir)")
        where name.hasSuffix(".conda") || name.hasSuffix(".bz2") {
            let bytes = try #require(
                try DurableFile.read("\(directory)/\(subdir)/\(name)", maximumLength: 1 << 24)
            )
            try DurableFile.write(bytes, to: "\(target)/\(name)")
        }
    }
}
