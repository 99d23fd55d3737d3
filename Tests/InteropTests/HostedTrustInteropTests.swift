// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TestSupport
import Testing
import TrustCore

/// Records that the server which runs signs, by commands alone, as programs see them that know nothing but the format.
@Suite(
    "conda's content trust, and the server that runs",
    .enabled(if: Peers.arePresent, "\(Peers.absence)"),
    .timeLimit(.minutes(5))
)
struct HostedTrustInteropTests {
    private static func publish(_ version: Int, to world: ServerWorld) async throws {
        var package = PackageBuilder(name: "signed", version: "\(version)", build: "0", subdir: "noarch")
        package.noarch = .generic
        package.add(file: "etc/signed.conf", "é \(version)\n")
        let name = package.fileName(.conda)
        let body = try package.build(.conda)
        let answer = try await world.ask("PUT", "/main/noarch/\(name)", by: "alice", body: body)
        try #require(answer.status == 201, "\(answer.text)")
        try await world.waitUntil(name, in: "noarch")
    }

    private static func state(_ world: ServerWorld) async throws -> String? {
        let answer = try await world.ask("GET", "/api/v1/channels/main/content-trust", by: "alice")
        return try JSONReader.read(answer.body, of: "answer").object?["state"]?.string
    }

    /// Waits for an index with what was decided.
    private static func wait(for wanted: String, _ world: ServerWorld) async throws {
        while try await state(world) != wanted { try await Task.sleep(for: .milliseconds(50)) }
    }

    @Test("Python trusts every record: the first, the next, and none that was changed; then it is ended")
    func records() async throws {
        let world = try await ServerWorld()
        let run = world.program
        try await Self.publish(1, to: world)
        try world.folder.write(Array((world.keys["alice"] ?? "").utf8), to: "alice.key")
        let server = ["--server", world.url, "--key-file", "alice.key"]
        for name in ["anna", "max"] { try await run.must(["root", "key", name, "--no-passphrase"]) }
        try await run.must(["server", "content-trust", "prepare", "main", "--out", "package.pub"] + server)
        try FileManager.default.createDirectory(
            atPath: world.folder.path + "/trust/noarch",
            withIntermediateDirectories: true
        )
        try await run.must([
            "content-trust", "init", "trust", "--propose", "first", "--authority", "anna.pub",
            "--key-manager",
            "max.pub", "--package-key", "package.pub",
        ])
        let digest = try #require(try await run.must(["root", "merge", "first"])["proposal_sha256"]?.string)
        for name in ["anna", "max"] {
            try await run.must([
                "root", "sign", "first", "--key", name + ".key", "--yes", "--sha256", digest, "--out",
                name + ".signatures",
            ])
        }
        try await run.must(["root", "merge", "first", "anna.signatures", "max.signatures"])
        try await run.must(["root", "publish", "first", "trust"])
        let answer = try await run.must(["server", "content-trust", "submit", "main", "trust"] + server)
        #expect(answer["threshold"] == 1)
        try await Self.wait(for: "on", world)
        try await Self.publish(2, to: world)

        var files: [String] = []
        for path in ["1.root.json", "key_mgr.json", "noarch/repodata.json"] {
            let served = try await world.ask("GET", "/main/" + path)
            #expect(served.status == 200)
            let name = "seen-" + path.replacing("/", with: "-")
            files.append(try world.folder.write(served.body, to: name))
        }
        let found = try await Peers.run("content_trust", files)
        #expect(found["records"] == 2 && found["trusted"] == 2)
        let text = String(decoding: try world.folder.read("seen-noarch-repodata.json"), as: UTF8.self)
        let changed = text.replacing(#""build_number":0"#, with: #""build_number":1"#)
        #expect(changed != text)
        try world.folder.write(Array(changed.utf8), to: "seen-noarch-repodata.json")
        await #expect(throws: PeerRefusal.self) { try await Peers.run("content_trust", files) }
        let verified = try await run.must([
            "content-trust", "verify", world.url + "/main", "--root", "trust/1.root.json",
        ])
        #expect(verified["status"] == "ok" || verified["verdict"] != nil, "\(verified)")

        try await run.must(["server", "content-trust", "off", "main"] + server)
        try await Self.wait(for: "off", world)
        #expect(try await world.ask("GET", "/main/key_mgr.json").status == 404)
    }
}
