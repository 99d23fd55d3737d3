// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import SigningKeys
import Sigstore
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("What the server says besides records")
struct PackageFactsTests {
    private func keep(_ package: FixturePackage, _ facts: [String: String], _ scene: IndexScene) async throws
    {
        let facts = PackageFacts(infoFiles: facts.mapValues { Array($0.utf8) })
        try await scene.server.database.write { try $0.keep(facts, of: package.sha256) }
    }

    private func json(_ path: String, _ scene: IndexScene) async throws -> JSONObject {
        let bytes = try #require(try await scene.document(path))
        return try #require(try JSONReader.read(bytes, of: path).object)
    }

    @Test(
        "run_exports.json holds what each listed package exports, and nothing of one that nobody could read"
    )
    func runExports() async throws {
        let scene = try await IndexScene()
        let packages = try ["a-1-0.conda", "b-1-0.tar.bz2", "c-1-0.conda"].map { try FixturePackage($0) }
        try await keep(packages[0], ["info/run_exports.json": #"{"weak":["a >=1,<2"]}"#], scene)
        try await keep(packages[1], [:], scene)
        try await scene.publish(packages)
        try await scene.index()
        let exports = try await json("linux-64/run_exports.json", scene)
        #expect(exports["packages.conda"] == ["a-1-0.conda": ["run_exports": ["weak": ["a >=1,<2"]]]])
        #expect(exports["packages"] == ["b-1-0.tar.bz2": ["run_exports": [:]]])
        // As conda's indexer writes it, and nothing beside that.
        #expect(exports["info"] == ["subdir": "linux-64", "version": 1])
        #expect(Set(exports.keys) == ["info", "packages", "packages.conda"])
        let plain = try #require(try await scene.document("linux-64/run_exports.json"))
        let packed = try #require(try await scene.document("linux-64/run_exports.json.zst"))
        #expect(try Zstd.decompress(packed, maximumLength: 1 << 20, of: "exports") == plain)
        try await scene.set(packages[0], .yanked)
        try await scene.index()
        #expect(try await json("linux-64/run_exports.json", scene)["packages.conda"] == [:])
    }

    @Test("channeldata.json tells of each package's newest version, in all subdirs")
    func channelData() async throws {
        let scene = try await IndexScene()
        let old = try FixturePackage("a-1.9-0.conda"),
            new = try FixturePackage("a-1.10-0.conda", in: "noarch")
        try await keep(old, ["info/about.json": #"{"summary":"old"}"#], scene)
        try await keep(new, ["info/about.json": #"{"summary":"new","secret":1}"#], scene)
        try await scene.publish([old, new])
        try await scene.index()
        let data = try await json("channeldata.json", scene)
        #expect(data["channeldata_version"] == 1 && data["subdirs"] == ["linux-64", "noarch"])
        let package = try #require(data["packages"]?.object?["a"]?.object)
        #expect(package["version"] == "1.10" && package["summary"] == "new" && package["secret"] == nil)
        #expect(package["subdirs"] == ["linux-64", "noarch"])
        for package in [old, new] { try await scene.set(package, .removed) }
        try await scene.index()
        #expect(try await json("channeldata.json", scene)["packages"] == [:])
    }

    @Test("A package is read once for what it says of itself, and the index follows")
    func reading() async throws {
        let scene = try await IndexScene()
        try await scene.publish([.sample()])
        try await scene.index()
        // It is no archive: that nobody can read it is known from then on.
        let (channel, digest) = (scene.channel.id, try FixturePackage.sample().sha256)
        let (wanted, facts) = try await scene.server.database.read { transaction in
            (try transaction.filesWithoutFacts(of: channel, limit: 10), try transaction.facts(of: digest))
        }
        #expect(wanted.isEmpty && facts == PackageFacts(runExports: nil, about: nil))
        #expect(try await json("linux-64/run_exports.json", scene)["packages.conda"] == [:])
    }

    @Test("The server signs its own statement about each file, of a type of its own, and once")
    func counterSignature() async throws {
        let scene = try await IndexScene()
        let package = try FixturePackage.sample()
        try await scene.publish([package])
        try await scene.index()
        let path = "linux-64/\(package.fileName).kingsnake.dsse.json"
        let bytes = try #require(try await scene.document(path))
        let envelope = try JSONFields(try JSONReader.read(bytes, of: path), of: path)
        let payload = try #require(Base64.decode(try envelope.string("payload")))
        let signature = try JSONFields(try #require(try envelope.array("signatures").first), of: path)
        let key = try #require(try await scene.worker.onlineKeys(of: scene.channel).first)
        let type = try envelope.string("payloadType")
        #expect(
            key.isValid(
                signature: try #require(Base64.decode(try signature.string("sig"))),
                for: DSSE.preAuthenticationEncoding(payloadType: type, payload: payload)
            )
        )
        let statement = try Statement(parsing: payload)
        #expect(statement.predicateType == CounterStatement.predicateType)
        #expect(statement.subjects.first?.digest(.sha256) == package.sha256)
        let predicate = try #require(statement.predicate?.object)
        #expect(predicate["publisher"] == ["kind": "user", "name": "alice"])
        #expect(predicate["channel"] == "https://channels.example.org/main")
        let channel = scene.channel.id
        let file = try await scene.server.database.read {
            try $0.file(package.fileName, in: package.subdir, of: channel)
        }
        #expect(file?.counterSignature == Digest.of(bytes))
        #expect(try await scene.document("linux-64/\(package.fileName).sigs") == nil)
        // A yank later, it still says the same.
        try await scene.set(package, .yanked)
        try await scene.index()
        #expect(try await scene.document(path) == bytes)
    }
}
