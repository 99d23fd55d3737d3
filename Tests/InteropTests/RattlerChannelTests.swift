// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TestSupport
import Testing
import TrustCore

@Suite("py-rattler and a channel of ours", .enabled(if: Peers.arePresent, "\(Peers.absence)"))
struct RattlerChannelTests {
    private static let solution = [
        "library-0.1a2-pyhd_0.conda", "linked-2.0-0.tar.bz2", "python-3.13.1-0_cp313.conda",
        "tiny-tool-1.2.3-h0_7.conda",
    ]

    @Test(
        "it solves and installs as from any channel, by shards and by repodata.json",
        arguments: [true, false]
    )
    func installs(isSharded: Bool) async throws {
        let channel = try await SignedChannelFixture(SamplePackages.all)
        try await LoopbackServer.serving(channel.directory) { server in
            let answer = try await Peers.run(
                "rattler_e2e",
                [server.url, "--spec", "tiny-tool"] + (isSharded ? [] : ["--no-sharded"])
            )
            #expect(SolvedPackage.all(in: answer).map(\.fileName) == Self.solution)
            let asked = server.requestedPaths
            #expect(asked.contains { $0.hasPrefix("/noarch/shards/") } == isSharded)
            #expect(asked.contains { $0.contains("/repodata.json") } != isSharded)
            #expect(!asked.contains { $0.hasPrefix("/tuf/") }, "it knows nothing of the signatures")
        }
    }

    @Test("a channel in which maintainers sign packages is one to it as any other")
    func installsMaintained() async throws {
        let channel = try await SignedChannelFixture(SamplePackages.all)
        try await channel.delegate("python", ["linux-64/python-3.13.1-0_cp313.conda"])
        try await LoopbackServer.serving(channel.directory) { server in
            let answer = try await Peers.run("rattler_e2e", [server.url, "--spec", "tiny-tool"])
            #expect(SolvedPackage.all(in: answer).map(\.fileName) == Self.solution)
        }
    }

    @Test("every field of a record arrives in what it installs", arguments: [true, false])
    func recordsSurvive(isSharded: Bool) async throws {
        let channel = try await SignedChannelFixture(SamplePackages.all)
        let prefix = channel.folder.path + "/env"
        try await LoopbackServer.serving(channel.directory) { server in
            _ = try await Peers.run(
                "rattler_install",
                [server.url, prefix, "tiny-tool"] + (isSharded ? [] : ["--no-sharded"])
            )
        }
        for (builder, format) in SamplePackages.all {
            let fileName = builder.fileName(format)
            let made = builder.record(of: try builder.build(format))
            let indexed = try #require(try channel.record(of: fileName, in: builder.subdir))
            let name = "\(builder.name)-\(builder.version)-\(builder.build).json"
            let text = try channel.folder.read("env/conda-meta/\(name)")
            let installed = try #require(try JSONReader.read(text, of: name).object)
            for member in made.members {
                #expect(indexed[member.key] == member.value, "\(fileName): \(member.key) in our index")
                // An empty list of features is none to it.
                if member.key == "track_features", member.value.string == "" { continue }
                let found = installed[member.key]
                #expect(found == member.value, "\(fileName): \(member.key) in its record")
            }
        }
    }

    @Test("after `channel add` it finds the new version", arguments: [true, false])
    func findsWhatIsAdded(isSharded: Bool) async throws {
        let channel = try await SignedChannelFixture([(SamplePackages.linked, .tarBz2)])
        let options = isSharded ? [] : ["--no-sharded"]
        try await LoopbackServer.serving(channel.directory) { server in
            let cache = ["--cache", channel.folder.path + "/rattler-cache"]
            func install(to name: String) async throws -> [String] {
                let arguments = [server.url, "\(channel.folder.path)/\(name)", "linked"] + cache + options
                return SolvedPackage.all(in: try await Peers.run("rattler_install", arguments)).map(
                    \.fileName
                )
            }
            #expect(try await install(to: "before") == ["linked-2.0-0.tar.bz2"])
            var newer = PackageBuilder(name: "linked", version: "2.1", build: "0", subdir: "noarch")
            newer.noarch = .generic
            newer.add(file: "etc/newer.conf", "newer\n")
            try await channel.add([(newer, .conda)])
            #expect(try await install(to: "after") == ["linked-2.1-0.conda"])
        }
    }
}
