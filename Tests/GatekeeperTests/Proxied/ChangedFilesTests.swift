// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TestSupport
import Testing
import TrustCore
import TrustPolicy

@testable import Gatekeeper

@Suite("Files of an observed channel whose hash changed")
struct ChangedFilesTests {
    private static func changed(_ scene: ObservedScene, _ upstream: ObservedUpstream) async throws
        -> ChangedFiles
    {
        try #require(try await upstream.view().subdir(scene.linux)).changed
    }

    @Test(
        "The index says which they are, in the words in which they are refused, for as long as they are others"
    )
    func changed() async throws {
        let scene = try ObservedScene()
        let upstream = try scene.open()
        let other = try ObservedPackage("other")
        let genuine = try ObservedPackage(), forged = try ObservedPackage(holding: "forged")
        try scene.publish([genuine, other])
        #expect(try await Self.changed(scene, upstream).fingerprint == ChangedFiles.none.fingerprint)
        scene.wait()
        try scene.publish([forged, other])
        for upstream in [upstream, try scene.open()] {
            let changed = try await Self.changed(scene, upstream)
            #expect(changed.fingerprint != ChangedFiles.none.fingerprint)
            #expect(changed.finding(on: other.fileName) == nil)
            let finding = try #require(changed.finding(on: forged.fileName))
            #expect(finding.code == .hashChanged && finding.reason.contains(genuine.sha256.hex))
            let verdict = try await scene.admit(forged, from: upstream).verdict
            #expect(verdict.objections.contains { $0.code == .hashChanged && $0.reason == finding.reason })
        }
        scene.wait()
        try scene.publish([genuine, other, ObservedPackage("third")])
        #expect(try await Self.changed(scene, upstream).finding(on: genuine.fileName) == nil)
    }

    @Test("Where a change is only worth a warning nothing is hidden")
    func warning() async throws {
        var scene = try ObservedScene()
        scene.configuration.hashChange = .warn
        let upstream = try scene.open()
        try scene.publish([ObservedPackage()])
        _ = try await scene.names(upstream)
        scene.wait()
        try scene.publish([ObservedPackage(holding: "new")])
        #expect(try await Self.changed(scene, upstream).finding(on: ObservedPackage().fileName) == nil)
    }

    @Test("What was seen twice is found in the log and in the snapshot")
    func seenTwice() throws {
        let scope = Digest.of([]), name = Array("a-1-0.conda".utf8), time = Timestamp(seconds: 1)
        func entry(_ text: String, _ name: [UInt8]) -> LedgerEntry {
            .file(name, LedgerSighting(.sha256, Digest.of(Array(text.utf8)), at: time))
        }
        var table = LedgerTable(LedgerSnapshot(emptyFor: scope))
        table.apply([entry("1", name), entry("1", Array("b-1-0.conda".utf8))])
        #expect(table.namesSeenTwice.isEmpty)
        var compacted = table
        try compacted.compact(scope: scope)
        #expect(compacted.namesSeenTwice.isEmpty)
        for var table in [table, compacted] {
            table.apply([entry("2", name)])
            #expect(table.namesSeenTwice == [name])
            try table.compact(scope: scope)
            #expect(table.namesSeenTwice == [name])
        }
    }

    @Test("What is remembered of channels is listed with what hides it, without asking anybody")
    func listing() async throws {
        var scene = try ObservedScene()
        let upstream = try scene.open()
        try scene.publish([ObservedPackage(), ObservedPackage("other")])
        _ = try await scene.names(upstream)
        scene.wait()
        let forged = try ObservedPackage(holding: "forged")
        try scene.publish([forged, ObservedPackage("other")])
        _ = try await scene.names(upstream)
        scene.configuration.channel = try ChannelURL("https://conda.example.org/secret")
        scene.configuration.isPrivate = true
        try scene.publish([ObservedPackage()], at: "https://conda.example.org/secret")
        _ = try await scene.names(scene.open())
        _ = scene.web.takeRequests()

        let home = scene.home.path
        let listing = ObservedListing(ledgerDirectory: home + "/observed", cacheDirectory: home + "/cache")
        let url = try ChannelURL(ObservedScene.url)
        #expect(try listing.channels() == [url])
        func files(_ name: String, _ subdir: Subdir, _ policy: String = "") async throws -> [ListedRecord]? {
            let rules = policy.isEmpty ? .empty : try IndexPolicy(parsing: Array(policy.utf8), of: "policy")
            return try await listing.index(
                of: PackageName(name),
                in: subdir,
                of: url,
                rules: rules,
                now: scene.clock.now
            )?.records
        }
        let zlib = try #require(try await files("zlib", scene.linux))
        #expect(zlib.map(\.url.fileName) == [forged.fileName])
        #expect(zlib[0].findings.map(\.code) == [.hashChanged] && !zlib[0].isRemoved)
        #expect(zlib[0].file.firstSeen == scene.clock.now && zlib[0].file.indexed == nil)
        #expect(try await files("other", scene.linux)?.first?.findings.isEmpty == true)
        let policy = "version: 1\nrevoked: [{match: other, reason: a stolen key}]\n"
        let hidden = try await files("other", scene.linux, policy)
        #expect(hidden?.first?.findings.map(\.code) == [.revoked])
        #expect(try await files("unknown", scene.linux)?.isEmpty == true)
        #expect(try await files("zlib", .noarch) == nil)
        #expect(scene.web.takeRequests().isEmpty)
    }
}
