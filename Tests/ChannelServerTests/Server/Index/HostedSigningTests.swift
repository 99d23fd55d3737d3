// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import ContentTrust
import DurableFiles
import HTTPTypes
import HummingbirdTesting
import NIOCore
import SigningKeys
import TUF
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("Signing a hosted channel")
struct HostedSigningTests {
    private func ask(_ scene: IndexScene, _ method: HTTPRequest.Method, _ path: String, _ body: [UInt8] = [])
        async throws -> TestResponse
    {
        try await scene.server.ask(
            [AdministrationRoutes(parts: scene.server.parts, keys: scene.keys)],
            method,
            "/api/v1/channels/main/" + path,
            headers: [.authorization: "Bearer alice"],
            body: body
        )
    }

    private func state(_ scene: IndexScene) async throws -> String? {
        let answer = try await ask(scene, .get, "signing")
        return try JSONReader.read(Array(buffer: answer.body), of: "answer").object?["state"]?.string
    }

    @Test("A root is proposed by the server, signed elsewhere, and taken in; so is its renewal")
    func ceremony() async throws {
        let scene = try await IndexScene()
        try await scene.publish([.sample()])
        try await scene.index()
        #expect(try await state(scene) == "unsigned")
        let request = JSONWriter.encode([
            "authorities": [.string(scene.offline.publicKey.pem)], "threshold": 1,
        ])
        var answer = try await ask(scene, .post, "tuf/proposal", request)
        var proposal = try CeremonyProposal(parsing: Array(buffer: answer.body))
        // Nobody has signed it.
        answer = try await ask(scene, .post, "tuf/ceremony", proposal.encoded())
        #expect(String(buffer: answer.body).contains("ceremony.incomplete"))
        #expect(try await scene.document("tuf/1.root.json") == nil)
        try await proposal.merge(proposal.signatures(by: scene.offline))
        answer = try await ask(scene, .post, "tuf/ceremony", proposal.encoded())
        #expect(answer.status == .ok)
        #expect(try await state(scene) == "signed")
        #expect(try await scene.admits(.sample()))
        // Once more is no change.
        let timestamp = try await scene.document("tuf/timestamp.json")
        #expect(try await ask(scene, .post, "tuf/ceremony", proposal.encoded()).status == .ok)
        #expect(try await scene.document("tuf/timestamp.json") == timestamp)
        answer = try await ask(scene, .post, "tuf/proposal", Array(#"{"renew":["root"]}"#.utf8))
        var next = try CeremonyProposal(parsing: Array(buffer: answer.body))
        try await next.merge(next.signatures(by: scene.offline))
        #expect(try await ask(scene, .post, "tuf/ceremony", next.encoded()).status == .ok)
        #expect(try await scene.document("tuf/2.root.json") != nil)
        #expect(try await scene.admits(.sample()))
        answer = try await ask(scene, .post, "tuf/ceremony", proposal.encoded())
        #expect(String(buffer: answer.body).contains("ceremony.superseded"))
    }

    @Test("A root can be proposed for a channel that is so new that nobody has indexed it")
    func newChannel() async throws {
        let scene = try await IndexScene()
        let request = JSONWriter.encode([
            "authorities": [.string(scene.offline.publicKey.pem)], "threshold": 1, "subdirs": ["linux-64"],
        ])
        let answer = try await ask(scene, .post, "tuf/proposal", request)
        #expect(answer.status == .ok)
        var proposal = try CeremonyProposal(parsing: Array(buffer: answer.body))
        try await proposal.merge(proposal.signatures(by: scene.offline))
        #expect(try await ask(scene, .post, "tuf/ceremony", proposal.encoded()).status == .ok)
        try await scene.publish([.sample()])
        try await scene.index()
        #expect(try await state(scene) == "signed")
        #expect(try await scene.admits(.sample()))
    }

    @Test("A channel that two make the online key of at once has one")
    func keyMadeAtOnce() async throws {
        let scene = try await IndexScene()
        let (keys, name) = (scene.keys, scene.channel.name)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<16 { group.addTask { try keys.make(for: name) } }
            try await group.waitForAll()
        }
        #expect(try await keys.signers(of: name).count == 1)
    }

    @Test("A subdir that came later is served unsigned, proposed, and signed with the rest")
    func newSubdir() async throws {
        let scene = try await IndexScene()
        try await scene.index()
        try await scene.intake.accept(scene.firstCeremony())
        let package = try FixturePackage("a-1-0.conda", in: "osx-64")
        try await scene.publish([package])
        try await scene.index()
        #expect(try await scene.repodata("osx-64").fileNames == ["a-1-0.conda"])
        #expect(try await state(scene) == "incomplete")
        // A client refuses what no role speaks for.
        await #expect(throws: Refusal.self) { try await scene.admits(package) }
        let answer = try await ask(scene, .post, "tuf/proposal")
        var proposal = try CeremonyProposal(parsing: Array(buffer: answer.body))
        try await proposal.merge(proposal.signatures(by: scene.offline))
        #expect(try await ask(scene, .post, "tuf/ceremony", proposal.encoded()).status == .ok)
        #expect(try await state(scene) == "signed")
        #expect(try await scene.admits(package))
    }

    @Test("A root that names another online key is refused, and nothing changes")
    func otherKey() async throws {
        let scene = try await IndexScene()
        try await scene.index()
        let other = try PrivateKey.generate(.ed25519).publicKey
        let ceremony = try await scene.firstCeremony(online: other)
        await #expect {
            try await scene.intake.accept(ceremony)
        } throws: {
            ($0 as? Refusal)?.is(IndexCode.onlineKeys) ?? false
        }
        #expect(try await scene.document("tuf/1.root.json") == nil)
    }

    @Test("Without its online key a signed channel stays as it is, and its changes stay to be made")
    func keyLost() async throws {
        let scene = try await IndexScene()
        try await scene.index()
        try await scene.intake.accept(scene.firstCeremony())
        try Folder.removeTree(scene.keys.directory)
        try await scene.publish([.sample()])
        await #expect(throws: (any Error).self) { try await scene.index() }
        #expect(try await scene.repodata().fileNames.isEmpty)
        #expect(try await scene.server.database.read { try $0.staleSubdirs() }.count == 1)
    }
}

@Suite("Refusal codes of the indexer")
struct IndexCodeCoverageTests {
    static let provocations: [IndexCode: @Sendable () async throws -> Void] = [
        .patch: {
            _ = try RepodataPatch(parsing: Array(#"{"patch_instructions_version":2}"#.utf8), of: "patch")
        },
        .onlineKeys: {
            let scene = try await IndexScene()
            try await scene.intake.accept(
                scene.firstCeremony(online: PrivateKey.generate(.ed25519).publicKey)
            )
        },
        .packageKeys: {
            let world = try await TrustWorld()
            let body = try await world.body(
                roots: [world.rootFile()],
                world.keyManagerFile([TrustKey(PrivateKey.generate(.ed25519).publicKey)])
            )
            let fields = try JSONFields(.object(body), of: "test")
            _ = try await TrustIntake(
                parts: world.scene.server.parts,
                keys: world.scene.keys,
                channel: world.scene.channel
            ).accept(fields, by: nil)
        },
        .settings: {
            var settings = JSONObject()
            settings["lifetimes_seconds"] = ["timestamp": 0]
            _ = try ChannelIndexSettings(settings)
        },
    ]

    @Test("Each code is provoked, and explained", arguments: IndexCode.allCases)
    func provoked(_ code: IndexCode) async throws {
        let provocation = try #require(Self.provocations[code])
        #expect(await refusalCode { try await provocation() } == code.rawValue)
        #expect(code.defects(in: "index.").isEmpty)
    }
}
