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

/// What we do where conda with its plugin was seen to do something else: docs/content-trust.md, first table.
@Suite("What conda was seen to do with content trust, and what we do")
struct CondaBehaviourTests {
    private typealias Listing = ContentTrustFixture.Listing

    @Test("conda, valid: admitted, and the verdict names the package keys")
    func valid() async throws {
        let package = try #require(try await ContentTrustScene().admit().package)
        #expect(package.verdict.voucher == .packageKeys(threshold: 1, keyCount: 1, role: nil))
    }

    @Test("conda, record changed after signing: refused, whichever field it is")
    func changedRecord() async throws {
        let scene = try await ContentTrustScene()
        let changes: [String: JSONValue] = [
            "depends": ["evil"], "build_number": 7, "license": "EVIL", "noarch": "python", "extra": 1,
        ]
        for (key, value) in changes {
            try await scene.publish { $0[0].record[key] = value }
            #expect(await scene.refusal() == "content-trust.record-signature", "\(key)")
        }
    }

    @Test("conda, no signatures at all: refused as missing evidence")
    func noSignatures() async throws {
        let scene = try await ContentTrustScene()
        let text = String(decoding: try scene.fixture.index(), as: UTF8.self)
        let cut = text.replacing(/,"signatures":.*/, with: "}")
        #expect(cut != text)
        try scene.fixture.write(index: Array(cut.utf8))
        #expect(await scene.refusal() == "content-trust.record-unsigned")
        #expect(ContentTrustCode.recordUnsigned.entry.kind == .missing)
    }

    @Test(
        "conda, no signatures for the file: refused as missing evidence, and other files are not touched by it"
    )
    func noneForFile() async throws {
        let other = try FixturePackage("other-1-0.conda")
        let scene = try await ContentTrustScene([.sample(), other])
        try await scene.publish { $0[0].signatures = nil }
        #expect(await scene.refusal() == "content-trust.record-unsigned")
        #expect(try await scene.user.admit(other, from: [scene.url]).value.package != nil)
        try await scene.publish { $0[0].signatures = [:] }
        #expect(await scene.refusal() == "content-trust.record-unsigned")
    }

    @Test("conda, key_mgr expired: refused as out of date")
    func expiredManager() async throws {
        var scene = try await ContentTrustScene()
        scene.user.now = ChannelFixture.start.advanced(byDays: 31)
        #expect(await scene.refusal() == "content-trust.expired")
        #expect(ContentTrustCode.expired.entry.kind == .stale)
    }

    @Test("conda, key_mgr signed by a wrong key: refused, and not kept")
    func wrongManager() async throws {
        let scene = try await ContentTrustScene()
        for key in [try PrivateKey.generate(.ed25519), scene.fixture.packageKeys[0]] {
            let forged = try await scene.fixture.keyManager(by: [key])
            try scene.fixture.folder.write(forged, to: "key_mgr.json")
            #expect(await scene.refusal() == "content-trust.signatures")
        }
        let kept = try scene.store.keyManager()
        #expect(kept == nil)
    }

    @Test("conda, key_mgr not there, no local copy: refused as missing evidence")
    func missingManager() async throws {
        let scene = try await ContentTrustScene()
        try scene.fixture.folder.remove("key_mgr.json")
        #expect(await scene.refusal() == "content-trust.metadata-missing")
    }

    @Test(
        "conda, key_mgr not there, a forged and unsigned local copy: refused, for local copies admit nothing"
    )
    func forgedCopy() async throws {
        let scene = try await ContentTrustScene()
        let good = try scene.fixture.folder.read("key_mgr.json")
        let forged = try await scene.fixture.keyManager(by: [])
        try scene.fixture.folder.remove("key_mgr.json")
        // Neither forged nor genuine.
        for copy in [forged, good] {
            let store = try scene.store
            try TemporaryFolder.write(copy, to: store.directory + "/key_mgr.json")
            #expect(await scene.refusal() == "content-trust.metadata-missing")
        }
        // Nor does a forged one lock out the genuine one.
        try TemporaryFolder.write(forged, to: try scene.store.directory + "/key_mgr.json")
        try scene.fixture.folder.write(good, to: "key_mgr.json")
        #expect(try await scene.admit().package != nil)
        let kept = try scene.store.keyManager()
        #expect(kept == good)
    }

    @Test("conda, key_mgr version 5, then version 1: refused as out of date, and version 5 stays")
    func managerRollback() async throws {
        var scene = try await ContentTrustScene()
        let old = try scene.fixture.folder.read("key_mgr.json")
        scene.fixture.managerVersion = 5
        try await scene.publish { _ in }
        #expect(try await scene.admit().package != nil)
        let newest = try scene.store.keyManager()
        try scene.fixture.folder.write(old, to: "key_mgr.json")
        #expect(await scene.refusal() == "content-trust.rollback")
        #expect(ContentTrustCode.rollback.entry.kind == .stale)
        let kept = try scene.store.keyManager()
        #expect(newest != nil && kept == newest)
    }

    @Test("conda, no trust root: refused, for a channel that is not pinned admits nothing")
    func noRoot() async throws {
        let scene = try await ContentTrustScene()
        #expect(try scene.user.store.remove(scene.user.channel))
        #expect(await scene.refusal() == "trust.channel-unknown")
    }

    @Test("conda, bad or non-JSON next root: refused, and the old root is not used in its place")
    func badNextRoot() async throws {
        var scene = try await ContentTrustScene()
        let stranger = try await ContentTrustFixture(packages: [])
        var other = stranger
        let foreign = try await other.nextRoot()
        let cases: [(bytes: [UInt8], code: String)] = [
            (Array("<html>".utf8), "json.syntax"), ([], "json.syntax"), (foreign, "content-trust.signatures"),
            (scene.fixture.root, "content-trust.root-version"),
        ]
        for (bytes, code) in cases {
            try scene.fixture.folder.write(bytes, to: "2.root.json")
            #expect(await scene.refusal() == code)
        }
        let kept = try scene.store.root(2)
        #expect(kept == nil)
        // One that is signed by its own keys, and not by the old ones.
        var good = scene.fixture
        let next = [try PrivateKey.generate(.ed25519)]
        scene.fixture.rootKeys = next
        try await scene.fixture.rotate()
        #expect(await scene.refusal() == "content-trust.signatures")
        let forged = try scene.store.root(2)
        #expect(forged == nil)
        // It was only their signatures that it lacked.
        try await good.rotate { $0.rootKeys = next }
        #expect(try await scene.admit().package != nil)
        let taken = try scene.store.root(2)
        #expect(taken != nil)
    }

    @Test(
        "conda, metadata host unreachable: a failure, never permission, and never a sign that there is nothing newer",
        arguments: ["2.root.json", "key_mgr.json"]
    )
    func unreachable(file: String) async throws {
        let scene = try await ContentTrustScene()
        // What is in the store from a good day makes up for nothing.
        #expect(try await scene.admit().package != nil)
        try await LoopbackServer.serving(scene.fixture.directory) { server in
            for behaviour in [ServerBehaviour.status(500), .status(503)] {
                server.follow { $0.path == "/" + file ? behaviour : .normal }
                let failure = await #expect(throws: Failure.self) {
                    try await scene.admit(from: [server.url])
                }
                #expect(failure?.kind == .network)
            }
        }
        let failure = await #expect(throws: Failure.self) {
            try await scene.admit(from: ["http://127.0.0.1:1/x"])
        }
        #expect(failure?.kind == .network)
    }

    @Test("conda, explicit URL or lock file: checked like everything else, whatever digests the lock gives")
    func lockFile() async throws {
        let scene = try await ContentTrustScene()
        let package = scene.fixture.packages[0]
        let lock = LockDemand(digests: [package.sha256])
        #expect(try await scene.user.admit(package, from: [scene.url], lock: lock).value.package != nil)
        try await scene.publish { $0[0].record["depends"] = ["evil"] }
        let code = await ContentTrustScene.refusal {
            try await scene.user.admit(package, from: [scene.url], lock: lock).value
        }
        #expect(code == "content-trust.record-signature")
    }

    @Test("conda, signed record listed under another file name: refused")
    func anotherName() async throws {
        let old = try FixturePackage("zlib-0.1-h0_0.conda")
        let scene = try await ContentTrustScene([.sample(), old])
        try await scene.publish { listings in
            let moved = listings[1]
            listings[0].record = moved.record
            listings[0].signatures = moved.signatures
        }
        #expect(await scene.refusal() == "repodata.record-version")
    }

    @Test("conda, package bytes changed: refused")
    func changedBytes() async throws {
        let scene = try await ContentTrustScene()
        var bytes = scene.fixture.packages[0].bytes
        bytes[100] ^= 1
        try scene.fixture.folder.write(bytes, to: scene.fixture.packages[0].path)
        #expect(await scene.refusal() == "digest.mismatch")
    }
}
