// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ContentTrust
import DurableFiles
import Foundation
import SigningKeys
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

/// A channel that TUF signs, and content trust for both clients. `pkg_mgr.json` is good for ninety days.
@Suite("`channel sign` renews what mamba needs")
struct TrustRenewalTests {
    private static let early = ChannelScene.start.advanced(byDays: 59)
    private static let due = ChannelScene.start.advanced(byDays: 61)
    private static let late = ChannelScene.start.advanced(byDays: 91)

    private static func scene(threshold: Int = 1) async throws -> ChannelScene {
        let scene = try await ChannelScene.makeTrusted(
            .joint,
            [.sample()],
            packageKeys: threshold,
            threshold: threshold
        )
        try await scene.openToSignRecords()
        return scene
    }

    private static func remove(_ names: [String], of scene: ChannelScene) throws {
        for name in names { try FileManager.default.removeItem(atPath: scene.keys.directory + "/" + name) }
    }

    private static func file(_ scene: ChannelScene) throws -> TrustMetadata? {
        try scene.trusted.trust().packageManager?.metadata
    }

    /// What `sign` did, and in which steps; the channel is closed again.
    private static func observedSigning(_ scene: ChannelScene, now: Timestamp) async throws
        -> (ChannelChange, [Publication.Step])
    {
        var steps: [Publication.Step] = []
        var channel = try scene.openTrusted(now: now)
        channel.observer = { steps.append($0) }
        return (try await channel.sign(.whatIsDue, repairing: false, now: now), steps)
    }

    private static func steps(_ scene: ChannelScene, _ now: Timestamp) throws -> [String]? {
        try ChannelStatus(directory: scene.directory, keys: scene.keys, now: now).trustSteps
    }

    @Test(
        "It is renewed when a third of its life is left, in one publication with what TUF signs, and by --all"
    )
    func renews() async throws {
        let scene = try await Self.scene()
        #expect(try await !scene.sign(now: Self.early).signed.contains { $0.hasPrefix("pkg_mgr") })
        #expect(try Self.file(scene)?.version == 1)
        #expect(try Self.steps(scene, Self.early) == [])

        #expect(try Self.steps(scene, Self.due)?.count == 1)
        let (change, steps) = try await Self.observedSigning(scene, now: Self.due)
        #expect(change.signed.contains("pkg_mgr.json version 2") && change.left.isEmpty)
        #expect(change.signed.contains { $0.hasPrefix("timestamp") })
        #expect(steps.count { $0 == .committing } == 1)
        #expect(steps.contains(.moving("pkg_mgr.json")) && steps.contains(.moving("tuf/timestamp.json")))
        let renewed = try Self.file(scene)
        #expect(renewed?.version == 2 && renewed?.expiration == Self.due.advanced(byDays: 90))
        try scene.checkTrusted(now: Self.due)
        #expect(try Self.steps(scene, Self.due) == [])

        #expect(try await !scene.sign(now: Self.due).signed.contains { $0.hasPrefix("pkg_mgr") })
        #expect(try await scene.sign(.everything, now: Self.due).signed.contains("pkg_mgr.json version 3"))
    }

    @Test("Where TUF has nothing to renew, it is published alone; where mamba is not meant, never")
    func alone() async throws {
        let scene = try await Self.scene()
        try await scene.sign(.everything, now: Self.due)
        try FileManager.default.removeItem(atPath: scene.directory + "/pkg_mgr.json")
        #expect(try await scene.sign(now: Self.due).signed == ["pkg_mgr.json version 1"])
        try scene.checkTrusted(now: Self.due)

        let conda = try await ChannelScene.makeTrusted(.conda, [.sample()])
        try await conda.openToSignRecords()
        #expect(try await !conda.sign(.everything, now: Self.due).signed.contains { $0.hasPrefix("pkg_mgr") })
        #expect(!Folder.exists(conda.directory + "/pkg_mgr.json"))
        let none = try await ChannelScene.make()
        #expect(try Self.steps(none, Self.due) == nil)
        #expect(try await none.sign(.everything, now: Self.due).left.isEmpty)
    }

    @Test(
        "Without enough keys the rest is signed, and `sign` and both statuses say whose signature is missing"
    )
    func keysMissing() async throws {
        let scene = try await Self.scene(threshold: 2)
        try Self.remove(["package-1.key", "package-2.key", "package-mamba-2.key"], of: scene)
        let before = try scene.folder.read("channel/pkg_mgr.json")
        let change = try await scene.sign(now: Self.due)
        #expect(change.signed.contains { $0.hasPrefix("timestamp") })
        let left = try #require(change.left.first)
        #expect(change.left.count == 1 && left.name == "pkg_mgr.json" && !left.isUrgent)
        #expect(left.needed == 2 && left.present == 1)
        #expect(left.description.contains("needs 2 package keys, 1 of which is at hand"), "\(left)")
        #expect(try scene.folder.read("channel/pkg_mgr.json") == before)
        let says =
            "`pkg_mgr.json` runs out soon: run `kingsnake content-trust sign` where the package keys are: "
            + "2 must sign it, and 1 is at hand (\(scene.keys.directory))"
        #expect(try Self.steps(scene, Self.due) == [says])
        #expect(try scene.trusted.status(now: Self.due).nextSteps == [says])

        // When it has run out, mamba installs nothing: somebody must act.
        let over = try await scene.sign(now: Self.late)
        #expect(over.left.count == 1 && over.left[0].isUrgent)
        #expect(try Self.steps(scene, Self.late)?.first?.hasPrefix("`pkg_mgr.json` has run out") == true)
        // A key that nobody named does not count.
        try scene.folder.write(scene.folder.read("keys/online-1.key"), to: "keys/package-7.key")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o600],
            ofItemAtPath: scene.keys.directory + "/package-7.key"
        )
        #expect(try await scene.sign(now: Self.late).left.first?.present == 1)
        #expect(try Self.steps(scene, Self.late)?.first?.contains("and 1 is at hand") == true)
    }

    @Test("Metadata of content trust that is not good holds nothing up, and is reported as urgent")
    func badMetadata() async throws {
        let scene = try await Self.scene()
        try scene.folder.write(Array("{}".utf8), to: "channel/key_mgr.json")
        let change = try await scene.sign(.everything, now: Self.early)
        #expect(change.signed.contains { $0.hasPrefix("timestamp") })
        #expect(change.left.count == 1 && change.left[0].isUrgent)
        #expect(change.left[0].description.contains("cannot be renewed: refused"), "\(change.left)")
        #expect(try Self.steps(scene, Self.early)?.first?.contains("is not good") == true)
        try await scene.trusted.writeKeyManager(version: 2)
        // Nor is it made for a key manager whose word has run out.
        let over = ChannelScene.start.advanced(byDays: 181)
        let expired = try await scene.sign(now: over)
        #expect(expired.left.contains { $0.description.contains("[content-trust.expired]") })
        #expect(try Self.steps(scene, over)?.first?.hasPrefix("`key_mgr` has run out") == true)
    }
}
