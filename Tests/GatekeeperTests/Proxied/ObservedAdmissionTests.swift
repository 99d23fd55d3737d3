// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TestSupport
import Testing
import Transport
import TrustCore
import TrustPolicy

@testable import Gatekeeper

@Suite("Packages of a channel that signs nothing")
struct ObservedAdmissionTests {
    static let packageURL = ObservedScene.url + "/linux-64/zlib-1-0.conda"

    @Test("A package is admitted with a verdict that says what little that is worth")
    func admitted() async throws {
        let scene = try ObservedScene()
        let package = try ObservedPackage()
        try scene.publish([package])
        let admitted = try #require(try await scene.admit(package, from: scene.open()).package)
        #expect(admitted.sha256 == package.sha256 && admitted.record.fileName == package.fileName)
        #expect(Array(try Data(contentsOf: URL(fileURLWithPath: admitted.archivePath))) == package.bytes)
        let finding = try #require(admitted.verdict.findings.first)
        #expect(
            finding.reason == "nobody signs this index; hash as observed since \(ObservedScene.start), "
                + "when the channel was first seen; no other mirror is compared"
        )
        #expect(admitted.verdict.voucher == nil && admitted.verdict.evidence?.pin == .observed)
    }

    @Test("What the index does not list, or lists as removed, is refused", arguments: [true, false])
    func unlisted(isRemoved: Bool) async throws {
        let scene = try ObservedScene()
        let package = try ObservedPackage()
        try scene.publish([])
        if isRemoved {
            let index = Array(#"{"removed":["zlib-1-0.conda"],"info":{"subdir":"linux-64"}}"#.utf8)
            scene.web.put(try Zstd.compress(index), at: ObservedViewTests.zst)
        }
        let verdict = try await scene.admit(package, from: scene.open()).verdict
        #expect(verdict.objections.map(\.code) == [isRemoved ? .removed : .unlisted])
        let upstream = try scene.open()
        let view = try await upstream.view()
        let code = await refusalCode { try await upstream.admit(package.fileName, in: .noarch, of: view) }
        #expect(code == "gate.index-missing")
    }

    @Test("A file whose hash changed is refused, whatever is served, until the first hash is back")
    func hashChanged() async throws {
        let scene = try ObservedScene()
        let (good, bad) = (try ObservedPackage(), try ObservedPackage(holding: "another"))
        try scene.publish([good])
        let upstream = try scene.open()
        #expect(try await scene.admit(good, from: upstream).package != nil)
        try scene.publish([bad])
        scene.wait()
        _ = scene.web.takeRequests()
        let verdict = try await scene.admit(bad, from: upstream).verdict
        #expect(verdict.objections.map(\.code) == [.hashChanged])
        #expect(verdict.objections[0].code?.rawValue == "ledger.hash-changed")
        // What is refused is not fetched.
        #expect(!scene.web.takeRequests().contains(Self.packageURL))
        // Nor does it get better with time, or with a start.
        scene.wait()
        #expect(
            try await scene.admit(bad, from: scene.open()).verdict.objections.map(\.code) == [.hashChanged]
        )
        try scene.publish([good, ObservedPackage("curl")])
        scene.wait()
        #expect(try await scene.admit(good, from: upstream).package != nil)
    }

    @Test("A changed hash only warns where the user wants that, and the file is as old as its new hash")
    func hashChangeWarns() async throws {
        var scene = try ObservedScene()
        scene.configuration.hashChange = .warn
        let bad = try ObservedPackage(holding: "another")
        try scene.publish([ObservedPackage()])
        let upstream = try scene.open()
        _ = try await scene.names(upstream)
        try scene.publish([bad])
        scene.wait()
        let admitted = try #require(try await scene.admit(bad, from: upstream).package)
        #expect(admitted.sha256 == bad.sha256)
        #expect(admitted.verdict.warnings.map(\.code) == [.hashChanged])
        let subdir = try #require(try await upstream.view().subdir(scene.linux))
        #expect(subdir.firstSeen(bad.fileName) == scene.clock.now)
    }

    @Test("Files of the first index have no first time; those of later ones have theirs, also after a start")
    func firstSeen() async throws {
        let scene = try ObservedScene()
        let (zlib, curl) = (try ObservedPackage(), try ObservedPackage("curl"))
        try scene.publish([zlib])
        let upstream = try scene.open()
        let first = try #require(try await upstream.view().subdir(scene.linux))
        #expect(first.firstSeen(zlib.fileName) == nil)
        try scene.publish([zlib, curl])
        scene.wait()
        let seen = scene.clock.now
        _ = try await scene.names(upstream)
        scene.clock.advance(by: 10)
        for upstream in [upstream, try scene.open()] {
            let subdir = try #require(try await upstream.view().subdir(scene.linux))
            #expect(subdir.firstSeen(zlib.fileName) == nil && subdir.firstSeen(curl.fileName) == seen)
            #expect(subdir.firstSeen(try ArchiveFileName("never-1-0.conda")) == nil)
        }
    }

    @Test(
        "Altered, truncated and missing packages are refused or fail, nothing is kept, another mirror is asked"
    )
    func badBytes() async throws {
        var scene = try ObservedScene()
        let package = try ObservedPackage()
        try scene.publish([package])
        let table: [(bytes: [UInt8]?, code: String?)] = [
            (package.bytes.map { $0 ^ 1 }, "digest.mismatch"), (package.bytes.dropLast(), "digest.mismatch"),
            (package.bytes + [0], "limit.too-large"), (nil, nil),
        ]
        for (bytes, code) in table {
            scene.web.put(bytes, at: Self.packageURL)
            let upstream = try scene.open()
            let found = await refusalCode { try await scene.admit(package, from: upstream) }
            #expect(code == nil ? found?.hasPrefix("not a refusal: network") == true : found == code)
            #expect(try upstream.cache.path(of: package.sha256) == nil)
        }
        let healed = try scene.open()
        scene.web.put(package.bytes, at: Self.packageURL)
        #expect(try await scene.admit(package, from: healed).package != nil)
        scene.web.put(nil, at: Self.packageURL)
        try healed.cache.remove(package.sha256)
        let other = "https://other.example/m"
        try scene.publish([package], at: other)
        scene.configuration.mirrors = [try ChannelURL(ObservedScene.url), try ChannelURL(other)]
        #expect(try await scene.admit(package, from: scene.open()).package != nil)
    }

    @Test("A package that breaks the rules for archives is refused though its hash is right, and not kept")
    func badArchive() async throws {
        let scene = try ObservedScene()
        var package = try ObservedPackage()
        package.bytes = Array("no archive at all".utf8)
        package.record["sha256"] = .string(package.sha256.hex)
        package.record["size"] = .number(JSONNumber(Int64(package.bytes.count)))
        try scene.publish([package])
        let upstream = try scene.open()
        let code = await refusalCode { try await scene.admit(package, from: upstream) }
        #expect(code?.hasPrefix("archive.") == true)
        #expect(try upstream.cache.path(of: package.sha256) == nil)
    }

    @Test("A record that is not as it should be spoils nothing but itself")
    func badRecord() async throws {
        let scene = try ObservedScene()
        let good = try ObservedPackage("curl")
        var bad = try ObservedPackage()
        bad.record["name"] = "other"
        try scene.publish([good, bad])
        let upstream = try scene.open()
        #expect(await refusalCode { try await scene.admit(bad, from: upstream) } == "repodata.record-name")
        #expect(try await scene.admit(good, from: upstream).package != nil)
    }

    @Test("A record without any digest is refused")
    func noDigest() async throws {
        let scene = try ObservedScene()
        var package = try ObservedPackage().byMD5
        package.record["md5"] = nil
        try scene.publish([package])
        let verdict = try await scene.admit(package, from: scene.open()).verdict
        #expect(verdict.objections.map(\.code) == [.unobserved, .digestMissing])
    }

    @Test("A view of another channel is a mistake of ours, and no answer")
    func foreignView() async throws {
        let (scene, other) = (try ObservedScene(), try ObservedScene())
        let package = try ObservedPackage()
        try scene.publish([package])
        let view = try await other.open().view()
        let found = await refusalCode {
            try await scene.open().admit(package.fileName, in: scene.linux, of: view)
        }
        #expect(found?.hasPrefix("not a refusal: configuration") == true)
    }

    @Test("Sidecars come by the digest that the index promises, from whoever has the bytes")
    func sidecar() async throws {
        var scene = try ObservedScene()
        var package = try ObservedPackage()
        let plain = try ObservedPackage("curl")
        let sidecar = Array("[]".utf8)
        package.record["attestations_sha256"] = .string(Digest.of(sidecar).hex)
        let other = "https://other.example/m"
        scene.configuration.mirrors = [try ChannelURL(ObservedScene.url), try ChannelURL(other)]
        try scene.publish([package, plain])
        let name = "/linux-64/zlib-1-0.conda.sigs.\(Digest.of(sidecar).hex)"
        scene.web.put([1, 2, 3], at: ObservedScene.url + name)
        let upstream = try scene.open()
        let view = try await upstream.view()
        #expect(
            await refusalCode { try await upstream.sidecar(of: package.fileName, in: scene.linux, of: view) }
                != nil
        )
        scene.web.put(sidecar, at: other + name)
        #expect(try await upstream.sidecar(of: package.fileName, in: scene.linux, of: view) == sidecar)
        #expect(try await upstream.sidecar(of: plain.fileName, in: scene.linux, of: view) == nil)
    }

    @Test("A user's demand for publishers is demanded here, too")
    func publishers() async throws {
        var scene = try ObservedScene()
        let channel = scene.configuration.channel
        let policy = try PolicyFile(channels: [
            PolicyFile.Channel(
                channel,
                mode: .require,
                trustsFirstUse: false,
                publishers: try PublisherPolicy(channel: channel, entries: [AttestedScene.entry()])
            )
        ])
        scene.configuration.publishers = { UserPublishers(policy: policy) }
        let package = try ObservedPackage()
        try scene.publish([package])
        let verdict = try await scene.admit(package, from: scene.open()).verdict
        #expect(verdict.objections.map(\.code) == [.attestationMissing])
    }
}
