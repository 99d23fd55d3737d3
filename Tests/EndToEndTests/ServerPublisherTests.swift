// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ChannelServer
import Foundation
import TestSupport
import Testing
import TrustCore

@Suite("kingsnake server publisher")
struct ServerPublisherTests {
    private static let widget = [
        "--github", "example/widget", "--repository-id", "1001", "--owner-id", "2002", "--workflow",
        "release.yml",
    ]

    /// A folder with a server's database, which has the channel `main`.
    private static func world() async throws -> ChannelWorld {
        let world = try ChannelWorld()
        try FileManager.default.createDirectory(
            atPath: world.path + "/server",
            withIntermediateDirectories: true
        )
        let database = try SQLiteDatabase(at: world.path + "/server/server.sqlite")
        _ = try await database.write { transaction in
            try transaction.createChannel(
                ChannelName("main"),
                .everybody,
                now: Timestamp(seconds: 1_800_000_000)
            )
        }
        try database.close()
        return world
    }

    @Test("A publisher is named, shown, tried, and taken away")
    func life() async throws {
        let world = try await Self.world()
        let server = ["--dir", "server"]
        let first = ["server", "publisher", "add", "main", "widget", "lab-*"] + Self.widget + server
        let nameless = try await world.program.run(first)
        #expect(nameless.status == 6 && nameless.errors.contains("--public-url"))
        let added = try await world.must(first + ["--public-url", "https://channels.example.org"]).output
        #expect(added.contains("1  widget, lab-*: example/widget, repository 1001, owner 2002"))
        let list = try await world.must(["server", "publisher", "list", "main", "--json"] + server).json()
        #expect(list["publishers"]?.array?.count == 1)
        let again = try await world.program.run(first + ["--json"])
        #expect(again.refusalCode == "oidc.publisher-exists" && again.status == 3)

        let issuer = SimulatedIssuer(
            "https://token.actions.githubusercontent.com",
            now: Timestamp(seconds: 0)
        )
        var claims = issuer.workflowClaims(audience: "anything")
        try world.write(JSONWriter.encode(.object(claims)), to: "claims.json")
        try world.write(Array((issuer.token(claims) + "\n").utf8), to: "token")
        for file in ["claims.json", "token"] {
            let fits = try await world.must(
                ["server", "publisher", "test", "main", "--claims", file] + server
            )
            #expect(fits.output.contains("fits     1  widget"))
            #expect(!fits.output.contains(issuer.tokens[0]))
        }
        claims["repository_id"] = "1002"
        try world.write(JSONWriter.encode(.object(claims)), to: "claims.json")
        let test = ["server", "publisher", "test", "main", "--claims", "claims.json"] + server
        let other = try await world.program.run(test)
        #expect(other.status == 1 && other.output.contains("[oidc.no-publisher]"))

        try await world.must(["server", "publisher", "remove", "main", "1"] + server)
        let gone = try await world.program.run(
            ["server", "publisher", "remove", "main", "1", "--json"] + server
        )
        #expect(gone.refusalCode == "oidc.publisher-unknown" && gone.status == 4)
        let empty = try await world.must(["server", "publisher", "list", "main"] + server).output
        #expect(empty == "`main` has no trusted publishers\n")
    }

    @Test("What is typed wrong is a usage error; another folder or channel is said so")
    func mistakes() async throws {
        let world = try await Self.world()
        let add = ["server", "publisher", "add", "--dir", "server"]
        for arguments in [
            ["main", "w*"] + Self.widget, ["main", "widget"], ["main", "a", "b", "--pending"] + Self.widget,
            ["main", "widget", "--gitlab", "a/b"] + Self.widget,
            ["main", "widget", "--ref", "v1"] + Self.widget,
        ] {
            #expect(try await world.program.run(add + arguments).status == 2, "\(arguments)")
        }
        let list = ["server", "publisher", "list", "--json"]
        #expect(
            try await world.program.run(list + ["none", "--dir", "server"]).refusalCode
                == "server.channel-unknown"
        )
        #expect(try await world.program.run(list + ["main", "--dir", "nowhere"]).status == 6)
        #expect(!world.exists("nowhere"))
    }
}
