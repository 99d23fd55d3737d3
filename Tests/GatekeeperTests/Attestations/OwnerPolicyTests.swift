// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import SigningKeys
import TUF
import TestSupport
import Testing
import TrustCore
import TrustPolicy

@testable import Gatekeeper

@Suite("The policy that a channel's owner signs")
struct OwnerPolicyTests {
    private static let missing = AttestedScene.Outcome(code: "attested.missing")

    @Test("It counts from the role that the offline key signs, and from no role below it")
    func onlyTopLevel() async throws {
        for (isTopLevel, expected) in [(true, Self.missing), (false, AttestedScene.Outcome())] {
            var scene = try await AttestedScene()
            let policy = try PublisherPolicy(channel: scene.user.channel, entries: [AttestedScene.entry()])
            let thief = try #require(RoleName("everything"))
            try scene.fixture.editor.delegate(
                .paths("*"),
                to: thief,
                keys: RoleSetup([scene.fixture.onlineKey.publicKey])
            )
            try scene.sign(
                ownerPolicy: JSONWriter.encode(policy.json),
                in: isTopLevel ? .targets : thief
            )
            try await scene.fixture.publish()
            #expect(try await scene.outcome() == expected)
        }
    }

    @Test("A delegated role cannot take the place of what the owner signed")
    func cannotBeReplaced() async throws {
        var scene = try await AttestedScene()
        let thief = try #require(RoleName("everything"))
        try scene.fixture.editor.delegate(
            .paths("*"),
            to: thief,
            keys: RoleSetup([scene.fixture.onlineKey.publicKey])
        )
        let weaker = try PublisherPolicy(
            channel: scene.user.channel,
            entries: [AttestedScene.entry("evil/evil")]
        )
        try scene.sign(ownerPolicy: JSONWriter.encode(weaker.json), in: thief)
        try scene.demandByOwner()
        try await scene.attest([scene.bundle(by: AttestedScene.workflow(of: "evil/evil"))])
        #expect(
            try await scene.outcome() == AttestedScene.Outcome(code: "publisher.other-identity", verified: 1)
        )
    }

    @Test("What cannot be read is refused with the package, and no mirror is blamed for it")
    func damaged() async throws {
        let other = try PublisherPolicy(
            channel: ChannelURL("https://conda.example.org/other"),
            entries: [AttestedScene.entry()]
        )
        for (bytes, code) in [
            (Array("{".utf8), "json.syntax"), (Array("{}".utf8), "policy-file.version"),
            (JSONWriter.encode(other.json), "policy-file.channel"),
        ] {
            var scene = try await AttestedScene()
            try scene.sign(ownerPolicy: bytes)
            try await scene.fixture.publish()
            let (found, reports) = try await scene.withGate { gate in
                await refusalCode { try await gate.admit(PackageRequest(scene.user.url(of: scene.package))) }
            }
            #expect(found == code && reports.isEmpty)
        }
    }

    @Test("A longer one than any honest one is not fetched")
    func tooLong() async throws {
        var scene = try await AttestedScene()
        try scene.sign(ownerPolicy: [UInt8](repeating: 0x20, count: PublisherPolicy.maximumLength + 1))
        try await scene.fixture.publish()
        #expect(await refusalCode { try await scene.outcome() } == "limit.too-large")
    }

    @Test("A mirror that withholds or alters it is left for the next one")
    func mirrors() async throws {
        let scene = try await AttestedScene.good()
        for behaviour in [ServerBehaviour.status(404), .altered] {
            let script: LoopbackServer.Script = {
                $0.path.hasSuffix(".publishers.json") ? behaviour : .normal
            }
            try await LoopbackServer.serving(scene.fixture.directory, script: script) { bad in
                let user = try GateScene(pinning: scene.fixture)
                var fresh = scene
                fresh.user = user
                let code = await refusalCode { try await fresh.outcome(from: [bad.url]) }
                #expect(code?.hasPrefix("tuf.target") == true)
                #expect(try await fresh.outcome(from: [bad.url, scene.url]) == .admitted)
            }
        }
    }

    @Test("What the user demands as well narrows it")
    func both() async throws {
        var scene = try await AttestedScene.good()
        try scene.demandByUser(AttestedScene.entry("example/other"))
        #expect(
            try await scene.outcome() == AttestedScene.Outcome(code: "publisher.other-identity", verified: 1)
        )
    }
}
