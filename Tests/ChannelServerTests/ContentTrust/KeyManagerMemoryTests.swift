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

@Suite("The newest key manager's metadata is remembered beside the keys")
struct KeyManagerMemoryTests {
    private static let copy = "keys/" + KeyManagerMemory.file
    private static let later = TrustScene.start.advanced(byDays: 1)

    /// A folder that was signed once, and in which another list of package keys is in force since.
    private static func scene() async throws -> (scene: TrustScene, older: [UInt8], newer: [UInt8]) {
        let scene = try await TrustScene.make(.joint)
        try scene.write(TrustScene.index(["zlib-1-0.conda"]))
        try await scene.sign()
        let older = try scene.folder.read("channel/key_mgr.json")
        #expect(try scene.folder.read(copy) == older)
        try await scene.writeKeyManager(version: 2, now: later)
        try await scene.sign(now: later)
        let newer = try scene.folder.read("channel/key_mgr.json")
        #expect(try scene.folder.read(copy) == newer)
        return (scene, older, newer)
    }

    @Test("A folder that was put back to an older list of keys is not signed, and nothing is written")
    func rolledBack() async throws {
        let (scene, older, newer) = try await Self.scene()
        try scene.folder.write(older, to: "channel/key_mgr.json")
        try scene.write(TrustScene.index(["zlib-1-0.conda", "new-1-0.conda"]))
        let before = try scene.read()
        do {
            try await scene.sign(now: Self.later)
            Issue.record("it was signed")
        } catch let refusal as Refusal {
            #expect(refusal.is(ContentTrustCode.rollback) && refusal.remedy.contains("newest state"))
            #expect(refusal.expected == "version 2 or later" && refusal.found == "version 1")
        }
        #expect(try scene.read() == before)
        #expect(refusalCode { try scene.status(now: Self.later) } == "content-trust.rollback")
        // Whoever has no such copy, as a client, still sees what there is.
        #expect(try ChannelTrust(directory: scene.directory, keys: nil) != nil)
        try scene.folder.write(newer, to: "channel/key_mgr.json")
        try await scene.sign(now: Self.later)
    }

    @Test("Another document of the same version and date is refused too")
    func equivocation() async throws {
        let (scene, _, _) = try await Self.scene()
        _ = try scene.addKey(.package, number: 2)
        try await scene.writeKeyManager(version: 2, now: Self.later)
        #expect(
            await refusalCode { try await scene.sign(now: Self.later) } == "content-trust.equivocation"
        )
    }

    @Test("Roots that were taken back so that an older key manager counts are noticed")
    func shorterChain() async throws {
        let owner = try TemporaryFolder()
        try owner.write(Array(TrustScene.index([]).utf8), to: "repo/linux-64/repodata.json")
        let folder = TrustFolder(directory: owner.path + "/repo")
        let keys = KeyRing(directory: owner.path + "/keys")
        let one = try #require(KeyRing.Quorum(count: 1, threshold: 1))
        let now = TrustScene.start
        let options = TrustDraft.Options(
            rootExpires: now.advanced(byDays: 9),
            keyManagerExpires: now.advanced(byDays: 9)
        )
        let plan = TrustFolder.NewKeys(
            profile: .conda,
            root: one,
            keyManager: one,
            package: one,
            offline: .unsafelyUnencrypted,
            online: .unsafelyUnencrypted
        )
        let first = try await folder.makeKeys(plan, in: keys, options: options, now: now)
        _ = try folder.publish(first, keys: keys, now: now)
        let stolen = try #require(first.chain.root.metadata.delegations[.keyManager]?.keys.first)

        // The key manager's key was stolen, and another takes its place.
        let new = try PrivateKey.generate(.ed25519)
        try KeyFile.write(new, to: keys.directory + "/key-mgr-2.key", protection: .unsafelyUnencrypted)
        var draft = try TrustDraft(chain: first.chain, keyManager: first.keyManager.bytes)
        try draft.replace(.key(stolen.publicKey), by: new.publicKey)
        var proposal = try draft.proposal(options: options, now: now)
        try await TrustFolder.sign(&proposal, keys: keys, passphrase: { _ in nil }, now: now)
        let second = try FinishedTrustCeremony(proposal, now: now)
        _ = try folder.publish(second, keys: keys, now: now)
        #expect(try owner.read(Self.copy) == second.keyManager.bytes)
        // Published once more, as after an interruption, it is all there.
        #expect(try folder.publish(second, keys: keys, now: now).written.isEmpty)

        try FileManager.default.removeItem(atPath: owner.path + "/repo/2.root.json")
        try owner.write(first.keyManager.bytes, to: "repo/key_mgr.json")
        #expect(
            refusalCode { try ChannelTrust(directory: folder.directory, keys: keys.directory) }
                == "content-trust.rollback"
        )
        // Nor is a change published that was made from what the thief put back.
        let state = try folder.existing()
        var again = try TrustDraft(chain: state.chain, keyManager: state.keyManager)
        try again.add(PrivateKey.generate(.ed25519).publicKey, to: .packageManager)
        var forged = try again.proposal(options: options, now: now.advanced(bySeconds: 60))
        try await TrustFolder.sign(&forged, keys: keys, passphrase: { _ in nil }, now: now)
        let finished = try FinishedTrustCeremony(forged, now: now)
        #expect(
            refusalCode { try folder.publish(finished, keys: keys, now: now) } == "content-trust.rollback"
        )
    }

    @Test("A change that was made from an older list is not published, though its own version is high enough")
    func olderBase() async throws {
        let (scene, older, _) = try await Self.scene()
        try scene.folder.write(older, to: "channel/key_mgr.json")
        let folder = TrustFolder(directory: scene.directory)
        let state = try folder.existing()
        var draft = try TrustDraft(chain: state.chain, keyManager: state.keyManager)
        try draft.add(PrivateKey.generate(.ed25519).publicKey, to: .packageManager)
        let now = Self.later.advanced(bySeconds: 60)
        let options = TrustDraft.Options(
            rootExpires: now.advanced(byDays: 9),
            keyManagerExpires: now.advanced(byDays: 9)
        )
        var proposal = try draft.proposal(options: options, now: now)
        try await TrustFolder.sign(&proposal, keys: scene.keys, passphrase: { _ in nil }, now: now)
        let finished = try FinishedTrustCeremony(proposal, now: now)
        #expect(finished.keyManager.metadata.version == 2)
        #expect(
            refusalCode { try folder.publish(finished, keys: scene.keys, now: now) }
                == "content-trust.rollback"
        )
        #expect(try scene.folder.read("channel/key_mgr.json") == older)
        #expect(
            await refusalCode {
                try await folder.renewPackageManager(
                    keys: scene.keys,
                    passphrase: { _ in nil },
                    lifetime: 86_400,
                    margin: 0,
                    now: now
                )
            } == "content-trust.rollback"
        )
    }

    @Test("What says that it was made in the future is not remembered, for nothing honest would follow it")
    func future() async throws {
        let scene = try await TrustScene.make()
        try scene.write(TrustScene.index([]))
        let future = TrustScene.start.advanced(byDays: 30)
        try await scene.writeKeyManager(version: 9, now: future)
        try await scene.sign()
        #expect(!Folder.exists(scene.keys.directory + "/" + KeyManagerMemory.file))
        try await scene.writeKeyManager(version: 2)
        try await scene.sign()
        #expect(Folder.exists(scene.keys.directory + "/" + KeyManagerMemory.file))
    }

    @Test(
        "Where there is no folder of keys, none is made for it; a copy that is damaged is told, not passed over"
    )
    func odd() async throws {
        let scene = try await TrustScene.make()
        let nowhere = KeyRing(directory: scene.folder.path + "/nowhere")
        try scene.trust().remember(beside: nowhere, now: TrustScene.start)
        #expect(!Folder.exists(nowhere.directory))
        try scene.folder.write(Array("{".utf8), to: Self.copy)
        let code = refusalCode { try scene.trust() }
        #expect(code?.hasPrefix("json.") == true, "\(code ?? "nothing")")
    }
}
