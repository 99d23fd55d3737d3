// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import DurableFiles
import Foundation
import SigningKeys
import TUF
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("Publishing what a ceremony signed")
struct CeremonyPublicationTests {
    @Test("Root, targets and all that they make worthless are published together, by the new online key")
    func publishesTogether() async throws {
        let scene = try await ChannelScene.make()
        try await scene.add([.sample()])
        let finished = try await scene.ceremony { try $0.replace(.key($1), by: $2, named: "online-2") }
        try FileManager.default.removeItem(atPath: scene.keys.directory + "/online-1.key")
        let change = try await scene.publish(finished)
        #expect(
            change.signed == [
                "root version 2", "targets version 2", "linux-64 version 3", "noarch version 2",
                "snapshot version 3", "timestamp version 3",
            ]
        )
        #expect(try scene.check().rootVersion == 2)
        // Work goes on with the new key alone, and with the anchor of before.
        try await scene.add([.other()])
        try scene.check()
    }

    @Test("Metadata that a ceremony supersedes stays for seven days, however old it is")
    func keepsSuperseded() async throws {
        let scene = try await ChannelScene.make()
        let day = { ChannelScene.start.advanced(byDays: $0) }
        for name in ["1.targets.json", "1.snapshot.json", "1.linux-64.json"] {
            try DurableFile.setModified(scene.directory + "/tuf/" + name, to: day(-60))
        }
        let finished = try await scene.ceremony { try $0.replace(.key($1), by: $2, named: "online-2") }
        #expect(try await scene.publish(finished).pruned.isEmpty)
        let old = "tuf/1.targets.json"
        #expect(try await !scene.sign(.everything, now: day(6)).pruned.contains(old))
        #expect(try await scene.sign(.everything, now: day(8)).pruned.contains(old))
    }

    @Test("Without the online key that counts from now on nothing is published")
    func needsTheNewKey() async throws {
        let scene = try await ChannelScene.make()
        let finished = try await scene.ceremony { try $0.replace(.key($1), by: $2, named: nil) }
        try FileManager.default.removeItem(atPath: scene.keys.directory + "/online-2.key")
        let before = try scene.files()
        let code = await refusalCode { try await scene.publish(finished) }
        #expect(code == "channel.key-not-authorised")
        #expect(try scene.files() == before)
        try await scene.add([.sample()])
        try scene.check()
    }

    @Test(
        "A subdir that a ceremony delegates gets an empty index, unless there is an index that nobody signed"
    )
    func addsSubdirs() async throws {
        let scene = try await ChannelScene.make()
        let subdir = try Subdir("win-64")
        let finished = try await scene.ceremony { draft, _, _ in
            try draft.delegate(ChannelProposal.scope(of: subdir), to: ChannelProposal.role(of: subdir))
        }
        let other = try scene.copy()
        try other.folder.write([], to: "channel/win-64/repodata.json")
        let code = await refusalCode { try await other.publish(finished) }
        #expect(code == "channel.already-there")
        let change = try await scene.publish(finished)
        #expect(change.subdirs == ["win-64"] && change.signed.first == "targets version 2")
        try await scene.add([FixturePackage("a-1-0.conda", in: "win-64")])
        try scene.check()
    }

    @Test("A channel begins with a ceremony, and then needs the online key only")
    func begins() async throws {
        let scene = ChannelScene(in: try TemporaryFolder())
        let offline = try PrivateKey.generate(.ed25519)
        let online = try scene.keys.create(
            .online,
            count: 1,
            scheme: .ed25519,
            protection: .unsafelyUnencrypted
        )
        let finished = try await Self.first(offline, online[0])
        let other = try scene.copy()
        try other.folder.write([1], to: "keys/root.json")
        #expect(await refusalCode { try await Self.create(other, finished) } == "channel.already-there")
        let change = try await Self.create(scene, finished)
        #expect(change.subdirs == ["linux-64", "noarch"])
        try await scene.add([.sample()])
        try await scene.sign(.everything)
        #expect(try scene.check().packageCount == 1)
        // Once more is no change; another ceremony makes no channel of one that is there.
        #expect(try await Self.create(scene, finished).signed.isEmpty)
        #expect(try await scene.publish(finished).signed.isEmpty)
        let another = try await Self.first(PrivateKey.generate(.ed25519), online[0])
        #expect(await refusalCode { try await Self.create(scene, another) } == "channel.already-there")
        let code = await refusalCode { try await scene.publish(another) }
        #expect(code == "ceremony.superseded")
    }

    @Test("Publishing once more changes nothing, and after the next ceremony it is refused")
    func again() async throws {
        let scene = try await ChannelScene.make()
        let subdir = try Subdir("win-64")
        let finished = try await scene.ceremony { draft, _, _ in
            try draft.delegate(ChannelProposal.scope(of: subdir), to: ChannelProposal.role(of: subdir))
        }
        try await scene.publish(finished)
        try await scene.add([.sample()])
        let files = try scene.files()
        #expect(try await scene.publish(finished).signed.isEmpty)
        #expect(try scene.files() == files)
        try FileManager.default.removeItem(atPath: scene.keys.directory + "/online-2.key")
        try await scene.publish(try await scene.ceremony { try $0.replace(.key($1), by: $2, named: nil) })
        #expect(await refusalCode { try await scene.publish(finished) } == "ceremony.superseded")
    }

    @Test("A gap in a folder's roots is refused, and so is a version too many")
    func readsChains() throws {
        let folder = try TemporaryFolder()
        for name in ["1.root.json", "3.root.json", "root.json", "x.root.json"] {
            try folder.write([], to: "tuf/" + name)
        }
        #expect(refusalCode { try ChannelProposal.roots(in: folder.path + "/tuf") } == "tuf.metadata-missing")
        try folder.write([], to: "tuf/1025.root.json")
        #expect(
            refusalCode { try ChannelProposal.roots(in: folder.path + "/tuf") } == "tuf.root-chain-too-long"
        )
    }

    private static func create(_ scene: ChannelScene, _ finished: FinishedCeremony) async throws
        -> ChannelChange
    {
        try await SignedChannel.create(
            directory: scene.directory,
            keys: scene.keys,
            ceremony: finished,
            passphrase: { _ in nil },
            now: ChannelScene.start
        )
    }

    private static func first(_ offline: PrivateKey, _ online: PrivateKey) async throws -> FinishedCeremony {
        let roles = CeremonyProposal.FirstRoles(
            root: RoleSetup([offline.publicKey]),
            targets: RoleSetup([offline.publicKey]),
            online: RoleSetup([online.publicKey]),
            delegations: try ChannelProposal.delegations(to: [Subdir("linux-64")])
        )
        let later = ChannelScene.start.advanced(byDays: 365)
        var proposal = try CeremonyProposal.first(
            roles,
            rootExpires: later,
            targetsExpires: later,
            now: ChannelScene.start
        )
        try await proposal.merge(proposal.signatures(by: offline))
        return try FinishedCeremony(proposal, now: ChannelScene.start)
    }
}

extension ChannelScene {
    /// Opens the channel, publishes what a ceremony signed, and closes it.
    @discardableResult
    func publish(
        _ finished: FinishedCeremony,
        lists: [PackageName: [UInt8]] = [:],
        removingUnlisted: Bool = false,
        awaitingLists: Bool = false,
        now: Timestamp = start
    ) async throws -> ChannelChange {
        var channel = try open(now: now)
        return try await channel.publish(
            finished,
            lists: lists,
            removingUnlisted: removingUnlisted,
            awaitingLists: awaitingLists,
            now: now
        )
    }

    /// A proposal that nobody has signed.
    ///
    /// - Parameter edit: gets the online key, and another one that is in the folder of keys as `online-2.key`.
    func proposal(
        _ edit: (inout CeremonyDraft, _ online: PublicKey, _ new: PublicKey) throws -> Void
    ) throws -> CeremonyProposal {
        let online = try KeyFile.read(keys.directory + "/online-1.key").unlock { nil }
        let path = keys.directory + "/online-2.key"
        if !Folder.exists(path) {
            try KeyFile.write(.generate(.ed25519), to: path, protection: .unsafelyUnencrypted)
        }
        let new = try KeyFile.read(path).unlock { nil }
        var draft = try ChannelProposal.draft(ofChannelIn: directory)
        try edit(&draft, online.publicKey, new.publicKey)
        let later = Self.start.advanced(byDays: 365)
        return try draft.proposal(
            options: CeremonyDraft.Options(rootExpires: later, targetsExpires: later),
            now: Self.start
        )
    }

    /// A change that the scene's offline keys have signed; see ``proposal(_:)``.
    func ceremony(
        _ edit: (inout CeremonyDraft, _ online: PublicKey, _ new: PublicKey) throws -> Void
    ) async throws -> FinishedCeremony {
        var proposal = try proposal(edit)
        for name in ["root-1", "targets-1"] {
            let key = try KeyFile.read("\(keys.directory)/\(name).key").unlock { nil }
            guard !proposal.roles(signedBy: key.publicKey).isEmpty else { continue }
            try await proposal.merge(proposal.signatures(by: key))
        }
        return try FinishedCeremony(proposal, now: Self.start)
    }
}
