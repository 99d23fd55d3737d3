// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import SigningKeys
import TestSupport
import Testing
import TrustCore

@Suite("kingsnake log")
struct LogCommandTests {
    private static func json(_ result: ProgramResult) throws -> JSONValue {
        try JSONReader.read(Array(result.output.utf8), of: "result")
    }

    @Test("A log is verified by its key, which is kept; without a key nothing is believed")
    func verify() async throws {
        let world = try ChannelWorld(), log = try await PublishedLog()
        try await log.publish(3)
        let unknown = try await world.run("log", "verify", log.url)
        #expect(unknown.status == 6 && unknown.errors.contains("--key"), "\(unknown.transcript)")
        let first = try await world.must("log", "verify", log.url, "--key", log.key.description)
        #expect(first.output.contains("for the first time") && first.output.contains("3 entries"))
        try await log.publish(300)
        let second = try await world.must("log", "verify", log.url, "--json")
        let document = try Self.json(second).object
        #expect(document?["previous_size"]?.integer == 3)
        #expect(document?["checkpoint"]?.object?["size"]?.integer == 303)
    }

    @Test("Trust on first use takes the key that the log states, and no other later")
    func firstUse() async throws {
        let world = try ChannelWorld(), log = try await PublishedLog()
        try await log.publish(1)
        let first = try await world.must("log", "verify", log.url, "--trust-on-first-use")
        #expect(first.errors.contains(log.key.description))
        let other = try await PublishedLog()
        try await other.publish(1)
        try FileManager.default.removeItem(atPath: log.folder.path + "/served")
        try FileManager.default.moveItem(
            atPath: other.folder.path + "/served",
            toPath: log.folder.path + "/served"
        )
        let second = try await world.run("log", "verify", log.url, "--trust-on-first-use")
        #expect(second.status == 3 && second.errors.contains("log-policy.log"), "\(second.transcript)")
    }

    @Test("A proof of a package is made, and holds offline for that package, by that key, and not if altered")
    func prove() async throws {
        let world = try ChannelWorld(), log = try await PublishedLog()
        try await log.publish(270)
        let package = try world.write(log.content(7), to: "p7-1-0.conda")
        let other = try world.write(log.content(8), to: "p8-1-0.conda")
        let key = log.key.description
        _ = try await world.must("log", "prove", log.url, package, "--key", key)
        let proof = package + ".tlog-proof"
        try FileManager.default.removeItem(atPath: log.folder.path)
        let good = try await world.must("log", "verify", "--proof", proof, "--package", package, "--key", key)
        #expect(
            good.output.contains("publish main/noarch/p7-1-0.conda") && good.output.contains("user alice")
        )
        let wrong = try await world.run("log", "verify", "--proof", proof, "--package", other, "--key", key)
        #expect(wrong.status == 4 && wrong.errors.contains("publish-log.not-logged"), "\(wrong.transcript)")
        let text = try String(contentsOfFile: proof, encoding: .utf8)
        let altered = try world.write(
            Array(text.replacing("index 7\n", with: "index 6\n").utf8),
            to: "altered"
        )
        let refused = try await world.run("log", "verify", "--proof", altered, "--key", key)
        #expect(refused.status == 3 && refused.errors.contains("merkle.root"), "\(refused.transcript)")
        let keyless = try await world.run("log", "verify", "--proof", proof)
        #expect(keyless.status == 2, "\(keyless.transcript)")
    }

    @Test(
        "The monitor is content with an honest channel, and ends with 3 where the index has what the log has not"
    )
    func monitor() async throws {
        let world = try ChannelWorld(), log = try await PublishedLog()
        try await log.publish(5)
        let key = log.key.description
        let honest = try await world.must("log", "monitor", log.url, "--key", key)
        #expect(
            honest.output.contains("0 findings") && honest.output.contains("5 new entries"),
            "\(honest.output)"
        )
        try await log.publish(1, listing: [99])
        let found = try await world.run("log", "monitor", log.url, "--json")
        #expect(found.status == 3)
        let findings = try Self.json(found).object?["findings"]?.array ?? []
        #expect(findings.map { $0.object?["code"]?.string } == ["publish-log.unlogged"])
        #expect(try Self.json(found).object?["new_entries"]?.integer == 1)
    }

    @Test(
        "A log that another history was put in place of is refused by each command, with what proves it kept"
    )
    func rewritten() async throws {
        let world = try ChannelWorld(), key = try PrivateKey.generate(.ed25519)
        let log = try await PublishedLog(key: key), other = try await PublishedLog(key: key)
        try await log.publish(5)
        try await other.publish(6, by: "mallory")
        _ = try await world.must("log", "monitor", log.url, "--key", log.key.description)
        try FileManager.default.removeItem(atPath: log.folder.path + "/served")
        try FileManager.default.moveItem(
            atPath: other.folder.path + "/served",
            toPath: log.folder.path + "/served"
        )
        for command in ["verify", "monitor"] {
            let result = try await world.run("log", command, log.url)
            #expect(
                result.status == 3 && result.errors.contains("publish-log.rewritten"),
                "\(result.transcript)"
            )
            #expect(result.errors.contains("evidence-"))
        }
    }
}
