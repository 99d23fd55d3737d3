// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TestSupport
import Testing
import TrustCore

@Suite("content-trust sign and status")
struct RecordSigningTests {
    private static func record(_ name: String, _ more: String = "") -> String {
        let sha256 = Digest.of(Array(name.utf8)).hex
        return #"{"name":"\#(name)","version":"1","build":"0","build_number":0,"depends":[],"license":"MIT","#
            + #""md5":"\#(sha256.prefix(32))","sha256":"\#(sha256)","size":1,"subdir":"noarch","timestamp":1\#(more)}"#
    }

    private static func index(_ names: [String], _ more: String = "") -> String {
        let records = names.map { "\"\($0)-1-0.conda\" : \(record($0, more))" }
        return "{\n \"packages.conda\": {\(records.joined(separator: ","))},\"info\":{\"subdir\":\"noarch\"} }\n"
    }

    /// A folder of indexes with content trust.
    private static func world(_ names: [String], profile: String = "joint") async throws -> ChannelWorld {
        let world = try ChannelWorld()
        try world.write(Array(index(names).utf8), to: "mirror/noarch/repodata.json")
        try await world.must("content-trust", "init", "mirror", "--no-passphrase", "--profile", profile)
        return world
    }

    @Test("A folder that an indexer keeps: signed, patched, signed again, and its status tells what is due")
    func plainFolder() async throws {
        let world = try await Self.world(["a", "b"])
        let before = try await world.run("content-trust", "status", "mirror")
        #expect(before.status == 4 && before.output.contains("next: records are unsigned or stale"), "\(before.transcript)")
        let first = try await world.must("content-trust", "sign", "mirror")
        #expect(first.output.contains("noarch: 2 records, 2 signed, 0 unchanged"), "\(first.transcript)")
        let status = try await world.must("content-trust", "status", "mirror")
        #expect(status.output.contains("profile `joint`") && status.output.contains("nothing is due"))
        #expect(status.output.contains("not protected: freshness"))
        #expect(status.output.contains("verified from the owner's copy of the root"), "\(status.transcript)")
        // The indexer runs again, and knows nothing of signatures.
        try world.write(Array(Self.index(["a", "b", "c"]).utf8), to: "mirror/noarch/repodata.json")
        let second = try await world.must("content-trust", "sign", "mirror", "--json").json()
        let subdir = try #require(second["subdirs"]?.array?.first?.object)
        #expect(subdir["signed"] == 1 && subdir["kept"] == 2 && subdir["signatures_made"] == 2)
        #expect(try await world.must("content-trust", "sign", "mirror").output.contains("nothing to do"))
        let json = try await world.must("content-trust", "status", "mirror", "--json").json()
        #expect(json["status"] == "ok" && json["profile"] == "joint" && json["anchored"] == .bool(true))
    }

    @Test("A record that must not be signed is named, and left alone only if that is asked for")
    func unsignable() async throws {
        let world = try await Self.world(["a"])
        let text = Self.index(["a", "b"]).replacing("\"name\":\"b\"", with: "\"name\":\"c\"")
        try world.write(Array(text.utf8), to: "mirror/noarch/repodata.json")
        let refused = try await world.run("content-trust", "sign", "mirror")
        #expect(refused.status == 3 && refused.errors.contains("code: channel.record-unsignable"))
        #expect(refused.errors.contains("noarch/b-1-0.conda"), "\(refused.transcript)")
        #expect(try world.read("mirror/noarch/repodata.json") == Array(text.utf8))
        let left = try await world.must("content-trust", "sign", "mirror", "--leave-unsigned")
        #expect(left.errors.contains("warning: `noarch/b-1-0.conda` is not signed"), "\(left.transcript)")
        #expect(try await world.run("content-trust", "status", "mirror").status == 4)
    }

    @Test("A folder without metadata, and options that do not fit, are told apart")
    func mistakes() async throws {
        let world = try await ChannelWorld.withChannel()
        let none = try await world.run("content-trust", "sign", "channel")
        #expect(none.status == 4 && none.errors.contains("code: channel.trust-missing"), "\(none.transcript)")
        #expect(try await world.run("content-trust", "status", "channel").status == 4)
        #expect(try await world.run("content-trust", "sign", "channel", "--subdir", "noarch").status == 2)
        #expect(try await world.run("content-trust", "sign", "channel", "--subdir", "../x").status == 2)
        #expect(try await world.run("content-trust", "sign", "channel", "--keys", "nokeys").status == 2)
    }

    @Test("A channel that TUF signs: later publications sign by themselves, and verify demands it")
    func signedChannel() async throws {
        let world = try await ChannelWorld.pinned(with: [.hello()])
        try await world.must("content-trust", "init", "channel", "--no-passphrase")
        let before = try await world.run("channel", "verify", "channel")
        #expect(before.status == 3 && before.errors.contains("code: channel.signature-stale"), "\(before.transcript)")
        let signed = try await world.must("content-trust", "sign", "channel")
        #expect(signed.output.contains("signed linux-64 version"), "\(signed.transcript)")
        try await world.must("channel", "add", "channel", world.write(.hello("1.1")))
        let verified = try await world.must("channel", "verify", "channel", "--json").json()
        #expect(verified["records_by_content_trust"] == 2 && verified["packages"] == 2)
        try await world.must("install", "--prefix", "env", world.url + "/linux-64/hello-1.1-0.conda")
        try await world.must("channel", "remove", "channel", "linux-64/hello-1.0-0.conda")
        try await world.must("channel", "sign", "channel", "--all")
        try await world.must("channel", "verify", "channel")
        try await world.must("content-trust", "status", "channel")
    }

    @Test("Keys on a passphrase are asked for once, and only where there is something to sign")
    func passphrase() async throws {
        let world = try ChannelWorld()
        try world.write(Array(Self.index(["a"]).utf8), to: "mirror/noarch/repodata.json")
        try world.write(Array("correct horse\n".utf8), to: "secret")
        try await world.must(
            "content-trust", "init", "mirror", "--encrypt-package", "--passphrase-file", "secret"
        )
        let locked = try await world.run("content-trust", "sign", "mirror")
        #expect(locked.status == 6, "\(locked.transcript)")
        try await world.must("content-trust", "sign", "mirror", "--passphrase-file", "secret")
        try await world.must("content-trust", "sign", "mirror")
    }
}
