// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TUF
import TestSupport
import Testing
import TrustCore
import TrustPolicy

@testable import Gatekeeper

@Suite("Packages that their maintainers sign")
struct MaintainersTests {
    /// A channel with `zlib`, whose 2 of 3 maintainers sign, and `xz`, which the online key vouches for.
    struct World {
        var fixture: ChannelFixture
        let zlib: FixturePackage
        let xz: FixturePackage
        var maintainers: Maintainers
        var scene: GateScene

        init(_ form: ChannelFixture.Form = .sharded, signed: Bool = true) async throws {
            zlib = try FixturePackage.sample()
            xz = try FixturePackage("xz-5.6-h0_0.conda")
            maintainers = try Maintainers(of: "zlib")
            fixture = try await ChannelFixture(form, packages: [zlib, xz])
            scene = try GateScene(pinning: fixture)
            try fixture.delegate(maintainers)
            if signed { try fixture.adopt(try await maintainers.list([zlib]), of: maintainers) }
            try await fixture.publish()
        }

        /// The same name with other bytes of the same length, listed by the online key.
        func altered() throws -> FixturePackage { try FixturePackage.sample("CONTENT") }

        func admit(_ package: FixturePackage) async throws -> Admission {
            try await scene.admit(package, from: ["file://" + fixture.directory]).value
        }

        func code(_ package: FixturePackage) async -> String? {
            await refusalCode { try await admit(package) }
        }
    }

    @Test("What they signed is admitted, and it is told who vouched", arguments: ChannelFixture.Form.allCases)
    func admits(_ form: ChannelFixture.Form) async throws {
        let world = try await World(form)
        let signed = try await world.admit(world.zlib)
        #expect(signed.package?.sha256 == world.zlib.sha256)
        #expect(
            signed.verdict.voucher == .maintainers(role: "maintainers.zlib", threshold: 2, keyCount: 3)
        )
        #expect(signed.verdict.findings.contains { $0.reason == "vouched for by its maintainers (2 of 3)" })
        let other = try await world.admit(world.xz)
        #expect(other.package != nil && other.verdict.voucher == .onlineKey(role: "linux-64"))
        #expect(other.verdict.findings.contains { $0.reason == "vouched for by the channel's online key" })
    }

    @Test(
        "A file forged with the online key alone is refused, whatever form the index has",
        arguments: ChannelFixture.Form.allCases
    )
    func forged(_ form: ChannelFixture.Form) async throws {
        var world = try await World(form)
        world.fixture.packages[0] = try world.altered()
        try await world.fixture.publish()
        #expect(await world.code(world.zlib) == "gate.maintainers-disagree")
        // A name that they never signed.
        let newer = try FixturePackage("zlib-9.9-h0_0.conda")
        world.fixture.packages.append(newer)
        try await world.fixture.publish()
        #expect(await world.code(newer) == "gate.maintainers-silent")
        #expect(try await world.admit(world.xz).package != nil)
    }

    @Test("A file at hand is judged by the same rule")
    func judged() async throws {
        var world = try await World()
        world.fixture.packages[0] = try world.altered()
        try await world.fixture.publish()
        let forged = world.fixture.packages[0]
        let code = await refusalCode {
            try await world.scene.withGate(["file://" + world.fixture.directory]) {
                try await $0.judge(forged.sha256, as: world.scene.url(of: forged))
            }
        }
        #expect(code == "gate.maintainers-disagree")
    }

    @Test("Until there is a list, nothing of the package is admitted")
    func awaited() async throws {
        let world = try await World(signed: false)
        #expect(await world.code(world.zlib) == "gate.maintainers-silent")
        #expect(try await world.admit(world.xz).package != nil)
    }

    @Test("A length that differs from theirs is refused, although nobody can find such bytes")
    func lengths() async throws {
        var world = try await World(signed: false)
        let file = TargetFile(length: 1, hashes: FileHashes([world.zlib.sha256]))
        try world.fixture.adopt(
            try await world.maintainers.list([world.zlib.path: file]),
            of: world.maintainers
        )
        try await world.fixture.publish()
        #expect(await world.code(world.zlib) == "gate.maintainers-disagree")
    }

    @Test("The package's name decides, not the pattern: one that begins with it needs no signature of theirs")
    func prefixOfAnother() async throws {
        var world = try await World()
        let other = try FixturePackage("zlib-ng-2.0-h0_0.conda")
        world.fixture.packages.append(other)
        try await world.fixture.publish()
        let admission = try await world.admit(other)
        #expect(admission.package != nil && admission.verdict.voucher == .onlineKey(role: "linux-64"))
    }

    @Test("Maintainers of a longer name cannot vouch for a version that looks like it")
    func versionLikeAnother() async throws {
        var world = try await World()
        // Of the package zlib, version `ng`, build `1`; the pattern of zlib-ng covers it.
        let sly = try FixturePackage("zlib-ng-1.conda")
        #expect(sly.fileName.name.raw == "zlib")
        let others = try Maintainers(of: "zlib-ng", count: 1, threshold: 1)
        try world.fixture.delegate(others)
        world.fixture.packages.append(sly)
        try world.fixture.adopt(try await others.list([sly]), of: others)
        try await world.fixture.publish()
        #expect(await world.code(sly) == "gate.maintainers-silent")
    }

    @Test("Another spelling of the name is the same package")
    func upperCase() async throws {
        var world = try await World()
        let shouted = try FixturePackage("ZLIB-1.3.1-h0_0.conda")
        world.fixture.packages.append(shouted)
        try await world.fixture.publish()
        #expect(await world.code(shouted) == "gate.maintainers-silent")
    }

    @Test("What they took off their list is refused, although the index still has it")
    func withdrawn() async throws {
        var world = try await World()
        let empty = try await world.maintainers.list([FixturePackage](), version: 2)
        try world.fixture.adopt(empty, of: world.maintainers)
        try await world.fixture.publish()
        #expect(await world.code(world.zlib) == "gate.maintainers-silent")
    }

    @Test("When the offline key takes the demand away, the online key is enough again")
    func removed() async throws {
        var world = try await World()
        world.fixture.packages[0] = try world.altered()
        try world.fixture.editor.removeDelegation(to: try #require(RoleName("maintainers.zlib")))
        try await world.fixture.publish()
        #expect(try await world.admit(world.altered()).verdict.voucher == .onlineKey(role: "linux-64"))
    }

    @Test("When the offline key names other keys, a list by the old ones counts for nothing")
    func rotated() async throws {
        var world = try await World()
        let successors = try Maintainers(of: "zlib")
        try world.fixture.delegate(successors)
        try await world.fixture.publish()
        let (scene, mirror) = (world.scene, "file://" + world.fixture.directory)
        let requests = [world.zlib, world.xz].map { PackageRequest(scene.url(of: $0)) }
        let copy = try world.fixture.copy()
        let (codes, reports) = try await scene.withGate([mirror, "file://" + copy.path]) { gate in
            let all = await refusalCode { try await gate.admit(requests) }
            let its = await refusalCode { try await gate.admit(requests[0]) }
            let other = try await gate.admit(requests[1])
            #expect(other.package != nil)
            return [all, its]
        }
        // No mirror has a better one, so none is to blame.
        #expect(codes == ["tuf.signatures", "tuf.signatures"] && reports.isEmpty, "\(reports)")
        try world.fixture.adopt(try await successors.list([world.zlib], version: 2), of: successors)
        try await world.fixture.publish()
        #expect(try await world.admit(world.zlib).package != nil)
    }

    @Test("A threshold that is raised makes a list by too few of them worthless")
    func raisedThreshold() async throws {
        var world = try await World(signed: false)
        let one = Maintainers(world.maintainers, threshold: 1)
        try world.fixture.delegate(one)
        try world.fixture.adopt(try await one.list([world.zlib]), of: one)
        try await world.fixture.publish()
        #expect(try await world.admit(world.zlib).package != nil)
        try world.fixture.delegate(world.maintainers)
        try await world.fixture.publish()
        #expect(await world.code(world.zlib) == "tuf.signatures")
    }

    @Test("An expired list refuses the package, and no other")
    func expired() async throws {
        var world = try await World()
        world.scene.now = ChannelFixture.start.advanced(byDays: 100)
        try await world.fixture.publish(now: world.scene.now)
        #expect(await world.code(world.zlib) == "tuf.expired")
        #expect(try await world.admit(world.xz).package != nil)
    }

    @Test("An older list is not taken for the newer one that the snapshot names")
    func replayed() async throws {
        var world = try await World()
        let old = try world.fixture.folder.read("tuf/1.maintainers.zlib.json")
        let empty = try await world.maintainers.list([FixturePackage](), version: 2)
        try world.fixture.adopt(empty, of: world.maintainers)
        try await world.fixture.publish()
        #expect(await world.code(world.zlib) == "gate.maintainers-silent")
        // The mirror serves the old list as the new one.
        let server = try await LoopbackServer.start(serving: world.fixture.directory) {
            $0.path == "/tuf/2.maintainers.zlib.json" ? .replace(old) : .normal
        }
        let fresh = try GateScene(pinning: world.fixture)
        #expect(
            await refusalCode { try await fresh.admit(world.zlib, from: [server.url]) } == "limit.too-large"
        )
        await server.stop()
    }

    @Test("A mirror that withholds the list is left for one that does not")
    func withheld() async throws {
        let world = try await World()
        let server = try await LoopbackServer.start(serving: world.fixture.directory) {
            $0.path.contains("maintainers.zlib") ? .status(404) : .normal
        }
        let honest = "file://" + world.fixture.directory
        let (admission, reports) = try await world.scene.admit(world.zlib, from: [server.url, honest])
        #expect(admission.package != nil && reports.count == 1)
        let fresh = try GateScene(pinning: world.fixture)
        #expect(
            await refusalCode { try await fresh.admit(world.zlib, from: [server.url]) }
                == "tuf.metadata-missing"
        )
        await server.stop()
    }

    @Test("Lists are fetched only for packages that are asked for, once for all their files")
    func fetchesOnce() async throws {
        var world = try await World()
        let second = try FixturePackage("zlib-1.3.2-h0_0.conda")
        world.fixture.packages.append(second)
        let both = try await world.maintainers.list([world.zlib, second], version: 2)
        try world.fixture.adopt(both, of: world.maintainers)
        try await world.fixture.publish()
        let scene = world.scene, xz = world.xz, zlib = world.zlib
        try await LoopbackServer.serving(world.fixture.directory) { server in
            _ = try await scene.admit(xz, from: [server.url])
            #expect(!server.requestedPaths.contains { $0.contains("maintainers") })
            _ = try await scene.withGate([server.url]) { gate in
                try await gate.admit([zlib, second, xz].map { PackageRequest(scene.url(of: $0)) })
            }
            #expect(server.requestedPaths.filter { $0.contains("maintainers") }.count == 1)
        }
    }

    @Test(
        "A role's name tells the package, or that it is not one of maintainers",
        arguments: [
            ("maintainers.zlib", "zlib"), ("maintainers.zlib-ng", "zlib-ng"), ("maintainers.a.b", "a.b"),
            ("maintainers.", nil), ("maintainers", nil), ("linux-64", nil), ("targets", nil),
            ("maintainers.__glibc", nil), ("maintainers.*", nil), ("maintainers.a/b", nil),
            ("Maintainers.zlib", nil), ("maintainers.\u{301}zlib", nil),
        ] as [(String, String?)]
    )
    func roleNames(role: String, package: String?) throws {
        let found = MaintainersRole(try #require(RoleName(role)))
        #expect(found?.package.raw == package)
        if let found { #expect(try MaintainersRole(of: found.package) == found) }
        #expect((try? Subdir(role)) == nil || found == nil)
    }
}

extension Maintainers {
    fileprivate init(_ other: Maintainers, threshold: Int) {
        self.init(package: other.package, keys: other.keys, threshold: threshold)
    }
}
