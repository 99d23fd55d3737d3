// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TestSupport
import Testing
import Transport
import TrustCore

@Suite("kingsnake proxy and kingsnake run", .serialized, .timeLimit(.minutes(5)))
struct ProxyCommandTests {
    private static let package = PackageBuilder.hello("1.0")
    private static var place: String { "\(package.subdir)/\(package.fileName(.conda))" }

    /// Runs a body with a channel that is served over HTTP, pinned or not.
    private static func serving(
        pinned: Bool,
        adding more: [PackageBuilder] = [],
        _ body: (ChannelWorld, LoopbackServer) async throws -> Void
    ) async throws {
        let world = try await ChannelWorld.withChannel()
        let files = try ([package] + more).map { try world.write($0) }
        try await world.must(["channel", "add", "channel"] + files)
        try await LoopbackServer.serving(world.channel) { server in
            if pinned {
                try await world.must("trust", "add", server.url, "--root", "channel/tuf/1.root.json")
            }
            try await body(world, server)
        }
    }

    /// Starts a proxy for the one channel; answers where the channel is then, too.
    private static func proxy(_ world: ChannelWorld, _ url: String, _ options: [String] = []) async throws
        -> (running: RunningProgram, channel: String)
    {
        let running = try await world.program.start(
            ["proxy", "--listen", "127.0.0.1:0", "--channel", url, "--json"] + options
        )
        let channels = try #require(running.announcement["channels"]?.array)
        return (running, try #require(channels.first?.object?["proxied"]?.string))
    }

    private static func ask(_ url: String, bearer: String? = nil) async throws
        -> (status: Int, body: [UInt8], text: String)
    {
        let caller = HTTPServiceCaller()
        let response: ServiceResponse
        do {
            let headers = bearer.map { [(name: "authorization", value: "Bearer " + $0)] } ?? []
            response = try await caller.send(ServiceRequest(.get, url, headers: headers))
        } catch {
            await caller.shutdown()
            throw error
        }
        await caller.shutdown()
        return (response.status, response.body, String(decoding: response.body, as: UTF8.self))
    }

    @Test("A proxy passes on what is verified, pinned or only observed", arguments: [true, false])
    func passes(isPinned: Bool) async throws {
        try await Self.serving(pinned: isPinned) { world, server in
            let (running, channel) = try await Self.proxy(world, server.url)
            for form in ["repodata.json", "current_repodata.json"] {
                let index = try await Self.ask("\(channel)/\(Self.package.subdir)/\(form)")
                #expect(index.status == 200 && index.text.contains(Self.package.fileName(.conda)), "\(form)")
            }
            let shards = try await Self.ask("\(channel)/\(Self.package.subdir)/\(ShardIndex.fileName)")
            #expect(shards.status == 200)
            #expect(try ShardIndex.read(shards.body).packageNames == ["hello"])
            let package = try await Self.ask("\(channel)/\(Self.place)")
            #expect(package.status == 200)
            #expect(package.body == (try Self.package.build(.conda)))
            let absent = try await Self.ask("\(channel)/\(Self.package.subdir)/hello-9-0.conda")
            #expect(absent.status == 404)
            let url = try #require(running.announcement["url"]?.string)
            let status = try await Self.ask(url + "/_kingsnake/status")
            let admitted = try JSONReader.read(status.body, of: "status").object?["admitted"]?.array
            #expect(admitted?.count == 1)
            #expect(
                admitted?.first?.object?["evidence"]?.string == (isPinned ? "signed" : "observed"),
                "\(status.text)"
            )
            #expect(await running.stop() == 0)
        }
    }

    @Test(
        "A client by shards waits for what it asks for: neither the whole index is fetched, nor other shards",
        arguments: [true, false]
    )
    func shards(isPinned: Bool) async throws {
        try await Self.serving(pinned: isPinned) { world, server in
            try await world.must(["channel", "add", "channel", try world.write(PackageBuilder.hello("2.0"))])
            let (running, channel) = try await Self.proxy(world, server.url)
            let subdir = "\(channel)/\(Self.package.subdir)"
            let index = try await Self.ask("\(subdir)/\(ShardIndex.fileName)")
            let digest = try #require(try ShardIndex.read(index.body).digest(of: PackageName("hello")))
            let address = "\(subdir)/shards/\(ShardIndex.shardFileName(digest))"
            server.follow { $0.path.contains("/shards/") ? .altered : .normal }
            let altered = try await Self.ask(address)
            #expect(altered.status == 403 && altered.text.contains("code: shard.digest"), "\(altered.text)")
            server.follow { _ in .normal }
            let shard = try await Self.ask(address)
            #expect(shard.status == 200 && Digest.of(shard.body) == digest)
            #expect(try await Self.ask("\(channel)/\(Self.place)").body == Self.package.build(.conda))
            let asked = server.requestedPaths
            #expect(asked.count { $0.contains("/shards/") } == 2, "\(asked)")
            #expect(!asked.contains { $0.contains("repodata.json") }, "\(asked)")
            await running.stop()
        }
    }

    @Test("What was tampered with or cut off is refused, and passed on as soon as the channel is well again")
    func heals() async throws {
        try await Self.serving(pinned: false) { world, server in
            let (running, channel) = try await Self.proxy(world, server.url)
            for behaviour in [ServerBehaviour.altered, .truncate(at: 100), .status(404)] {
                server.follow { $0.path.hasSuffix(".conda") ? behaviour : .normal }
                let answer = try await Self.ask("\(channel)/\(Self.place)")
                #expect(answer.status == 403 || answer.status == 503, "\(behaviour): \(answer.text)")
                #expect(answer.body != (try Self.package.build(.conda)))
                if case .altered = behaviour {
                    #expect(answer.status == 403 && answer.text.contains("code: digest.mismatch"))
                }
            }
            server.follow { _ in .normal }
            let healed = try await Self.ask("\(channel)/\(Self.place)")
            #expect(healed.status == 200)
            #expect(healed.body == (try Self.package.build(.conda)))
            await running.stop()
        }
    }

    @Test("What a policy refuses is in no index, and is refused by its name, too")
    func policy() async throws {
        try await Self.serving(pinned: true) { world, server in
            try world.write(
                Array("version: 1\nrevoked: [{match: hello, reason: a stolen key}]\n".utf8),
                to: "policy.yaml"
            )
            let (running, channel) = try await Self.proxy(world, server.url, ["--policy", "policy.yaml"])
            let index = try await Self.ask("\(channel)/\(Self.package.subdir)/repodata.json")
            #expect(index.status == 200 && !index.text.contains("hello"))
            let package = try await Self.ask("\(channel)/\(Self.place)")
            #expect(package.status == 403 && package.text.contains("code: policy.revoked"), "\(package.text)")
            #expect(package.text.contains("a stolen key"))
            await running.stop()
        }
    }

    /// Asks again and again until the answer is as it should be at last.
    private static func asked(
        _ url: String,
        until: (String) -> Bool
    ) async throws -> String {
        for _ in 0..<1200 {
            let text = try await ask(url).text
            if until(text) { return text }
            try await Task.sleep(for: .milliseconds(100))
        }
        return try await ask(url).text
    }

    @Test("A policy that is changed, and a root that is pinned, count while the proxy runs")
    func changes() async throws {
        let other = PackageBuilder.hello("2.0")
        try await Self.serving(pinned: false, adding: [other]) { world, server in
            let (running, channel) = try await Self.proxy(world, server.url)
            let url = try #require(running.announcement["url"]?.string)
            #expect(try await Self.ask("\(channel)/\(Self.place)").status == 200)
            let index = "\(channel)/\(Self.package.subdir)/repodata.json"
            try await world.must("trust", "add", server.url, "--root", "channel/tuf/1.root.json")
            _ = try await Self.asked(index) { _ in
                server.requestedPaths.contains { $0.hasSuffix("timestamp.json") }
            }
            #expect(try await Self.ask("\(channel)/\(other.subdir)/\(other.fileName(.conda))").status == 200)
            let status = try await Self.ask(url + "/_kingsnake/status").text
            #expect(status.contains("\"signed\"") && status.contains("\"observed\""), "\(status)")
            let policy = "version: 1\nrevoked: [{match: hello, reason: a stolen key}]\n"
            try world.write(Array(policy.utf8), to: "home/policy.yaml")
            #expect(!(try await Self.asked(index) { !$0.contains("hello") }.contains("hello")))
            #expect(try await Self.ask("\(channel)/\(Self.place)").status == 403)
            try world.write(Array("version: 1\nrevoked: [{".utf8), to: "home/policy.yaml")
            let broken = try await Self.asked(url + "/_kingsnake/status") { $0.contains("policy-file.") }
            #expect(broken.contains("policy-file."), "\(broken)")
            #expect(try await Self.ask("\(channel)/\(Self.place)").status == 403)
            #expect(running.errors.contains("stays in force"), "\(running.errors)")
            await running.stop()
        }
    }

    @Test("What a proxy saw of a channel that is not pinned is explained, with what hides it")
    func explained() async throws {
        try await Self.serving(pinned: false) { world, server in
            #expect(try await world.program.run(["explain", "hello"]).status == 4)
            let (running, channel) = try await Self.proxy(world, server.url)
            #expect(try await Self.ask("\(channel)/\(Self.place)").status == 200)
            await running.stop()
            await server.stop()
            let said = try await world.program.run(["explain", "hello"])
            #expect(said.status == 0 && said.output.contains("ok"), "\(said.transcript)")
            #expect(said.output.contains(Self.package.fileName(.conda)))
            #expect(said.output.contains("signed by nobody"))
            let policy = "version: 1\nrevoked: [{match: hello, reason: a stolen key}]\n"
            try world.write(Array(policy.utf8), to: "home/policy.yaml")
            let hidden = try await world.program.run(["explain", "hello", "--json"])
            let document = try JSONReader.read(Array(hidden.output.utf8), of: "explain").object
            let index = try #require(document?["indexes"]?.array?.first?.object)
            #expect(index["channel"]?.string == server.url && index["observed"]?.string != nil)
            let file = try #require(index["files"]?.array?.first?.object)
            #expect(file["hidden"] == .bool(true))
            let finding = file["findings"]?.array?.first?.object
            #expect(finding?["code"]?.string == "policy.revoked", "\(hidden.transcript)")
            // A proxy may go by another policy than the user's own.
            let others = "version: 1\nrevoked: [{match: other, reason: a stolen key}]\n"
            try world.write(Array(others.utf8), to: "other.yaml")
            let other = try await world.program.run(["explain", "hello", "--policy", "other.yaml"])
            #expect(other.status == 0 && !other.output.contains("HIDDEN"), "\(other.transcript)")
            #expect(try await world.program.run(["explain", "hello", "--policy", "none.yaml"]).status == 6)
        }
    }

    @Test("A server that refuses access is not one that has nothing, and a token goes to it alone")
    func access() async throws {
        try await Self.serving(pinned: false) { world, server in
            let (running, channel) = try await Self.proxy(world, server.url)
            server.follow { request in
                request.header("authorization") == "Bearer hidden" ? .normal : .status(403)
            }
            for target in ["\(Self.package.subdir)/repodata.json", Self.place] {
                let answer = try await Self.ask("\(channel)/\(target)")
                #expect(answer.status == 403 && answer.text.contains("code: proxy.access-refused"))
                let shown = try await Self.ask("\(channel)/\(target)", bearer: "hidden")
                #expect(shown.status == 200, "\(shown.text)")
                // What one was allowed to see is not for who is not.
                #expect(try await Self.ask("\(channel)/\(target)").status == 403)
                #expect(try await Self.ask("\(channel)/\(target)", bearer: "wrong").status == 403)
            }
            #expect(!running.errors.contains("hidden"), "\(running.errors)")
            await running.stop()
        }
    }

    @Test("A client that is run may open as many files as the user said, whatever the proxy needs")
    func openFiles() async throws {
        let world = try ChannelWorld()
        let said = try await world.program.runScript(
            """
            ulimit -Sn 512
            kingsnake run --quiet -- sh -c 'ulimit -Sn; ulimit -Hn'
            kingsnake run --quiet -- sh -c 'awk "/^Max open files/ { print \\$4 }" "/proc/$PPID/limits"'
            ulimit -Hn
            """
        )
        let limits = said.output.split(separator: "\n").map { Int($0) ?? .max }
        try #require(said.status == 0 && limits.count == 4, "\(said.transcript)")
        #expect(limits[0] == 512 && limits[1] == limits[3])
        // The proxy's own is higher, where it may be.
        #expect(limits[2] > 512 || limits[3] == 512)
    }

    @Test("A client that is run gets the proxy, and its own status is the run's")
    func runs() async throws {
        let world = try ChannelWorld()
        let said = try await world.program.run([
            "run", "--quiet", "--", "sh", "-c", "echo $http_proxy; exit 7",
        ])
        #expect(said.status == 7 && said.output.hasPrefix("http://127.0.0.1:"), "\(said.transcript)")
        #expect(try await world.program.run(["run"]).status == 2)
        #expect(try await world.program.run(["run", "--", "no-such-client"]).status == 6)
        #expect(try await world.program.run(["proxy"]).status == 2)
        let untold = try await world.program.run(["run", "--summary", "absent/x.json", "--", "true"])
        #expect(untold.status == 6 && untold.errors.contains("passed on 0 packages"), "\(untold.transcript)")
    }

    @Test(
        "The settings of a service are good for one client, too: its proxy has a port of its own on this machine"
    )
    func runsBesideService() async throws {
        let world = try ChannelWorld()
        let text = #"{"schema": 1, "host": "0.0.0.0", "port": 1, "any_channel": true}"#
        let file = world.path + "/proxy.json"
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        let said = try await world.program.run([
            "run", "--config", file, "--", "sh", "-c", "echo $http_proxy",
        ])
        #expect(said.status == 0 && said.output.hasPrefix("http://127.0.0.1:"), "\(said.transcript)")
        #expect(!said.output.hasPrefix("http://127.0.0.1:1\n"))
    }

    @Test("Where the environment has a proxy, channels are asked through it")
    func behindProxy() async throws {
        let world = try ChannelWorld()
        try await LoopbackServer.serving(world.path) { _ in
            .status(403)
        } _: { server in
            var behind = world
            behind.program.environment["https_proxy"] = server.url
            let (running, channel) = try await Self.proxy(behind, "https://conda.example.org/lab")
            let package = try await Self.ask("\(channel)/\(Self.place)")
            #expect(package.status == 503, "\(package.text)")
            #expect(package.text.contains("the proxy on the way there opens no tunnel"), "\(package.text)")
            let asked = Set(server.requests.map { "\($0.method) \($0.target)" })
            #expect(asked == ["CONNECT conda.example.org:443"])
            #expect(await running.stop() == 0)
        }
    }

    @Test("That another program listens at the address is told in words")
    func busyPort() async throws {
        let world = try ChannelWorld()
        let options = ["proxy", "--any-channel", "--json", "--listen"]
        let running = try await world.program.start(options + ["127.0.0.1:0"])
        let url = try #require(running.announcement["url"]?.string)
        let address = String(url.dropFirst("http://".count))
        let second = try await world.program.run(options + [address])
        let error = try second.json()["error"]?.object
        #expect(second.status == 6 && error?["kind"] == "configuration")
        #expect(error?["where"] == .string(address))
        #expect(error?["message"] == "something listens at this address already", "\(second.transcript)")
        #expect(await running.stop() == 0)
    }
}
