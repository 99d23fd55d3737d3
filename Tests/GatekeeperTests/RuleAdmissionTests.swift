// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TestSupport
import Testing
import TrustCore
import TrustPolicy

@testable import Gatekeeper

@Suite("Admission by the user's own rules")
struct RuleAdmissionTests {
    private static func publishers(_ lines: String) throws -> UserPublishers {
        UserPublishers(policy: try PolicyFile(yaml: Array("version: 1\n\(lines)\n".utf8)))
    }

    /// The sample package, listed so many days ago.
    private static func listed(_ days: Int?) throws -> FixturePackage {
        var package = try FixturePackage.sample()
        let moment = days.map { ChannelFixture.start.advanced(byDays: -$0).seconds * 1_000 }
        package.recordChanges["indexed_timestamp"] = moment.map { .number(JSONNumber($0)) }
        return package
    }

    /// What becomes of the package, and what was asked of the mirror.
    private func admit(
        _ package: FixturePackage,
        _ lines: String,
        _ change: @escaping @Sendable (inout GateConfiguration) -> Void = { _ in }
    ) async throws -> (admission: Admission, wasFetched: Bool) {
        let fixture = try await ChannelFixture(packages: [package])
        let scene = try GateScene(pinning: fixture)
        let publishers = try Self.publishers(lines)
        return try await LoopbackServer.serving(fixture.directory) { server in
            let admission = try await scene.withGate([server.url]) { configuration in
                configuration.publishers = publishers
                change(&configuration)
            } _: { gate in
                try await gate.admit(PackageRequest(scene.url(of: package)))
            }.value
            return (admission, server.requests.contains { $0.path.hasSuffix(".conda") })
        }
    }

    @Test(
        "What is known before a package is fetched decides before it is fetched",
        arguments: [
            ("cooldown: {default: 7d}", 8, nil), ("cooldown: {default: 7d}", 6, .cooldown),
            ("cooldown: {default: 7d}", nil, .ageUnknown),
            ("cooldown: {default: 7d, except: {zlib: 0d}}", nil, nil),
            ("revoked: [{match: zlib <1.4, reason: a}]", 8, .revoked),
            ("revoked: [{match: zlib <1.3, reason: a}]", 8, nil),
            ("pins: {zlib: https://conda.example.org/lab}", 8, .pinnedElsewhere),
            ("pins: {zlib: \(GateScene.canonical)}", 8, nil),
            ("channels: {\(GateScene.canonical): {cooldown: {default: 30d}}}", 8, .cooldown),
            (
                "cooldown: {default: 30d}\nchannels: {\(GateScene.canonical): {cooldown: {default: 7d}}}", 8,
                nil
            ),
        ] as [(String, Int?, PolicyCode?)]
    )
    func rules(lines: String, days: Int?, code: PolicyCode?) async throws {
        let (admission, wasFetched) = try await admit(try Self.listed(days), lines)
        #expect(admission.verdict.objections.map(\.code) == (code.map { [$0] } ?? []))
        #expect((admission.package == nil) == (code != nil) && wasFetched == (code == nil))
    }

    @Test("Where nobody signs a date, it counts when this machine first saw the very digest")
    func firstSeen() async throws {
        let package = try Self.listed(nil)
        for (days, code) in [(8, nil), (6, PolicyCode.cooldown)] {
            let admission = try await admit(package, "cooldown: {default: 7d}") { configuration in
                configuration.firstSeen = { url, digest in
                    #expect(url.fileName == package.fileName && digest == package.sha256)
                    return ChannelFixture.start.advanced(byDays: -days)
                }
            }.admission
            #expect(admission.verdict.objections.map(\.code) == (code.map { [$0] } ?? []))
        }
    }

    /// A real package, with a script or without.
    private static func package(script: String?) throws -> FixturePackage {
        var builder = PackageBuilder(name: "scripted", version: "1.0", build: "0", subdir: "linux-64")
        builder.add(file: "bin/scripted", "#!/bin/sh\n", executable: true)
        if let script { builder.add(file: script, "#!/bin/sh\nexit 0\n", executable: true) }
        var package = try FixturePackage("scripted-1.0-0.conda")
        package.bytes = try builder.build(.conda)
        return package
    }

    @Test(
        "A package is looked into for link scripts where the policy asks",
        arguments: [
            ("deny", "bin/.scripted-post-link.sh", PolicyCode.linkScripts), ("deny", nil, nil),
            ("deny", "bin/.other-pre-unlink.sh", .linkScripts),
            ("deny", "Scripts/.scripted-Pre-Link.BAT", .linkScripts),
            ("deny", "python-scripts/.scripted-post-link.sh", .linkScripts),
            ("deny", "bin/scripted-post-link.sh", nil),
            ("deny, except: [scripted]", "bin/.scripted-post-link.sh", nil),
            ("allow", "bin/.scripted-post-link.sh", nil),
        ] as [(String, String?, PolicyCode?)]
    )
    func linkScripts(mode: String, script: String?, code: PolicyCode?) async throws {
        let package = try Self.package(script: script)
        let (admission, wasFetched) = try await admit(package, "install_scripts: {default: \(mode)}")
        #expect(admission.verdict.objections.map(\.code) == (code.map { [$0] } ?? []))
        #expect((admission.package == nil) == (code != nil) && wasFetched)
        let wasAsked = mode == "deny"
        #expect((admission.verdict.evidence?.linkScripts != nil) == wasAsked)
        if code != nil, let script { #expect(admission.verdict.evidence?.linkScripts == [script]) }
    }

    @Test("A script that is flagged is told, and the package passes")
    func flagged() async throws {
        let package = try Self.package(script: "bin/.scripted-post-link.sh")
        let admission = try await admit(package, "install_scripts: {default: flag}").admission
        #expect(admission.package != nil)
        #expect(admission.verdict.warnings.map(\.code) == [.linkScripts])
    }

    @Test("What cannot be looked into is refused as what it is")
    func unreadable() async throws {
        let package = try FixturePackage("zlib-1.3.1-h0_0.conda")
        await #expect(throws: Refusal.self) { try await admit(package, "install_scripts: {default: deny}") }
        #expect(try await admit(package, "install_scripts: {default: allow}").admission.package != nil)
    }

    @Test("A file at hand is judged by the same rules, and by its scripts if they were looked for")
    func fileAtHand() async throws {
        let package = try Self.package(script: "bin/.scripted-post-link.sh")
        let fixture = try await ChannelFixture(packages: [package])
        let scene = try GateScene(pinning: fixture)
        let publishers = try Self.publishers("install_scripts: {default: deny}")
        _ = try await scene.withGate(["file://" + fixture.directory]) { configuration in
            configuration.publishers = publishers
        } _: { gate in
            let url = scene.url(of: package)
            for (scripts, code) in [(nil, nil), ([], nil), (["bin/.a-post-link.sh"], PolicyCode.linkScripts)]
            {
                let verdict = try await gate.judge(package.sha256, as: url, linkScripts: scripts)
                #expect(verdict.objections.map(\.code) == (code.map { [$0] } ?? []))
            }
        }
    }

    @Test(
        "A revoked publisher's attestations are fetched though nobody demands any, and cannot be taken away"
    )
    func revokedPublisher() async throws {
        var scene = try await AttestedScene()
        try await scene.attest([scene.bundle()])
        func code(_ repository: String, _ scene: AttestedScene) async throws -> [PolicyCode?] {
            var scene = scene
            scene.publishers = try Self.publishers(
                "revoked: [{publisher: {github: \(repository)}, reason: taken over}]"
            )
            let package = scene.package
            let url = scene.user.url(of: package)
            let (admission, _) = try await scene.withGate { try await $0.admit(PackageRequest(url)) }
            return admission.verdict.objections.map(\.code)
        }
        #expect(try await code(AttestedScene.repository, scene) == [.revoked])
        #expect(try await code("example/other", scene) == [])
        // On a machine that has not seen them.
        var stripped = try await AttestedScene()
        try await stripped.attest([stripped.bundle()])
        try stripped.fixture.folder.remove(stripped.sidecarPath)
        #expect(try await code("example/other", stripped) == [.revocationUnknown])
    }
}
