// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import TUF
import TestSupport
import Testing
import Transport
import TrustCore

@testable import Gatekeeper

@Suite("Hostile mirrors")
struct HostileMirrorTests {
    /// A client, a channel and a mirror that does something bad.
    private struct Stage {
        var fixture: ChannelFixture
        var scene: GateScene
        let service: HostileMirror.Service

        init(_ mirror: HostileMirror) async throws {
            fixture = try await ChannelFixture(mirror.form, packages: [.sample()])
            scene = try GateScene(pinning: fixture)
            scene.limits.window = .seconds(1)
            scene.limits.minimumBytesPerWindow = 1000
            service = try await mirror.arrange(&fixture)
            if mirror.hasSeenChannel {
                fixture.packages.append(try FixturePackage("later-1-0.conda"))
                try await fixture.publish()
                _ = try await scene.admit(fixture.packages[1], from: ["file://" + fixture.directory])
            }
            scene.now = ChannelFixture.start.advanced(byDays: mirror.day)
        }
    }

    @Test("Alone, each is refused with its code, and nothing of it stays", arguments: HostileMirror.all)
    func alone(_ mirror: HostileMirror) async throws {
        let stage = try await Stage(mirror)
        try await LoopbackServer.serving(stage.service.folder.path, script: stage.service.script) { bad in
            let error = await #expect(throws: (any Error).self) {
                try await stage.scene.admit(stage.fixture.packages[0], from: [bad.url])
            }
            if let code = mirror.code {
                #expect((error as? Refusal)?.codeName == code, "\(String(describing: error))")
            } else {
                #expect((error as? Failure)?.kind == .network, "\(String(describing: error))")
            }
        }
        // What does not fit its digest is not in the cache under any name.
        let cache = stage.scene.home.path + "/cache/sha256"
        for folder in (try? FileManager.default.contentsOfDirectory(atPath: cache)) ?? [] {
            for name in try FileManager.default.contentsOfDirectory(atPath: "\(cache)/\(folder)") {
                let bytes = try stage.scene.home.read("cache/sha256/\(folder)/\(name)")
                #expect(Digest.of(bytes).hex == folder + name)
            }
        }
    }

    @Test(
        "Beside a good mirror, each is reported with its code, and the good bytes are admitted",
        arguments: HostileMirror.all
    )
    func besideAGoodOne(_ mirror: HostileMirror) async throws {
        let stage = try await Stage(mirror)
        let package = stage.fixture.packages[0]
        try await LoopbackServer.serving(stage.service.folder.path, script: stage.service.script) { bad in
            try await LoopbackServer.serving(stage.fixture.directory) { good in
                let (admission, reports) = try await stage.scene.admit(package, from: [bad.url, good.url])
                #expect(admission.package?.sha256 == package.sha256)
                #expect(!reports.isEmpty && reports.allSatisfy { $0.mirror == bad.url })
                #expect(reports.allSatisfy { $0.code == mirror.code }, "\(reports)")
                let kind: MirrorReport.Kind = mirror.code == nil ? .unavailable : .badContent
                #expect(reports.allSatisfy { $0.kind == kind })
                // A mirror that served bad content is not asked again.
                if mirror.code != nil { #expect(reports.count == 1) }
            }
        }
    }

    @Test("Two hostile mirrors and no good one: the most telling refusal, with a report of each")
    func allHostile() async throws {
        let package = try FixturePackage.sample()
        let fixture = try await ChannelFixture(packages: [package])
        let scene = try GateScene(pinning: fixture)
        try await LoopbackServer.serving(fixture.directory, script: { _ in .status(503) }) { dead in
            try await LoopbackServer.serving(
                fixture.directory,
                script: { $0.path.hasSuffix("timestamp.json") ? .endless : .normal }
            ) { endless in
                let error = await #expect(throws: Refusal.self) {
                    try await scene.admit(package, from: [dead.url, endless.url])
                }
                #expect(error?.codeName == "limit.too-large")
                let reports = (error?.cause as? MirrorsExhausted)?.reports
                #expect(reports?.map(\.mirror) == [dead.url, endless.url])
            }
        }
    }

    @Test(
        "A mirror that alters packages is found out package by package, and the metadata it gave stays good"
    )
    func onlyPackagesAreBad() async throws {
        let packages = try ["a-1-0.conda", "b-1-0.conda"].map { try FixturePackage($0) }
        let fixture = try await ChannelFixture(packages: packages)
        let scene = try GateScene(pinning: fixture)
        try await LoopbackServer.serving(
            fixture.directory,
            script: { $0.path.hasSuffix(".conda") ? .altered : .normal }
        ) { bad in
            try await LoopbackServer.serving(fixture.directory) { good in
                let (admissions, reports) = try await scene.withGate([bad.url, good.url]) {
                    $0.parallelDownloads = 1
                } _: { gate in
                    try await gate.admit(packages.map { PackageRequest(scene.url(of: $0)) })
                }
                #expect(admissions.allSatisfy { $0.package != nil })
                #expect(reports.map(\.code) == ["digest.mismatch"])
                #expect(!good.requestedPaths.contains { $0.hasPrefix("/tuf/") })
                #expect(bad.requestedPaths.filter { $0.hasSuffix(".conda") }.count == 1)
            }
        }
    }

    @Test("A mirror that takes too long for the metadata is left, though each byte arrives in time")
    func slowMetadata() async throws {
        let package = try FixturePackage.sample()
        let fixture = try await ChannelFixture(packages: [package])
        let scene = try GateScene(pinning: fixture)
        let slow = "https://slow.example.org/main"
        // Two seconds for each file: the time is over before the fourth.
        let files = URLFetcher()
        let fetcher = SlowFetcher(files, slow: slow, in: fixture.directory, each: .seconds(2))
        let (admission, reports) = try await scene.withGate([slow, "file://" + fixture.directory]) {
            $0.fetcher = fetcher
            $0.uptime = { fetcher.uptime }
            $0.metadataTime = .seconds(5)
        } _: {
            try await $0.admit(PackageRequest(scene.url(of: package)))
        }
        await files.shutdown()
        #expect(admission.package?.sha256 == package.sha256)
        #expect(reports.map(\.mirror) == [slow] && reports.first?.kind == .unavailable)
        #expect(reports.first?.message.contains("took longer than 5") == true)
        // What is left of the time is what the fetcher is told, each time.
        #expect(fetcher.timeouts == [.seconds(5), .seconds(3), .seconds(1)])
    }

    @Test("Three attempts on slow mirrors end before another process gives up waiting for the store")
    func waitsLongEnough() throws {
        let scene = try TemporaryFolder()
        let configuration = GateConfiguration(
            trustStore: TrustStore(directory: scene.path),
            cacheDirectory: scene.path,
            fetcher: FileFetcher(),
            now: ChannelFixture.start
        )
        // The last answer may come to its end.
        let longest = configuration.metadataTime + TransportLimits().idle
        #expect(longest * 3 < DirectoryMetadataStore.maximumWait)
    }

    @Test("Where the index promises no length, a mirror may send 4 GiB and no more")
    func unpromisedLength() async throws {
        var package = try FixturePackage.sample()
        package.recordChanges = ["size": .null]
        let fixture = try await ChannelFixture(packages: [package])
        let scene = try GateScene(pinning: fixture)
        let endless = ServerBehaviour.respond(
            status: 200,
            headers: [("Content-Length", "\((4 << 30) + 1)")],
            body: []
        )
        try await LoopbackServer.serving(
            fixture.directory,
            script: { $0.path.hasSuffix(".conda") ? endless : .normal }
        ) { bad in
            let error = await #expect(throws: Refusal.self) {
                try await scene.admit(package, from: [bad.url])
            }
            #expect(error?.codeName == "limit.too-large", "\(String(describing: error))")
            #expect(error?.expected == "at most 4294967296 bytes")
            let (admission, _) = try await scene.admit(
                package,
                from: [bad.url, "file://" + fixture.directory]
            )
            #expect(admission.package?.sha256 == package.sha256)
        }
    }
}
