// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TestSupport
import Testing
import TrustCore

@Suite("A prefix of ours and py-rattler's", .enabled(if: Peers.arePresent, "\(Peers.absence)"))
struct RattlerPrefixTests {
    /// Where the prefix is decides how it gets into files.
    private static let places = [
        "env",
        // Longer than a line with #! may be, shorter than the placeholder.
        "a-folder-with-a-name-that-makes-the-prefix-so-long-that-no-kernel-reads-its-path-from-the-first-line/env",
        "a folder with spaces/env",
    ]

    @Test("they are the same but for what is deliberate", arguments: places)
    func samples(place: String) async throws {
        let channel = try await SignedChannelFixture(SamplePackages.all)
        let differences = try await LoopbackServer.serving(channel.directory) { server in
            try await Self.differences(["tiny-tool"], channel, server, place: place)
        }
        for deliberate in DeliberateDifference.all {
            #expect(
                differences.contains(where: deliberate.covers),
                "`\(deliberate.name)` is no difference any more: take it from the table"
            )
        }
    }

    @Test(
        "so are those of packages that others made",
        .enabled(if: SharedData.isPresent, "\(SharedData.absence)")
    )
    func realPackages() async throws {
        let channel = try await SignedChannelFixture([])
        try await channel.add(files: RealPackages.files)
        try await LoopbackServer.serving(channel.directory) { server in
            for (number, specs) in RealPackages.specs.enumerated() {
                _ = try await Self.differences(specs, channel, server, place: "env-\(number)")
            }
        }
    }

    @Test(
        "our index says of conda's test packages what conda-index says",
        .enabled(if: SharedData.isPresent, "\(SharedData.absence)")
    )
    func indexes() async throws {
        let channel = try await SignedChannelFixture([])
        let files = RealPackages.files.filter { $0.hasPrefix(RealPackages.recipes) }
        try await channel.add(files: files)
        let text = Array(try Data(contentsOf: URL(fileURLWithPath: RealPackages.recipes + "/repodata.json")))
        let theirs = try JSONReader.read(text, of: "repodata.json")["packages.conda"]?.object
        #expect(files.count > 20)
        for file in files {
            let name = URL(fileURLWithPath: file).lastPathComponent
            let ours = try #require(try channel.record(of: name, in: "noarch"))
            let their = try #require(theirs?[name]?.object)
            // What the indexer says of itself (CEP 47) is not in conda-index's.
            #expect(ours["indexed_timestamp"]?.integer != nil)
            for key in Set(ours.keys + their.keys) where key != "indexed_timestamp" {
                // A member that is null in the package is one to us, and none to it.
                #expect(ours[key] == their[key] ?? (ours[key] == .null ? .null : nil), "\(name): \(key)")
            }
        }
    }

    @Test("py-rattler cannot install an empty folder that a package lists; we can")
    func emptyFolder() async throws {
        var package = PackageBuilder(name: "hollow", version: "1", build: "0", subdir: "noarch")
        package.noarch = .generic
        package.addFolder("share/hollow")
        let channel = try await SignedChannelFixture([(package, .conda)])
        let prefix = channel.folder.path + "/env"
        try await LoopbackServer.serving(channel.directory) { server in
            await #expect(throws: PeerRefusal.self) {
                _ = try await Peers.run(
                    "rattler_install",
                    [server.url, channel.folder.path + "/theirs", "hollow"]
                )
            }
            try await channel.kingsnake.must(["trust", "add", server.url, "--root", channel.root])
            try await channel.kingsnake.must([
                "install", "--prefix", prefix, "\(server.url)/noarch/hollow-1-0.conda",
            ])
        }
        var isFolder: ObjCBool = false
        #expect(FileManager.default.fileExists(atPath: prefix + "/share/hollow", isDirectory: &isFolder))
        #expect(isFolder.boolValue)
        let loaded = try await Peers.run("load_conda_meta", [prefix])
        #expect(loaded.array?.first?["paths"]?.array?.first?["type"] == "directory")
    }

    /// Installs with both at one path, one after the other, and demands that every difference is deliberate. Each of
    /// our records must load in py-rattler.
    private static func differences(
        _ specs: [String],
        _ channel: SignedChannelFixture,
        _ server: LoopbackServer,
        place: String
    ) async throws -> [PrefixDifference] {
        let prefix = "\(channel.folder.path)/\(place)"
        let folder = (prefix as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let answer = try await Peers.run("rattler_install", [server.url, prefix] + specs, umask: "0")
        let solved = SolvedPackage.all(in: answer)
        #expect(!solved.isEmpty)
        try FileManager.default.moveItem(atPath: prefix, toPath: prefix + ".theirs")
        try await channel.install(solved, from: server.url, to: prefix)
        let loaded = try await Peers.run("load_conda_meta", [prefix])
        #expect(loaded.array?.compactMap { $0["fn"]?.string }.sorted() == solved.map(\.fileName).sorted())
        try FileManager.default.moveItem(atPath: prefix, toPath: prefix + ".ours")
        let differences = PrefixDifference.all(
            in: try await Peers.run("compare_prefix", [prefix + ".ours", prefix + ".theirs"])
        )
        for difference in differences
        where !DeliberateDifference.all.contains(where: { $0.covers(difference) }) {
            Issue.record("\(specs) in \(place): \(difference)")
        }
        return differences
    }
}
