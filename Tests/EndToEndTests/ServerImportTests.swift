// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ChannelServer
import CondaFormats
import Foundation
import TestSupport
import Testing
import TrustCore

@Suite("kingsnake server import", .serialized)
struct ServerImportTests {
    private static let publicURL = ["--public-url", "https://channels.example.org"]
    private static let packageCount = 24

    /// A server with the channel `main`, and a folder `old` with packages, which another indexer made.
    private static func world(in folder: String = "") async throws -> ChannelWorld {
        let world = try ChannelWorld()
        let prefix = folder.isEmpty ? "" : folder + "/"
        try FileManager.default.createDirectory(
            atPath: world.path + "/\(prefix)server",
            withIntermediateDirectories: true
        )
        try await world.must("server", "channel", "create", "main", "--public", "--dir", "\(prefix)server")
        var records = JSONObject()
        for number in 0..<packageCount {
            let package = PackageBuilder.hello("1.\(number)"), bytes = try package.build(.conda)
            try world.write(bytes, to: "\(prefix)old/linux-64/\(package.fileName(.conda))")
            records[package.fileName(.conda)] = .object(package.record(of: bytes))
        }
        let index: JSONValue = ["info": ["subdir": "linux-64"], "packages.conda": .object(records)]
        try world.write(JSONWriter.encode(index), to: "\(prefix)old/linux-64/repodata.json")
        return world
    }

    @Test("A folder is imported, a second time nothing happens, and a bad package is told of by its code")
    func life() async throws {
        let world = try await Self.world()
        let command = ["server", "import", "main", "old", "--dir", "server"]
        let nameless = try await world.program.run(command)
        #expect(nameless.status == 6 && nameless.errors.contains("--public-url"))
        let dry = try await world.must(command + Self.publicURL + ["--dry-run"])
        #expect(dry.output.hasPrefix("would import 24 packages"))
        let first = try await world.must(command + Self.publicURL)
        #expect(first.output.hasPrefix("imported 24 packages") && first.output.contains("from folder old"))
        // The address is known now, by the name of the log.
        let again = try await world.must(command + ["--json"]).json()
        #expect(again["imported"] == 0 && again["unchanged"] == 24 && again["status"] == "ok")
        try world.write([1, 2, 3], to: "old/linux-64/hello-1.0-0.conda")
        let other = "two"
        try await world.must("server", "channel", "create", other, "--public", "--dir", "server")
        let bad = try await world.program.run(["server", "import", other, "old", "--dir", "server"])
        #expect(bad.status == 3 && bad.output.contains("refused `linux-64/hello-1.0-0.conda`"))
        #expect(bad.output.contains("[upload.length]") && bad.output.contains("imported 23 packages"))
        let json = try await world.program.run([
            "server", "import", other, "old", "--dir", "server", "--json",
        ])
        #expect(try json.json()["problems"]?.array?.count == 1)
    }

    @Test("What does not fit together is told before anything is done")
    func mistakes() async throws {
        let world = try await Self.world()
        let base = ["server", "import", "main", "old", "--dir", "server"] + Self.publicURL
        for options in [
            ["--root", "x", "--ignore-signatures"], ["--jobs", "0"], ["--subdir", "x y"],
            ["--from-key-file", "x"], ["--by", ""],
        ] {
            #expect(try await world.program.run(base + options).status == 2, "\(options)")
        }
        #expect(try await world.program.run(base + ["--root", "absent"]).status == 6)
        let nowhere = ["server", "import", "main", "old", "--dir", "old"] + Self.publicURL
        #expect(try await world.program.run(nowhere).status == 6)
    }

    @Test("An import heeds what the server's settings say, and leaves a folder alone that is being restored")
    func settings() async throws {
        let world = try await Self.world()
        let command = ["server", "import", "main", "old", "--dir", "server"] + Self.publicURL
        let set = { (text: String) -> Void in
            _ = try world.write(Array(#"{"schema": 1, \#(text)}"#.utf8), to: "server/server.json")
        }
        try set(#""trusted_root": "nobody""#)
        let unknown = try await world.program.run(command)
        #expect(unknown.status == 6 && unknown.errors.contains("`nobody` is no instance of Sigstore"))
        // By a name, not a file: as the server itself reads it.
        try set(#""trusted_root": "public-good", "quotas": {"channel_files": 5}"#)
        let full = try await world.program.run(command + ["--json"])
        let document = try full.json()
        #expect(document["imported"] == 5, "\(full.transcript)")
        #expect(full.output.contains("access.quota-exceeded"), "\(full.transcript)")
        try FileManager.default.createDirectory(
            atPath: world.path + "/server/restoring",
            withIntermediateDirectories: false
        )
        let restoring = try await world.program.run(command + ["--json"])
        #expect(restoring.refusalCode == "server.restore-unfinished", "\(restoring.transcript)")
    }

    @Test("Killed at any moment and run again, it has every package once, and one entry of the log for each")
    func killed() async throws {
        let points = KillPoints(
            world: try await Self.world(in: "template"),
            template: "template",
            command: ["server", "import", "main", "old", "--dir", "server"] + Self.publicURL
        )
        let killed = try await points.run { point in
            let before = try await Self.state(point)
            // What is there is whole: each file with its entry.
            #expect(before.files == before.entries && before.files <= Self.packageCount)
            let result = try await point.must(points.command + ["--json"]).json()
            #expect(result["unchanged"]?.integer == Int64(before.files))
            let after = try await Self.state(point)
            #expect(after.files == Self.packageCount && after.entries == Self.packageCount)
            #expect(!point.exists("server/import"))
        }
        #expect(killed > KillPoints.count / 4)
    }

    /// How many files the channel has, and how many entries the log.
    private static func state(_ point: KillPoints.Point) async throws -> (files: Int, entries: Int) {
        let database = try SQLiteDatabase(at: point.path("server/server.sqlite"))
        defer { try? database.close() }
        return try await database.read { transaction in
            guard let channel = try transaction.channel(ChannelName("main")) else { return (0, 0) }
            let files = try transaction.files(in: Subdir("linux-64"), of: channel.id, [.listed])
            let entries = try transaction.logs().map { Int($0.size) }.reduce(0, +)
            return (files.count, entries)
        }
    }
}
