// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Hummingbird
import HummingbirdTesting
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("kingsnake server")
struct ServerCommandTests {
    /// The program, and the server that it administers.
    private struct World {
        let scene: AccessScene
        var program: Program
        var place: [String]

        /// Runs a command that must succeed; answers what it prints.
        @discardableResult
        func must(_ words: String...) async throws -> String {
            let result = try await program.run(["server"] + words + place)
            #expect(result.status == 0, "\(result.transcript)")
            return result.output
        }

        /// Runs a command that must be refused; answers its status and the code.
        func refused(_ words: String...) async throws -> String {
            let result = try await program.run(["server"] + words + place + ["--json"])
            let json = try JSONReader.read(Array(result.output.utf8), of: "output").object
            return "\(result.status) \(json?["error"]?.object?["code"]?.string ?? result.transcript)"
        }
    }

    private static func scene() async throws -> (World, folder: TemporaryFolder) {
        let scene = try AccessScene(), folder = try TemporaryFolder()
        let program = Program(in: folder.path)
        return (World(scene: scene, program: program, place: ["--dir", scene.scene.folder.path]), folder)
    }

    /// What a life of a server looks like: everything is done once in the folder, or once over HTTP.
    private static func administer(_ world: World) async throws {
        try await world.must("user", "add", "alice")
        try await world.must("user", "add", "bob", "--role", "operator")
        try await world.must("channel", "create", "main", "--owner", "alice")
        try await world.must("channel", "member", "add", "main", "bob", "publisher", "--package", "tool")
        try await world.must("channel", "set", "main", "--max-bytes", "2GiB", "--public")
        let key = try await world.must(
            "key",
            "create",
            "--user",
            "alice",
            "--only",
            "publish",
            "--channel",
            "main",
            "--package",
            "tool"
        )
        #expect(key.hasPrefix("ks-") && key.hasSuffix("\n") && key.utf8.count == 68)
        let caller = try await world.scene.caller(String(key.dropLast()))
        #expect(caller.holder == FilePublisher(.user, "alice"))
        #expect(caller.scopes?.first?.actions == [.publish] && caller.scopes?.first?.packages == ["tool"])
        let users = try await world.must("user", "list")
        #expect(users.contains("alice") && users.contains("operator"))
        let keys = try await world.must("key", "list", "--user", "alice")
        #expect(keys.contains("publish in main of tool") && !keys.contains("ks-"))
        let printed = try await world.must("user", "list", "--json")
        let document = try JSONReader.read(Array(printed.utf8), of: "it")
        #expect(document.object?["schema"] == 1 && document.object?["status"] == "ok")
        #expect(document.object?["users"]?.array?.isEmpty == false)
        let channels = try await world.must("channel", "list")
        #expect(channels.contains("main") && channels.contains("everybody") && channels.contains("2.0 GiB"))
        let members = try await world.must("channel", "member", "list", "main")
        #expect(members.contains("alice  owner") && members.contains("bob    publisher  tool"))
        let shown = try await world.must("user", "show", "bob")
        #expect(shown.contains("bob, on the server: operator") && shown.contains("tool"))
        #expect(try await world.refused("user", "add", "alice") == "1 access.user-exists")
        #expect(try await world.refused("user", "role", "nobody", "none") == "4 access.user-unknown")
        #expect(try await world.refused("channel", "create", "api") == "3 server.channel-name")
        #expect(try await world.refused("channel", "member", "list", "none") == "4 server.channel-unknown")
        #expect(try await world.refused("key", "revoke", "999") == "4 access.key-unknown")
        try await world.must("key", "revoke", "\(try #require(caller.key))")
        #expect(
            await refusalCode { try await world.scene.caller(String(key.dropLast())) } == "access.unknown-key"
        )
        try await world.must("channel", "member", "remove", "main", "bob", "--package", "tool")
        try await publishers(world)
        try await world.must("user", "role", "bob", "none")
        try await world.must("user", "remove", "bob", "--yes")
    }

    /// The channel's trusted publishers: the same in the folder and over HTTP.
    private static func publishers(_ world: World) async throws {
        let jobs = ["--github", "example/widget", "--repository-id", "1001", "--owner-id", "2002"]
        let add = ["publisher", "add", "main", "widget"] + jobs + ["--workflow", "release.yml"]
        if world.place[0] == "--dir" {
            #expect(try await world.program.run(["server"] + add + world.place).status == 6)
        }
        let name = world.place[0] == "--dir" ? ["--public-url", "https://channels.example.org"] : []
        let added = try await world.program.run(["server"] + add + name + world.place)
        #expect(added.output.contains("1  widget: example/widget, repository 1001, owner 2002"))
        let pending = ["publisher", "add", "main", "gadget", "--pending"] + jobs + ["--workflow", "a.yml"]
        #expect(try await world.program.run(["server"] + pending + world.place).output.contains("(pending)"))
        #expect(try await world.must("publisher", "list", "main").contains("2  gadget (pending)"))
        let issuer = SimulatedIssuer(
            "https://token.actions.githubusercontent.com",
            now: world.scene.scene.now
        )
        let claims = issuer.workflowClaims(audience: "anything")
        let file = world.scene.scene.folder.path + "/token"
        try world.scene.scene.folder.write(Array(issuer.token(claims).utf8), to: "token")
        let tried = try await world.must("publisher", "test", "main", "--claims", file)
        #expect(tried.contains("fits     1  widget") && tried.contains("refused  2  gadget"))
        #expect(!tried.contains(issuer.tokens[0]))
        try await world.must("publisher", "remove", "main", "1")
        #expect(try await world.refused("publisher", "remove", "main", "1") == "4 oidc.publisher-unknown")
        let channel = try await world.scene.database.read { try $0.channel(ChannelName("main")) }
        let events = try await world.scene.database.read { transaction in
            guard let channel, let log = try transaction.log(of: channel) else { return 0 }
            return try transaction.entries(of: log.id, from: 0, limit: 100).count
        }
        #expect(events == 3)
    }

    @Test("A server is administered in its folder, while it runs")
    func byFolder() async throws {
        let (world, folder) = try await Self.scene()
        defer { _ = folder }
        try await Self.administer(world)
    }

    @Test("A server is administered from afar by whoever has a key with the right to it")
    func byURL() async throws {
        let (local, folder) = try await Self.scene()
        defer { _ = folder }
        try await local.must("user", "add", "root", "--role", "administrator")
        let key = String(
            try await local.must("key", "create", "--user", "root", "--label", "first").dropLast()
        )
        let areas = [AdministrationRoutes(parts: local.scene.scene.parts)]
        let application = Application(
            responder: HostedServer(parts: local.scene.scene.parts, areas: areas).responder(),
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0))
        )
        try await application.test(.live) { client in
            let port = try #require(client.port)
            var world = local
            world.place = ["--server", "http://127.0.0.1:\(port)"]
            world.program.environment["KINGSNAKE_API_KEY"] = key
            try await Self.administer(world)
            #expect(try await world.must("user", "show").hasPrefix("root, on the server: administrator"))
            #expect(
                try await world.refused("user", "remove", "root", "--yes") == "1 access.last-administrator"
            )
            world.program.environment["KINGSNAKE_API_KEY"] = "ks-wrong"
            let result = try await world.program.run(["server", "user", "list"] + world.place)
            #expect(result.status == 1 && result.transcript.contains("access.unknown-key"))
            #expect(!result.transcript.contains("ks-wrong"))
        }
    }

    @Test("An empty folder or one with settings becomes a server, no other does, and slips are usage errors")
    func folders() async throws {
        let folder = try TemporaryFolder()
        let program = Program(in: folder.path)
        try folder.write([], to: "full/file")
        try folder.write(Array(#"{"schema":1}"#.utf8), to: "settings/server.json")
        try folder.write([], to: "other/empty/.remove")
        let empty = folder.path + "/new"
        _ = try await program.runScript("mkdir new")
        let cases: [([String], Int32)] = [
            (["user", "add", "alice", "--dir", "full"], 6), (["user", "add", "alice", "--dir", "absent"], 6),
            (["user", "add", "alice", "--dir", "settings"], 0),
            (["user", "add", "alice", "--dir", empty], 0), (["user", "list", "--dir", empty], 0),
            (["user", "list"], 2), (["user", "list", "--dir", empty, "--server", "https://a.example"], 2),
            (["user", "list", "--server", "a.example"], 2), (["user", "show", "--dir", empty], 2),
            (["key", "create", "--dir", empty], 2), (["user", "role", "alice", "king", "--dir", empty], 2),
            (["channel", "set", "main", "--dir", empty], 2),
            (["user", "list", "--server", "https://a.example"], 6),
        ]
        for (words, status) in cases {
            let result = try await program.run(["server"] + words)
            #expect(result.status == status, "\(words): \(result.transcript)")
        }
        let left = try await program.runScript("ls full absent 2>&1 || true").output
        #expect(!left.contains("sqlite"))
    }
}
