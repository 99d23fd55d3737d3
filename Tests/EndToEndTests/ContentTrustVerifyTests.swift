// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@Suite("content-trust verify")
struct ContentTrustVerifyTests {
    private let world = try? ChannelWorld()

    private static let index = """
        {"info": {"subdir": "linux-64"}, "packages": {}, "packages.conda": {"zlib-1.3-0.conda": {"name": "zlib",
        "version": "1.3", "build": "0", "build_number": 0, "depends": ["libgcc>=13"], "license": "Zlib",
        "license_family": "Other", "subdir": "linux-64", "size": 1, "timestamp": 1700000000123,
        "md5": "00000000000000000000000000000000",
        "sha256": "0000000000000000000000000000000000000000000000000000000000000000"}}}
        """
    private static let file = "channel/linux-64/repodata.json"

    @Test("A channel in the joint profile is good to us, to conda and to mamba, and a changed one to nobody")
    func jointProfile() async throws {
        let world = try #require(world)
        try world.write(Array(Self.index.utf8), to: Self.file)
        try await world.must("content-trust", "init", "channel", "--profile", "joint", "--no-passphrase")
        try await world.must("content-trust", "sign", "channel")
        let root = ["--root", "channel/1.root.json"]
        for client in [[], ["--as", "conda"], ["--as", "mamba"]] {
            let result = try await world.program.run(["content-trust", "verify", "channel"] + root + client)
            #expect(result.status == 0, "\(result.transcript)")
            #expect(result.output.contains("1 of 1 record in 1 subdir, from root version 1"))
        }
        let signed = String(decoding: try world.read(Self.file), as: UTF8.self)

        // What only the signature in full covers.
        try world.write(Array(signed.replacing("Other", with: "GPL").utf8), to: Self.file)
        #expect(try await status(root) == 3)
        #expect(try await status(root + ["--as", "conda"]) == 3)
        #expect(try await status(root + ["--as", "mamba"]) == 0)

        try world.write(Array(signed.replacing("libgcc>=13", with: "libevil").utf8), to: Self.file)
        #expect(try await status(root + ["--as", "mamba"]) == 3)

        try world.write(Array(Self.index.utf8), to: Self.file)
        let stripped = try await world.program.run(
            ["content-trust", "verify", "channel", "--json"] + root
        )
        #expect(stripped.status == 4)
        let subdir = try stripped.json()["subdirs"]?.array?.first?.object
        #expect(subdir?["counts"] == ["content-trust.record-unsigned": 1])
        let finding = subdir?["findings"]?.array?.first?.object
        #expect(finding?["file"] == "zlib-1.3-0.conda")
        #expect(finding?["error"]?.object?["code"] == "content-trust.record-unsigned")
        #expect(try await status(root + ["--as", "conda"]) == 4)
        #expect(try await status(root + ["--as", "mamba"]) == 4)
    }

    @Test("Without --root a remark says that this shows little; without metadata there is nothing to show")
    func startsFromItself() async throws {
        let world = try #require(world)
        try world.write(Array(Self.index.utf8), to: Self.file)
        let nothing = try await world.program.run("content-trust", "verify", "channel")
        #expect(nothing.status == 4 && nothing.errors.contains("code: content-trust.metadata-missing"))
        try await world.must("content-trust", "init", "channel", "--no-passphrase")
        try await world.must("content-trust", "sign", "channel")
        let result = try await world.program.run("content-trust", "verify", "channel")
        #expect(result.status == 0)
        #expect(result.errors.contains("only shows that the channel agrees with itself"))
        let mamba = try await world.program.run("content-trust", "verify", "channel", "--as", "mamba")
        #expect(mamba.status == 4 && mamba.output.contains("Failed to fetch role metadata"))
    }

    private func status(_ arguments: [String]) async throws -> Int32 {
        let world = try #require(world)
        return try await world.program.run(["content-trust", "verify", "channel"] + arguments).status
    }
}
