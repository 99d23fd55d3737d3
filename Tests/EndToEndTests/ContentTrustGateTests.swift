// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TestSupport
import Testing
import TrustCore

/// A channel that others signed by content trust, and a user with the program.
private struct SignedRecordsWorld {
    let world: ChannelWorld
    var fixture: ContentTrustFixture
    let hello: FixturePackage

    /// The program reads the clock, so the channel is made now.
    static var now: Timestamp { Timestamp(seconds: Int64(Date().timeIntervalSince1970)) }

    init(pinned: Bool = true, also others: [PackageBuilder] = []) async throws {
        world = try ChannelWorld()
        let packages = try ([.hello()] + others).map { builder in
            var package = try FixturePackage(builder.fileName(.conda), in: "linux-64")
            package.bytes = try builder.build(.conda)
            return package
        }
        hello = packages[0]
        fixture = try await ContentTrustFixture(packages: packages, now: Self.now)
        try world.write(fixture.root, to: "1.root.json")
        if pinned { try await world.must("trust", "add", url, "--content-trust", "1.root.json") }
    }

    var url: String { "file://" + fixture.directory }
    var packageURL: String { url + "/" + hello.path }

    func publish(_ edit: (inout [ContentTrustFixture.Listing]) throws -> Void = { _ in }) async throws {
        try await fixture.publish(now: Self.now, edit)
    }
}

@Suite("Commands on a channel that is signed by content trust")
struct ContentTrustGateTests {
    @Test(
        "trust add --content-trust pins, and says plainly what is not protected; trust list and --json say it too"
    )
    func pins() async throws {
        let scene = try await SignedRecordsWorld(pinned: false)
        let world = scene.world
        let text = try await world.must("trust", "add", scene.url, "--content-trust", "1.root.json").output
        #expect(text.contains("to content trust root version 1"))
        let list = try await world.must("trust", "list").output
        for line in [
            "NOT PROTECTED  freshness: an old index can be shown for ever",
            "NOT PROTECTED  completeness: packages and their newer versions can be hidden",
            "NOT PROTECTED  rollback: the index can go back, and records of different times can be mixed",
            "NOT PROTECTED  channel: records of another channel with the same keys can be shown",
        ] {
            #expect(text.contains(line) && list.contains(line), "\(text)\(list)")
        }
        let json = try await world.must("trust", "list", "--json").json()
        let channel = try #require(json["channels"]?.array?.first?.object)
        #expect(channel["pinned_by"] == ["content-trust"])
        #expect(channel["not_protected"] == ["freshness", "completeness", "rollback", "channel"])
        let digest = Digest.of(scene.fixture.root).hex
        #expect(channel["content_trust"]?.object?["root_sha256"]?.string == digest)
        let help = try await world.must("trust", "add", "--help").output
        #expect(help.contains("--content-trust <file>") && help.contains("Nobody signs the index"))
        // Another root never takes its place.
        let other = try await ContentTrustFixture(packages: [])
        try world.write(other.root, to: "other.json")
        let again = try await world.run("trust", "add", scene.url, "--content-trust", "other.json", "--json")
        #expect(again.status == 3 && again.refusalCode == "trust.already-pinned")
        try await world.must("trust", "remove", scene.url)
        let none = try await world.run("verify", scene.packageURL, "--json")
        #expect(none.status == 4 && none.refusalCode == "trust.channel-unknown")
    }

    @Test("trust add takes a content trust root with or without a TUF root, and no other combination")
    func usage() async throws {
        let scene = try await SignedRecordsWorld(pinned: false)
        let wrong: [[String]] = [
            [], ["--content-trust-url", "https://x.example/y"],
            ["--root", "1.root.json", "--content-trust-url", "https://x.example/y"],
            ["--content-trust", ""], ["--content-trust", "1.root.json", "--content-trust-url", "x"],
            ["--content-trust", "1.root.json", "--root", "a", "--first-use"],
        ]
        for arguments in wrong {
            let result = try await scene.world.program.run(["trust", "add", scene.url] + arguments)
            #expect(result.status == 2, "\(arguments): \(result.transcript)")
        }
        let absent = try await scene.world.run("trust", "add", scene.url, "--content-trust", "absent.json")
        #expect(absent.status == 6)
        // A root of content trust is no TUF root.
        let swapped = try await scene.world.run("trust", "add", scene.url, "--root", "1.root.json")
        #expect(swapped.status == 3)
        #expect(try await scene.world.must("trust", "list", "--json").json()["channels"] == [])
    }

    @Test(
        "conda, --json: one valid document with who vouches and what is not protected, for a pass and for a refusal"
    )
    func json() async throws {
        let scene = try await SignedRecordsWorld()
        let commands: [[String]] = [
            ["verify", scene.packageURL], ["verify", scene.fixture.directory + "/" + scene.hello.path],
            ["explain", scene.packageURL], ["install", "-p", "env", scene.packageURL],
            ["audit", "-p", "env"],
        ]
        for command in commands {
            let result = try await scene.world.program.run(command + ["--json"])
            let document = try result.json()
            #expect(result.status == 0 && result.errors.isEmpty, "\(command): \(result.transcript)")
            let verdict = document["verdicts"]?.array?.first?.object ?? document
            let voucher = verdict["vouched_by"]?.object ?? verdict["vouched_by"]?.array?.first?.object
            #expect(voucher?["kind"]?.string == "package-keys", "\(command): \(result.output)")
            #expect(voucher?["not_protected"] == ["freshness", "completeness", "rollback", "channel"])
            #expect(voucher?["threshold"]?.integer == 1 && voucher?["keys"]?.integer == 1)
        }
        try await scene.publish { $0[0].signatures = nil }
        for command in [["verify", scene.packageURL], ["install", "-p", "other", scene.packageURL]] {
            let result = try await scene.world.program.run(command + ["--json"])
            let document = try result.json()
            #expect(result.status == 4 && document["status"]?.string == "refused")
            #expect(result.refusalCode == "content-trust.record-unsigned", "\(result.transcript)")
        }
        #expect(!scene.world.exists("other"))
    }

    @Test("verify, install and audit say in words who vouches and what is not protected")
    func words() async throws {
        let scene = try await SignedRecordsWorld()
        let verify = try await scene.world.must("verify", scene.packageURL).output
        #expect(verify.contains("signed-record: signed by "), "\(verify)")
        #expect(verify.contains("nobody signs the index, only records; not protected: an old index"))
        #expect(verify.contains("for how current the index is, nobody does"))
        let install = try await scene.world.must("install", "-p", "env", scene.packageURL).output
        #expect(install.contains("each vouched for by its channel's package keys"), "\(install)")
        let audit = try await scene.world.must("audit", "-p", "env").output
        for text in [install, audit] {
            #expect(text.contains("by the channel's package keys (1 of 1), and for the index nobody: 1"))
            #expect(text.contains("not protected where nobody signs the index: an old index can be shown"))
        }
    }

    @Test(
        "conda, explicit URL or lock file install: checked, and nothing is installed if the record was changed"
    )
    func lockFiles() async throws {
        let scene = try await SignedRecordsWorld()
        let sha256 = scene.hello.sha256.hex
        let lock = "@EXPLICIT\n\(scene.packageURL)#sha256:\(sha256)\n"
        try scene.world.write(Array(lock.utf8), to: "lock.txt")
        let ways = [["--lock", "lock.txt"], [scene.packageURL], ["\(scene.packageURL)#sha256:\(sha256)"]]
        try await scene.publish { $0[0].record["depends"] = ["evil"] }
        for way in ways {
            let result = try await scene.world.program.run(["install", "-p", "env", "--json"] + way)
            #expect(result.status == 3 && result.refusalCode == "content-trust.record-signature")
            #expect(!scene.world.exists("env"))
        }
        try await scene.publish()
        for way in ways {
            try await scene.world.must(["install", "-p", "env"] + way)
        }
        #expect(scene.world.exists("env/bin/hello"))
    }

    /// What is done to the channel, the code, and the exit status.
    private enum Damage: String, CaseIterable {
        case unsigned, changed, managerMissing, managerForged, managerRolledBack, expired, unreachable

        var outcome: (code: String?, status: Int32) {
            switch self {
            case .unsigned: ("content-trust.record-unsigned", 4)
            case .changed: ("content-trust.record-signature", 3)
            case .managerMissing: ("content-trust.metadata-missing", 4)
            case .managerForged: ("content-trust.signatures", 3)
            case .managerRolledBack: ("content-trust.rollback", 5)
            case .expired: ("content-trust.expired", 5)
            case .unreachable: (nil, 6)
            }
        }
    }

    @Test(
        "Missing evidence ends with 4, bad with 3, out of date with 5, unreachable with 6, each with what to do"
    )
    func statuses() async throws {
        for damage in Damage.allCases {
            var scene = try await SignedRecordsWorld()
            let old = try scene.fixture.folder.read("key_mgr.json")
            var arguments = ["verify", scene.packageURL]
            switch damage {
            case .unsigned: try await scene.publish { $0[0].signatures = nil }
            case .changed: try await scene.publish { $0[0].record["build_number"] = 3 }
            case .managerMissing: try scene.fixture.folder.remove("key_mgr.json")
            case .managerForged:
                let forged = try await scene.fixture.keyManager(by: scene.fixture.packageKeys)
                try scene.fixture.folder.write(forged, to: "key_mgr.json")
            case .managerRolledBack:
                scene.fixture.managerVersion = 2
                try await scene.publish()
                try await scene.world.must("verify", scene.packageURL)
                try scene.fixture.folder.write(old, to: "key_mgr.json")
            case .expired:
                scene.fixture.days.manager = -1
                try await scene.publish()
            case .unreachable: arguments += ["--mirror", "http://127.0.0.1:1/x"]
            }
            let result = try await scene.world.program.run(arguments + ["--json"])
            #expect(result.status == damage.outcome.status, "\(damage): \(result.transcript)")
            #expect(result.refusalCode == damage.outcome.code, "\(damage): \(result.transcript)")
            let shown = try await scene.world.program.run(arguments)
            #expect(shown.errors.contains("hint: "), "\(damage): \(shown.transcript)")
            #expect(shown.status == damage.outcome.status)
        }
    }

    @Test(
        "audit finds what a key that was taken away had signed, and the channel's other packages stay vouched for"
    )
    func audit() async throws {
        var other = PackageBuilder(name: "other", version: "1", build: "0", subdir: "linux-64")
        other.add(file: "share/other.txt", "other\n")
        var scene = try await SignedRecordsWorld(also: [other])
        let otherURL = "\(scene.url)/linux-64/\(other.fileName(.conda))"
        try await scene.world.must("install", "-p", "env", scene.packageURL, otherURL)
        try await scene.fixture.rotate(now: SignedRecordsWorld.now)
        let stolen = scene.fixture.packageKeys
        scene.fixture.packageKeys = try await ContentTrustFixture(packages: []).packageKeys
        scene.fixture.managerVersion = 2
        // Signed anew by the new key: nothing is wrong.
        try await scene.publish()
        try await scene.world.must("audit", "-p", "env")
        // Signed by the old one only.
        let fixture = scene.fixture
        try await scene.publish {
            $0[0].signatures = try fixture.signatures(of: $0[0].record, by: stolen)
        }
        let result = try await scene.world.run("audit", "-p", "env", "--json")
        #expect(result.status == 3, "\(result.transcript)")
        let document = try result.json()
        #expect(document["status"]?.string == "incomplete")
        let vouched = document["vouched_by"]?.array?.compactMap { $0.object?["record"]?.string }
        #expect(vouched == ["other-1-0.json"])
        let unasked = try #require(document["unasked"]?.array)
        let error = unasked.first?.object?["error"]?.object
        #expect(unasked.count == 1 && error?["code"]?.string == "content-trust.record-signature")
    }

    @Test(
        "A file whose record the package keys have not signed is a forgery, whatever other channels do not know"
    )
    func file() async throws {
        let scene = try await SignedRecordsWorld()
        let other = try await ContentTrustFixture(packages: [], now: SignedRecordsWorld.now)
        try scene.world.write(other.root, to: "other.json")
        try await scene.world.must(
            "trust",
            "add",
            "file://" + other.directory,
            "--content-trust",
            "other.json"
        )
        let path = scene.fixture.directory + "/" + scene.hello.path
        let good = try await scene.world.run("verify", path)
        #expect(good.status == 0 && good.output.contains("package keys vouch"), "\(good.transcript)")
        try await scene.publish { $0[0].record["depends"] = ["evil"] }
        let forged = try await scene.world.run("verify", path, "--json")
        #expect(forged.status == 3 && forged.refusalCode == "content-trust.record-signature")
    }

    @Test("A channel may be pinned to both roots in one step, and then both must hold")
    func both() async throws {
        let world = try ChannelWorld()
        let hello = PackageBuilder.hello()
        try await world.makeChannel()
        try await world.must("channel", "add", "channel", world.write(hello))
        var fixture = try await ContentTrustFixture(packages: [], now: SignedRecordsWorld.now)
        fixture.packages = []
        try world.write(fixture.root, to: "content.json")
        try world.write(fixture.folder.read("key_mgr.json"), to: "channel/key_mgr.json")
        let added = try await world.must(
            "trust",
            "add",
            world.url,
            "--root",
            "channel/tuf/1.root.json",
            "--content-trust",
            "content.json",
            "--json"
        ).json()
        #expect(added["pinned_by"] == ["tuf", "content-trust"] && added["not_protected"] == [])
        // TUF vouches for the record, and nobody has signed it.
        let result = try await world.run("verify", world.packageURL(hello), "--json")
        #expect(result.status == 4 && result.refusalCode == "content-trust.record-unsigned")
    }
}
