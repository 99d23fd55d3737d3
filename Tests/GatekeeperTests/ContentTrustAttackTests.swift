// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import ContentTrust
import SigningKeys
import TestSupport
import Testing
import Transport
import TrustCore
import TrustPolicy

@testable import Gatekeeper

/// Attacks on channels that are signed by content trust: docs/content-trust.md, third table.
@Suite("Attacks on content trust")
struct ContentTrustAttackTests {
    @Test("attack, replay of an old index: not protected by records alone, and the verdict says so")
    func replayUnprotected() async throws {
        let old = try FixturePackage("zlib-1.0-0.conda")
        var scene = try await ContentTrustScene([old])
        let replayed = try scene.fixture.index()
        scene.fixture.packages.append(try .sample())
        try await scene.publish { _ in }
        #expect(try await scene.admit().package != nil)
        try scene.fixture.write(index: replayed)
        let verdict = try await scene.admit().verdict
        #expect(verdict.isAllowed && verdict.voucher?.unprotected.contains(.freshness) == true)
        #expect(verdict.voucher?.unprotected.contains(.rollback) == true)
        #expect(
            verdict.findings.contains {
                $0.rule == "signed-index" && $0.outcome == .notApplicable
                    && $0.reason.contains("the index can go back")
            }
        )
    }

    @Test(
        "attack, hiding of records: not protected by records alone, and the finding says that nobody signs the index"
    )
    func hidingUnprotected() async throws {
        let scene = try await ContentTrustScene()
        try await scene.publish { $0 = [] }
        let verdict = try await scene.admit().verdict
        #expect(verdict.objections.map(\.code) == [.unlisted])
        #expect(verdict.objections[0].reason.contains("which nobody signs"))
        #expect(
            verdict.findings.contains {
                $0.rule == "signed-index" && $0.reason.contains(OpenAttack.completeness.description)
            }
        )
    }

    @Test("attack, mix and match of records: not protected by records alone, and the verdict says so")
    func mixUnprotected() async throws {
        let scene = try await ContentTrustScene([.sample("content"), FixturePackage("python-1-0.conda")])
        var later = scene
        later.fixture.packages[1] = try FixturePackage("python-2-0.conda")
        try await later.publish { _ in }
        // Old zlib, new python: each rightly signed.
        for package in [scene.fixture.packages[0], later.fixture.packages[1]] {
            let verdict = try await scene.user.admit(package, from: [scene.url]).value.verdict
            #expect(verdict.isAllowed)
            #expect(verdict.findings[0].reason.contains("records of different times can be mixed"))
        }
    }

    @Test(
        "attack, freeze, rollback, mix and match and hiding where the channel is pinned to a TUF root too: refused",
        arguments: [
            ("freeze", "tuf.expired"), ("rollback", "tuf.rollback"), ("mix and match", "limit.too-large"),
            ("mix and match, of the same length", "tuf.target-hash"), ("hiding", "tuf.target-length"),
        ]
    )
    func protected(attack: String, code: String) async throws {
        var both = try await BothScene()
        if attack.hasSuffix("of the same length") {
            // An index that a forged one can be shorter than.
            both.records.removed = (0..<64).map { Digest.of([UInt8($0)]).hex }
            try await both.publish()
        }
        #expect(try await both.admit().verdict.voucher == both.voucher)
        let old = try both.tuf.copy()
        switch attack {
        case "freeze": both.user.now = ChannelFixture.start.advanced(byDays: 3)
        case "rollback":
            try await both.publish()
            #expect(try await both.admit().package != nil)
        default:
            // Rightly signed records, in an index that TUF has not signed: fewer, or one of another time.
            var fixture = both.records
            fixture.removed = []
            let record = try FixturePackage("python-1-0.conda").record().raw
            let index = try fixture.index { listings in
                guard attack != "hiding" else {
                    listings = []
                    return
                }
                listings.append(
                    ContentTrustFixture.Listing(
                        fileName: "python-1-0.conda",
                        record: record,
                        signatures: try fixture.signatures(of: record)
                    )
                )
            }
            for name in try both.indexFiles(in: old.path + "/linux-64") {
                var forged = try Zstd.compress(index)
                if attack.hasSuffix("of the same length") {
                    // A frame that readers of zstd skip makes up the length.
                    let room = try old.read("linux-64/" + name).count - forged.count - 8
                    // The index of the version before is shorter, and nobody asks for it.
                    guard let length = UInt32(exactly: room) else { continue }
                    forged += [0x50, 0x2A, 0x4D, 0x18]
                    forged += (0..<4).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
                    forged += [UInt8](repeating: 0, count: room)
                }
                try old.write(forged, to: "linux-64/" + name)
            }
            both.user = try both.anew()
        }
        let user = both.user
        let package = both.records.packages[0]
        let found = await ContentTrustScene.refusal {
            try await user.admit(package, from: ["file://" + old.path]).value
        }
        #expect(found?.hasPrefix(code) == true, "\(found ?? "nothing")")
    }

    @Test("attack, record in another subdir, or that names none: refused")
    func anotherSubdir() async throws {
        var package = try FixturePackage.sample()
        package.recordChanges = ["subdir": "win-64"]
        let foreign = package
        let scene = try await ContentTrustScene()
        try await scene.publish { listings in
            listings[0].record["subdir"] = foreign.recordChanges["subdir"]
            listings[0].signatures = try scene.fixture.signatures(of: listings[0].record)
        }
        #expect(await scene.refusal() == "repodata.record-subdir")
        try await scene.publish { listings in
            listings[0].record["subdir"] = nil
            listings[0].signatures = try scene.fixture.signatures(of: listings[0].record)
        }
        #expect(await scene.refusal() == "gate.record-subdir")
    }

    @Test(
        "attack, dependency confusion: another channel's keys do not vouch, and a channel that is not pinned admits nothing"
    )
    func confusion() async throws {
        let scene = try await ContentTrustScene()
        let other = try await ContentTrustScene([.sample("evil")])
        // The other channel's package, signed by its keys, in this channel.
        for file in [
            "linux-64/repodata.json", "linux-64/repodata.json.zst", "linux-64/zlib-1.3.1-h0_0.conda",
        ] {
            try scene.fixture.folder.write(other.fixture.folder.read(file), to: file)
        }
        #expect(await scene.refusal() == "content-trust.record-signature")
        try scene.fixture.folder.write(other.fixture.folder.read("key_mgr.json"), to: "key_mgr.json")
        #expect(await scene.refusal() == "content-trust.signatures")
        // The same name in a channel that nobody pinned.
        let url = try PackageURL("https://elsewhere.example/x/linux-64/zlib-1.3.1-h0_0.conda")
        let code = await ContentTrustScene.refusal {
            try await scene.user.withGate([other.url]) { try await $0.admit(PackageRequest(url)) }.value
        }
        #expect(code == "trust.channel-unknown")
    }

    @Test(
        "attack, signatures stripped by one of several mirrors: the next one is asked, and the first is reported"
    )
    func strippedByMirror() async throws {
        let scene = try await ContentTrustScene()
        let bad = try TemporaryFolder()
        for file in ["key_mgr.json", scene.fixture.packages[0].path] {
            try bad.write(scene.fixture.folder.read(file), to: file)
        }
        try bad.write(try scene.fixture.index { $0[0].signatures = nil }, to: "linux-64/repodata.json")
        let mirrors = ["file://" + bad.path, scene.url]
        let (admission, reports) = try await scene.user.admit(scene.fixture.packages[0], from: mirrors)
        #expect(admission.package != nil)
        #expect(reports.map(\.code) == ["content-trust.record-unsigned"])
        #expect(reports.first?.mirror == "file://" + bad.path)
        // If all of them do it, it is refused.
        #expect(
            await scene.refusal(from: ["file://" + bad.path, "file://" + bad.path + "/"])
                == "content-trust.record-unsigned"
        )
    }

    @Test(
        "attack, stolen package key: total until the key manager takes it away, and then it is worth nothing"
    )
    func stolenKey() async throws {
        var scene = try await ContentTrustScene()
        let stolen = scene.fixture.packageKeys
        let before = try scene.fixture.folder.read("key_mgr.json")
        let forged = try FixturePackage.sample("forged")
        let fixture = scene.fixture
        func forge(_ listings: inout [ContentTrustFixture.Listing]) throws {
            listings[0].record = try forged.record().raw
            listings[0].signatures = try fixture.signatures(of: listings[0].record, by: stolen)
        }
        try await scene.publish(forge)
        try scene.fixture.folder.write(forged.bytes, to: forged.path)
        // The limit of this format: whoever has enough package keys can sign anything.
        #expect(try await scene.admit().package?.sha256 == forged.sha256)
        scene.fixture.packageKeys = [try PrivateKey.generate(.ed25519)]
        scene.fixture.managerVersion = 2
        try await scene.publish(forge)
        #expect(await scene.refusal() == "content-trust.record-signature")
        // The thief shows the metadata in which the key still counts.
        try scene.fixture.folder.write(before, to: "key_mgr.json")
        #expect(await scene.refusal() == "content-trust.rollback")
    }

    @Test("attack, one stolen package key of two that must sign: refused")
    func stolenOfTwo() async throws {
        let scene = try await ContentTrustScene(packageKeyCount: 2, threshold: 2)
        let stolen = [scene.fixture.packageKeys[1]]
        try await scene.publish { listings in
            listings[0].record["depends"] = ["evil"]
            listings[0].signatures = try scene.fixture.signatures(of: listings[0].record, by: stolen)
        }
        #expect(await scene.refusal() == "content-trust.record-signature")
    }

    @Test("attack, host without keys: what is not signed leads nowhere, neither base_url nor removed")
    func hostWithoutKeys() async throws {
        var scene = try await ContentTrustScene()
        scene.fixture.baseURL = "https://elsewhere.example/linux-64/"
        try await scene.publish { _ in }
        #expect(await scene.refusal() == "gate.outside-channel")
        scene.fixture.baseURL = nil
        scene.fixture.removed = [scene.fixture.packages[0].fileName.text]
        try await scene.publish { _ in }
        #expect(await scene.refusal() == "in-index.removed")
    }

    @Test("attack, next root without the old keys: refused, so lost root keys end the chain")
    func lostRootKeys() async throws {
        var scene = try await ContentTrustScene()
        // One of the two that must sign is lost.
        scene.fixture.rootKeys.removeFirst()
        try await scene.fixture.rotate { $0.rootKeys = [try PrivateKey.generate(.ed25519)] }
        #expect(await scene.refusal() == "content-trust.signatures")
    }

    @Test(
        "attack, repodata patch after signing: the stale signature is refused until the record is signed again"
    )
    func patched() async throws {
        let scene = try await ContentTrustScene()
        try await scene.publish { $0[0].record["constrains"] = ["python <4"] }
        #expect(await scene.refusal() == "content-trust.record-signature")
        try await scene.publish { listings in
            listings[0].record["constrains"] = ["python <4"]
            listings[0].signatures = try scene.fixture.signatures(of: listings[0].record)
        }
        #expect(try await scene.admit().package != nil)
    }

    @Test(
        "attack, forms of the index: compressed and plain are read, and shards, which carry no signatures, are not"
    )
    func forms() async throws {
        let scene = try await ContentTrustScene()
        try scene.fixture.folder.remove("linux-64/repodata.json")
        #expect(try await scene.admit().package != nil)
        try scene.fixture.write(index: try scene.fixture.index())
        try scene.fixture.folder.remove("linux-64/repodata.json.zst")
        #expect(try await scene.admit().package != nil)
        var shards = try await BothScene()
        try await shards.signShardsOnly()
        #expect(await shards.refusal() == "gate.repodata-missing")
    }

    @Test("attack, jlap: never asked for, and where nothing else is there the index is missing")
    func patches() async throws {
        let scene = try await ContentTrustScene()
        // What a client of jlap would rebuild the index from; the records in it are signed like all others.
        let index = try scene.fixture.index()
        let checksum = Digest.of(index).hex
        let lines = [
            "\(String(repeating: "0", count: 64))", #"{"latest":"\#(checksum)","url":"repodata.json"}"#,
        ]
        for name in ["repodata.jlap", "current_repodata.jlap"] {
            try scene.fixture.folder.write(Array(lines.joined(separator: "\n").utf8), to: "linux-64/" + name)
        }
        try await LoopbackServer.serving(scene.fixture.directory) { server in
            #expect(try await scene.admit(from: [server.url]).package != nil)
            for name in ["repodata.json.zst", "repodata.json"] {
                try scene.fixture.folder.remove("linux-64/" + name)
            }
            #expect(await scene.refusal(from: [server.url]) == "gate.repodata-missing")
            #expect(!server.requestedPaths.contains { $0.hasSuffix(".jlap") })
        }
    }

    @Test("attack, SHA-256 absent in a signed record: refused, for MD5 admits nothing")
    func withoutDigest() async throws {
        var package = try FixturePackage.sample()
        package.recordChanges = ["sha256": .null]
        let scene = try await ContentTrustScene([package])
        #expect(await scene.refusal() == "index-digest.missing")
    }
}
