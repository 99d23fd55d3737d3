// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import TestSupport
import TrustCore

/// A folder with a running server, and the keys of those who administer it from afar.
///
/// `root` is the server's administrator, `alice` owns the channel `main`, which is public. The server is the program
/// itself, which ends with the test.
struct AdministeredWorld {
    let world: ChannelWorld
    let url: String
    private let server: Task<ProgramResult, any Error>

    /// Makes a server, runs a test with it, and stops it, however the test ends.
    static func run(_ test: (AdministeredWorld) async throws -> Void) async throws {
        let scene = try await AdministeredWorld()
        do {
            try await test(scene)
        } catch {
            try? await scene.stop()
            throw error
        }
        try await scene.stop()
    }

    private init() async throws {
        let world = try ChannelWorld()
        let made = try await world.program.runScript(
            """
            mkdir channels
            kingsnake server user add root --role administrator --dir channels
            kingsnake server key create --user root --dir channels > root.key
            kingsnake server user add alice --dir channels
            kingsnake server key create --user alice --dir channels > alice.key
            """
        )
        try made.demandSuccess("the beginning of a server")
        self.world = world
        let program = world.program
        server = Task {
            try await program.runScript(
                """
                echo $$ > pid
                exec kingsnake serve channels --listen 127.0.0.1:0 > serving 2> log
                """
            )
        }
        var address: String?
        while address == nil, !server.isCancelled {
            try await Task.sleep(for: .milliseconds(20))
            let text = (try? world.read("serving")).map { String(decoding: $0, as: UTF8.self) } ?? ""
            address = text.firstMatch(of: /http:\/\/127\.0\.0\.1:[0-9]+\n/).map { String($0.0.dropLast()) }
        }
        url = address ?? ""
        try await must("channel", "create", "main", "--public", "--owner", "alice", as: "root")
    }

    /// What comes behind a command that is sent to the server.
    func at(_ user: String = "alice") -> [String] { ["--server", url, "--key-file", "\(user).key"] }

    /// Runs `kingsnake server …` against the server.
    func run(_ words: [String], as user: String = "alice") async throws -> ProgramResult {
        try await world.program.run(["server"] + words + at(user))
    }

    /// The same, and it must succeed.
    @discardableResult
    func must(_ words: String..., as user: String = "alice") async throws -> ProgramResult {
        try await must(words, as: user)
    }

    /// The same, and it must succeed.
    @discardableResult
    func must(_ words: [String], as user: String = "alice") async throws -> ProgramResult {
        let result = try await run(words, as: user)
        try result.demandSuccess("kingsnake server \(words.joined(separator: " "))")
        return result
    }

    /// The code that a command is refused with.
    func refusal(_ words: String..., as user: String = "alice") async throws -> String? {
        try await run(words + ["--json"], as: user).refusalCode
    }

    /// Makes a key for each authority, in a folder of its own; answers their fingerprints.
    @discardableResult
    func makeKeys(_ authorities: String...) async throws -> [String: String] {
        var fingerprints: [String: String] = [:]
        for name in authorities {
            let made = try await world.must("root", "key", "\(name)/\(name)", "--no-passphrase", "--json")
            fingerprints[name] = try made.json()["fingerprint"]?.string
        }
        return fingerprints
    }

    /// Proposes the first root of `main`, as `first`.
    func proposeFirst(by authorities: String..., threshold: Int) async throws {
        try await must(
            ["signing", "propose", "main", "first", "--threshold", "\(threshold)"]
                + authorities.flatMap { ["--authority", "\($0)/\($0).pub"] }
        )
    }

    /// Publishes packages in `main`.
    func publish(_ packages: PackageBuilder...) async throws {
        let paths = try packages.map { try world.write($0) }
        try await world.must(["publish"] + paths + ["--to", url + "/main", "--key-file", "alice.key"])
    }

    /// Verifies a package of `main` as soon as the signed index lists it, which is made after an upload was answered.
    func verify(_ file: String) async throws {
        while true {
            let result = try await world.program.run("verify", "\(url)/main/\(file)")
            guard result.output.contains("code: in-index.unlisted ") else {
                return try result.demandSuccess("kingsnake verify \(file)")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// Has authorities in folders of their own sign a proposal, and merges what they signed.
    func sign(_ proposal: String, by names: String..., knowing root: [String]? = nil) async throws {
        let known: [String]
        if let root { known = root } else { known = try await world.agreed(on: proposal) }
        for name in names {
            try await world.must(
                ["root", "sign", proposal, "--key", "\(name)/\(name).key", "--yes"]
                    + ["--out", "\(proposal).\(name).signatures"] + known
            )
        }
        try await world.must(["root", "merge", proposal] + names.map { "\(proposal).\($0).signatures" })
    }

    /// What the server says of the signatures of `main`.
    func state() async throws -> String? {
        try await must("signing", "status", "main", "--json").json()["state"]?.string
    }

    /// Stops the server, and waits for its end.
    func stop() async throws {
        _ = try await world.program.runScript("kill -TERM $(cat pid) || true")
        _ = try await server.value
    }
}
