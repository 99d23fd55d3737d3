// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import ContentTrust
import DurableFiles
import Foundation
import SigningKeys
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

extension ChannelScene {
    /// The same folder as one with content trust.
    var trusted: TrustScene { TrustScene(folder: folder) }

    /// A channel that TUF signs, with metadata of content trust, and the packages in it.
    static func makeTrusted(
        _ profile: TrustProfile = .conda,
        _ packages: [FixturePackage] = [],
        packageKeys: Int = 1,
        threshold: Int = 1
    ) async throws -> ChannelScene {
        let scene = try await make()
        if !packages.isEmpty { try await scene.add(packages) }
        try await scene.trusted.establish(profile, packageKeys: packageKeys, threshold: threshold)
        return scene
    }

    func openTrusted(now: Timestamp = start) throws -> SignedChannel {
        var channel = try open(now: now)
        channel.mambaForm = TrustScene.mambaForm
        return channel
    }

    /// Opens the channel and signs all records.
    @discardableResult
    func openToSignRecords(everything: Bool = false, now: Timestamp = start) async throws
        -> RecordSigningReport
    {
        var channel = try openTrusted(now: now)
        return try await channel.signRecords(everything: everything, now: now).report
    }

    /// Checks everything, with the form for mamba that tests use.
    @discardableResult
    func checkTrusted(now: Timestamp = start) throws -> ChannelReport {
        var check = ChannelCheck(directory: directory, root: try folder.read("keys/root.json"), now: now)
        check.mambaForm = TrustScene.mambaForm
        return try check.run(.digests)
    }
}

@Suite("Record signatures in a channel that TUF signs")
struct SignedChannelTrustTests {
    private static let later = ChannelScene.start.advanced(bySeconds: 60)

    @Test("The first signing publishes signatures in all forms that carry them, and TUF signs those bytes")
    func firstSigning() async throws {
        let scene = try await ChannelScene.makeTrusted(.conda, [.sample(), .other()])
        #expect(refusalCode { try scene.check() } == "channel.signature-stale")
        let report = try await scene.openToSignRecords()
        #expect(
            report.subdirs.map(\.signatureCount) == [2, 0] && report.subdirs.map(\.isChanged) == [true, true]
        )
        #expect(try scene.check().trustedCount == 2)
        #expect(try scene.trusted.verifyAll() == 2)
        #expect(try scene.trusted.verifyAll("linux-64/current_repodata.json") == 2)
        let again = try await scene.openToSignRecords()
        #expect(
            again.subdirs.map(\.signatureCount) == [0, 0] && again.subdirs.map(\.isChanged) == [false, false]
        )
        #expect(try scene.trusted.status().isGood && scene.trusted.status().isSignedByTUF)
    }

    @Test("A copy of the channel that lacks the metadata of its signatures is refused")
    func orphanedSignatures() async throws {
        let scene = try await ChannelScene.makeTrusted(.conda, [.sample()])
        try await scene.openToSignRecords()
        for file in ["1.root.json", "key_mgr.json"] { try DurableFile.remove(scene.directory + "/" + file) }
        #expect(refusalCode { try scene.check() } == "channel.trust-missing")
    }

    @Test("Every later publication signs what is new and keeps the rest, also without a ledger")
    func publications() async throws {
        let scene = try await ChannelScene.makeTrusted(.conda, [.sample()])
        try await scene.openToSignRecords()
        let old = try scene.trusted.signatures(of: "zlib-1.3.1-h0_0.conda")
        try Folder.removeTree(scene.keys.directory + "/record-signatures")
        try await scene.add([.other()])
        #expect(try scene.check().trustedCount == 2)
        #expect(try scene.trusted.signatures(of: "zlib-1.3.1-h0_0.conda") == old)
        // Taking out needs no key.
        let key = scene.keys.directory + "/package-1.key"
        try FileManager.default.moveItem(atPath: key, toPath: key + ".away")
        try await scene.remove([.other()])
        #expect(try scene.check().trustedCount == 1)
        #expect(try scene.trusted.signatures(of: "xz-5.6-h0_0.tar.bz2").isEmpty)
        let before = try scene.files()
        #expect(
            await refusalCode { try await scene.add([FixturePackage("new-1-0.conda")]) }
                == "channel.key-not-authorised"
        )
        #expect(try scene.files() == before)
        try FileManager.default.moveItem(atPath: key + ".away", toPath: key)
        try await scene.add([FixturePackage("new-1-0.conda")])
        #expect(try scene.check().trustedCount == 2)
    }

    @Test("A package can be taken out also after the key manager's metadata ran out; none can be put in")
    func expired() async throws {
        let scene = try await ChannelScene.makeTrusted(.conda, [.sample(), .other()])
        try await scene.openToSignRecords()
        let late = ChannelScene.start.advanced(byDays: 181)
        try await scene.sign(.everything, now: late)
        #expect(refusalCode { try scene.check(now: late) } == "content-trust.expired")
        try await scene.remove([.other()], now: late)
        #expect(
            await refusalCode { try await scene.add([FixturePackage("new-1-0.conda")], now: late) }
                == "content-trust.expired"
        )
    }

    @Test(
        "The joint profile, two keys a form and a threshold of two: all is signed, and a lost key is missed"
    )
    func jointProfile() async throws {
        let scene = try await ChannelScene.makeTrusted(.joint, [.sample()], packageKeys: 2, threshold: 2)
        let report = try await scene.openToSignRecords()
        #expect(report.subdirs[0].signatureCount == 4 && report.hasRenewedPackageManager)
        try scene.checkTrusted()
        #expect(try scene.trusted.status().isGood)
        var channel = try scene.openTrusted()
        _ = try await channel.add([scene.incoming(.other())], now: ChannelScene.start)
        #expect(try scene.checkTrusted().trustedCount == 2)
        try FileManager.default.removeItem(atPath: scene.directory + "/pkg_mgr.json")
        #expect(refusalCode { try scene.checkTrusted() } == "channel.trust-missing")
    }

    @Test("Repairing writes the same bytes again, signatures and all")
    func repairs() async throws {
        let scene = try await ChannelScene.makeTrusted(.conda, [.sample(), .other()])
        try await scene.openToSignRecords()
        let good = try scene.files()
        for name in ["repodata.json", "repodata.json.zst", "current_repodata.json"] {
            try scene.folder.write([1], to: "channel/linux-64/" + name)
        }
        // Without any key that signs records.
        try FileManager.default.removeItem(atPath: scene.keys.directory + "/package-1.key")
        let change = try await scene.sign(repairing: true)
        #expect(change.repaired.count == 3 && change.signed.isEmpty)
        #expect(try scene.files() == good)
        try scene.check()
    }

    /// Puts a package in, and dies before a step; says whether it came to its end instead.
    private func dies(_ scene: ChannelScene, before step: Int) async throws -> Bool {
        var channel = try scene.openTrusted(now: Self.later)
        var count = -1
        channel.observer = { _ in
            count += 1
            if count == step { throw InterruptionTests.Death() }
        }
        do {
            _ = try await channel.add([scene.incoming(.other())], now: Self.later)
            return false
        } catch is InterruptionTests.Death {
            return true
        }
    }

    @Test("Before every step of a publication: the channel is as before or as after, and verifies")
    func everyStep() async throws {
        let original = try await ChannelScene.makeTrusted(.joint, [.sample()])
        try await original.openToSignRecords()
        for isFirst in [true, false] {
            var steps = 0
            var outcomes: Set<Int> = []
            while steps < 500 {
                let scene = try original.copy()
                if isFirst { try await scene.trusted.writeKeyManager(version: 2) }
                guard try await dies(scene, before: steps) else { break }
                outcomes.insert(try scene.checkTrusted(now: Self.later).trustedCount)
                steps += 1
            }
            #expect(steps > 8 && outcomes == [1, 2])
        }
    }

    @Test("Old trust metadata at the top disturbs neither pruning nor verifying; without it signatures go")
    func withoutMetadata() async throws {
        let scene = try await ChannelScene.makeTrusted(.conda, [.sample()])
        try await scene.openToSignRecords()
        let later = ChannelScene.start.advanced(byDays: 20)
        try await scene.sign(.everything, now: later)
        try await scene.add([.other()], now: later)
        try scene.check(now: later)
        for path in ["channel/1.root.json", "channel/key_mgr.json", "keys/" + ChannelTrust.anchorFile] {
            try FileManager.default.removeItem(atPath: scene.folder.path + "/" + path)
        }
        #expect(
            await refusalCode { try await scene.openToSignRecords(now: later) } == "channel.trust-missing"
        )
        #expect(refusalCode { try scene.check(now: later) } == "channel.trust-missing")
        try await scene.sign(.everything, now: later)
        try scene.check(now: later)
        #expect(try RepodataIndex(scene.folder.read("channel/linux-64/repodata.json")).signatures == nil)
    }
}
