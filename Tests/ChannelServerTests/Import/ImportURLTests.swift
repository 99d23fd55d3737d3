// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Synchronization
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("Imports of a channel by its URL")
struct ImportURLTests {
    private typealias Package = ImportScene.Package

    /// A scene whose old channel is served.
    private static func serving(
        _ packages: [Package],
        script: @escaping LoopbackServer.Script = { _ in .normal }
    ) async throws -> (ImportScene, LoopbackServer) {
        let scene = try await ImportScene()
        try scene.write(packages)
        return (scene, try await LoopbackServer.start(serving: scene.old.path, script: script))
    }

    @Test(
        "The usual subdirs are asked for where nothing says which there are, and those that channeldata.json names"
    )
    func plain() async throws {
        let (scene, server) = try await Self.serving([Package(), Package("world")])
        let report = try await scene.run(url: server.url)
        #expect(report.imported == 2 && report.problemCount == 0)
        let name = try #require(try await scene.upload.files().first).publisher.name
        #expect(name == server.url)
        let second = try await ImportScene()
        try scene.old.write(Array(#"{"subdirs": ["linux-64"]}"#.utf8), to: "channeldata.json")
        #expect(try await second.run(url: server.url).imported == 2)
        #expect(!server.requests.contains { $0.path.hasPrefix("/freebsd-64") })
        await server.stop()
    }

    @Test(
        "A package that is not there, altered, too long or cut short is refused or cannot be found out; the rest comes"
    )
    func broken() async throws {
        let packages = try ["absent", "altered", "long", "cut", "good", "status", "forbidden"].map {
            try Package($0)
        }
        let (scene, server) = try await Self.serving(packages) { request in
            switch request.path {
            case let path where path.contains("absent"): .status(404)
            case let path where path.contains("altered"): .altered
            case let path where path.contains("long"): .endless
            case let path where path.contains("cut"): .truncate(at: 100)
            case let path where path.contains("status"): .status(503)
            case let path where path.contains("forbidden"): .status(403)
            default: .normal
            }
        }
        let report = try await scene.run(url: server.url)
        #expect(report.imported == 1)
        #expect(
            ImportScene.codes(report) == [
                packages[0].path: "import.package-missing", packages[1].path: "upload.digest",
                packages[2].path: "limit.too-large", packages[3].path: "failed", packages[5].path: "failed",
                packages[6].path: "import.package-missing",
            ]
        )
        #expect(try await scene.upload.blobs() == UploadScene.Blobs(kept: 1, staged: 0))
        server.follow { _ in .normal }
        let healed = try await scene.run(url: server.url)
        #expect(healed.imported == 6 && healed.unchanged == 1 && healed.problemCount == 0)
        await server.stop()
    }

    @Test("A transfer that breaks off once is begun anew")
    func brokenOnce() async throws {
        let count = Counter()
        let (scene, server) = try await Self.serving([Package()]) { request in
            request.path.hasSuffix(".conda") && count.next() == 1 ? .truncate(at: 100) : .normal
        }
        #expect(try await scene.run(url: server.url).imported == 1)
        await server.stop()
    }

    @Test("Where package after package cannot be fetched, the import ends; what came stays")
    func networkGone() async throws {
        let packages = try (10..<40).map { try Package("p\($0)") }
        let (scene, server) = try await Self.serving(packages) { request in
            request.path.contains("/p1") || !request.path.hasSuffix(".conda") ? .normal : .status(500)
        }
        var options = ImportOptions()
        options.width = 1
        await #expect(throws: Failure.self) { try await scene.run(url: server.url, options) }
        server.follow { _ in .normal }
        let report = try await scene.run(url: server.url)
        #expect(report.imported + report.unchanged == 30)
        await server.stop()
    }

    @Test("A channel that has only shards is imported by them, each checked by its digest")
    func shards() async throws {
        let fixture = try await ChannelFixture(
            packages: [Self.fixture(try Package()), Self.fixture(try Package("world"))]
        )
        try fixture.folder.remove("linux-64/repodata.json")
        try fixture.folder.remove("linux-64/repodata.json.zst")
        for name in ["noarch/repodata.json", "noarch/repodata.json.zst", "tuf"] {
            try fixture.folder.remove(name)
        }
        let server = try await LoopbackServer.start(serving: fixture.directory)
        let scene = try await ImportScene()
        let report = try await scene.run(url: server.url)
        #expect(report.imported == 2 && report.problemCount == 0)
        server.follow { $0.path.contains("/shards/") ? .altered : .normal }
        let second = try await ImportScene()
        #expect(await refusalCode { try await second.run(url: server.url) } == "shard.digest")
        await server.stop()
    }

    /// A package of the scene, for a channel that is signed.
    static func fixture(_ package: ImportScene.Package) throws -> FixturePackage {
        var fixture = try FixturePackage(package.fileName)
        fixture.bytes = package.bytes
        return fixture
    }

    /// As quetz-server 0.10.4 does: `/t/KEY/` in front of the path stands for the header `X-API-Key`; channels are below
    /// `/get/`; a private one is 401 without a key that may read it.
    @Test("A quetz server's private channel is imported with a key, which is told to nobody")
    func quetz() async throws {
        let (scene, server) = try await Self.serving([Package()]) { _ in .normal }
        let files = scene.old
        server.follow { request in
            let key = "/t/s3cret/get/main/"
            guard request.path.hasPrefix("/t/") else { return .status(401) }
            guard request.path.hasPrefix(key) else { return .status(401) }
            guard let bytes = try? files.read(String(request.path.dropFirst(key.count))) else {
                return .status(404)
            }
            return .replace(bytes)
        }
        let url = server.url + "/get/main"
        await #expect(throws: Failure.self) { try await scene.run(url: url) }
        await #expect(throws: Failure.self) { try await scene.run(url: url, token: "other") }
        #expect(try await scene.run(url: url, token: "s3cret").imported == 1)
        for entry in try await scene.upload.entries() {
            let text = String(decoding: JSONWriter.encode(.object(entry)), as: UTF8.self)
            #expect(text.contains(url) && !text.contains("s3cret"))
        }
        server.follow { _ in .status(500) }
        do { try await scene.run(url: url, token: "s3cret") } catch {
            #expect(!"\(error)".contains("s3cret"))
        }
        await server.stop()
    }
}

/// Counts.
private final class Counter: Sendable {
    private let count = Mutex(0)

    func next() -> Int {
        count.withLock {
            $0 += 1
            return $0
        }
    }
}
