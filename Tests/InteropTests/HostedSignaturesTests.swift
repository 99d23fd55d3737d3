// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TestSupport
import Testing
import TrustCore

/// What the server that runs signs, as programs see it that know nothing but the formats.
@Suite(
    "python-tuf, securesystemslib and a checker of logs, and the server that runs",
    .enabled(if: Peers.arePresent, "\(Peers.absence)"),
    .timeLimit(.minutes(5))
)
struct HostedSignaturesTests {
    private static let api = "/api/v1/channels/main/"

    /// A package of so many versions ago.
    private static func publish(_ version: Int, to world: ServerWorld) async throws {
        var package = PackageBuilder(name: "linked", version: "\(version)", build: "0", subdir: "noarch")
        package.noarch = .generic
        package.add(file: "etc/linked.conf", "\(version)\n")
        let name = package.fileName(.conda)
        let answer = try await world.ask(
            "PUT",
            "/main/noarch/\(name)",
            by: "alice",
            body: package.build(.conda)
        )
        try #require(answer.status == 201, "\(answer.text)")
        try await world.waitUntil(name, in: "noarch")
    }

    /// Has the server propose, the offline key sign elsewhere, and the server take it in; answers the root.
    private static func ceremony(_ request: JSONValue, _ name: String, in world: ServerWorld) async throws
        -> [UInt8]
    {
        let body = JSONWriter.encode(request)
        let proposal = try await world.ask("POST", api + "tuf/proposal", by: "alice", body: body)
        try #require(proposal.status == 200, "\(proposal.text)")
        try world.folder.write(proposal.body, to: name)
        let run = world.program
        var known = ["--root", "1.root.json"]
        if !FileManager.default.fileExists(atPath: world.folder.path + "/1.root.json") {
            // Of a first root its authorities agree by its digest.
            let digest = try await run.must(["root", "merge", name])["proposal_sha256"]?.string
            known = ["--sha256", try #require(digest)]
        }
        try await run.must(
            ["root", "sign", name, "--key", "offline/root.key", "--yes", "--out", name + ".signatures"]
                + known
        )
        try await run.must(["root", "merge", name, name + ".signatures"])
        let signed = try world.folder.read(name)
        let taken = try await world.ask("POST", api + "tuf/ceremony", by: "alice", body: signed)
        try #require(taken.status == 200, "\(taken.text)")
        return try await world.ask("GET", "/main/tuf/1.root.json").body
    }

    @Test("python-tuf follows the hosted channel through publications and a new root, and finds every index")
    func updates() async throws {
        let world = try await ServerWorld()
        try await Self.publish(1, to: world)
        try await world.program.must(["root", "key", "offline/root", "--no-passphrase"])
        let pem = String(decoding: try world.folder.read("offline/root.pub"), as: UTF8.self)
        let first: JSONValue = ["authorities": [.string(pem)], "threshold": 1]
        let root = try world.folder.write(
            try await Self.ceremony(first, "first", in: world),
            to: "1.root.json"
        )
        let targets = ["linux-64", "noarch"].flatMap { subdir in
            SignedChannelFixture.indexFiles.map { "\(subdir)/\($0)" }
        }
        func refresh(_ state: String) async throws -> JSONValue {
            let found = try await Peers.run(
                "tuf_client",
                ["\(world.url)/main/tuf/", root, world.url + "/main/"] + targets
                    + [world.folder.path + "/downloads", "--metadata-dir", world.folder.path + "/" + state]
            )
            #expect(found["downloads"]?.array?.count == targets.count)
            return found
        }
        var versions: [Int64] = []
        for version in 1...3 {
            if version > 1 { try await Self.publish(version, to: world) }
            let found = try await refresh("kept")
            versions.append(try #require(found["roles"]?["timestamp"]?.integer))
            let index = try world.folder.read("downloads/noarch/repodata.json")
            #expect(String(decoding: index, as: UTF8.self).contains("linked-\(version)-0.conda"))
        }
        #expect(versions == versions.sorted() && Set(versions).count == 3, "\(versions)")
        _ = try await Self.ceremony(["renew": ["root"]], "second", in: world)
        for state in ["kept", "new"] { #expect(try await refresh(state)["roles"]?["root"]?.integer == 2) }
        // And our own client, from the same first root.
        try await world.program.must(["trust", "add", world.url + "/main", "--root", root])
        let prefix = world.folder.path + "/env",
            digest = try await world.record(of: "linked-3-0.conda", in: "noarch")
        let sha256 = try #require(digest?["sha256"]?.string)
        let spec = "\(world.url)/main/noarch/linked-3-0.conda#sha256:\(sha256)"
        try await world.program.must(["install", "--prefix", prefix, spec])
    }

    @Test(
        "securesystemslib verifies the server's own statement by the key that the channel publishes, and by no other"
    )
    func statement() async throws {
        let world = try await ServerWorld()
        try await Self.publish(1, to: world)
        let answer = try await world.ask("GET", "/main/noarch/linked-1-0.conda.kingsnake.dsse.json")
        let envelope = try world.folder.write(answer.body, to: "envelope.json")
        func key(_ channel: String) async throws -> String {
            let signing = try await world.ask("GET", "/api/v1/channels/\(channel)/signing", by: "alice")
            let report = try JSONReader.read(signing.body, of: "the report")
            let pem = try #require(report["online_keys"]?.array?.first?["pem"]?.string)
            return try world.folder.write(Array(pem.utf8), to: channel + ".pem")
        }
        let payload = try await Peers.run("verify_envelope", [envelope, key("main")])["payload"]?.string
        let statement = try JSONReader.read(Array(try #require(payload).utf8), of: "the statement")
        #expect(statement["predicateType"]?.string == "urn:kingsnake:acceptance:v1")
        #expect(statement["subject"]?.array?.first?["name"]?.string == "linked-1-0.conda")
        #expect(statement["predicate"]?["publisher"]?["name"]?.string == "alice")
        let other = try await key("secret")
        await #expect(throws: PeerRefusal.self) { try await Peers.run("verify_envelope", [envelope, other]) }
    }

    @Test(
        "The log that the program serves, its tiles, and a proof that the program makes are right by the formats alone"
    )
    func log() async throws {
        let world = try await ServerWorld(), count = 270
        try await Self.publish(1, to: world)
        let file = "\(Self.api)files/noarch/linked-1-0.conda/"
        for number in 1..<count {
            let answer = try await world.ask(
                "POST",
                file + (number % 2 == 1 ? "yank" : "unyank"),
                by: "alice",
                body: []
            )
            try #require(answer.status == 200, "\(answer.text)")
        }
        try await world.waitUntilIdle()
        let checkpoint = try await world.ask("GET", "/log/checkpoint").text
        let size = Int(checkpoint.split(separator: "\n")[1]) ?? 0
        // The indexes that were made meanwhile are logged, too.
        #expect(size > count)
        var paths = ["checkpoint"], width = size, level = 0
        while width > 0 {
            for index in 0..<((width + 255) / 256) {
                let part = min(256, width - index * 256)
                let name = "00\(index)" + (part == 256 ? "" : ".p/\(part)")
                paths += (level == 0 ? ["entries", "0"] : ["\(level)"]).map { "tile/\($0)/\(name)" }
            }
            (width, level) = (width / 256, level + 1)
        }
        for path in paths {
            let answer = try await world.ask("GET", "/log/" + path)
            #expect(answer.status == 200, "\(path)")
            try world.folder.write(answer.body, to: "log/" + path)
        }
        let key = try await world.ask("GET", "/log/key").text.split(separator: "\n")[0]
        let package = try await world.ask("GET", "/main/noarch/linked-1-0.conda").body
        let path = try world.folder.write(package, to: "linked-1-0.conda")
        try await world.program.must(["log", "prove", world.url + "/log", path, "--key", String(key)])
        let text = String(decoding: try world.folder.read("linked-1-0.conda.tlog-proof"), as: UTF8.self)
        let proofs: JSONValue = ["inclusion": [], "consistency": [], "texts": [.string(text)]]
        let encoded = try #require(
            key.split(separator: "+", maxSplits: 2).last.flatMap { Base64.decode(String($0)) }
        )
        let checked = try await Peers.run(
            "tlog_check",
            [
                world.folder.path + "/log", Hex.encode(encoded.dropFirst()),
                try world.folder.write(JSONWriter.encode(proofs), to: "proofs.json"),
            ]
        )
        #expect(
            checked["size"]?.integer == Int64(size) && checked["texts"]?.array?.first?.bool == true,
            "\(checked)"
        )
    }
}
