// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TUF
import TestSupport
import Testing
import Transport
import TrustCore
import TrustPolicy

@testable import Gatekeeper

@Suite("Admission from mirrors that behave")
struct AdmissionTests {
    @Test(
        "A package of the signed index is admitted with its bytes",
        arguments: ChannelFixture.Form.allCases,
        [true, false]
    )
    func admits(_ form: ChannelFixture.Form, overHTTP: Bool) async throws {
        let package = try FixturePackage.sample()
        let fixture = try await ChannelFixture(form, packages: [package])
        let scene = try GateScene(pinning: fixture)
        try await LoopbackServer.serving(fixture.directory) { server in
            let mirror = overHTTP ? server.url : "file://" + fixture.directory
            let (admission, reports) = try await scene.admit(package, from: [mirror])
            let admitted = try #require(admission.package)
            #expect(reports.isEmpty)
            #expect(admitted.sha256 == package.sha256)
            #expect(admitted.url.identity == GateScene.canonical + "/" + package.path)
            #expect(try Array(Data(contentsOf: URL(fileURLWithPath: admitted.archivePath))) == package.bytes)
            #expect(
                admitted.verdict.findings.map(\.outcome) == [
                    .satisfied, .notApplicable, .satisfied, .satisfied, .satisfied, .notApplicable,
                    .notApplicable, .notApplicable, .notApplicable,
                ]
            )
            #expect(server.requests.isEmpty != overHTTP)
        }
    }

    @Test("What vouches for the package is told: role, index file, versions, and the first expiry")
    func tellsWhoVouches() async throws {
        let package = try FixturePackage.sample()
        let fixture = try await ChannelFixture(packages: [package])
        let scene = try GateScene(pinning: fixture)
        let (entry, _) = try await scene.withGate(["file://" + fixture.directory]) {
            try await $0.entry(of: scene.url(of: package))
        }
        #expect(entry.index?.role == "linux-64")
        #expect(entry.index?.file == "linux-64/repodata_shards.msgpack.zst")
        #expect(
            entry.index?.versions == ["root": 1, "timestamp": 1, "snapshot": 1, "targets": 1, "linux-64": 1]
        )
        #expect(entry.index?.expires == ChannelFixture.start.advanced(byDays: 2))
        #expect(entry.record?.sha256 == package.sha256 && !entry.isRemoved)
    }

    @Test("An index is vouched for no longer than each role above it", arguments: ["targets", "linux-64"])
    func firstExpiry(_ role: String) async throws {
        let package = try FixturePackage.sample()
        var fixture = try await ChannelFixture(packages: [package])
        let scene = try GateScene(pinning: fixture)
        fixture.editor.lifetimes.targets = 3600
        fixture.editor.lifetimes.delegated = 3600
        fixture.editor.renew([try #require(RoleName(role))], by: [fixture.targetsKey, fixture.onlineKey])
        try await fixture.publish()
        let (entry, _) = try await scene.withGate(["file://" + fixture.directory]) {
            try await $0.entry(of: scene.url(of: package))
        }
        #expect(entry.index?.versions[role] == 2)
        #expect(entry.index?.expires == Timestamp(seconds: ChannelFixture.start.seconds + 3600))
    }

    @Test("One run sees one view of a channel: what is asked later needs no other refresh")
    func oneView() async throws {
        let linux = try FixturePackage.sample()
        let noarch = try FixturePackage("a-1-0.conda", in: "noarch")
        let later = try FixturePackage("b-1-0.conda", in: "noarch")
        let fixture = try await ChannelFixture(packages: [linux, noarch])
        let scene = try GateScene(pinning: fixture)
        try await LoopbackServer.serving(fixture.directory) { server in
            _ = try await scene.withGate([server.url]) { gate in
                #expect(try await gate.entry(of: scene.url(of: linux)).record != nil)
                var published = fixture
                published.packages.append(later)
                try await published.publish()
                async let known = gate.entry(of: scene.url(of: noarch))
                async let unknown = gate.entry(of: scene.url(of: later))
                async let elsewhere = gate.judge(
                    linux.sha256,
                    as: scene.url(of: try FixturePackage("zlib-1.3.1-h0_0.conda", in: "osx-64"))
                )
                #expect(try await known.record != nil)
                #expect(try await unknown.record == nil)
                #expect(try await !elsewhere.isAllowed)
            }
            #expect(server.requestedPaths.filter { $0 == "/tuf/timestamp.json" }.count == 1)
        }
    }

    @Test("Where the first mirror fails, a further subdir of the same view comes from another")
    func oneViewOfManyMirrors() async throws {
        let linux = try FixturePackage.sample()
        let noarch = try FixturePackage("a-1-0.conda", in: "noarch")
        let fixture = try await ChannelFixture(packages: [linux, noarch])
        let scene = try GateScene(pinning: fixture)
        try await LoopbackServer.serving(fixture.directory) { first in
            try await LoopbackServer.serving(fixture.directory) { second in
                let (entry, reports) = try await scene.withGate([first.url, second.url]) { gate in
                    _ = try await gate.entry(of: scene.url(of: linux))
                    first.follow { _ in .status(503) }
                    return try await gate.entry(of: scene.url(of: noarch))
                }
                #expect(entry.record?.sha256 == noarch.sha256)
                #expect(reports.map(\.mirror) == [first.url])
                #expect(!second.requestedPaths.contains("/tuf/timestamp.json"))
            }
        }
    }

    @Test("A cached package that was altered on disk is fetched again, and no mirror is blamed")
    func replacesAlteredPackage() async throws {
        let package = try FixturePackage.sample()
        let fixture = try await ChannelFixture(packages: [package])
        let scene = try GateScene(pinning: fixture)
        let mirror = "file://" + fixture.directory
        let first = try #require(try await scene.admit(package, from: [mirror]).value.package)
        let file = URL(fileURLWithPath: first.archivePath)
        try Data(Array(repeating: 0, count: package.bytes.count)).write(to: file)
        let (admission, reports) = try await scene.admit(package, from: [mirror])
        let path = try #require(admission.package?.archivePath)
        #expect(try Array(Data(contentsOf: URL(fileURLWithPath: path))) == package.bytes && reports.isEmpty)
    }

    @Test("Many packages are admitted in the order they were asked for, each index fetched once")
    func admitsMany() async throws {
        let packages = try (0..<12).map {
            try FixturePackage(
                "p\($0)-1-0.\($0 % 2 == 0 ? "conda" : "tar.bz2")",
                in: $0 % 3 == 0 ? "noarch" : "linux-64"
            )
        }
        let fixture = try await ChannelFixture(packages: packages)
        let scene = try GateScene(pinning: fixture)
        try await LoopbackServer.serving(fixture.directory) { server in
            let (admissions, _) = try await scene.withGate([server.url]) { gate in
                try await gate.admit(packages.map { PackageRequest(scene.url(of: $0)) })
            }
            #expect(admissions.map { $0.package?.sha256 } == packages.map(\.sha256))
            #expect(server.requestedPaths.filter { $0 == "/tuf/timestamp.json" }.count == 1)
            #expect(Set(server.requestedPaths).count == server.requestedPaths.count)
        }
    }

    @Test(
        "A second run asks for metadata only: indexes, shards and packages come from the cache",
        arguments: ChannelFixture.Form.allCases
    )
    func usesCache(_ form: ChannelFixture.Form) async throws {
        let package = try FixturePackage.sample()
        let fixture = try await ChannelFixture(form, packages: [package])
        let scene = try GateScene(pinning: fixture)
        _ = try await scene.admit(package, from: ["file://" + fixture.directory])
        try await LoopbackServer.serving(fixture.directory) { server in
            let (admission, _) = try await scene.admit(package, from: [server.url])
            #expect(admission.package != nil)
            #expect(server.requestedPaths == ["/tuf/2.root.json", "/tuf/timestamp.json"])
        }
    }

    @Test("A cached index that was altered on disk is fetched again")
    func distrustsCache() async throws {
        let package = try FixturePackage.sample()
        let fixture = try await ChannelFixture(.plain, packages: [package])
        let scene = try GateScene(pinning: fixture)
        _ = try await scene.admit(package, from: ["file://" + fixture.directory])
        let digest = Digest.of(try fixture.folder.read("linux-64/repodata.json"))
        let blob = "cache/sha256/\(digest.hex.prefix(2))/\(digest.hex.dropFirst(2))"
        try scene.home.write(Array(repeating: 0x20, count: try scene.home.read(blob).count), to: blob)
        let (admission, _) = try await scene.admit(package, from: ["file://" + fixture.directory])
        #expect(admission.package != nil)
    }

    @Test("A package of the next version is found, and one that was removed is not")
    func followsTheChannel() async throws {
        let first = try FixturePackage.sample()
        let second = try FixturePackage("zlib-1.3.2-h0_0.conda")
        var fixture = try await ChannelFixture(packages: [first])
        let scene = try GateScene(pinning: fixture)
        let mirror = "file://" + fixture.directory
        #expect(try await scene.admit(second, from: [mirror]).value.objections == ["in-index"])
        fixture.packages = [second]
        fixture.removed = [first.path]
        try await fixture.publish()
        #expect(try await scene.admit(second, from: [mirror]).value.package != nil)
        let (refused, _) = try await scene.admit(first, from: [mirror])
        #expect(refused.objections == ["in-index"])
        #expect(refused.verdict.objections.first?.reason.contains("as removed") == true)
    }

    @Test("A root that was rotated is followed from the pinned one")
    func followsRootRotation() async throws {
        let package = try FixturePackage.sample()
        var fixture = try await ChannelFixture(packages: [package])
        let scene = try GateScene(pinning: fixture)
        fixture.editor.renew([.root], by: [fixture.rootKey])
        try await fixture.publish()
        let (entry, _) = try await scene.withGate(["file://" + fixture.directory]) {
            try await $0.entry(of: scene.url(of: package))
        }
        #expect(entry.index?.versions["root"] == 2)
    }

    @Test("An index with a relative base_url is followed inside the channel")
    func followsRelativeBaseURL() async throws {
        let package = try FixturePackage.sample()
        var fixture = try await ChannelFixture(packages: [package])
        fixture.baseURL = "../files/linux-64/"
        try await fixture.publish()
        try fixture.folder.write(package.bytes, to: "files/" + package.path)
        try FileManager.default.removeItem(atPath: fixture.directory + "/" + package.path)
        let scene = try GateScene(pinning: fixture)
        #expect(try await scene.admit(package, from: ["file://" + fixture.directory]).value.package != nil)
    }

    @Test("A base_url that is the channel's own address is inside, with and without credentials in the pin")
    func followsOwnAbsoluteBaseURL() async throws {
        let package = try FixturePackage.sample()
        var fixture = try await ChannelFixture(packages: [package])
        fixture.baseURL = GateScene.canonical + "/linux-64"
        try await fixture.publish()
        for url in [GateScene.canonical, "https://user:secret@conda.example.org/main"] {
            let scene = try GateScene(pinning: fixture, as: url)
            #expect(
                try await scene.admit(package, from: ["file://" + fixture.directory]).value.package != nil
            )
        }
    }
}
