// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import ContentTrust
import HTTPTypes
import HummingbirdTesting
import NIOCore
import SigningKeys
import TestSupport
import Testing
import Transport
import TrustCore

@testable import ChannelServer

/// A channel on a server, and the offline keys of its content trust.
struct TrustWorld {
    let scene: IndexScene
    let root: PrivateKey
    let manager: PrivateKey

    init() async throws {
        scene = try await IndexScene()
        root = try .generate(.ed25519)
        manager = try .generate(.ed25519)
    }

    var now: Timestamp { scene.server.now }

    func ask(_ method: HTTPRequest.Method, _ path: String = "content-trust", _ body: JSONValue? = nil)
        async throws -> JSONObject
    {
        let response = try await scene.server.ask(
            [AdministrationRoutes(parts: scene.server.parts, keys: scene.keys)],
            method,
            "/api/v1/channels/main/" + path,
            headers: [.authorization: "Bearer alice"],
            body: body.map { JSONWriter.encode($0) } ?? []
        )
        return try #require(try JSONReader.read(Array(buffer: response.body), of: "answer").object)
    }

    /// The keys that the server has for records.
    func packageKeys() async throws -> [TrustKey] {
        try await scene.keys.packageSigners(of: scene.channel.name).map { try TrustKey($0.publicKey) }
    }

    func rootFile(
        version: Int64 = 1,
        days: Int = 365,
        key: PrivateKey? = nil,
        by signers: [PrivateKey]? = nil
    )
        async throws -> String
    {
        let metadata = try TrustMetadata(
            .root,
            version: version,
            timestamp: now.advanced(byDays: min(0, days - 1)),
            expiration: now.advanced(byDays: days),
            delegations: [
                .root: TrustDelegation([try TrustKey((key ?? root).publicKey)], threshold: 1),
                .keyManager: TrustDelegation([try TrustKey(manager.publicKey)], threshold: 1),
            ]
        )
        var envelope = try TrustEnvelope(metadata)
        for signer in signers ?? [root] { try await envelope.sign(with: signer, now: now) }
        return String(decoding: try envelope.encoded(), as: UTF8.self)
    }

    func keyManagerFile(
        _ keys: [TrustKey],
        version: Int64 = 1,
        threshold: Int = 1,
        days: Int = 90,
        forms: [TrustKey: RecordForm] = [:],
        by signer: PrivateKey? = nil
    ) async throws -> String {
        let metadata = try TrustMetadata(
            .keyManager,
            version: version,
            timestamp: now,
            expiration: now.advanced(byDays: days),
            delegations: [.packageManager: TrustDelegation(keys, threshold: threshold)],
            recordForms: forms
        )
        var envelope = try TrustEnvelope(metadata)
        try await envelope.sign(with: signer ?? manager, now: now)
        return String(decoding: try envelope.encoded(), as: UTF8.self)
    }

    func submit(roots: [String], _ keyManager: String?) async throws -> JSONObject {
        try await ask(.put, "content-trust", .object(body(roots: roots, keyManager)))
    }

    /// What submits files.
    func body(roots: [String], _ keyManager: String?) -> JSONObject {
        var body = JSONObject()
        body["roots"] = .array(roots.map { .string($0) })
        body["key_mgr"] = keyManager.map { .string($0) }
        return body
    }

    /// Makes the server's key, has it named, and puts it in force; answers the root.
    @discardableResult
    func begin() async throws -> String {
        _ = try await ask(.post, "content-trust/keys")
        let root = try await rootFile()
        let answer = try await submit(roots: [root], keyManagerFile(packageKeys()))
        #expect(answer["state"]?.string == "pending", "\(answer)")
        try await scene.index()
        return root
    }

    /// What a check of every record finds that knows nothing but what is served.
    func check(_ root: String) async throws -> ContentTrustReport {
        let url = try ChannelURL("https://channels.example.org/main")
        let fetcher = DocumentFetcher(server: scene.server, channel: scene.channel.id)
        return try await ContentTrustCheck(ContentTrustSource(url, over: fetcher), now: now)
            .run(root: Array(root.utf8), subdirs: [Subdir("linux-64")])
    }

    /// How many records were signed since the server began.
    func signedCount() -> Int {
        let lines = scene.server.parts.metrics.text.split(separator: "\n")
        let line = lines.first { $0.hasPrefix("kingsnake_records_signed_total ") }
        return line.flatMap { $0.split(separator: " ").last }.flatMap { Double($0) }.map { Int($0) } ?? 0
    }

    func text(_ path: String) async throws -> String? {
        try await scene.document(path).map { String(decoding: $0, as: UTF8.self) }
    }
}

@Suite("Content trust of a hosted channel")
struct HostedTrustTests {
    @Test(
        "Records are signed as in a folder, in all index files; only changed ones are signed anew; off removes all"
    )
    func life() async throws {
        let world = try await TrustWorld()
        try await world.scene.publish([.sample(), try FixturePackage("b-1-0.tar.bz2")])
        try await world.scene.index()
        #expect(try await world.ask(.get)["state"]?.string == "off")
        let root = try await world.begin()
        #expect(try await world.ask(.get)["state"]?.string == "on")
        #expect(world.signedCount() == 2)
        var report = try await world.check(root)
        #expect(report.recordCount == 2 && report.goodCount == 2)
        let index = try #require(try await world.text("linux-64/repodata.json"))
        let current = try #require(try await world.text("linux-64/current_repodata.json"))
        #expect(index.contains("\"signatures\":{\"") && current.contains("\"signatures\":{\""))
        // What the code for folders would sign of this very index, it finds signed.
        let trust = try #require(try HostedTrust(try await world.settings()))
        let found = try IndexSignatures(
            StoredBytes(Array(index.utf8), of: "repodata.json"),
            file: "linux-64/repodata.json",
            of: Subdir("linux-64"),
            by: RecordKeys(RecordAuthority(trust.keyManager)),
            mambaForm: TrustScene.mambaForm
        )
        #expect(found.isComplete && found.signedCount == 2)

        try await world.scene.publish([try FixturePackage("c-1-0.conda")])
        try await world.scene.index()
        #expect(world.signedCount() == 3)
        report = try await world.check(root)
        #expect(report.recordCount == 3 && report.goodCount == 3)
        // A patch makes all packages' elements anew, and changes one record.
        let patch: JSONValue = [
            "packages.conda": ["c-1-0.conda": ["license": "MIT"]], "patch_instructions_version": 1,
        ]
        _ = try await world.ask(.put, "index/patches/linux-64", patch)
        try await world.scene.index()
        #expect(world.signedCount() == 4)
        #expect(try await world.check(root).goodCount == 3)

        #expect(try await world.ask(.delete)["state"]?.string == "pending")
        try await world.scene.index()
        #expect(try await world.ask(.get)["state"]?.string == "off")
        #expect(try await world.text("1.root.json") == nil)
        #expect(try await world.text("key_mgr.json") == nil)
        #expect(try await world.text("linux-64/repodata.json")?.contains("signatures") == false)
    }

    @Test(
        "Another package key is named, and all that is served changes at once: metadata and every signature"
    )
    func anotherKey() async throws {
        let world = try await TrustWorld()
        try await world.scene.publish([.sample()])
        try await world.scene.index()
        let root = try await world.begin()
        let old = try await world.packageKeys()
        _ = try await world.ask(.post, "content-trust/keys")
        // There is one already that is not named yet.
        _ = try await world.ask(.post, "content-trust/keys")
        let new = try #require(try await world.packageKeys().first { !old.contains($0) })
        #expect(try await world.packageKeys().count == 2)
        _ = try await world.submit(roots: [], world.keyManagerFile([new], version: 2))
        // Until the index is made, clients are shown what they were.
        #expect(try await world.check(root).goodCount == 1)
        #expect(try await world.text("key_mgr.json")?.contains(new.hex) == false)
        try await world.scene.index()
        #expect(try await world.check(root).goodCount == 1)
        #expect(try await world.text("linux-64/repodata.json")?.contains(new.hex) == true)
        #expect(try await world.text("linux-64/repodata.json")?.contains(old[0].hex) == false)
    }

    @Test("What is wrong, has run out or goes back is refused with its code, and nothing changes")
    func refused() async throws {
        let world = try await TrustWorld()
        _ = try await world.ask(.post, "content-trust/keys")
        let keys = try await world.packageKeys()
        let root = try await world.rootFile()
        let good = try await world.keyManagerFile(keys)
        func code(_ roots: [String], _ keyManager: String?) async throws -> String? {
            try await world.submit(roots: roots, keyManager)["code"]?.string
        }
        let stranger = try PrivateKey.generate(.ed25519)
        #expect(try await code([], good) == "content-trust.metadata-missing")
        #expect(try await code([root], nil) == "content-trust.metadata-missing")
        #expect(try await code([try await world.rootFile(version: 2)], good) == "content-trust.root-version")
        #expect(
            try await code([try await world.rootFile(by: [stranger])], good) == "content-trust.signatures"
        )
        #expect(
            try await code([root], world.keyManagerFile(keys, by: stranger)) == "content-trust.signatures"
        )
        #expect(try await code([try await world.rootFile(days: -1)], good) == "content-trust.expired")
        #expect(
            try await code([root], world.keyManagerFile([TrustKey(stranger.publicKey)]))
                == "index.package-keys"
        )
        #expect(
            try await code([root], world.keyManagerFile(keys + [TrustKey(stranger.publicKey)], threshold: 2))
                == "index.package-keys"
        )
        let mamba = try TrustKey(stranger.publicKey)
        #expect(
            try await code([root], world.keyManagerFile(keys + [mamba], forms: [mamba: .mamba]))
                == "index.package-keys"
        )
        #expect(try await world.ask(.get)["state"]?.string == "off")

        #expect(try await code([root], world.keyManagerFile(keys, version: 2)) == nil)
        #expect(try await code([], good) == "content-trust.rollback")
        #expect(
            try await code([], world.keyManagerFile(keys, version: 2, days: 91))
                == "content-trust.equivocation"
        )
        // Nor after it was ended: the server remembers beside its keys.
        _ = try await world.ask(.delete)
        #expect(try await code([root], good) == "content-trust.rollback")
        #expect(try await code([root], world.keyManagerFile(keys, version: 3)) == nil)
        // A next root is signed by the keys of the one before; the same again changes nothing.
        let next = try await world.rootFile(version: 2)
        #expect(
            try await code([try await world.rootFile(version: 2, by: [stranger])], nil)
                == "content-trust.signatures"
        )
        #expect(try await code([root, next], nil) == nil)
        #expect(try await code([root, next], nil) == nil)
        #expect(try await code([try await world.rootFile(version: 4)], nil) == "content-trust.root-version")
    }

    @Test("What runs out is told before and after, and the publish log has who was named")
    func expiry() async throws {
        let world = try await TrustWorld()
        _ = try await world.ask(.post, "content-trust/keys")
        let keys = try await world.packageKeys()
        let answer = try await world.submit(
            roots: [world.rootFile()],
            world.keyManagerFile(keys, days: 20)
        )
        #expect(answer["due"] == ["key_mgr"])
        let trust = try #require(try HostedTrust(try await world.settings()))
        #expect(trust.due(now: world.now.advanced(byDays: 21)).map(\.role) == ["key_mgr"])
        #expect(trust.expires == world.now.advanced(byDays: 20))
        let attention = try await ChannelAttention(
            of: world.scene.channel,
            world.scene.server.parts,
            world.scene.keys
        )
        #expect(attention.matters.contains { $0.text.contains("key_mgr expires on") && !$0.isUrgent })
        _ = try await world.ask(.delete)
        let entries = try await world.scene.entries().filter { $0.event == .keyChange }
        #expect(entries.count == 2 && entries.last?.details[HostedTrust.setting] == .null)
        let logged = entries.first?.details[HostedTrust.setting]
        #expect(
            logged?.object?["key_mgr"]?.object?["sha256"]?.string == Digest.of(trust.keyManager.bytes).hex
        )
        #expect(logged?.object?["root"]?.object?["version"] == 1)
    }
}

extension TrustWorld {
    fileprivate func settings() async throws -> JSONObject {
        let id = scene.channel.id
        return try await scene.server.database.read { try $0.channel(id: id)?.settings } ?? JSONObject()
    }
}
