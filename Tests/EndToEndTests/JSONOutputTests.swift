// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TestSupport
import Testing
import TrustCore

@Suite("What programs read")
struct JSONOutputTests {
    /// Every command that has a result, in an order in which each can succeed.
    private static let commands: [[String]] = [
        ["channel", "init", "channel", "--no-passphrase", "--subdir", "linux-64"],
        ["channel", "add", "channel", "packages/hello-1.0-0.conda", "packages/hello-1.1-0.conda"],
        ["channel", "remove", "channel", "linux-64/hello-1.1-0.conda"],
        ["channel", "add-subdir", "channel", "osx-64"], ["channel", "sign", "channel"],
        ["channel", "sign", "channel", "--all"], ["channel", "status", "channel"],
        ["channel", "delegate", "key", "maintainer.key", "--no-passphrase"],
        [
            "channel", "delegate", "propose", "channel", "hello", "packages/hello-1.0-0.conda", "--out",
            "hello.list",
        ],
        ["channel", "delegate", "sign", "hello.list", "--yes", "--key", "maintainer.key"],
        [
            "channel", "delegate", "add", "channel", "hello", "--key", "maintainer.key.pub", "--threshold",
            "1",
        ],
        ["channel", "delegate", "accept", "channel", "hello", "hello.list"],
        ["channel", "delegate", "list", "channel"],
        ["channel", "list", "channel"], ["channel", "verify", "channel", "--deep"],
        ["trust", "add", "URL", "--root", "channel/tuf/1.root.json"],
        ["trust", "list"], ["verify", "packages/hello-1.0-0.conda"],
        ["verify", "URL/linux-64/hello-1.0-0.conda"],
        ["explain", "URL/linux-64/hello-1.0-0.conda"], ["explain", "tuf.rollback"], ["explain", "--list"],
        ["install", "--prefix", "env", "URL/linux-64/hello-1.0-0.conda", "--dry-run"],
        ["install", "--prefix", "env", "URL/linux-64/hello-1.0-0.conda"],
        ["install", "--prefix", "env", "URL/linux-64/hello-1.0-0.conda"], ["audit", "--prefix", "env"],
        ["audit", "--prefix", "env", "--local"], ["audit", "--prefix", "env", "--packages"],
        ["extract", "packages/hello-1.0-0.conda", "--to", "unpacked"], ["trust", "remove", "URL"],
        ["channel", "delegate", "remove", "channel", "hello"],
        ["root", "key", "team.keys/online-1", "--no-passphrase"],
        ["root", "key", "alice", "--no-passphrase"],
        [
            "root", "init", "first", "--authority", "alice.pub", "--threshold", "1", "--online-key",
            "team.keys/online-1.pub",
        ],
        ["root", "sign", "first", "--key", "alice.key", "--dry-run"],
        [
            "root", "sign", "first", "--key", "alice.key", "--yes", "--out", "alice.signatures", "--sha256",
            "AGREED",
        ],
        ["root", "merge", "first", "alice.signatures"], ["root", "publish", "first", "team"],
        ["root", "propose", "team", "second", "--renew", "root"], ["root", "verify", "team"],
        ["root", "verify", "second"],
        [
            "root", "propose", "team", "third", "--delegate", "hello=1", "--add-key",
            "maintainers.hello=maintainer.key.pub",
        ],
        [
            "root", "sign", "third", "--key", "alice.key", "--yes", "--root", "team/tuf/1.root.json",
            "--out", "alice.signatures",
        ],
        ["root", "merge", "third", "alice.signatures"],
        ["root", "publish", "third", "team", "--list", "hello=hello.list"],
        ["trust", "publisher", "add", "https://conda.example.org/lab", "a-*", "--github", "a/b"],
        ["trust", "publisher", "list"], ["policy", "check", "home/policy.yaml"],
        [
            "trust", "publisher", "test", "https://conda.example.org/lab", "a-b", "--identity", "https://c",
            "--issuer", "https://token.actions.githubusercontent.com", "--claim",
            "source-repository-uri=https://github.com/a/b",
        ],
        ["policy", "test", "home/policy.yaml", "cases.yaml"],
        ["trust", "publisher", "remove", "https://conda.example.org/lab", "a-*"],
        ["content-trust", "init", "channel", "--no-passphrase"], ["content-trust", "sign", "channel"],
        ["content-trust", "sign", "channel", "--all"], ["content-trust", "status", "channel"],
        ["channel", "verify", "channel"],
    ]

    @Test("With --json every command prints one strict document with schema and status, and nothing else")
    func isOneDocument() async throws {
        let world = try ChannelWorld()
        for package in [PackageBuilder.hello(), .hello("1.1")] { try world.write(package) }
        var agreed = ""
        let cases = """
            version: 1
            cases:
              - channel: https://conda.example.org/lab
                package: a-b-1-0.conda
                expect: refused
                code: attested.missing
            """
        try world.write(Array(cases.utf8), to: "cases.yaml")
        for command in Self.commands {
            let arguments = command.map {
                $0.replacing("URL", with: world.url).replacing("AGREED", with: agreed)
            }
            let result = try await world.program.run(arguments + ["--json"])
            let document = try result.json()
            agreed = document["proposal_sha256"]?.string ?? agreed
            #expect(result.status == 0 && result.errors.isEmpty, "\(command): \(result.transcript)")
            #expect(
                document["schema"]?.integer == 1 && document["status"]?.string == "ok",
                "\(command): \(result.output)"
            )
        }
    }

    /// Commands that end badly, the status they end with, and what the document says of it.
    private static let refused: [(command: [String], status: Int32, word: String)] = [
        (["channel", "verify", "nowhere"], 4, "refused"),
        (["extract", "packages/evil-1.0-0.conda"], 3, "refused"),
        (["extract", "packages/nowhere-1.0-0.conda"], 6, "failed"),
        (["verify", "packages/hello-1.0-0.conda"], 4, "refused"),
        (["audit", "--prefix", "nowhere", "--local"], 6, "failed"),
        (["trust", "remove", "file:///nowhere"], 4, "refused"),
        (["trust", "publisher", "remove", "file:///nowhere"], 6, "failed"),
        (["policy", "check", "nowhere.yaml"], 6, "failed"),
    ]

    @Test("With --json a command that ends badly says so in one document as well", arguments: refused)
    func isOneDocumentOnError(_ refused: (command: [String], status: Int32, word: String)) async throws {
        let world = try ChannelWorld()
        try world.write(PackageBuilder.hello())
        var evil = PackageBuilder(name: "evil", version: "1.0", build: "0", subdir: "linux-64")
        evil.addUnchecked(path: "../outside", "x")
        try world.write(evil)
        let result = try await world.program.run(refused.command + ["--json"])
        let document = try result.json()
        #expect(result.status == refused.status, "\(result.transcript)")
        #expect(
            document["schema"]?.integer == 1 && document["status"]?.string == refused.word,
            "\(result.output)"
        )
    }

    @Test("A server's and a package's control characters reach neither the terminal nor the document")
    func showsNoControlCharacters() async throws {
        let esc = "\u{1B}[2J\u{9B}31m\u{202E}ok\r\n"
        let world = try ChannelWorld()
        var sly = PackageBuilder(name: "sly", version: "1.0", build: "0", subdir: "linux-64")
        sly.addUnchecked(path: "share/\(esc)", "x")
        try world.write(sly)
        let server = try await LoopbackServer.start(serving: world.path) { _ in .replace(Array(esc.utf8)) }
        let commands = [
            ["extract", "packages/sly-1.0-0.conda"], ["verify", "packages/sly-1.0-0.conda"],
            ["extract", "packages/\(esc).conda"], ["extract", "packages/\(esc)-1.0-0.conda"],
            ["explain", "tuf.\(esc)"], ["verify", "packages/hello-1.0-0.conda", "--\(esc)"],
            ["trust", "add", server.url, "--first-use"],
            ["trust", "add", server.url + "/\(esc)", "--first-use"],
            ["install", "--prefix", "env\(esc)", "\(server.url)/linux-64/hello-1.0-0.conda"],
        ]
        for command in commands {
            for arguments in [command, command + ["--json"]] {
                let result = try await world.program.run(arguments)
                let seen = (result.output + result.errors).unicodeScalars.filter {
                    [.control, .format].contains($0.properties.generalCategory) && $0 != "\n"
                }
                #expect(result.status != 0)
                #expect(seen.isEmpty, "\(arguments): \(result.transcript.debugDescription)")
            }
        }
        await server.stop()
    }

    @Test("In a pipe there is neither progress nor colour, and --quiet leaves out the remarks")
    func isQuietInPipes() async throws {
        let hello = PackageBuilder.hello()
        let world = try await ChannelWorld.pinned(with: [hello])
        let loud = try await world.must("install", "--prefix", "env", world.packageURL(hello))
        #expect(!loud.output.contains("\u{1B}") && loud.errors.isEmpty)
        let again = try await world.must("install", "--prefix", "env", world.packageURL(hello))
        #expect(again.errors.contains("is installed already"))
        let quiet = try await world.must("install", "--prefix", "env", world.packageURL(hello), "--quiet")
        #expect(quiet.errors.isEmpty && quiet.output.hasPrefix("nothing to do"))
    }
}
