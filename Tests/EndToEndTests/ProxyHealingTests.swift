// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TestSupport
import Testing
import Transport
import TrustCore

/// The three ways in which a well-known caching proxy failed: an index that was fetched once and never again, a tampered
/// download that stayed when the channel was well again, and answers 404 that stayed after a body was cut off.
@Suite("A proxy that goes on while its channel changes", .timeLimit(.minutes(10)))
struct ProxyHealingTests {
    /// A channel over HTTP with `hello` 1.0, and a proxy of it.
    private struct Scene {
        let world: ChannelWorld
        let server: LoopbackServer
        var running: RunningProgram

        init(pinned: Bool, script: @escaping LoopbackServer.Script = { _ in .normal }) async throws {
            world = try await ChannelWorld.withChannel()
            try await world.must("channel", "add", "channel", try world.write(.hello("1.0")))
            server = try await .start(serving: world.channel, script: script)
            if pinned {
                try await world.must("trust", "add", server.url, "--root", "channel/tuf/1.root.json")
            }
            running = try await Self.start(world, server)
        }

        private static func start(_ world: ChannelWorld, _ server: LoopbackServer) async throws
            -> RunningProgram
        {
            try await world.program.start(
                ["proxy", "--listen", "127.0.0.1:0", "--channel", server.url, "--json"]
            )
        }

        mutating func restart() async throws {
            #expect(await running.stop() == 0)
            running = try await Self.start(world, server)
        }

        /// Asks for a file in `linux-64`.
        func ask(_ file: String) async throws -> (status: Int, body: [UInt8]) {
            let channels = try #require(running.announcement["channels"]?.array)
            let base = try #require(channels.first?.object?["proxied"]?.string)
            let caller = HTTPServiceCaller()
            do {
                let response = try await caller.send(ServiceRequest(.get, "\(base)/linux-64/\(file)"))
                await caller.shutdown()
                return (response.status, response.body)
            } catch {
                await caller.shutdown()
                throw error
            }
        }

        /// The versions of `hello` that a form of the index lists.
        func versions(_ form: String) async throws -> [String] {
            let body = try await ask(form).body
            let records: [PackageRecord]
            if form == ShardIndex.fileName {
                let name = try PackageName("hello")
                let digest = try #require(try ShardIndex.read(body).digest(of: name))
                let shard = try await ask("shards/" + ShardIndex.shardFileName(digest)).body
                records = try Shard.read(shard, expected: digest, of: name).records
            } else {
                let text =
                    form.hasSuffix(".zst") ? try Zstd.decompress(body, maximumLength: 1 << 20) : body
                let index = try RepodataIndex(text)
                return try index.fileNames.map { try ArchiveFileName($0).version }.sorted()
            }
            return records.map(\.fileName.version).sorted()
        }

        func stop() async {
            await running.stop()
            await server.stop()
        }
    }

    private static let package = PackageBuilder.hello("1.0").fileName(.conda)

    @Test("What a channel publishes is in every form of its index as soon as the view is fresh no more")
    func refreshes() async throws {
        let scene = try await Scene(pinned: true)
        let forms = [
            "repodata.json", "repodata.json.zst", "current_repodata.json", "current_repodata.json.zst",
            ShardIndex.fileName,
        ]
        for form in forms { #expect(try await scene.versions(form) == ["1.0"], "\(form)") }
        try await scene.world.must("channel", "add", "channel", try scene.world.write(.hello("2.0")))
        // Half a minute; the suite's limit is for a machine that stands still.
        while try await scene.versions(ShardIndex.fileName) == ["1.0"] {
            try await Task.sleep(for: .milliseconds(500))
        }
        for form in forms {
            let expected = form.hasPrefix("current") ? ["2.0"] : ["1.0", "2.0"]
            #expect(try await scene.versions(form) == expected, "\(form)")
        }
        let newest = try await scene.ask(PackageBuilder.hello("2.0").fileName(.conda))
        #expect(newest.status == 200)
        #expect(newest.body == (try PackageBuilder.hello("2.0").build(.conda)))
        await scene.stop()
    }

    @Test("Nor is an index of a channel that signs nothing kept for ever, by a proxy that is started again")
    func refreshesObserved() async throws {
        var scene = try await Scene(pinned: false)
        #expect(try await scene.versions(ShardIndex.fileName) == ["1.0"])
        try await scene.world.must("channel", "add", "channel", try scene.world.write(.hello("2.0")))
        // Fresh still, for the next process, too.
        try await scene.restart()
        #expect(try await scene.versions(ShardIndex.fileName) == ["1.0"])
        try ObservedMemory.age(in: scene.world.path + "/home", bySeconds: 3600)
        try await scene.restart()
        for form in ["repodata.json", "repodata.json.zst", ShardIndex.fileName] {
            #expect(try await scene.versions(form) == ["1.0", "2.0"], "\(form)")
        }
        await scene.stop()
    }

    /// A file that comes badly once, and how.
    struct Fault: Sendable, CustomTestStringConvertible {
        let isPinned: Bool
        let isPackage: Bool
        let isCutOff: Bool

        var testDescription: String {
            "\(isPackage ? "package" : "index") \(isCutOff ? "cut off" : "tampered with"), "
                + (isPinned ? "pinned" : "observed")
        }

        static let all = [true, false].flatMap { isPinned in
            [true, false].flatMap { isPackage in
                [true, false].map { Fault(isPinned: isPinned, isPackage: isPackage, isCutOff: $0) }
            }
        }
    }

    @Test(
        "What came badly is no 404, is not kept, and is there once the channel is well",
        arguments: Fault.all
    )
    func heals(_ fault: Fault) async throws {
        let scene = try await Scene(pinned: fault.isPinned)
        let ending = fault.isPackage ? ".conda" : ".zst"
        let behaviour =
            fault.isCutOff ? ServerBehaviour.truncate(at: 30) : .replace(Array("<html>".utf8))
        scene.server.follow { $0.path.hasSuffix(ending) ? behaviour : .normal }
        let file = fault.isPackage ? Self.package : "repodata.json"
        for _ in 0..<2 { #expect(try await scene.ask(file).status == (fault.isCutOff ? 503 : 403)) }
        scene.server.follow { _ in .normal }
        // A server that was caught is not asked again by the same view: half a minute. The suite's limit is for a machine
        // that stands still.
        while try await scene.ask(file).status != 200 { try await Task.sleep(for: .milliseconds(500)) }
        #expect(try await scene.ask(Self.package).body == (try PackageBuilder.hello("1.0").build(.conda)))
        #expect(try await scene.versions(ShardIndex.fileName) == ["1.0"])
        await scene.stop()
    }
}
