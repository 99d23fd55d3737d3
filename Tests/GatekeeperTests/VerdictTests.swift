// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TestSupport
import Testing
import TrustCore
import TrustPolicy

@testable import Gatekeeper

@Suite("What the policy does not allow is a value, and is not downloaded")
struct VerdictTests {
    /// Asks for a package over HTTP, and demands that it is refused and that its bytes were not asked for.
    private func objections(
        to package: FixturePackage,
        in fixture: ChannelFixture,
        lock: LockDemand? = nil
    ) async throws -> [String] {
        let scene = try GateScene(pinning: fixture)
        return try await LoopbackServer.serving(fixture.directory) { server in
            let (admission, reports) = try await scene.admit(package, from: [server.url], lock: lock)
            #expect(!server.requestedPaths.contains { $0.hasSuffix(".conda") || $0.hasSuffix(".tar.bz2") })
            #expect(reports.isEmpty)
            return admission.objections
        }
    }

    @Test("A package that the index does not list", arguments: ChannelFixture.Form.allCases)
    func unlisted(_ form: ChannelFixture.Form) async throws {
        let package = try FixturePackage.sample()
        let fixture = try await ChannelFixture(form, packages: [package])
        // Another version of the same package, and a package whose name the channel has never heard of.
        for name in ["zlib-9.9-h0_0.conda", "zlib-1.3.1-h0_0.tar.bz2", "unheard-1-0.conda"] {
            let other = try FixturePackage(name)
            try fixture.folder.write(other.bytes, to: other.path)
            #expect(try await objections(to: other, in: fixture) == ["in-index"])
        }
    }

    @Test("A package that the index lists as removed", arguments: ChannelFixture.Form.allCases)
    func removed(_ form: ChannelFixture.Form) async throws {
        let package = try FixturePackage.sample()
        var fixture = try await ChannelFixture(form, packages: [package])
        fixture.packages = []
        fixture.removed = [package.path]
        try await fixture.publish()
        #expect(try await objections(to: package, in: fixture) == ["in-index"])
        // Both listed and removed: removal wins.
        fixture.packages = [package]
        try await fixture.publish()
        #expect(try await objections(to: package, in: fixture) == ["in-index"])
    }

    @Test("A record without SHA-256 is missing evidence", arguments: ChannelFixture.Form.allCases)
    func withoutDigest(_ form: ChannelFixture.Form) async throws {
        var package = try FixturePackage.sample()
        package.recordChanges = ["sha256": .null]
        let fixture = try await ChannelFixture(form, packages: [package])
        #expect(try await objections(to: package, in: fixture) == ["index-digest"])
        let md5 = LockDemand(digests: [Digest.of(package.bytes, by: .md5)])
        #expect(try await objections(to: package, in: fixture, lock: md5) == ["index-digest"])
    }

    @Test("A lock that demands other bytes than the index")
    func lockDisagrees() async throws {
        let package = try FixturePackage.sample()
        let fixture = try await ChannelFixture(packages: [package])
        for digest in [Digest.of([0]), Digest.of([0], by: .md5)] {
            let lock = LockDemand(digests: [digest])
            #expect(try await objections(to: package, in: fixture, lock: lock) == ["lock-agrees"])
        }
    }

    @Test("A lock that agrees admits")
    func lockAgrees() async throws {
        let package = try FixturePackage.sample()
        let fixture = try await ChannelFixture(packages: [package])
        let scene = try GateScene(pinning: fixture)
        let lock = LockDemand(digests: [package.sha256, Digest.of(package.bytes, by: .md5)])
        let (admission, _) = try await scene.admit(package, from: ["file://" + fixture.directory], lock: lock)
        #expect(admission.package != nil)
    }

    @Test("A policy without rules admits nothing")
    func emptyPolicy() async throws {
        let package = try FixturePackage.sample()
        let fixture = try await ChannelFixture(packages: [package])
        let scene = try GateScene(pinning: fixture)
        let (admission, _) = try await scene.withGate(["file://" + fixture.directory]) {
            $0.policy = Policy([])
        } _: {
            try await $0.admit(PackageRequest(scene.url(of: package)))
        }
        #expect(admission.package == nil)
    }

    @Test("A file at hand is judged by its digest, without a download")
    func judgesFiles() async throws {
        let package = try FixturePackage.sample()
        let fixture = try await ChannelFixture(packages: [package])
        let scene = try GateScene(pinning: fixture)
        try FileManager.default.removeItem(atPath: fixture.directory + "/" + package.path)
        let (verdicts, _) = try await scene.withGate(["file://" + fixture.directory]) { gate in
            let url = scene.url(of: package)
            return [
                try await gate.judge(package.sha256, as: url), try await gate.judge(Digest.of([0]), as: url),
            ]
        }
        #expect(verdicts.map(\.isAllowed) == [true, false])
        #expect(verdicts[1].objections.map(\.rule) == ["index-digest"])
    }

    @Test("A subdir without index does not speak against the mirror, nor against other subdirs")
    func missingSubdirIsNobodysFault() async throws {
        let package = try FixturePackage.sample()
        let fixture = try await ChannelFixture(packages: [package])
        let scene = try GateScene(pinning: fixture)
        let elsewhere = try FixturePackage("zlib-1.3.1-h0_0.conda", in: "osx-64")
        let (answers, reports) = try await scene.withGate(["file://" + fixture.directory]) { gate in
            let code = await refusalCode { try await gate.entry(of: scene.url(of: elsewhere)) }
            return (code, try await gate.entry(of: scene.url(of: package)))
        }
        #expect(answers.0 == "gate.index-missing" && answers.1.record != nil && reports.isEmpty)
    }

    @Test("Where a subdir has no signed index, evidence for a file is missing; nothing speaks against it")
    func judgesWithoutIndex() async throws {
        let package = try FixturePackage.sample()
        let fixture = try await ChannelFixture(packages: [package])
        let scene = try GateScene(pinning: fixture)
        let elsewhere = try FixturePackage("zlib-1.3.1-h0_0.conda", in: "osx-64")
        let (verdict, reports) = try await scene.withGate(["file://" + fixture.directory]) {
            try await $0.judge(package.sha256, as: scene.url(of: elsewhere))
        }
        #expect(verdict.objections.map(\.rule) == ["signed-index", "in-index"] && reports.isEmpty)
        #expect(verdict.objections.allSatisfy { $0.outcome == .missing })
    }
}
