// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TestSupport
import Testing
import TrustCore

@Suite("Accepting and forgetting publishers that were seen before")
struct KnownPublisherTests {
    private static let url = "https://conda.example.org/lab"
    private static let digest = String(repeating: "ab", count: 32)
    private static let lock = """
        {"schema":1,"channels":[{"channel":"\(url)","packages":[{"name":"hello","publishers":[{"kind":"uri",\
        "identity":"https://github.com/lab-org/tools","issuer":"https://token.actions.githubusercontent.com",\
        "repository_id":"7"}],"first_seen":"2026-01-01T00:00:00Z","file":"hello-1.0-0.conda","sha256":"\(digest)"}]}]}
        """

    private static func world() throws -> ChannelWorld {
        let world = try ChannelWorld()
        try world.write(Array(lock.utf8), to: "home/publishers.json")
        return world
    }

    private static func run(_ world: ChannelWorld, _ verb: String, _ arguments: String...) async throws
        -> ProgramResult
    {
        let start = ["trust", "publisher", verb, "--home", "home", url, "hello"]
        return try await world.program.run(start + arguments)
    }

    @Test("Another publisher, or one file without attestation, is accepted; it is said what that means")
    func accepts() async throws {
        let world = try Self.world()
        let shown = try await Self.run(world, "accept", "--github", "lab-org/new", "--dry-run")
        #expect(
            shown.status == 0 && shown.output.contains("believed from this one alone too"),
            "\(shown.transcript)"
        )
        #expect(shown.output.contains("https://github.com/lab-org/tools (repository number 7)"))
        #expect(String(decoding: try world.read("home/publishers.json"), as: UTF8.self) == Self.lock)
        #expect(try await Self.run(world, "accept", "--github", "lab-org/new").status == 6)
        let done = try await Self.run(world, "accept", "--github", "lab-org/new", "--yes", "--json")
        #expect(try done.json()["publishers"]?.array?.count == 1)
        #expect(try done.json()["accepted"]?.array?.count == 1)
        let file = try await Self.run(world, "accept", "--unattested", Self.digest, "--yes", "--json")
        #expect(try file.json()["accepted_without"]?.array == [.string(Self.digest)])
        // The same once more changes nothing.
        let again = try await Self.run(world, "accept", "--github", "Lab-Org/New", "--yes", "--json")
        #expect(try again.json()["accepted"]?.array?.count == 1)
        let list = try await world.must("trust", "publisher", "list", "--home", "home")
        #expect(list.output.contains("(repository number 7) by"), "\(list.transcript)")
        #expect(list.output.contains(", or https://github.com/lab-org/new by"), "\(list.transcript)")
    }

    @Test("A package is forgotten, once, and then nothing is known of it")
    func forgets() async throws {
        let world = try Self.world()
        #expect(try await Self.run(world, "forget").status == 6)
        let dry = try await Self.run(world, "forget", "--dry-run", "--json")
        #expect(try dry.json()["dry_run"] == true)
        let done = try await Self.run(world, "forget", "--yes")
        #expect(done.status == 0 && done.output.contains("whoever publishes it next is believed"))
        for verb in ["forget", "accept"] {
            let options = verb == "accept" ? ["--github", "a/b", "--yes"] : ["--yes"]
            let result = try await world.program.run(
                ["trust", "publisher", verb, "--home", "home", Self.url, "hello"] + options
            )
            #expect(result.status == 6 && result.errors.contains("nobody was seen"), "\(result.transcript)")
        }
    }

    @Test(
        "What names nobody, several, or sets conditions that no identity has is a slip of the fingers",
        arguments: [
            [], ["--github", "lab-org/*"], ["--github", "lab-org"], ["--identity", "alice@example.org"],
            ["--unattested", "ab"], ["--github", "a/b", "--unattested", String(repeating: "ab", count: 32)],
            ["--github", "a/b", "--gitlab", "a/b"],
        ]
    )
    func usage(_ options: [String]) async throws {
        let result = try await Self.world().program.run(
            ["trust", "publisher", "accept", "--home", "home", Self.url, "hello", "--yes"] + options
        )
        #expect(result.status == 2, "\(result.transcript)")
    }
}
