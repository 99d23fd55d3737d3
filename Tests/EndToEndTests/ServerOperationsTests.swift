// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ChannelServer
import CondaFormats
import Foundation
import TestSupport
import Testing
import TrustCore

@Suite("kingsnake server backup, restore and check")
struct ServerOperationsTests {
    private static func publish(_ version: String, to world: ServerWorld) async throws -> [UInt8] {
        let package = PackageBuilder.hello(version)
        let bytes = try package.build(.conda)
        let name = package.fileName(.conda)
        let answer = try await world.ask("PUT", "/main/linux-64/\(name)", by: "alice", body: bytes)
        #expect(answer.status == 201, "\(answer.text)")
        try await world.waitUntil(name, in: "linux-64")
        return bytes
    }

    /// What the log serves, once it has so many entries.
    private static func checkpoint(_ entries: Int, of world: ServerWorld) async throws -> String {
        while true {
            let text = try await world.ask("GET", "/log/checkpoint").text
            if let size = text.split(separator: "\n").dropFirst().first.flatMap({ Int($0) }), size >= entries
            {
                return text
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    private static func codes(_ result: ProgramResult) throws -> [String] {
        try result.json()["findings"]?.array?.compactMap { $0.object?["code"]?.string } ?? []
    }

    @Test("A running server is backed up and checked; what is broken is told; what is restored goes on")
    func life() async throws {
        let world = try await ServerWorld()
        let program = world.program
        let bytes = try await Self.publish("1.0", to: world)
        let served = try await Self.checkpoint(1, of: world)
        let made = try await program.run("server", "backup", "server", "backup", "--json")
        try made.demandSuccess("backup")
        let contents = try #require(try made.json()["backup"]?.object)
        #expect(contents["settings"]?.array == ["server.json"])
        #expect(contents["without"]?.array == ["keys", "publish-log"])
        let second = try await program.run("server", "backup", "server", "backup", "--json")
        #expect(second.status == 1 && second.refusalCode == "server.folder-taken")
        let good = try await program.run("server", "check", "server", "--json")
        #expect(try good.status == 0 && good.json()["status"] == "ok", "\(good.transcript)")
        await world.stop()
        // A server that is stopped is backed up just so.
        try (await program.run("server", "backup", "server", "last")).demandSuccess("backup")

        // A stored file is changed: found, and found again in the words of people.
        let blob = Digest.of(bytes).hex
        let path = "server/blobs/\(blob.prefix(2))/\(blob.dropFirst(2))"
        try world.folder.write([1], to: path)
        let bad = try await program.run("server", "check", "server", "--json")
        #expect(try bad.status == 3 && Self.codes(bad) == ["server.blob-damaged"], "\(bad.transcript)")
        let told = try await program.run("server", "check", "server")
        #expect(told.status == 3 && told.output.contains("server.blob-damaged"))

        // The folder is not empty; a new one is made of the backup, with a proof that it has all.
        let taken = try await program.run("server", "restore", "last", "server", "--json")
        #expect(taken.status == 1 && taken.refusalCode == "server.folder-taken")
        let unproved = try await program.run("server", "restore", "last", "new", "--json")
        #expect(unproved.status == 4 && unproved.refusalCode == "server.restore-unproved")
        let restored = try await program.runScript(
            """
            mv server broken
            mkdir server
            cp -Rp broken/keys broken/publish-log server/
            kingsnake server restore last server --json
            """
        )
        try restored.demandSuccess("restore")
        #expect(try restored.json()["logs_continued"]?.array?.count == 2, "\(restored.transcript)")
        let whole = try await program.run("server", "check", "server", "--json")
        #expect(whole.status == 0, "\(whole.transcript)")
        try await world.start()
        #expect(try await world.ask("GET", "/main/linux-64/hello-1.0-0.conda").body == bytes)
        _ = try await Self.publish("2.0", to: world)
        let later = try await Self.checkpoint(2, of: world)
        #expect(later.split(separator: "\n").first == served.split(separator: "\n").first)
    }

    @Test(
        "A backup that is older than what was published is refused, until the loss is taken: then another log begins"
    )
    func lost() async throws {
        let world = try await ServerWorld()
        let program = world.program
        _ = try await Self.publish("1.0", to: world)
        _ = try await Self.checkpoint(1, of: world)
        try (await program.run("server", "backup", "server", "backup")).demandSuccess("backup")
        _ = try await Self.publish("2.0", to: world)
        let newest = try await Self.checkpoint(2, of: world)
        // What the log serves while it runs is a URL.
        let url = world.url + "/log/checkpoint"
        let behind = try await program.run(
            "server",
            "restore",
            "backup",
            "new",
            "--checkpoint",
            url,
            "--json"
        )
        #expect(
            behind.status == 5 && behind.refusalCode == "publish-log.database-behind",
            "\(behind.transcript)"
        )
        await world.stop()
        let moved = try await program.runScript(
            """
            mv server broken
            mkdir server
            cp -Rp broken/keys broken/publish-log server/
            """
        )
        try moved.demandSuccess("mv")
        let known = try await program.run("server", "restore", "backup", "server", "--json")
        #expect(
            known.status == 5 && known.refusalCode == "publish-log.database-behind",
            "\(known.transcript)"
        )
        let lost = try await program.run("server", "restore", "backup", "server", "--lost", "--json")
        let origin = String(newest.split(separator: "\n")[0])
        let renamed = try #require(try lost.json()["logs_renamed"]?.array?.first?.object)
        let new = try #require(renamed["new"]?.string)
        #expect(renamed["old"]?.string == origin && new.hasPrefix(origin + "/"))
        #expect(lost.errors.isEmpty)
        try await world.start()
        let begun = try await Self.checkpoint(1, of: world)
        #expect(begun.hasPrefix(new + "\n"))
        #expect(try await world.ask("GET", "/main/linux-64/hello-2.0-0.conda").status == 404)
        _ = try await Self.publish("2.0", to: world)
        _ = try await Self.checkpoint(2, of: world)
        let checked = try await program.run("server", "check", "server")
        #expect(checked.status == 0, "\(checked.transcript)")
    }

    @Test(
        "Restoring that is killed at any moment leaves a server's whole folder, or none, and can be done again"
    )
    func killed() async throws {
        let world = try ChannelWorld()
        let source = world.path + "/source"
        try FileManager.default.createDirectory(atPath: source, withIntermediateDirectories: true)
        let database = try SQLiteDatabase(at: source + "/server.sqlite")
        let blobs = try FileBlobStore(directory: source + "/blobs")
        let now = Timestamp(seconds: 1_800_000_000)
        let channel = try await database.write { transaction in
            try transaction.createChannel(ChannelName("main"), .everybody, now: now)
        }
        var documents: [HostedDocument] = []
        for number in 0..<40 {
            let bytes = Array("document \(number)".utf8)
            documents.append(
                HostedDocument(
                    scope: .channel(channel.id),
                    path: "noarch/\(number).json",
                    blob: try await blobs.put(bytes),
                    size: UInt64(bytes.count),
                    mediaType: "application/json",
                    isImmutable: true,
                    modified: now
                )
            )
        }
        let all = documents
        try await database.write { try $0.put(all) }
        try database.close()
        try world.write(Array(#"{"schema":1}"#.utf8), to: "source/server.json")
        try await world.must("server", "backup", "source", "template/backup")
        let points = KillPoints(
            world: world,
            template: "template",
            command: ["server", "restore", "backup", "server", "--quiet"]
        )
        try await points.run { point in
            let isMarked = point.exists("server/restoring")
            if !isMarked, point.exists("server/server.sqlite") {
                try await point.must("server", "check", "server")
                return
            }
            #expect(
                isMarked || !point.exists("server/blobs"),
                "point \(point.number): \(point.tree("server"))"
            )
            if isMarked {
                let refused = try await point.program.run("server", "check", "server", "--json")
                #expect(refused.refusalCode == "server.restore-unfinished", "\(refused.transcript)")
                let serve = try await point.program.run("serve", "server", "--check", "--json")
                #expect(serve.refusalCode == "server.restore-unfinished", "\(serve.transcript)")
            }
            try await point.must("server", "restore", "backup", "server", "--quiet")
            try await point.must("server", "check", "server")
            #expect(!point.exists("server/restoring"))
        }
    }

    @Test("Settings are tried without a server: good ones end with 0, and what they name must be there")
    func settings() async throws {
        let world = try ChannelWorld()
        let cases: [(settings: String, options: [String], status: Int32)] = [
            (#"{"schema":1}"#, [], 0),
            (#"{"schema":1,"trusted_root":"staging","quotas":{"channel_files":5}}"#, [], 0),
            (#"{"schema":1}"#, ["--trusted-root", "public-good", "--disk-reserve", "5GiB"], 0),
            (#"{"schema":1,"trusted_root":"nowhere"}"#, [], 6),
            (#"{"schema":1,"trusted_root":"absent.json"}"#, [], 6),
            (#"{"schema":1,"tls":{"certificate":"absent.pem","key":"absent.key"}}"#, [], 6),
            (#"{"schema":1,"porrt":1}"#, [], 6),
            (#"{"schema":1}"#, ["--disk-reserve", "much"], 2),
            (#"{"schema":1}"#, ["--channel-bytes", "unlimited"], 2),
        ]
        for (settings, options, status) in cases {
            try world.write(Array(settings.utf8), to: "server/server.json")
            let result = try await world.program.run(["serve", "server", "--check", "--json"] + options)
            #expect(result.status == status, "\(settings) \(options) \(result.transcript)")
            #expect(!world.exists("server/server.sqlite"))
        }
    }

    @Test(
        "A server on a free port says the real one, in its log's name too, and tells systemd that it is ready"
    )
    func freePort() async throws {
        let world = try ChannelWorld()
        let path = world.path + "/notify"
        let descriptor = try Self.listening(at: path)
        defer { close(descriptor) }
        var program = world.program
        program.environment["NOTIFY_SOCKET"] = path
        let running = try await program.start(["serve", "server", "--listen", "127.0.0.1:0", "--json"])
        let url = try #require(running.announcement["url"]?.string)
        #expect(!url.hasSuffix(":0"))
        var buffer = [UInt8](repeating: 0, count: 64)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        #expect(String(decoding: buffer.prefix(max(0, count)), as: UTF8.self) == "READY=1")
        #expect(await running.stop() == 0)
        let database = try SQLiteDatabase(at: world.path + "/server/server.sqlite")
        let origins = try await database.read { try $0.logs() }.map(\.origin)
        #expect(origins == [url.dropFirst("http://".count) + "/log"])
    }

    @Test("A server that may open few files takes fewer connections at a time, and serves on")
    func fewFiles() async throws {
        let world = try ChannelWorld()
        var program = world.program
        program.files = 280
        let running = try await program.start(["serve", "server", "--listen", "127.0.0.1:0", "--json"])
        let url = try #require(running.announcement["url"]?.string)
        let port = try #require(url.split(separator: ":").last.flatMap { Int($0) })
        #expect(running.errors.contains("8 connections at a time instead of 4096"), "\(running.errors)")
        // Twenty times as many, which say nothing.
        let waiting = try (0..<160).map { _ in try RawConnection(port: port) }
        waiting.forEach { $0.close() }
        let request = "GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        #expect(try await RawConnection.exchange(Array(request.utf8), port: port).hasPrefix("HTTP/1.1 200"))
        #expect(await running.stop() == 0)
    }

    /// A socket as systemd's, that gives up after a while.
    private static func listening(at path: String) throws -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        var limit = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        guard bound == 0 else { throw Failure(.disk, "could not make a socket", at: path) }
        return descriptor
    }
}
