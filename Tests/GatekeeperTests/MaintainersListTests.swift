// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TestSupport
import Testing
import Transport
import TrustCore

@testable import Gatekeeper

@Suite("Lists of maintainers, many and old ones")
struct MaintainersListTests {
    /// A channel whose packages have maintainers of their own, one for each.
    private struct World {
        var fixture: ChannelFixture
        let packages: [FixturePackage]
        let maintainers: [Maintainers]
        var scene: GateScene

        /// - Parameter hours: how long the lists of each package are good.
        init(_ hours: KeyValuePairs<String, Int64>) async throws {
            packages = try hours.map { try FixturePackage("\($0.key)-1.0-0.conda") }
            maintainers = try hours.map { try Maintainers(of: $0.key, count: 1, threshold: 1) }
            fixture = try await ChannelFixture(
                packages: packages + [FixturePackage("other-1.0-0.conda")]
            )
            scene = try GateScene(pinning: fixture)
            for (one, (package, hours)) in zip(maintainers, zip(packages, hours.map(\.value))) {
                try fixture.delegate(one)
                let expires = ChannelFixture.start.advanced(bySeconds: hours * 3600)
                try fixture.adopt(try await one.list([package], expires: expires), of: one)
            }
            try await fixture.publish()
        }

        /// The next list of a package, good for a hundred days, published.
        mutating func renew(_ index: Int, _ files: [FixturePackage]? = nil) async throws {
            let one = maintainers[index]
            try fixture.adopt(try await one.list(files ?? [packages[index]], version: 2), of: one)
            try await fixture.publish()
        }

        var requests: [PackageRequest] { packages.map { PackageRequest(scene.url(of: $0)) } }
        var mirror: String { "file://" + fixture.directory }
    }

    @Test("The lists of many packages are asked for at the same time, each once")
    func atOnce() async throws {
        let names = ["a", "b", "c", "d", "e"]
        let world = try await World(["a": 9, "b": 9, "c": 9, "d": 9, "e": 9])
        let files = URLFetcher()
        let fetcher = HoldingFetcher(files, width: names.count) { $0.contains(".maintainers.") }
        let (admissions, _) = try await world.scene.withGate([world.mirror]) {
            $0.fetcher = fetcher
            // Admitting one after the other must not be what keeps them from being asked for.
            $0.parallelDownloads = 1
        } _: {
            try await $0.admit(world.requests)
        }
        await files.shutdown()
        #expect(admissions.allSatisfy { $0.package != nil } && admissions.count == names.count)
        #expect(fetcher.count == names.count)
    }

    @Test("A mirror that withholds one of many lists is left for one that has all")
    func withheld() async throws {
        let world = try await World(["a": 9, "b": 9, "c": 9])
        try await LoopbackServer.serving(
            world.fixture.directory,
            script: { $0.path.contains("maintainers.b") ? .status(404) : .normal }
        ) { server in
            let (admissions, reports) = try await world.scene.withGate([server.url, world.mirror]) {
                try await $0.admit(world.requests)
            }
            #expect(admissions.allSatisfy { $0.package != nil } && reports.count == 1)
            let fresh = try GateScene(pinning: world.fixture)
            let code = await refusalCode {
                try await fresh.withGate([server.url]) { try await $0.admit(world.requests) }
            }
            #expect(code == "tuf.metadata-missing")
        }
    }

    @Test("Where a mirror lags and names an expired list, the newest of the others' views is taken")
    func newerElsewhere() async throws {
        var world = try await World(["a": 10, "b": 10])
        let old = try world.fixture.copy()
        try await world.renew(0)
        let middle = try world.fixture.copy()
        try await world.renew(1)
        world.scene.now = ChannelFixture.start.advanced(bySeconds: 11 * 3600)
        let requests = world.requests
        let (admissions, reports) = try await world.scene.withGate(
            ["file://" + old.path, "file://" + middle.path, world.mirror, "http://127.0.0.1:1"]
        ) { try await $0.admit(requests) }
        #expect(admissions.allSatisfy { $0.package != nil })
        // That a mirror cannot be reached is told, that another lags is not held against it.
        #expect(reports.allSatisfy { $0.mirror == "http://127.0.0.1:1" }, "\(reports)")
    }

    @Test(
        "Index and list are of the same view: what the newer one took out is not listed, rather than forged"
    )
    func oneView() async throws {
        var world = try await World(["a": 10])
        let package = world.packages[0], newer = try FixturePackage("a-1.1-0.conda")
        let old = try world.fixture.copy()
        world.fixture.packages[0] = newer
        try await world.renew(0, [newer])
        world.scene.now = ChannelFixture.start.advanced(bySeconds: 11 * 3600)
        let scene = world.scene
        let (found, _) = try await scene.withGate(["file://" + old.path, world.mirror]) { gate in
            (
                try await gate.admit(PackageRequest(scene.url(of: package))),
                try await gate.admit(PackageRequest(scene.url(of: newer)))
            )
        }
        #expect(found.0.objections == ["in-index"])
        #expect(found.1.package?.sha256 == newer.sha256)
    }

    @Test("All packages of one admission are of the same view, also those whose maintainers were never asked")
    func oneViewForAll() async throws {
        var world = try await World(["a": 10])
        let other = try FixturePackage("other-1.0-0.conda")
        let old = try world.fixture.copy()
        world.fixture.packages.removeAll { $0.fileName == other.fileName }
        try await world.renew(0)
        world.scene.now = ChannelFixture.start.advanced(bySeconds: 11 * 3600)
        let requests = [PackageRequest(world.scene.url(of: other))] + world.requests
        let (found, _) = try await world.scene.withGate(["file://" + old.path, world.mirror]) {
            $0.parallelDownloads = 1
        } _: {
            try await $0.admit(requests)
        }
        // The old view lists it, the one that has a good list of `a` does not.
        #expect(found.map(\.objections) == [["in-index"], []])
    }

    @Test("Where no mirror has anything newer, an expired list refuses its package, and no other")
    func nowhereNewer() async throws {
        let world = try await World(["a": 10, "b": 20])
        var scene = world.scene
        scene.now = ChannelFixture.start.advanced(bySeconds: 11 * 3600)
        let copy = try world.fixture.copy()
        let urls = try (world.packages + [FixturePackage("other-1.0-0.conda")]).map { scene.url(of: $0) }
        let (_, reports) = try await scene.withGate([world.mirror, "file://" + copy.path]) { gate in
            for _ in 0..<2 {
                let code = await refusalCode { try await gate.admit(PackageRequest(urls[0])) }
                #expect(code == "tuf.expired")
            }
            for url in urls.dropFirst() {
                let admission = try await gate.admit(PackageRequest(url))
                #expect(admission.package != nil)
            }
        }
        #expect(reports.isEmpty)
    }

    @Test("The mirrors are asked for a newer view once in a run")
    func once() async throws {
        let world = try await World(["a": 10, "b": 10])
        var scene = world.scene
        scene.now = ChannelFixture.start.advanced(bySeconds: 11 * 3600)
        let urls = world.packages.map { scene.url(of: $0) }
        try await LoopbackServer.serving(world.fixture.directory) { server in
            _ = try await scene.withGate([server.url]) { gate in
                for url in urls + urls {
                    let code = await refusalCode { try await gate.admit(PackageRequest(url)) }
                    #expect(code == "tuf.expired")
                }
            }
            #expect(server.requestedPaths.filter { $0 == "/tuf/timestamp.json" }.count == 2)
        }
    }
}
