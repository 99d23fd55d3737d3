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
        #expect(first.output.contains("for the first time") && first.output.contains("4 entries"))
        try await log.publish(300)
        let second = try await world.must("log", "verify", log.url, "--json")
        let document = try Self.json(second).object
        #expect(document?["previous_size"]?.integer == 4)
        #expect(document?["checkpoint"]?.object?["size"]?.integer == 305)
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
            honest.output.contains("0 findings") && honest.output.contains("6 new entries"),
            "\(honest.output)"
        )
        try await log.publish(1, listing: [99])
        let found = try await world.run("log", "monitor", log.url, "--json")
        #expect(found.status == 3)
        let findings = try Self.json(found).object?["findings"]?.array ?? []
        #expect(findings.map { $0.object?["code"]?.string } == ["publish-log.unlogged"])
        #expect(try Self.json(found).object?["new_entries"]?.integer == 2)
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

    @Test("A log is found by the address of its server and of a channel, and is the same log")
    func addresses() async throws {
        let world = try ChannelWorld(), log = try await PublishedLog()
        try await log.publish(2)
        let server = "file://\(log.folder.path)/served"
        _ = try await world.must("log", "verify", log.url, "--key", log.key.description)
        for address in [server, server + "/", server + "/main"] {
            let result = try await world.must("log", "verify", address)
            #expect(result.errors.contains("the log is \(log.url)"), "\(result.transcript)")
            #expect(result.output.contains("continues the log of 3 entries"), "\(result.transcript)")
        }
        let nothing = try await world.run("log", "verify", "file://\(log.folder.path)/nothing")
        #expect(
            nothing.status == 4 && nothing.errors.contains("publish-log.missing"),
            "\(nothing.transcript)"
        )
    }

    @Test("What another address shows must be the same history, for each command")
    func also() async throws {
        let world = try ChannelWorld(), key = try PrivateKey.generate(.ed25519)
        let log = try await PublishedLog(key: key), mirror = try await PublishedLog(key: key)
        try await log.publish(5)
        try await mirror.publish(5)
        let package = try world.write(log.content(1), to: "p1-1-0.conda")
        let commands = [
            ["verify", log.url], ["prove", log.url, package], ["monitor", log.url],
        ]
        for command in commands {
            _ = try await world.must(
                ["log"] + command + ["--key", log.key.description, "--also", mirror.url]
            )
        }
        try await mirror.publish(1, by: "mallory")
        try await log.publish(1)
        for command in commands {
            let result = try await world.run(["log"] + command + ["--also", mirror.url])
            #expect(
                result.status == 3 && result.errors.contains("publish-log.forked"),
                "\(result.transcript)"
            )
        }
    }

    @Test("As a service the monitor tells each run on a line, what is new once, and goes on after trouble")
    func service() async throws {
        let world = try ChannelWorld(), log = try await PublishedLog()
        try await log.publish(2, listing: [99])
        let key = log.key.description
        let first = try await world.run(
            "log",
            "monitor",
            log.url,
            "--key",
            key,
            "--every",
            "0",
            "--runs",
            "2",
            "--json",
            "--alarm",
            "key-change"
        )
        #expect(first.status == 3)
        let lines = first.output.split(separator: "\n")
        #expect(lines.count == 2, "\(first.transcript)")
        let news = try lines.map { line in
            try JSONReader.read(Array(line.utf8), of: "line").object?["findings"]?.array?.map {
                $0.object?["new"]
            }
        }
        #expect(news == [[.bool(true)], [.bool(false)]])
        try await log.publish(0)
        try await log.changeKeys()
        let second = try await world.run("log", "monitor", log.url, "--alarm", "key-change", "--json")
        let codes = try Self.json(second).object?["findings"]?.array?.map { $0.object?["code"]?.string }
        #expect(second.status == 1 && codes == ["publish-log.key-changed"], "\(second.transcript)")
        // Told once.
        _ = try await world.must("log", "monitor", log.url, "--alarm", "key-change")
        try FileManager.default.moveItem(
            atPath: log.folder.path + "/served/log",
            toPath: log.folder.path + "/away"
        )
        let away = try await world.run(
            "log",
            "monitor",
            log.url,
            "--every",
            "0",
            "--runs",
            "2",
            "--json"
        )
        #expect(away.status == 4 && away.output.split(separator: "\n").count == 2, "\(away.transcript)")
        #expect(try await world.run("log", "monitor", log.url, "--runs", "2").status == 2)
    }

    @Test("An index that was never logged is found, though every record of it is")
    func unloggedIndex() async throws {
        let world = try ChannelWorld(), log = try await PublishedLog()
        try await log.publish(2)
        try await log.publish(1, isIndexLogged: false)
        let found = try await world.run("log", "monitor", log.url, "--key", log.key.description)
        #expect(
            found.status == 3 && found.output.contains("publish-log.index-unlogged"),
            "\(found.transcript)"
        )
    }
}
