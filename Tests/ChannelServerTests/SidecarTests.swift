// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("Attestations beside the packages, and since when a package is listed")
struct SidecarTests {
    private static func day(_ number: Int) -> Timestamp { PublisherScene.start.advanced(byDays: number) }

    @Test("The index says since when it lists a package, in milliseconds, and never changes that")
    func listingDate() async throws {
        let world = try await PublisherScene.make()
        var zlib = try FixturePackage.sample()
        // What a package says of itself does not count.
        zlib.recordChanges = ["indexed_timestamp": 1, "timestamp": 2]
        try await world.add(zlib)
        let date = try world.record(of: zlib).raw["indexed_timestamp"]?.integer
        #expect(date == PublisherScene.start.seconds * 1000)
        try await world.add(.other(), now: Self.day(1))
        try await world.add(zlib, try world.sidecar(of: zlib), now: Self.day(2))
        try await world.sign(.everything, repairing: true, now: Self.day(3))
        #expect(try world.record(of: zlib).raw["indexed_timestamp"]?.integer == date)
        #expect(try world.record(of: .other()).listedSince == Self.day(1))
        // One that was taken out, and is put in again, is listed from then on.
        try await world.scene.remove([zlib], now: Self.day(4))
        try await world.add(zlib, now: Self.day(5))
        #expect(try world.record(of: zlib).listedSince == Self.day(5))
    }

    @Test("A package that says that it was built in the future is flagged")
    func futureBuild() async throws {
        let world = try await PublisherScene.make()
        var zlib = try FixturePackage.sample()
        zlib.recordChanges = ["timestamp": .number(JSONNumber((PublisherScene.start.seconds + 1) * 1000))]
        #expect(try await world.add(zlib).warnings.count == 1)
        #expect(try await world.add(zlib).warnings.isEmpty)
    }

    @Test("Attestations that come with a package are published under both names, and are in the index")
    func comesAlong() async throws {
        let world = try await PublisherScene.make()
        let zlib = try FixturePackage.sample()
        let sidecar = try world.sidecar(of: zlib), digest = Digest.of(sidecar)
        let change = try await world.add(zlib, sidecar)
        #expect(change.attested.map(\.description) == [zlib.path])
        #expect(try world.record(of: zlib).attestationsSHA256 == digest)
        for name in [zlib.path + ".sigs", zlib.path + ".sigs." + digest.hex] {
            #expect(try world.scene.files()[name] == digest)
        }
        // Others take their place; the old ones stay under the name that never changes.
        let second = try world.sidecar(of: zlib, by: "example/second")
        #expect(try await world.add(zlib, second).attested.count == 1)
        #expect(try world.record(of: zlib).attestationsSHA256 == Digest.of(second))
        #expect(try world.exists(zlib.path + ".sigs." + digest.hex))
        #expect(try await world.add(zlib, second).signed.isEmpty)
        #expect(try await world.add(zlib).signed.isEmpty)
        #expect(try world.record(of: zlib).attestationsSHA256 == Digest.of(second))
        // They go when the package's file goes.
        try await world.scene.remove([zlib], deletingFiles: true)
        #expect(try !world.scene.files().keys.contains { $0.contains(".sigs") })
    }

    @Test("What lies beside an incoming package is read, and must be attestations of that very package")
    func inspects() throws {
        let folder = try TemporaryFolder()
        let package = PackageBuilder.hello()
        let path = try folder.write(package.build(.conda), to: package.fileName(.conda))
        #expect(try IncomingPackage(inspecting: path).attestationCount == 0)
        let inspected = try IncomingPackage(inspecting: path)
        let world = try PublisherScene(ChannelScene(in: folder))
        var same = try FixturePackage(package.fileName(.conda))
        same.bytes = try package.build(.conda)
        let other = try FixturePackage("hello-2.0-0.conda")
        #expect(inspected.sha256 == same.sha256)
        let table: [(sidecar: [UInt8], code: String?)] = [
            (try world.sidecar(of: same), nil), (Array("[]".utf8), "attestation.sidecar-shape"),
            (Array("{}".utf8), "attestation.sidecar-shape"), ([], "json.syntax"),
            (Array("[{}]".utf8), "bundle.missing-field"),
            (try world.sidecar(of: same, named: other.fileName.text), "attestation.file-name"),
            (try world.sidecar(of: other, named: same.fileName.text), "attestation.digest"),
        ]
        for (bytes, code) in table {
            try folder.write(bytes, to: package.fileName(.conda) + ".sigs")
            let found = refusalCode { try IncomingPackage(inspecting: path) }
            #expect(found == code)
            if code == nil { #expect(try IncomingPackage(inspecting: path).attestationCount == 1) }
        }
    }

    @Test(
        "Signing takes up what somebody put beside a package, once, and nothing is signed where nothing is new"
    )
    func takesUp() async throws {
        let world = try await PublisherScene.make()
        let zlib = try FixturePackage.sample()
        try await world.add(zlib)
        try await world.add(.other())
        let sidecar = try world.sidecar(of: zlib), digest = Digest.of(sidecar)
        try world.put(sidecar, beside: zlib)
        let change = try await world.sign()
        #expect(change.attested.map(\.description) == [zlib.path])
        #expect(change.signed == ["linux-64 version 4", "snapshot version 4", "timestamp version 4"])
        #expect(try world.record(of: zlib).attestationsSHA256 == digest)
        #expect(try world.exists(zlib.path + ".sigs." + digest.hex))
        #expect(try world.scene.check().attestedCount == 1)
        let files = try world.scene.files()
        #expect(try await world.sign().signed.isEmpty)
        #expect(try world.scene.files() == files)
        // What is gone is no reason to forget it: it is there under the name that the index leads to.
        try FileManager.default.removeItem(atPath: world.scene.directory + "/\(zlib.path).sigs")
        #expect(try await world.sign().signed.isEmpty)
        #expect(try await world.sign(repairing: true).repaired == [zlib.path + ".sigs"])
        #expect(try world.scene.files() == files)
        // Under that name too, it is put right; when both are lost, that is said.
        try world.scene.folder.write([], to: "channel/\(zlib.path).sigs.\(digest.hex)")
        #expect(refusalCode { try world.scene.check() } == "channel.attestations-altered")
        #expect(try await world.sign(repairing: true).repaired == [zlib.path + ".sigs." + digest.hex])
        try world.scene.check()
        for name in [".sigs", ".sigs." + digest.hex] {
            try FileManager.default.removeItem(atPath: world.scene.directory + "/" + zlib.path + name)
        }
        #expect(try await world.sign(repairing: true).warnings.count == 1)
    }

    @Test("What is no sidecar of the package is told and left out, and keeps no signature from being renewed")
    func leavesOut() async throws {
        let world = try await PublisherScene.make()
        let zlib = try FixturePackage.sample(), other = try FixturePackage.other()
        try await world.add(zlib)
        let later = PublisherScene.start.advanced(bySeconds: 50_000)
        for bytes in [Array("[]".utf8), try world.sidecar(of: other, named: zlib.fileName.text)] {
            try world.put(bytes, beside: zlib)
            let copy = try PublisherScene(world.scene.copy())
            let change = try await copy.sign(now: later)
            #expect(change.warnings.count == 1 && change.attested.isEmpty)
            #expect(change.signed == ["timestamp version 3"])
            #expect(try copy.record(of: zlib).attestationsSHA256 == nil)
        }
        // Of a package that is not listed nothing is said.
        let stranger = try PublisherScene(await .make())
        try stranger.put(Array("[]".utf8), beside: zlib)
        #expect(try await stranger.sign().warnings.isEmpty)
    }

    @Test(
        "A sidecar that clients would refuse the package by does not take the place of one that they accept"
    )
    func isNotExchanged() async throws {
        let world = try await PublisherScene.make()
        try await world.set(try PublisherScene.policy())
        let zlib = try FixturePackage.sample()
        let good = try world.sidecar(of: zlib)
        try await world.add(zlib, good)
        try world.put(try world.sidecar(of: zlib, by: "evil/widget"), beside: zlib)
        for renewal in [SignedChannel.Renewal.whatIsDue, .everything] {
            let change = try await world.sign(renewal)
            #expect(change.warnings.count == 1 && change.warnings[0].contains("[publisher.other-identity]"))
            #expect(change.attested.isEmpty)
            #expect(try world.record(of: zlib).attestationsSHA256 == Digest.of(good))
        }
        try world.scene.check()
        // Where they refuse it anyway, nothing is lost by it.
        try await world.set(try PublisherScene.policy(of: ["third/widget"]))
        #expect(try await world.sign().attested.count == 1)
    }

    @Test("Without the online key attestations wait, and are taken up when it is there")
    func waitsForTheKey() async throws {
        let world = try await PublisherScene.make()
        let zlib = try FixturePackage.sample()
        try await world.add(zlib)
        try world.put(try world.sidecar(of: zlib), beside: zlib)
        let key = world.scene.keys.directory + "/online-1.key"
        try FileManager.default.moveItem(atPath: key, toPath: key + ".away")
        let before = try world.scene.files()
        let change = try await world.sign()
        #expect(change.warnings.count == 1 && change.warnings[0].contains("wait") && change.attested.isEmpty)
        #expect(try world.scene.files() == before)
        try FileManager.default.moveItem(atPath: key + ".away", toPath: key)
        #expect(try await world.sign().attested.count == 1)
    }
}
