// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import TestSupport
import TrustCore

/// The first act: a server, the people who agree on its channel's root, those who publish, somebody who installs, and
/// somebody who watches.
struct ServerStory {
    let world: DemoWorld
    let server: DemoServer
    let job: DemoJob
    /// The secret of alice's key; nobody is shown it.
    let aliceKey: String

    private var kingsnake: Program { world.kingsnake }
    private var keyFile: String { world.folder + "/alice.api-key" }
    private var root: String { world.folder + "/root-from-the-owners.json" }
    var trustedRoot: String { world.folder + "/server-trusted-root.json" }
    var prefix: String { world.folder + "/env" }
    var oldMirror: String { world.folder + "/mirror-before" }
    var mirror: String { world.folder + "/mirror" }
    var log: String { server.url + "/log" }
    var expectedPublishers: String { world.folder + "/expected-publishers.json" }

    /// The operator makes a folder, a user and a channel, and starts the server.
    init(_ world: DemoWorld) async throws {
        self.world = world
        job = try await DemoJob()
        server = try DemoServer(world.folder + "/server", of: world.kingsnake)
        try Self.configure(server, job, world)
        try world.kingsnake.show(["server", "user", "add", "alice", "--dir", server.directory])
        let made = try world.kingsnake.runBlocking([
            "server", "key", "create", "--user", "alice", "--dir", server.directory,
        ])
        aliceKey = made.output.split(separator: "\n").last.map(String.init) ?? ""
        try world.write(Array(aliceKey.utf8), to: world.folder + "/alice.api-key")
        print("  (and a key for alice, who keeps it in a file)\n")
        try world.kingsnake.show(
            [
                "server", "channel", "create", "demo", "--public", "--owner", "alice", "--dir",
                server.directory,
            ]
        )
        try await server.start()
        print("$ kingsnake serve server &\n  serving at \(server.url)\n")
    }

    /// What the operator writes into the folder: where the server is, and whose tokens and attestations count.
    private static func configure(_ server: DemoServer, _ job: DemoJob, _ world: DemoWorld) throws {
        let trustedRoot = world.folder + "/server-trusted-root.json"
        let settings: JSONValue = [
            "schema": 1, "port": .number(JSONNumber(Int64(server.port))), "public_url": .string(server.url),
            "trusted_root": .string(trustedRoot),
        ]
        let issuers: JSONValue = [
            "schema": 1, "issuers": [["issuer": .string(job.issuer.issuer), "kind": "github"]],
        ]
        try world.write(try job.trustedRoot(), to: trustedRoot)
        try world.write(JSONWriter.encode(settings), to: server.directory + "/server.json")
        try world.write(JSONWriter.encode(issuers), to: server.directory + "/issuers.json")
    }

    // MARK: - The root

    /// Three people have offline keys; two of them must agree. The server has none of these keys.
    func agreeOnRoot() async throws {
        let people = ["alice", "bob", "carol"]
        var authorities: [JSONValue] = []
        try FileManager.default.createDirectory(atPath: path("people"), withIntermediateDirectories: true)
        for person in people {
            let key = path("people/" + person)
            _ = try kingsnake.demanding(["root", "key", key, "--no-passphrase"])
            authorities.append(.string(String(decoding: try world.read(key + ".pub"), as: UTF8.self)))
        }
        print("$ kingsnake root key people/alice     (bob and carol do the same, each at home)\n")
        let request: JSONValue = ["authorities": .array(authorities), "threshold": 2]
        let proposal = try await good(.post, "/api/v1/channels/demo/tuf/proposal", JSONWriter.encode(request))
        try world.write(proposal, to: path("proposal"))
        print(
            "POST \(server.url)/api/v1/channels/demo/tuf/proposal\n  the server proposes what is to be signed\n"
        )
        let digest = try kingsnake.demanding(["root", "merge", path("proposal"), "--json"])
            .json()["proposal_sha256"]?.string
        for person in ["alice", "carol"] {
            let sign = [
                "root", "sign", path("proposal"), "--key", path("people/\(person).key"), "--sha256",
                digest ?? "",
                "--yes", "--out", path("people/\(person).signatures"),
            ]
            if person == "alice" {
                try kingsnake.show(sign, lines: 9)
            } else {
                _ = try kingsnake.demanding(sign)
            }
        }
        try kingsnake.show([
            "root", "merge", path("proposal"), path("people/alice.signatures"),
            path("people/carol.signatures"),
        ])
        let report = try await good(
            .post,
            "/api/v1/channels/demo/tuf/ceremony",
            try world.read(path("proposal"))
        )
        let state = try JSONReader.read(report, of: "the answer").object?["state"]?.string ?? "unknown"
        print("POST \(server.url)/api/v1/channels/demo/tuf/ceremony\n  the channel is \(state)\n")
        guard state == "signed" else { throw DemoError("the channel must be signed after its ceremony") }
        try world.write(try await good(.get, "/demo/tuf/1.root.json"), to: root)
    }

    // MARK: - Publishing

    /// alice publishes by hand.
    func publishByHand() async throws {
        let packages = ["noarch/greetings-1.0-0.conda", "noarch/world-2.0-0.tar.bz2"]
        try kingsnake.show(
            ["publish"] + packages.map(world.package) + ["--to", server.channel, "--key-file", keyFile]
        )
        for package in packages { try await server.waitForIndex(of: package) }
    }

    /// A job publishes two versions without a stored secret; a mirror copies the channel after the first.
    func publishByJob() async throws {
        try kingsnake.show(
            [
                "server", "publisher", "add", "demo", "hello", "--pending", "--github", DemoJob.repository,
                "--repository-id", "1001", "--owner-id", "2002", "--workflow", "release.yml", "--issuer",
                job.issuer.issuer, "--dir", server.directory,
            ]
        )
        try await publish("1.0", isShown: true)
        try await ChannelMirror(server: server, folder: oldMirror).copy()
        try await publish("1.1", isShown: false)
        print("  … and the same for hello 1.1\n")
    }

    private func publish(_ version: String, isShown: Bool) async throws {
        let name = "hello-\(version)-0.conda", package = world.package("linux-64/" + name)
        let minted = try await mint(job.token(job.claims()))
        guard minted.status == 200 else { throw DemoError("no key for the job: \(minted.text)") }
        try world.write(minted.body, to: path("job.api-key"))
        let sidecar = try job.attest(name, try world.read(package), channel: server.channel)
        try world.write(sidecar, to: package + ".sigs")
        if isShown {
            print(
                "The job asks its build service for a token, and the server for a key that is good for minutes:\n"
            )
            print("POST \(server.url)/api/oidc/mint_token\n  a key for `hello` only\n")
            print("It attests to what it built, as `kingsnake attest create` does, and publishes:\n")
        }
        let command = ["publish", package, "--to", server.channel, "--key-file", path("job.api-key")]
        if isShown { try kingsnake.show(command) } else { _ = try kingsnake.demanding(command) }
        try await server.waitForIndex(of: "linux-64/" + name)
        // The second act publishes the same file where nobody demands attestations.
        try FileManager.default.removeItem(atPath: package + ".sigs")
    }

    /// Exchanges a job's token for a key.
    func mint(_ token: String) async throws -> DemoServer.Answer {
        try await server.ask(
            .post,
            "/api/oidc/mint_token",
            body: JSONWriter.encode(["token": .string(token)])
        )
    }

    // MARK: - Installing and watching

    /// A user pins the root, says who may publish, and installs.
    func install() throws {
        try kingsnake.show(["trust", "add", server.channel, "--root", root])
        try kingsnake.show(
            [
                "trust", "publisher", "add", server.channel, "hello", "--github", DemoJob.repository,
                "--workflow", "release.yml",
            ]
        )
        let urls = [
            "linux-64/hello-1.1-0.conda", "noarch/greetings-1.0-0.conda", "noarch/world-2.0-0.tar.bz2",
        ]
        try kingsnake.show(
            ["install", "--prefix", prefix] + urls.map { server.channel + "/" + $0 }
                + ["--trusted-root", trustedRoot]
        )
        try world.runInstalledProgram(in: prefix)
    }

    /// Anybody watches the publish log.
    func watch() async throws {
        let expected: JSONValue = [
            "version": 1,
            "channels": [
                "demo": [
                    "hello": [
                        [
                            "kind": "workload", "issuer": .string(job.issuer.issuer),
                            "name": .string(try await jobName()),
                        ]
                    ], "*": [["kind": "user", "name": "alice"]],
                ]
            ],
        ]
        try world.write(JSONWriter.encode(expected), to: expectedPublishers)
        let key = String(decoding: try await good(.get, "/log/key"), as: UTF8.self)
            .trimmingCharacters(in: .newlines)
        try kingsnake.show(["log", "verify", log, "--key", key])
        let package = world.package("linux-64/hello-1.1-0.conda")
        try kingsnake.show(["log", "prove", log, package])
        try kingsnake.show(["log", "monitor", log, "--publishers", expectedPublishers, "--download"])
    }

    /// What the server knows the job as: its own statement about the package says so.
    private func jobName() async throws -> String {
        let envelope = try await good(.get, "/demo/linux-64/hello-1.1-0.conda.kingsnake.dsse.json")
        let payload = try JSONReader.read(envelope, of: "the statement").object?["payload"]?.string
        let statement = try JSONReader.read(payload.flatMap { Base64.decode($0) } ?? [], of: "the statement")
        return statement.object?["predicate"]?.object?["publisher"]?.object?["name"]?.string ?? ""
    }

    private func path(_ name: String) -> String { world.folder + "/" + name }

    /// Asks as alice, and demands an answer.
    private func good(_ method: ServiceRequest.Method, _ target: String, _ body: [UInt8] = []) async throws
        -> [UInt8]
    {
        let answer = try await server.ask(method, target, key: method == .get ? nil : aliceKey, body: body)
        guard answer.status == 200 else { throw DemoError("\(target): \(answer.status) \(answer.text)") }
        return answer.body
    }
}
