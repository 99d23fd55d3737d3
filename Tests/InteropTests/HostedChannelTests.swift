// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TestSupport
import Testing
import TrustCore

/// The whole way: packages by a publisher's program to the server that runs, and from there by a user's into a prefix.
@Suite(
    "py-rattler-build, the server that runs, and py-rattler",
    .enabled(if: Peers.arePresent, "\(Peers.absence)"),
    .timeLimit(.minutes(5))
)
struct HostedChannelTests {
    private static let solution = [
        "library-0.1a2-pyhd_0.conda", "linked-2.0-0.tar.bz2", "python-3.13.1-0_cp313.conda",
        "tiny-tool-1.2.3-h0_7.conda",
    ]

    /// Publishes packages by a protocol, and waits until all of them are in the index.
    private static func publish(
        _ packages: [(builder: PackageBuilder, format: ArchiveFormat)] = SamplePackages.all,
        by kind: String = "quetz",
        to channel: String = "main",
        of world: ServerWorld
    ) async throws {
        let paths = try packages.map { builder, format in
            try world.folder.write(builder.build(format), to: "packages/" + builder.fileName(format))
        }
        let key = try #require(world.keys["alice"])
        _ = try await Peers.run(
            "rattler_upload",
            [kind, world.url, channel] + paths,
            environment: ["KEY": key]
        )
        for (builder, format) in packages {
            try await world.waitUntil(builder.fileName(format), in: builder.subdir, of: channel)
        }
    }

    /// Has py-rattler solve and install; answers the file names.
    @discardableResult
    private static func install(
        _ spec: String,
        from channel: String,
        to prefix: String,
        _ options: [String] = [],
        environment: [String: String] = [:]
    ) async throws -> [String] {
        let answer = try await Peers.run(
            "rattler_install",
            [channel, prefix, spec] + options,
            environment: environment
        )
        return SolvedPackage.all(in: answer).map(\.fileName)
    }

    private static func refusal(_ body: () async throws -> Void) async -> String? {
        do {
            try await body()
            return nil
        } catch { return "\(error)" }
    }

    @Test(
        "What came by each protocol is solved and installed, by shards and by repodata.json",
        arguments: [
            "quetz", "artifactory", "prefix",
        ]
    )
    func publishesAndInstalls(_ kind: String) async throws {
        let world = try await ServerWorld()
        try await Self.publish(by: kind, of: world)
        for options in [[], ["--no-sharded"]] {
            let answer = try await Peers.run(
                "rattler_e2e",
                [world.url + "/main", "--spec", "tiny-tool"] + options
            )
            #expect(SolvedPackage.all(in: answer).map(\.fileName) == Self.solution)
        }
        #expect(await world.stop() == 0)
    }

    @Test(
        "It asks for shards as it does elsewhere, relies on them as long as it may, and asks anew with conditions"
    )
    func requestsOfShards() async throws {
        let world = try await ServerWorld()
        try await Self.publish(of: world)
        let patient = try await Relay(to: world, maxAge: 3600)
        let relay = try await Relay(to: world), impatient = try await Relay(to: world, maxAge: 0)
        let cache = ["--cache", world.folder.path + "/cache", "--notices"]
        let prefix = world.folder.path + "/env"
        #expect(
            try await Self.install("tiny-tool", from: relay.url + "/main", to: prefix, cache) == Self.solution
        )
        let cold = try relay.take()
        #expect(cold.allSatisfy { $0.status == 200 && $0.method == "GET" }, "\(cold.map(\.summary))")
        let indexes = cold.filter(\.isIndex)
        #expect(
            Set(indexes.map(\.path)) == [
                "/main/linux-64/repodata_shards.msgpack.zst", "/main/noarch/repodata_shards.msgpack.zst",
            ]
        )
        #expect(
            indexes.allSatisfy { $0.told["cache-control"]?.string == "public, max-age=30, must-revalidate" },
            "\(indexes)"
        )
        let shards = cold.filter(\.isShard)
        #expect(shards.count == 4)
        #expect(shards.allSatisfy { $0.told["cache-control"]?.string?.hasSuffix("immutable") == true })
        let packages = cold.filter(\.isPackage)
        #expect(packages.count == 4)
        for package in packages {
            #expect(package.asked["x-expected-sha256"]?.string == package.told["etag"]?.string?.trimmed("\""))
        }
        #expect(cold.filter { $0.path == "/main/notices.json" }.count == 1)
        #expect(cold.count == indexes.count + shards.count + packages.count + 1, "\(cold.map(\.summary))")

        // As long as it may rely on indexes it asks nobody for them, nor for what it has; here that is an hour.
        for round in 1...2 {
            try await Self.install(
                "tiny-tool",
                from: patient.url + "/main",
                to: "\(prefix)-patient-\(round)",
                cache
            )
        }
        #expect(try patient.take().filter(\.isIndex).map(\.status) == [200, 200])

        for round in 1...2 {
            try await Self.install(
                "tiny-tool",
                from: impatient.url + "/main",
                to: "\(prefix)-\(round)",
                cache
            )
        }
        let asked = try impatient.take().filter(\.isIndex)
        #expect(asked.map(\.status) == [200, 200, 304, 304], "\(asked.map(\.summary))")
        #expect(asked.suffix(2).allSatisfy { $0.asked["if-none-match"] != nil })
        #expect(!world.log.contains("\"status\":\"404\""))
    }

    @Test("Without shards it asks whether there is repodata.json.zst, and for it again with conditions")
    func requestsOfRepodata() async throws {
        let world = try await ServerWorld()
        try await Self.publish(of: world)
        let relay = try await Relay(to: world, maxAge: 0)
        let options = ["--cache", world.folder.path + "/cache", "--no-sharded"]
        for round in 1...2 {
            let prefix = "\(world.folder.path)/env\(round)"
            #expect(
                try await Self.install("tiny-tool", from: relay.url + "/main", to: prefix, options)
                    == Self.solution
            )
        }
        let all = try relay.take().filter(\.isIndex)
        let heads = all.filter { $0.method == "HEAD" }
        #expect(heads.contains { $0.path == "/main/noarch/repodata.json.zst" && $0.status == 200 })
        #expect(
            all.filter { $0.method == "GET" }.map(\.status) == [200, 200, 304, 304],
            "\(all.map(\.summary))"
        )
    }

    @Test("It reads what a package says of itself from the end of the file")
    func metadata() async throws {
        let world = try await ServerWorld()
        // Longer than the end that it asks for.
        var long = PackageBuilder(name: "long", version: "1", build: "0", subdir: "noarch")
        long.add(
            file: "share/long",
            bytes: (0..<5_000).flatMap { Digest.of(Array("\($0)".utf8)).bytes }
        )
        try await Self.publish([(long, .conda), (SamplePackages.linked, .tarBz2)], of: world)
        let relay = try await Relay(to: world)
        let names = [long.fileName(.conda), SamplePackages.linked.fileName(.tarBz2)]
        let answer = try await Peers.run("rattler_metadata", names.map { "\(relay.url)/main/noarch/\($0)" })
        #expect(answer["packages"]?.array?.compactMap { $0["name"]?.string } == ["long", "linked"])
        let asked = try relay.take()
        let first = try #require(asked.first { $0.path.hasSuffix(names[0]) })
        #expect(first.asked["range"]?.string == "bytes=-65536" && first.status == 206, "\(first)")
        let size = try #require(
            first.told["content-range"]?.string?.split(separator: "/").last.flatMap { Int($0) }
        )
        #expect(first.told["content-range"]?.string == "bytes \(size - 65_536)-\(size - 1)/\(size)")
    }

    @Test(
        "A private channel is installed from with each kind of credentials, and no key is in the server's log"
    )
    func privateChannel() async throws {
        let world = try await ServerWorld()
        try await Self.publish(to: "secret", of: world)
        let key = try #require(world.keys["alice"]), other = try #require(world.keys["mallory"])
        let ways: [(name: String, credentials: JSONValue?, base: String)] = [
            ("token", ["CondaToken": .string(key)], world.url),
            ("bearer", ["BearerToken": .string(key)], world.url),
            ("basic", ["BasicHTTP": ["username": "alice", "password": .string(key)]], world.url),
            ("path", nil, "\(world.url)/t/\(key)"),
        ]
        for (name, credentials, base) in ways {
            for options in [[], ["--no-sharded"]] {
                let prefix = "\(world.folder.path)/\(name)\(options.count)"
                let environment = try credentials.map { try Self.authFile($0, world, name) } ?? [:]
                let installed = try await Self.install(
                    "tiny-tool",
                    from: base + "/secret",
                    to: prefix,
                    options,
                    environment: environment
                )
                #expect(installed == Self.solution, "\(name)")
            }
        }
        let strangers: [(String, JSONValue?)] = [
            ("401", nil), ("404", ["BearerToken": .string(other)]), ("401", ["BearerToken": "ks-unknown"]),
        ]
        for (status, credentials) in strangers {
            let environment = try credentials.map { try Self.authFile($0, world, "stranger") } ?? [:]
            let refused = await Self.refusal {
                try await Self.install(
                    "tiny-tool",
                    from: world.url + "/secret",
                    to: world.folder.path + "/none",
                    ["--no-sharded"],
                    environment: environment
                )
            }
            #expect(refused?.contains(status) == true, "\(refused ?? "it was installed")")
        }
        let log = world.log
        #expect(log.contains("/secret/") && !log.contains(key) && !log.contains(other), "a key is in the log")
    }

    private static func authFile(_ credentials: JSONValue, _ world: ServerWorld, _ name: String) throws
        -> [String: String]
    {
        let file: JSONValue = ["127.0.0.1": credentials]
        return ["RATTLER_AUTH_FILE": try world.folder.write(JSONWriter.encode(file), to: name + ".auth.json")]
    }

    @Test("A yanked package is no choice for the solver any more, and a lock still gets it")
    func yanked() async throws {
        let world = try await ServerWorld()
        try await Self.publish([(SamplePackages.linked, .tarBz2)], of: world)
        let channel = world.url + "/main", file = SamplePackages.linked.fileName(.tarBz2)
        let prefix = world.folder.path + "/env"
        try await Self.install("linked", from: channel, to: prefix)
        let yank = try await world.ask(
            "POST",
            "/api/v1/channels/main/files/noarch/\(file)/yank",
            by: "alice",
            body: Array(#"{"reason":"broken"}"#.utf8)
        )
        #expect(yank.status == 200, "\(yank.text)")
        try await world.waitUntil(file, isListed: false, in: "noarch")
        for options in [[], ["--no-sharded"]] {
            let refused = await Self.refusal {
                try await Self.install("linked", from: channel, to: prefix + "-none", options)
            }
            #expect(
                refused?.contains("linked") == true && refused?.contains("404") == false,
                "\(refused ?? "")"
            )
        }
        let again = try await Peers.run("rattler_reinstall", [prefix, prefix + "-again"])
        #expect(again.array?.contains { $0["path"]?.string == "etc/linked.conf" } == true)
    }

    @Test("A new version is seen as soon as what it knows is too old, and not before")
    func newVersion() async throws {
        let world = try await ServerWorld()
        try await Self.publish([(SamplePackages.linked, .tarBz2)], of: world)
        let patient = try await Relay(to: world, maxAge: 3600)
        let impatient = try await Relay(to: world, maxAge: 0)
        let options = ["--cache", world.folder.path + "/cache"]
        func install(_ relay: Relay, _ prefix: String) async throws -> [String] {
            try await Self.install(
                "linked",
                from: relay.url + "/main",
                to: "\(world.folder.path)/\(prefix)",
                options
            )
        }
        #expect(try await install(patient, "a") == ["linked-2.0-0.tar.bz2"])
        #expect(try await install(impatient, "b") == ["linked-2.0-0.tar.bz2"])
        var newer = PackageBuilder(name: "linked", version: "2.1", build: "0", subdir: "noarch")
        newer.noarch = .generic
        newer.add(file: "etc/newer.conf", "newer\n")
        try await Self.publish([(newer, .conda)], by: "prefix", of: world)
        _ = try patient.take()
        #expect(try await install(impatient, "c") == ["linked-2.1-0.conda"])
        #expect(try await install(patient, "d") == ["linked-2.0-0.tar.bz2"])
        #expect(try patient.take().filter(\.isIndex).isEmpty)
    }

    @Test(
        "An empty channel, and a subdir without packages, have indexes in which nothing is",
        arguments: [
            [], ["--no-sharded"],
        ]
    )
    func empty(_ options: [String]) async throws {
        let world = try await ServerWorld()
        // Until the worker has made the first index the server says that it is not ready, which is no 404 either.
        while try await world.ask("GET", "/main/linux-64/repodata_shards.msgpack.zst").status != 200 {
            try await Task.sleep(for: .milliseconds(20))
        }
        let relay = try await Relay(to: world, maxAge: 0)
        let cache = ["--cache", world.folder.path + "/cache"] + options
        let channel = relay.url + "/main", prefix = world.folder.path + "/env"
        let refused = await Self.refusal {
            try await Self.install("linked", from: channel, to: prefix, cache)
        }
        #expect(refused?.contains("No candidates") == true, "\(refused ?? "it was installed")")
        let asked = try relay.take().filter { $0.method == "GET" }
        #expect(!asked.isEmpty && asked.allSatisfy { $0.status == 200 }, "\(asked.map(\.summary))")
        try await Self.publish([(SamplePackages.linked, .tarBz2)], of: world)
        #expect(
            try await Self.install("linked", from: channel, to: prefix, cache) == ["linked-2.0-0.tar.bz2"]
        )
        // Each subdir that clients ask for has one, whether a package is in it or not.
        for subdir in ["linux-64", "linux-aarch64", "osx-64", "osx-arm64", "win-64", "noarch"] {
            for file in [
                "repodata_shards.msgpack.zst", "repodata.json", "repodata.json.zst", "current_repodata.json",
            ] {
                for method in ["HEAD", "GET"] {
                    let answer = try await world.ask(method, "/main/\(subdir)/\(file)")
                    #expect(answer.status == 200, "\(method) \(subdir)/\(file)")
                }
            }
        }
    }
}

extension String {
    fileprivate func trimmed(_ character: Character) -> String {
        String(drop { $0 == character }.reversed().drop { $0 == character }.reversed())
    }
}
