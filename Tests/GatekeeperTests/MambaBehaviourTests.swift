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

/// What we do where mamba was seen to do something: docs/content-trust.md, second table.
@Suite("What mamba was seen to do with content trust, and what we do")
struct MambaBehaviourTests {
    @Test("mamba, root expired: refused as out of date, from the mirror and from the store")
    func expiredRoot() async throws {
        var scene = try await ContentTrustScene()
        scene.fixture.days = (root: 3, manager: 30)
        try await scene.fixture.rotate()
        #expect(try await scene.admit().package != nil)
        scene.user.now = ChannelFixture.start.advanced(byDays: 4)
        #expect(await scene.refusal() == "content-trust.expired")
        // Only the store knows it now: the pinned one, which is in force, does not take its place.
        try scene.fixture.folder.remove("2.root.json")
        #expect(await scene.refusal() == "content-trust.expired")
    }

    @Test(
        "mamba, no pkg_mgr.json: admitted, for who signs records stands in key_mgr.json, as in Anaconda's channels"
    )
    func withoutPackageManager() async throws {
        let scene = try await ContentTrustScene()
        try await LoopbackServer.serving(scene.fixture.directory) { server in
            let admission = try await scene.admit(from: [server.url])
            #expect(admission.package != nil)
            #expect(!server.requestedPaths.contains { $0.contains("pkg_mgr") })
        }
    }

    @Test(
        "mamba, next root as 2.sv0.6.root.json: never asked for, so nothing under that name is taken or refused"
    )
    func otherRootName() async throws {
        let scene = try await ContentTrustScene()
        let folder = scene.fixture.folder
        var next = scene.fixture
        try await next.rotate()
        let root = try folder.read("2.root.json")
        try folder.remove("2.root.json")
        // A good next root, which mamba asks for under this name and refuses; and what is no root at all.
        for bytes in [root, Array("<html>".utf8)] {
            try folder.write(bytes, to: "2.sv0.6.root.json")
            try await LoopbackServer.serving(scene.fixture.directory) { server in
                let admission = try await scene.admit(from: [server.url])
                #expect(admission.package != nil)
                #expect(server.requestedPaths.contains { $0.hasSuffix("/2.root.json") })
                #expect(!server.requestedPaths.contains { $0.contains(".sv") })
            }
            let kept = try scene.store.newestRoot()
            #expect(kept == nil)
        }
        // Under its own name it is the next root.
        try folder.write(root, to: "2.root.json")
        #expect(try await scene.admit().package != nil)
        let kept = try scene.store.newestRoot()
        #expect(kept == 2)
    }

    @Test("mamba, threshold of two and one signature: refused; one key's signature does not count twice")
    func threshold() async throws {
        let scene = try await ContentTrustScene(packageKeyCount: 3, threshold: 2)
        let voucher = try await scene.admit().verdict.voucher
        #expect(voucher == .packageKeys(threshold: 2, keyCount: 3, role: nil))
        let key = scene.fixture.packageKeys[0]
        try await scene.publish { listings in
            listings[0].signatures = try scene.fixture.signatures(of: listings[0].record, by: [key])
        }
        #expect(await scene.refusal() == "content-trust.record-signature")
        try await scene.publish { listings in
            var twice = try #require(
                scene.fixture.signatures(of: listings[0].record, by: [key]).object
            )
            let (name, value) = (twice.members[0].key, twice.members[0].value)
            twice[name.uppercased()] = value
            listings[0].signatures = .object(twice)
        }
        #expect(await scene.refusal() == "content-trust.record-signature")
    }

    @Test("mamba, no key_mgr.json and an expired copy in the store: refused, for copies admit nothing")
    func expiredCopy() async throws {
        var scene = try await ContentTrustScene()
        #expect(try await scene.admit().package != nil)
        try scene.fixture.folder.remove("key_mgr.json")
        #expect(await scene.refusal() == "content-trust.metadata-missing")
        scene.user.now = ChannelFixture.start.advanced(byDays: 31)
        #expect(await scene.refusal() == "content-trust.metadata-missing")
    }

    @Test("mamba, root version 3 present and version 2 missing: refused, for roots are followed one by one")
    func missingRoot() async throws {
        var scene = try await ContentTrustScene()
        try await scene.fixture.rotate()
        try await scene.fixture.rotate()
        try scene.fixture.folder.remove("2.root.json")
        #expect(await scene.refusal() == "content-trust.root-version")
        // With version 2 in the store the chain goes on.
        var other = try await ContentTrustScene()
        try await other.fixture.rotate()
        #expect(try await other.admit().package != nil)
        try await other.fixture.rotate()
        try other.fixture.folder.remove("2.root.json")
        #expect(try await other.admit().package != nil)
        let newest = try other.store.newestRoot()
        #expect(newest == 3)
    }

    @Test(
        "mamba, record with fields beside the dozen that it rebuilds: refused, for all of the record is signed"
    )
    func addedFields() async throws {
        let scene = try await ContentTrustScene()
        for key in ["noarch", "track_features", "python_site_packages_path", "url"] {
            try await scene.publish { $0[0].record[key] = key == "noarch" ? "python" : "x" }
            #expect(await scene.refusal() == "content-trust.record-signature", "\(key)")
        }
    }

    @Test("mamba, keys that sign its form of a record: they count for nothing here")
    func mambaForm() async throws {
        var scene = try await ContentTrustScene()
        scene.fixture.mambaKeys = [try PrivateKey.generate(.ed25519)]
        let mamba = scene.fixture.mambaKeys
        #expect(
            try await scene.admit().verdict.voucher == .packageKeys(threshold: 1, keyCount: 1, role: nil)
        )
        scene.fixture.managerVersion = 2
        let fixture = scene.fixture
        try await scene.publish { listings in
            listings[0].signatures = try fixture.signatures(of: listings[0].record, by: mamba)
        }
        #expect(await scene.refusal() == "content-trust.record-signature")
        scene.fixture.packageKeys = []
        scene.fixture.managerVersion = 3
        try await scene.publish { _ in }
        #expect(await scene.refusal() == "content-trust.record-form")
    }

    @Test("mamba, duplicate JSON keys: refused, in records, in signatures and in the index")
    func duplicateKeys() async throws {
        let scene = try await ContentTrustScene()
        let text = String(decoding: try scene.fixture.index(), as: UTF8.self)
        let edits: [(String, String, code: String)] = [
            (#""build_number":0"#, #""build_number":0,"build_number":0"#, "json.duplicate-key"),
            (#""signature":"#, #""signature":"00","signature":"#, "json.duplicate-key"),
            (#""removed":[]"#, #""removed":[],"removed":[]"#, "json.duplicate-key"),
            (#""signatures":{"#, #""signatures":{"zlib-1.3.1-h0_0.conda":{},"#, "repodata.duplicate-file"),
        ]
        for (part, twice, code) in edits {
            let index = Array(text.replacing(part, with: twice).utf8)
            #expect(index != Array(text.utf8))
            try scene.fixture.write(index: index)
            #expect(await scene.refusal() == code, "\(part)")
        }
    }

    @Test(
        "mamba, index kept from a first run without verification: every run reads the index anew and checks it"
    )
    func nothingKept() async throws {
        let scene = try await ContentTrustScene()
        try await scene.publish { $0[0].signatures = nil }
        #expect(await scene.refusal() == "content-trust.record-unsigned")
        try await scene.publish { _ in }
        #expect(try await scene.admit().package != nil)
        // Though the package's bytes are in the cache by now.
        try await scene.publish { $0[0].signatures = nil }
        #expect(await scene.refusal() == "content-trust.record-unsigned")
    }

    @Test("mamba, metadata fetched again for every package: once a run here, however many packages")
    func requestCount() async throws {
        let packages = try (0..<11).map { try FixturePackage("package\($0)-1-0.conda") }
        let scene = try await ContentTrustScene(packages)
        try await LoopbackServer.serving(scene.fixture.directory) { server in
            let requests = packages.map { PackageRequest(scene.user.url(of: $0)) }
            let (admissions, _) = try await scene.user.withGate([server.url]) { try await $0.admit(requests) }
            #expect(admissions.allSatisfy { $0.package != nil })
            let metadata = server.requestedPaths.filter { !$0.hasSuffix(".conda") }
            #expect(
                metadata == [
                    "/2.root.json", "/3.root.json", "/key_mgr.json", "/linux-64/repodata.json.zst",
                ]
            )
        }
    }

    @Test("mamba, verify_index looks at packages only: records of both sections are verified here")
    func bothSections() async throws {
        let old = try FixturePackage("zlib-1.2-0.tar.bz2")
        let scene = try await ContentTrustScene([old, .sample()])
        #expect(try await scene.admit().package != nil)
        #expect(
            try await scene.user.admit(scene.fixture.packages[1], from: [scene.url]).value.package != nil
        )
        try await scene.publish { $0[0].record["depends"] = ["evil"] }
        #expect(await scene.refusal() == "content-trust.record-signature")
    }
}
