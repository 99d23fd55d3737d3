// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ContentTrust
import Foundation
import SigningKeys
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("The files of conda content trust in a folder")
struct TrustFolderTests {
    /// A folder of repodata, with its keys beside it.
    private struct Scene {
        static let now = ChannelScene.start
        let owner: TemporaryFolder
        var folder: TrustFolder { TrustFolder(directory: owner.path + "/repo") }
        var keys: KeyRing { KeyRing(directory: owner.path + "/keys") }

        init() throws {
            owner = try TemporaryFolder()
            try owner.write([], to: "repo/noarch/repodata.json")
        }

        /// Makes the first root; everything twice, and two of each must agree.
        @discardableResult
        func create(_ profile: TrustProfile = .conda) async throws -> FinishedTrustCeremony {
            let two = try #require(KeyRing.Quorum(count: 2, threshold: 2))
            let plan = TrustFolder.NewKeys(
                profile: profile,
                root: two,
                keyManager: two,
                package: two,
                offline: .unsafelyUnencrypted,
                online: .unsafelyUnencrypted
            )
            let finished = try await folder.makeKeys(plan, in: keys, options: Self.options, now: Self.now)
            #expect(
                try folder.publish(finished, keys: keys, now: Self.now).written == [
                    "1.root.json", "key_mgr.json",
                ]
            )
            return finished
        }

        static var options: TrustDraft.Options {
            TrustDraft.Options(
                rootExpires: now.advanced(byDays: 9),
                keyManagerExpires: now.advanced(byDays: 9)
            )
        }

        /// A change, signed with the keys of the folder.
        func finished(_ edit: (inout TrustDraft) throws -> Void, renewing: Set<TrustRole> = []) async throws
            -> FinishedTrustCeremony
        {
            let state = try folder.existing()
            var draft = try TrustDraft(chain: state.chain, keyManager: state.keyManager)
            try edit(&draft)
            var options = Self.options
            options.renewing = renewing
            var proposal = try draft.proposal(options: options, now: Self.now)
            try await TrustFolder.sign(&proposal, keys: keys, passphrase: { _ in nil }, now: Self.now)
            return try FinishedTrustCeremony(proposal, now: Self.now)
        }

        func renewPackageManager(margin: Int64 = 0, isForced: Bool = false) async throws -> Bool {
            try await folder.renewPackageManager(
                keys: keys,
                passphrase: { _ in nil },
                lifetime: 86_400,
                margin: margin,
                isForced: isForced,
                now: Self.now
            )
        }

        func remove(_ name: String) throws {
            try FileManager.default.removeItem(atPath: owner.path + "/" + name)
        }
    }

    @Test("A folder, a folder of keys, or one inside of what is served is begun once, or not at all")
    func beginning() async throws {
        let scene = try Scene()
        let inside = KeyRing(directory: scene.folder.directory + "/keys")
        #expect(refusalCode { try scene.folder.checkIsNew(keys: inside) } == "channel.keys-served")
        try await scene.create()
        #expect(await refusalCode { try await scene.create() } == "channel.already-there")
        try scene.remove("repo/1.root.json")
        try scene.remove("repo/key_mgr.json")
        #expect(await refusalCode { try await scene.create() } == "channel.already-there")
        for name in try FileManager.default.contentsOfDirectory(atPath: scene.keys.directory)
        where name != "trust-root.json" {
            try scene.remove("keys/" + name)
        }
        #expect(await refusalCode { try await scene.create() } == "channel.already-there")
        let nowhere = TrustFolder(directory: scene.owner.path + "/nowhere")
        #expect(throws: Failure.self) { try nowhere.checkIsNew(keys: scene.keys) }
    }

    @Test("What is published reads back as a chain; published again, nothing is written")
    func publishing() async throws {
        let scene = try Scene()
        try await scene.create()
        let new = try PrivateKey.generate(.ed25519)
        let finished = try await scene.finished { try $0.add(new.publicKey, to: .root) }
        #expect(
            try scene.folder.publish(finished, keys: scene.keys, now: Scene.now).written == ["2.root.json"]
        )
        #expect(try scene.folder.publish(finished, keys: scene.keys, now: Scene.now).written.isEmpty)
        #expect(try scene.folder.existing().chain.links.count == 2)
    }

    @Test("Of two proposals from one version the second is refused, and overwrites nothing")
    func superseded() async throws {
        let scene = try Scene()
        try await scene.create()
        let one = try await scene.finished { try $0.add(PrivateKey.generate(.ed25519).publicKey, to: .root) }
        let other = try await scene.finished {
            try $0.add(PrivateKey.generate(.ed25519).publicKey, to: .root)
        }
        _ = try scene.folder.publish(one, keys: scene.keys, now: Scene.now)
        let before = try scene.owner.read("repo/2.root.json")
        #expect(
            refusalCode { try scene.folder.publish(other, keys: scene.keys, now: Scene.now) }
                == "trust-ceremony.superseded"
        )
        #expect(try scene.owner.read("repo/2.root.json") == before)
        // Nor does the list of package keys of one proposal go over that of another.
        let key = try await scene.finished {
            try $0.add(PrivateKey.generate(.ed25519).publicKey, to: .packageManager)
        }
        let renewal = try await scene.finished({ _ in }, renewing: [.keyManager])
        _ = try scene.folder.publish(key, keys: scene.keys, now: Scene.now)
        #expect(
            refusalCode { try scene.folder.publish(renewal, keys: scene.keys, now: Scene.now) }
                == "trust-ceremony.superseded"
        )
    }

    @Test("The owner's own copy of the first root decides which chain the keys work for")
    func anchor() async throws {
        let scene = try Scene(), thief = try Scene()
        try await scene.create()
        // A chain of somebody's own, in the place of the real one.
        try await thief.create(.joint)
        let state = try thief.folder.existing()
        #expect(
            refusalCode { try TrustFolder.checkAnchor(state.chain, in: scene.keys) }
                == "trust-ceremony.other-root"
        )
        for name in ["1.root.json", "key_mgr.json"] {
            try scene.owner.write(thief.owner.read("repo/" + name), to: "repo/" + name)
        }
        let change = try await thief.finished({ _ in }, renewing: [.root])
        #expect(
            refusalCode { try scene.folder.publish(change, keys: scene.keys, now: Scene.now) }
                == "trust-ceremony.other-root"
        )
        #expect(
            await refusalCode { try await scene.renewPackageManager() } == "trust-ceremony.other-root"
        )
    }

    @Test("A publication that ended after the root is completed by another run")
    func interrupted() async throws {
        let scene = try Scene()
        try await scene.create()
        let new = try PrivateKey.generate(.ed25519)
        let finished = try await scene.finished { try $0.add(new.publicKey, to: .keyManager) }
        #expect(finished.files.map(\.name) == ["2.root.json", "key_mgr.json"])
        try scene.owner.write(finished.files[0].bytes, to: "repo/2.root.json")
        #expect(
            try scene.folder.publish(finished, keys: scene.keys, now: Scene.now).written == ["key_mgr.json"]
        )
        _ = try scene.folder.existing()
    }

    @Test("A gap in the roots, and a missing key manager, are told")
    func gaps() async throws {
        let scene = try Scene()
        #expect(try scene.folder.state() == nil)
        try await scene.create()
        _ = try await scene.folder.publish(
            scene.finished({ _ in }, renewing: [.root]),
            keys: scene.keys,
            now: Scene.now
        )
        let second = try scene.owner.read("repo/2.root.json")
        try scene.owner.write(second, to: "repo/3.root.json")
        #expect(refusalCode { try scene.folder.existing() } == "content-trust.root-version")
        try scene.remove("repo/2.root.json")
        #expect(refusalCode { try scene.folder.existing() } == "channel.trust-missing")
        try scene.remove("repo/3.root.json")
        // Other spellings of a version are no roots.
        try scene.owner.write(second, to: "repo/02.root.json")
        try scene.remove("repo/key_mgr.json")
        #expect(refusalCode { try scene.folder.existing() } == "channel.trust-missing")
    }

    @Test("No key is opened after enough have signed, and too few are refused")
    func keysAtHand() async throws {
        let scene = try Scene()
        try await scene.create()
        try scene.owner.write(Array("no key".utf8), to: "keys/trust-root-3.key")
        _ = try await scene.finished({ _ in }, renewing: [.root])
        try scene.remove("keys/trust-root-3.key")
        try scene.remove("keys/trust-root-2.key")
        #expect(
            await refusalCode { try await scene.finished({ _ in }, renewing: [.root]) }
                == "trust-ceremony.incomplete"
        )
    }

    @Test("pkg_mgr.json is made where mamba needs it, and made anew when it is due or its keys have changed")
    func packageManager() async throws {
        let conda = try Scene()
        try await conda.create()
        #expect(try await !conda.renewPackageManager(isForced: true))

        let scene = try Scene()
        try await scene.create(.joint)
        #expect(try await scene.renewPackageManager())
        #expect(try await !scene.renewPackageManager())
        #expect(try await scene.renewPackageManager(margin: 86_400))
        #expect(try await scene.renewPackageManager(isForced: true))
        let third = try TrustEnvelope(parsing: scene.owner.read("repo/pkg_mgr.json"), as: .packageManager)
        #expect(third.metadata.version == 3 && third.signatures.count == 4)

        // One of each form goes, others come whose private halves are elsewhere.
        let gone = ["keys/package-1.key", "keys/package-mamba-1.key"]
        let change = try await scene.finished { draft in
            for path in gone {
                let key = try KeyFile.read(scene.owner.path + "/" + path).unlock { nil }.publicKey
                try draft.replace(.key(key), by: PrivateKey.generate(.ed25519).publicKey)
            }
        }
        _ = try scene.folder.publish(change, keys: scene.keys, now: Scene.now)
        #expect(try await !scene.renewPackageManager())
        for path in gone { try scene.remove(path) }
        try scene.remove("keys/package-2.key")
        #expect(
            await refusalCode { try await scene.renewPackageManager(isForced: true) }
                == "trust-ceremony.incomplete"
        )
    }
}
