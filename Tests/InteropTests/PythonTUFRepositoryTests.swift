// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import SigningKeys
import TUF
import TestSupport
import Testing
import Transport
import TrustCore

@Suite("Our client and a repository by python-tuf", .enabled(if: Peers.arePresent, "\(Peers.absence)"))
struct PythonTUFRepositoryTests {
    /// A repository that a client must accept, and how its files are named.
    struct Case: Sendable, CustomTestStringConvertible {
        let scenario: String
        let isConsistent: Bool
        let naming: TargetNaming

        var testDescription: String {
            "\(scenario), \(isConsistent ? "consistent" : "not consistent"), names \(naming)"
        }

        static let scenarios = [
            "basic", "delegated", "rotated", "threshold", "keys", "legacy", "foreign", "bins", "nested-bins",
        ]

        static let all = scenarios.flatMap { scenario in
            [
                Case(scenario: scenario, isConsistent: true, naming: .byRepository),
                Case(scenario: scenario, isConsistent: true, naming: .fixed),
                Case(scenario: scenario, isConsistent: false, naming: .byRepository),
            ]
        }
    }

    @Test("it refreshes and downloads every target", arguments: Case.all)
    func accepts(test: Case) async throws {
        let folder = try TemporaryFolder()
        let summary = try await Self.repository(test.scenario, isConsistent: test.isConsistent, in: folder)
        let targets = try #require(summary["targets"]?.object)
        #expect(targets.count >= 1)
        try await Self.withUpdater(in: folder) { updater, url in
            try await updater.refresh()
            for (name, promise) in targets.members.map({ ($0.key, $0.value) }) {
                let target = try await updater.requiredTarget(try #require(TargetPath(name)))
                #expect(target.role.text == promise["role"]?.string)
                let bytes = try await updater.download(target, from: url + "/targets", naming: test.naming)
                #expect(try bytes == folder.read("repository/targets/" + name))
                #expect(Digest.of(bytes).hex == promise["sha256"]?.string)
            }
            #expect(try await updater.target(try #require(TargetPath("no/such/file"))) == nil)
            let trusted = try await updater.trusted()
            let versions = [
                trusted.root.role.version, trusted.timestamp?.role.version, trusted.snapshot?.role.version,
            ]
            #expect(versions == ["root", "timestamp", "snapshot"].map { summary["roles"]?[$0]?.integer })
        }
    }

    @Test("it follows five rotations of roles, keys, types and thresholds at random", arguments: 1...8)
    func rotations(seed: Int) async throws {
        let folder = try TemporaryFolder()
        let isConsistent = seed.isMultiple(of: 2)
        _ = try await Self.repository("rotations", isConsistent: isConsistent, seed: seed, in: folder)
        try await Self.withUpdater(in: folder) { updater, url in
            let target = try await updater.requiredTarget(try #require(TargetPath("hello.txt")))
            let bytes = try await updater.download(target, from: url + "/targets")
            #expect(bytes == Array("hello\n".utf8))
            #expect(try await updater.trusted().root.role.version == 6)
        }
    }

    @Test(
        "it refuses one that is not in order, by its code",
        arguments: [("bad-threshold", "tuf.signatures"), ("expired", "tuf.expired")],
        [true, false]
    )
    func refuses(test: (scenario: String, code: String), isConsistent: Bool) async throws {
        let folder = try TemporaryFolder()
        let summary = try await Self.repository(test.scenario, isConsistent: isConsistent, in: folder)
        #expect(summary["refused_because"]?.string != nil)
        try await Self.withUpdater(in: folder) { updater, _ in
            #expect(await refusalCode { try await updater.refresh() } == test.code)
        }
    }

    @Test("it accepts keys of a draft where they are accepted, and nowhere else", arguments: [true, false])
    func drafts(isConsistent: Bool) async throws {
        let folder = try TemporaryFolder()
        _ = try await Self.repository("drafts", isConsistent: isConsistent, in: folder)
        try await Self.withUpdater(in: folder) { updater, _ in
            #expect(await refusalCode { try await updater.refresh() } == "tuf.signatures")
        }
        var limits = TUFLimits()
        limits.schemes = SignatureScheme.withDrafts
        try await Self.withUpdater(in: folder, limits: limits) { updater, url in
            let target = try await updater.requiredTarget(try #require(TargetPath("hello.txt")))
            #expect(try await updater.download(target, from: url + "/targets") == Array("hello\n".utf8))
        }
    }

    @Test("it refuses what was in order until now", arguments: [(2, "timestamp"), (40, "root or below")])
    func expires(days: Int, what: String) async throws {
        let folder = try TemporaryFolder()
        _ = try await Self.repository("basic", isConsistent: true, in: folder)
        try await Self.withUpdater(in: folder, now: Clock.now.advanced(byDays: days)) { updater, _ in
            #expect(await refusalCode { try await updater.refresh() } == "tuf.expired")
        }
    }

    @Test("the program installs from a conda channel that python-tuf signed")
    func channel() async throws {
        let channel = try await SignedChannelFixture(SamplePackages.all)
        // Take away what we signed, and let python-tuf sign the same index files.
        for path in ["tuf", ".kingsnake"] {
            try FileManager.default.removeItem(atPath: "\(channel.directory)/\(path)")
        }
        for target in SignedChannelFixture.targets {
            let digest = Digest.of(try channel.read(target)).hex
            let folder = "\(channel.directory)/\((target as NSString).deletingLastPathComponent)"
            try FileManager.default.removeItem(
                atPath: "\(folder)/\(digest).\((target as NSString).lastPathComponent)"
            )
        }
        let answer = try await Peers.run(
            "tuf_channel",
            [channel.directory, channel.folder.path + "/python-keys"]
        )
        let root = try #require(answer["root"]?.string)
        let prefix = channel.folder.path + "/env"
        try await LoopbackServer.serving(channel.directory) { server in
            try await channel.kingsnake.must(["trust", "add", server.url, "--root", root])
            let urls = SamplePackages.all.map {
                "\(server.url)/\($0.builder.subdir)/\($0.builder.fileName($0.format))"
            }
            try await channel.kingsnake.must(["install", "--prefix", prefix] + urls)
            try await channel.kingsnake.must(["audit", "--prefix", prefix])
        }
        try await channel.kingsnake.must(["channel", "verify", channel.directory, "--root", root, "--deep"])
    }

    /// Has python-tuf write a repository, and answers its description.
    private static func repository(
        _ scenario: String,
        isConsistent: Bool,
        seed: Int = 0,
        in folder: TemporaryFolder
    ) async throws -> JSONValue {
        try await Peers.run(
            "tuf_repository",
            [folder.path + "/repository", "--scenario", scenario, "--seed", "\(seed)"]
                + (isConsistent ? [] : ["--not-consistent"])
        )
    }

    /// Runs a body with a client that knows the first root, over HTTP.
    private static func withUpdater(
        in folder: TemporaryFolder,
        now: Timestamp = Clock.now,
        limits: TUFLimits = TUFLimits(),
        _ body: (Updater, String) async throws -> Void
    ) async throws {
        let root = try folder.read("repository/1.root.json")
        let fetcher = URLFetcher()
        try await LoopbackServer.serving(folder.path + "/repository") { server in
            let updater = Updater(
                trustedRoot: root,
                metadataURL: server.url + "/metadata",
                store: try DirectoryMetadataStore(folder.path + "/store"),
                fetcher: fetcher,
                now: now,
                limits: limits
            )
            try await body(updater, server.url)
        }
        await fetcher.shutdown()
    }
}
