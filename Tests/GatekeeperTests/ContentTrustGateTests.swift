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

@Suite("A channel that is pinned to a root of conda content trust")
struct ContentTrustGateTests {
    @Test("A valid package is admitted, and the verdict says who vouches and what is not protected")
    func valid() async throws {
        let scene = try await ContentTrustScene()
        let package = try #require(try await scene.admit().package)
        let verdict = package.verdict
        #expect(verdict.voucher == .packageKeys(threshold: 1, keyCount: 1, role: nil))
        #expect(verdict.voucher?.unprotected == OpenAttack.allCases)
        let findings = Dictionary(uniqueKeysWithValues: verdict.findings.map { ($0.rule, $0) })
        let key = try TrustKey(scene.fixture.packageKeys[0].publicKey).hex
        #expect(findings["signed-record"]?.outcome == .satisfied)
        #expect(findings["signed-record"]?.reason.contains("signed by \(key.prefix(8));") == true)
        #expect(
            findings["signed-record"]?.reason.contains("by root version 1 and key_mgr version 1") == true
        )
        #expect(findings["signed-index"]?.outcome == .notApplicable)
        #expect(findings["signed-index"]?.reason.contains(OpenAttack.sentence) == true)
        #expect(package.record.sha256 == scene.fixture.packages[0].sha256)
    }

    @Test("The evidence has the key names, the versions and the first expiry")
    func evidence() async throws {
        var scene = try await ContentTrustScene(packageKeyCount: 2, threshold: 2)
        try await scene.fixture.rotate()
        scene.fixture.managerVersion = 4
        try await scene.publish { _ in }
        let user = scene.user
        let url = user.url(of: scene.fixture.packages[0])
        let (entry, _) = try await user.withGate([scene.url]) { try await $0.entry(of: url) }
        let signature = try #require(entry.recordSignature)
        let names = try scene.fixture.packageKeys.map { try TrustKey($0.publicKey).hex }
        #expect(Set(signature.keyIDs) == Set(names) && signature.threshold == 2 && signature.keyCount == 2)
        #expect(signature.versions == ["root": 2, "key_mgr": 4])
        #expect(signature.expires == ChannelFixture.start.advanced(byDays: 30))
        #expect(entry.index == nil)
        // Taken for a channel that is pinned otherwise, it is worth nothing.
        for pin in [ChannelPin.index, .indexAndRecords] {
            var evidence = Evidence(package: "", channel: "", packageDigest: nil)
            evidence.pin = pin
            entry.add(to: &evidence)
            #expect(evidence.voucher == nil)
        }
    }

    @Test("Roots are followed one by one, and keys that a newer one took away are worth nothing")
    func rotation() async throws {
        var scene = try await ContentTrustScene()
        let oldManager = try scene.fixture.folder.read("key_mgr.json")
        #expect(try await scene.admit().package != nil)
        try await scene.fixture.rotate {
            $0.rootKeys[0] = try PrivateKey.generate(.ed25519)
            $0.managerKeys = [try PrivateKey.generate(.ed25519)]
        }
        try await scene.fixture.rotate { $0.rootKeys[1] = try PrivateKey.generate(.ed25519) }
        // The old key manager's metadata does not follow from the newest root.
        #expect(await scene.refusal() == "content-trust.signatures")
        try await scene.publish { _ in }
        #expect(try await scene.admit().package != nil)
        let versions = try scene.store.newestRoot()
        #expect(versions == 3)
        // A mirror that shows the state of before is refused, for the store knows better.
        let old = try TemporaryFolder()
        try old.write(oldManager, to: "key_mgr.json")
        try old.write(scene.fixture.folder.read("linux-64/repodata.json"), to: "linux-64/repodata.json")
        #expect(await scene.refusal(from: ["file://" + old.path]) == "content-trust.signatures")
    }

    @Test(
        "A pinned root of the highest version is the last, and one beyond cannot be pinned; nothing overflows"
    )
    func highestVersion() async throws {
        let last = TrustMetadata.maximumVersion
        let fixture = try await ContentTrustFixture(packages: [.sample()], rootVersion: last)
        let user = try GateScene(pinningContentTrust: fixture.root)
        let mirrors = ["file://" + fixture.directory]
        #expect(try await user.admit(fixture.packages[0], from: mirrors).value.package != nil)
        let text = String(decoding: fixture.root, as: UTF8.self)
        for version in [last + 1, .max - 1, .max] {
            let next = text.replacing("\"version\": \(last)", with: "\"version\": \(version)")
            try fixture.folder.write(Array(next.utf8), to: "\(last + 1).root.json")
            let code = await ContentTrustScene.refusal {
                try await user.admit(fixture.packages[0], from: mirrors).value
            }
            #expect(code == "content-trust.version-number")
            #expect(
                throws: Refusal.self,
                "\(version)"
            ) { try ContentTrustPin(file: Array(next.utf8)) }
        }
    }

    @Test("A damaged root in the store is fetched again, and a mirror that does not have it is refused")
    func damagedStore() async throws {
        var scene = try await ContentTrustScene()
        try await scene.fixture.rotate()
        #expect(try await scene.admit().package != nil)
        let store = try scene.store
        for damage in [[], Array("{}".utf8), scene.fixture.root] {
            try TemporaryFolder.write(damage, to: store.directory + "/2.root.json")
            #expect(try await scene.admit().package != nil)
            let kept = try store.root(2)
            let served = try scene.fixture.folder.read("2.root.json")
            #expect(kept == served)
        }
        try TemporaryFolder.write([], to: store.directory + "/2.root.json")
        try scene.fixture.folder.remove("2.root.json")
        #expect(await scene.refusal() == "content-trust.rollback")
    }

    @Test("Metadata of other formats that the channel shows is not looked at")
    func otherFormats() async throws {
        let scene = try await ContentTrustScene()
        let tuf = try await ChannelFixture(packages: scene.fixture.packages)
        for file in ["tuf/1.root.json", "tuf/timestamp.json"] {
            try scene.fixture.folder.write(tuf.folder.read(file), to: file)
        }
        try await LoopbackServer.serving(scene.fixture.directory) { server in
            let admission = try await scene.admit(from: [server.url])
            #expect(admission.package != nil)
            let strangers = ["/tuf/", "sv1", "sv0.6", "shards", "pkg_mgr", "current_"]
            #expect(!server.requestedPaths.contains { path in strangers.contains { path.contains($0) } })
        }
        // Nor is any of it taken for the next root.
        try scene.fixture.folder.write(tuf.root, to: "2.root.json")
        #expect(await scene.refusal() == "content-trust.spec-version")
    }

    @Test("A channel that is pinned to a TUF root only owes nothing to signatures of records that it carries")
    func tufOnly() async throws {
        var both = try await BothScene()
        both.user = try GateScene(pinning: both.tuf)
        let verdict = try await both.admit().verdict
        #expect(verdict.isAllowed && verdict.voucher == .onlineKey(role: "linux-64"))
        #expect(verdict.findings.contains { $0.rule == "signed-record" && $0.outcome == .notApplicable })
        try await both.publish { $0[0].signatures = ["00": ["signature": "00"]] }
        #expect(try await both.admit().package != nil)
    }

    @Test("A malformed signature in the index refuses it, whichever record it is given for")
    func malformed() async throws {
        let scene = try await ContentTrustScene()
        try await scene.publish {
            $0.append(
                ContentTrustFixture.Listing(
                    fileName: "other-1-0.conda",
                    record: JSONObject(),
                    signatures: ["00": ["signature": "00"]]
                )
            )
        }
        #expect(await scene.refusal() == "content-trust.signature-format")
    }

    @Test("Where both roots are pinned, both must hold")
    func both() async throws {
        var scene = try await BothScene()
        let good = try await scene.admit().verdict
        #expect(good.isAllowed && good.voucher == scene.voucher && good.voucher?.unprotected == [])
        // TUF signs the index, and nobody the record.
        try await scene.publish { $0[0].signatures = nil }
        #expect(await scene.refusal() == "content-trust.record-unsigned")
        try await scene.publish { $0[0].record["depends"] = ["evil"] }
        #expect(await scene.refusal() == "content-trust.record-signature")
        try await scene.publish()
        #expect(try await scene.admit().package != nil)
        // The record is signed, and nobody signs the index.
        let key = try scene.tuf.folder.read("key_mgr.json")
        try scene.tuf.folder.remove("key_mgr.json")
        #expect(await scene.refusal() == "content-trust.metadata-missing")
        try scene.tuf.folder.write(key, to: "key_mgr.json")
        try scene.tuf.folder.remove("tuf")
        #expect(await scene.refusal() == "tuf.metadata-missing")
    }

    @Test("The metadata may be at another address than the channel, as conda's setting allows")
    func otherAddress() async throws {
        let metadata = try TemporaryFolder()
        let scene = try await ContentTrustScene(metadataURL: "file://" + metadata.path)
        #expect(await scene.refusal() == "content-trust.metadata-missing")
        var rotated = scene
        try await rotated.fixture.rotate()
        for file in ["2.root.json", "key_mgr.json"] {
            try metadata.write(scene.fixture.folder.read(file), to: file)
            try scene.fixture.folder.remove(file)
        }
        #expect(try await scene.admit().package != nil)
        // What stands at the channel itself is not looked at then.
        try scene.fixture.folder.write([1], to: "key_mgr.json")
        #expect(try await scene.admit().package != nil)
    }

    /// What a first mirror does, and the code by which it is reported; nil where it only fails to deliver.
    private static let mirrors: [(name: String, file: String, bytes: [UInt8], code: String?)] = [
        ("bad next root", "2.root.json", Array("<html>".utf8), "json.syntax"),
        ("bad key_mgr", "key_mgr.json", Array("{}".utf8), "content-trust.envelope"),
        ("bad index", "linux-64/repodata.json.zst", Array("{}".utf8), "compression.corrupt"),
    ]

    @Test("Bad evidence from one mirror leads to the next one, and is reported")
    func nextMirror() async throws {
        let scene = try await ContentTrustScene()
        for (name, file, bytes, code) in Self.mirrors {
            try await LoopbackServer.serving(scene.fixture.directory) { server in
                server.follow { $0.path == "/" + file ? .replace(bytes) : .normal }
                let user = scene.user
                let package = scene.fixture.packages[0]
                let (admission, reports) = try await user.admit(package, from: [server.url, scene.url])
                #expect(admission.package != nil, "\(name)")
                #expect(reports.map(\.code) == [code], "\(name)")
                #expect(reports.map(\.mirror) == [server.url], "\(name)")
            }
        }
    }

    @Test("A mirror that leads outside the channel is left for the next one")
    func outsideChannel() async throws {
        let scene = try await ContentTrustScene()
        var other = scene.fixture
        other.baseURL = "https://elsewhere.example/linux-64/"
        let bad = try TemporaryFolder()
        try bad.write(scene.fixture.folder.read("key_mgr.json"), to: "key_mgr.json")
        try bad.write(other.index(), to: "linux-64/repodata.json")
        let package = scene.fixture.packages[0]
        let mirrors = ["file://" + bad.path, scene.url]
        let (admission, reports) = try await scene.user.admit(package, from: mirrors)
        #expect(admission.package != nil && reports.map(\.code) == ["gate.outside-channel"])
        // Inside the channel it is followed: the bytes are bound by the record.
        other.baseURL = "../files/"
        try scene.fixture.write(index: try other.index())
        try scene.fixture.folder.write(package.bytes, to: "files/\(package.fileName)")
        try scene.fixture.folder.remove(package.path)
        #expect(try await scene.admit().package != nil)
    }

    @Test("A subdir that the only mirror lacks does not condemn it for the others")
    func absentSubdir() async throws {
        let scene = try await ContentTrustScene()
        let absent = try FixturePackage("zlib-1.3.1-h0_0.conda", in: "win-64")
        let user = scene.user
        let present = scene.fixture.packages[0]
        let (codes, reports) = try await user.withGate([scene.url]) { gate in
            let first = await refusalCode { try await gate.entry(of: user.url(of: absent)) }
            let second = try await gate.admit(PackageRequest(user.url(of: present)))
            return (first, second.package != nil)
        }
        #expect(codes.0 == "gate.repodata-missing" && codes.1 && reports.isEmpty)
    }

    @Test("A mirror that takes too long for the metadata is left for the next one")
    func slowMirror() async throws {
        let scene = try await ContentTrustScene()
        let slow = "https://slow.example.org/main"
        let files = URLFetcher()
        let fetcher = SlowFetcher(files, slow: slow, in: scene.fixture.directory, each: .seconds(2))
        let user = scene.user
        let package = scene.fixture.packages[0]
        let (admission, reports) = try await user.withGate([slow, scene.url]) {
            $0.fetcher = fetcher
            $0.uptime = { fetcher.uptime }
            $0.metadataTime = .seconds(3)
        } _: {
            try await $0.admit(PackageRequest(user.url(of: package)))
        }
        await files.shutdown()
        #expect(admission.package != nil)
        #expect(reports.map(\.mirror) == [slow] && reports.first?.kind == .unavailable)
        #expect(fetcher.timeouts == [.seconds(3), .seconds(1)])
    }

    @Test("Credentials of the metadata's address are sent, and stand in no error and no report")
    func credentials() async throws {
        let fixture = try await ContentTrustFixture(packages: [.sample()])
        try await LoopbackServer.serving(fixture.directory) { server in
            let url = "http://user:secret@127.0.0.1:\(server.port)"
            let scene = try await ContentTrustScene(metadataURL: url)
            for behaviour in [ServerBehaviour.replace([1]), .status(404), .status(503)] {
                server.follow { $0.path == "/key_mgr.json" ? behaviour : .normal }
                let recorder = ReportRecorder()
                let user = scene.user
                let package = scene.fixture.packages[0]
                let error = await #expect(throws: (any Error).self) {
                    try await user.withGate([scene.url]) {
                        $0.observer = recorder
                    } _: {
                        try await $0.admit(PackageRequest(user.url(of: package)))
                    }
                }
                let reports = recorder.reports
                #expect(!reports.isEmpty)
                for text in ["\(String(describing: error))", String(reflecting: error), "\(reports)"] {
                    #expect(!text.contains("secret"), "\(text)")
                }
            }
            #expect(server.requests.allSatisfy { $0.header("Authorization") == "Basic dXNlcjpzZWNyZXQ=" })
        }
    }

    @Test("A chain may be so long and no longer")
    func longChain() async throws {
        var scene = try await ContentTrustScene()
        for _ in 0..<3 { try await scene.fixture.rotate() }
        let anchor = ContentTrustAnchor(
            root: scene.fixture.root,
            metadataURL: nil,
            added: ChannelFixture.start
        )
        for (limit, code) in [(3, nil), (2, "limit.too-large")] {
            let store = try ContentTrustStore(scene.user.home.path + "/\(limit)")
            let found = await refusalCode {
                try await RecordTrust(
                    anchor,
                    store: store,
                    from: FileFetcher(),
                    at: scene.url,
                    maximumRotations: limit,
                    now: ChannelFixture.start
                )
            }
            #expect(found == code)
        }
    }

    @Test("Many at once share one store, and see each other's newest")
    func manyAtOnce() async throws {
        var scene = try await ContentTrustScene()
        for _ in 0..<3 { try await scene.fixture.rotate() }
        let ready = scene
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 { group.addTask { try await ready.admit().package != nil } }
            for try await isAdmitted in group { #expect(isAdmitted) }
        }
        let newest = try scene.store.newestRoot()
        #expect(newest == 4)
    }

    @Test("A folder of the store that was interrupted anywhere is as good as before")
    func interrupted() async throws {
        var scene = try await ContentTrustScene()
        try await scene.fixture.rotate()
        #expect(try await scene.admit().package != nil)
        let store = try scene.store
        // Killed after the roots, and while key_mgr.json was written.
        try TemporaryFolder.write([1], to: store.directory + "/.key_mgr.json.tmp-1")
        try TemporaryFolder.write([], to: store.directory + "/key_mgr.json")
        #expect(try await scene.admit().package != nil)
        let kept = try store.keyManager()
        let served = try scene.fixture.folder.read("key_mgr.json")
        #expect(kept == served)
    }
}
