// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TestSupport
import Testing
import TrustCore

/// A folder that was signed once; then its indexer wrote it again, with more in it and without signatures.
@Suite("`content-trust sign` killed at any moment, by SIGKILL", .serialized)
struct ContentTrustKillTests {
    private static let subdirs = ["linux-64", "noarch"]
    private static let names = ["repodata.json", "repodata.json.zst", "current_repodata.json"]
    private static var files: [String] { subdirs.flatMap { subdir in names.map { "plain/\(subdir)/\($0)" } } }
    private static let command = ["content-trust", "sign", "plain"]

    private static func index(of count: Int, in subdir: String) -> [UInt8] {
        let records = (0..<count).map { number in
            let sha256 = Digest.of(Array("\(subdir)-\(number)".utf8)).hex
            return
                #""p\#(number)-1-0.conda":{"name":"p\#(number)","version":"1","build":"0","build_number":0,"#
                + #""depends":["q >=1"],"license":"MIT","md5":"\#(sha256.prefix(32))","sha256":"\#(sha256)","#
                + #""size":1,"subdir":"\#(subdir)","timestamp":1}"#
        }
        let text =
            #"{"info":{"subdir":"\#(subdir)"},"packages":{},"packages.conda":{"#
            + records.joined(separator: ",") + "}}"
        return Array(text.utf8)
    }

    private static func writeIndexes(_ world: ChannelWorld, of count: Int) throws {
        for subdir in subdirs {
            let text = index(of: count, in: subdir), folder = "template/plain/" + subdir
            try world.write(text, to: folder + "/repodata.json")
            try world.write(Zstd.compress(text), to: folder + "/repodata.json.zst")
            try world.write(index(of: count / 2, in: subdir), to: folder + "/current_repodata.json")
        }
    }

    /// What stands in each index file now.
    private static func contents(_ world: ChannelWorld, in folder: String) throws -> [String: [UInt8]] {
        try Dictionary(uniqueKeysWithValues: files.map { ($0, try world.read("\(folder)/\($0)")) })
    }

    @Test("Each index file is whole, and the old one or the new one; and the next run finishes")
    func killsSign() async throws {
        let world = try ChannelWorld()
        try Self.writeIndexes(world, of: 40)
        let plain = "template/plain"
        try await world.must("content-trust", "init", plain, "--no-passphrase", "--profile", "joint")
        try await world.must("content-trust", "sign", plain)
        try Self.writeIndexes(world, of: 60)
        let old = try Self.contents(world, in: "template")
        let points = KillPoints(world: world, template: "template", command: Self.command)

        // One run that nobody kills: signatures by Ed25519 are the same each time.
        let copied = try await world.program.run("/bin/cp", ["-R", "template", "whole"])
        try copied.demandSuccess("cp")
        try await world.must("content-trust", "sign", "whole/plain")
        let new = try Self.contents(world, in: "whole")
        let changed = Self.files.allSatisfy { old[$0] != new[$0] }
        #expect(changed)
        let root = "whole/plain.keys/trust-root.json"
        try await world.must("content-trust", "verify", "whole/plain", "--root", root)

        let killed = try await points.run { point in
            for file in Self.files {
                let found = try world.read("point\(point.number)/\(file)")
                #expect(found == old[file] || found == new[file], "point \(point.number): \(file)")
            }
            try await point.must(Self.command)
            for file in Self.files {
                #expect(try world.read("point\(point.number)/\(file)") == new[file], "\(file)")
            }
            try await point.must("content-trust", "status", "plain")
            for subdir in Self.subdirs { #expect(point.names(in: "plain/" + subdir) == Set(Self.names)) }
            #expect(point.names(in: "plain/.kingsnake") == ["lock"])
        }
        #expect(killed > KillPoints.count / 4)
    }
}
