// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import Gatekeeper
import SigningKeys
import TUF
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

/// A channel with `zlib` and `xz` in it, and the maintainers of `zlib`, who sign 2 of 3.
struct MaintainersScene {
    let scene: ChannelScene
    let maintainers: Maintainers
    let zlib: FixturePackage

    static func make(delegated: Bool = true) async throws -> MaintainersScene {
        let made = MaintainersScene(
            scene: try await ChannelScene.make(),
            maintainers: try Maintainers(of: "zlib"),
            zlib: try FixturePackage.sample()
        )
        try await made.scene.add([.other(), made.zlib])
        if delegated { try await made.delegate(list: try await made.maintainers.list([made.zlib])) }
        return made
    }

    @discardableResult
    func delegate(
        _ maintainers: Maintainers? = nil,
        list: [UInt8]? = nil,
        now: Timestamp = ChannelScene.start
    ) async throws -> ChannelChange {
        let maintainers = maintainers ?? self.maintainers
        var channel = try scene.open(now: now)
        return try await channel.delegate(
            PackageName(maintainers.package),
            to: maintainers.publicKeys,
            threshold: maintainers.threshold,
            list: list,
            now: now
        )
    }

    @discardableResult
    func accept(
        _ list: [UInt8],
        of package: String = "zlib",
        _ packages: [FixturePackage] = [],
        removingUnlisted: Bool = false,
        now: Timestamp = ChannelScene.start
    ) async throws -> ChannelChange {
        let incoming = try packages.map { try scene.incoming($0) }
        var channel = try scene.open(now: now)
        return try await channel.accept(
            list,
            of: PackageName(package),
            packages: incoming,
            removingUnlisted: removingUnlisted,
            now: now
        )
    }

    @discardableResult
    func removeDelegation(of package: String = "zlib") async throws -> ChannelChange {
        var channel = try scene.open()
        return try await channel.removeDelegation(of: PackageName(package), now: ChannelScene.start)
    }

    /// What the owner of the server is left with when the offline keys are in their vault.
    func lockUpOfflineKeys() throws {
        for name in ["root-1.key", "targets-1.key"] {
            try FileManager.default.removeItem(atPath: scene.keys.directory + "/" + name)
        }
    }
}

extension ChannelScene {
    /// The channel's first root, as somebody knows it by another way.
    fileprivate func knownRoot() throws -> MaintainersDraft.KnownRoot {
        let path = directory + "/tuf/1.root.json"
        return .file(Array(try Data(contentsOf: URL(fileURLWithPath: path))))
    }
}

@Suite("Delegating packages to their maintainers")
struct MaintainersTests {
    private static let newer = "zlib-1.3.2-h0_0.conda"

    @Test("A delegation with a list leaves the package in the index, and the channel verifies")
    func delegates() async throws {
        let world = try await MaintainersScene.make(delegated: false)
        let change = try await world.delegate(list: try await world.maintainers.list([world.zlib]))
        #expect(
            change.signed == [
                "maintainers.zlib version 1", "targets version 2", "snapshot version 3",
                "timestamp version 3",
            ]
        )
        #expect(change.removed.isEmpty)
        let report = try world.scene.check()
        #expect(report.packageCount == 2 && report.maintainedCount == 1)
    }

    @Test("Without a list the channel does not verify until one is accepted, which needs the online key only")
    func accepts() async throws {
        let world = try await MaintainersScene.make(delegated: false)
        try await world.delegate()
        try world.lockUpOfflineKeys()
        #expect(refusalCode { try world.scene.check() } == "channel.maintainers-unsigned")
        let newer = try FixturePackage(Self.newer)
        let change = try await world.accept(try await world.maintainers.list([world.zlib, newer]), [newer])
        #expect(change.added.map(\.description) == ["linux-64/" + Self.newer])
        #expect(change.signed.first == "maintainers.zlib version 1")
        #expect(try world.scene.check().maintainedCount == 2)
        // Others go on as before.
        try await world.scene.add([FixturePackage("bzip2-1-0.conda")])
        #expect(try world.scene.check().packageCount == 4)
    }

    @Test("The online key cannot add what they have not signed, nor other bytes, nor one of another case")
    func addIsRefused() async throws {
        let world = try await MaintainersScene.make()
        for name in [Self.newer, "zlib-1.3.1-h0_0.tar.bz2", "ZLIB-1.3.3-h0_0.conda"] {
            let code = await refusalCode { try await world.scene.add([FixturePackage(name)]) }
            #expect(code == "channel.maintainers-unsigned", "\(name)")
        }
        #expect(
            await refusalCode { try await world.scene.add([.sample("CONTENT")]) }
                == "channel.maintainers-unsigned"
        )
        // What they signed may be added when it is at hand.
        let newer = try FixturePackage(Self.newer)
        try await world.accept(try await world.maintainers.list([world.zlib, newer], version: 2))
        try await world.scene.add([newer])
        #expect(try world.scene.check().maintainedCount == 2)
    }

    @Test("A package whose name begins with theirs is the online key's")
    func prefixOfAnother() async throws {
        let world = try await MaintainersScene.make()
        try await world.scene.add([FixturePackage("zlib-ng-2.0-0.conda")])
        let report = try world.scene.check()
        #expect(report.packageCount == 3 && report.maintainedCount == 1)
    }

    @Test("Longer names are searched first, and those of maintainers before the subdirs'")
    func order() async throws {
        let world = try await MaintainersScene.make()
        for name in ["zlib-ng-compat", "zlib-ng", "xz"] {
            try await world.delegate(try Maintainers(of: name, count: 1, threshold: 1))
        }
        let channel = try world.scene.open()
        #expect(
            channel.editor.roles[.targets]?.delegations?.names.map(\.text) == [
                "maintainers.zlib-ng-compat", "maintainers.zlib-ng", "maintainers.zlib", "maintainers.xz",
                "linux-64", "noarch",
            ]
        )
        let xz = try #require(RoleName("maintainers.xz"))
        #expect(channel.editor.delegation(to: xz)?.terminating == true)
    }

    /// A list that is refused.
    struct BadList: Sendable, CustomTestStringConvertible {
        typealias Maker = @Sendable (Maintainers, FixturePackage) async throws -> [UInt8]
        let testDescription: String
        let code: String
        let make: Maker

        init(_ name: String, _ code: String, _ make: @escaping Maker) {
            testDescription = name
            self.code = code
            self.make = make
        }

        /// One with these targets.
        static func naming(_ path: String, _ code: String) -> BadList {
            BadList("with `\(path)`", code) { maintainers, _ in
                try await maintainers.list([path: TargetFile(of: [1])], version: 2)
            }
        }
    }

    static let bad: [BadList] = [
        BadList("too few signatures", "tuf.signatures") { maintainers, zlib in
            try await maintainers.list([zlib], version: 2, signers: 1)
        },
        BadList("another's keys", "tuf.signatures") { maintainers, zlib in
            try await Maintainers(of: maintainers.package).list([zlib], version: 2)
        },
        BadList("a version that was there", "tuf.rollback") { maintainers, zlib in
            try await maintainers.list([zlib], version: 1)
        },
        BadList("an expired list", "tuf.expired") { maintainers, zlib in
            try await maintainers.list([zlib], version: 2, expires: ChannelScene.start)
        },
        BadList("a file of another package", "channel.not-theirs") { maintainers, zlib in
            let other = try FixturePackage("zlib-ng-2.0-0.conda")
            return try await maintainers.list([zlib, other], version: 2)
        },
        BadList("other bytes than the channel's", "channel.package-exists") { maintainers, zlib in
            let other = try FixturePackage(zlib.fileName.text, holding: "other")
            return try await maintainers.list([other], version: 2)
        },
        BadList("the highest version of all", "tuf.version-number") { maintainers, zlib in
            try await maintainers.list([zlib], version: .max)
        },
        BadList("a version just too far above the last", "tuf.version-number") { maintainers, zlib in
            try await maintainers.list([zlib], version: 1_000_002)
        },
        BadList("no metadata", "json.syntax") { _, _ in Array("<html>".utf8) },
        .naming("linux-64/repodata.json", "tuf.not-delegated"),
        .naming("linux-64/zlib-evil", "channel.not-theirs"),
        .naming("tuf/zlib-1.0-0.conda", "channel.not-theirs"),
    ]

    @Test("A list that clients would not believe, or that says too much, is not accepted", arguments: bad)
    func refusesLists(_ bad: BadList) async throws {
        let world = try await MaintainersScene.make()
        let before = try world.scene.files()
        let list = try await bad.make(world.maintainers, world.zlib)
        #expect(await refusalCode { try await world.accept(list) } == bad.code)
        #expect(try world.scene.files() == before)
    }

    @Test("A file that a client of patterns would look for elsewhere is refused, whoever lists it")
    func shadowed() async throws {
        let world = try await MaintainersScene.make()
        let others = try Maintainers(of: "zlib-ng", count: 1, threshold: 1)
        try await world.delegate(others)
        let sly = try FixturePackage("zlib-ng-1.conda")
        let list = try await world.maintainers.list([world.zlib, sly], version: 2)
        #expect(await refusalCode { try await world.accept(list, [sly]) } == "channel.not-theirs")
        let theirs = try await others.list([sly])
        #expect(
            await refusalCode { try await world.accept(theirs, of: "zlib-ng", [sly]) } == "channel.not-theirs"
        )
    }

    @Test("A list that delegates further is refused: clients look no deeper")
    func delegatesFurther() async throws {
        let world = try await MaintainersScene.make()
        var envelope = try MetadataEnvelope(
            signed: TargetsMetadata(
                header: MetadataHeader(version: 2, expires: ChannelScene.start.advanced(byDays: 1)),
                delegations: Delegations()
            ).encoded()
        )
        for key in world.maintainers.keys {
            let id = KeyDefinition(key.publicKey).computedID.text
            envelope.add(Signature(keyID: id, bytes: try key.sign(envelope.signedBytes)))
        }
        #expect(await refusalCode { try await world.accept(envelope.encoded()) } == "channel.not-theirs")
    }

    @Test("What a new list does not name is taken out of the index")
    func withdraws() async throws {
        let world = try await MaintainersScene.make()
        let newer = try FixturePackage(Self.newer)
        try await world.accept(try await world.maintainers.list([world.zlib, newer], version: 2), [newer])
        let change = try await world.accept(try await world.maintainers.list([newer], version: 3))
        #expect(change.removed.map(\.description) == [world.zlib.path])
        #expect(try world.scene.listed() == ["xz-5.6-h0_0.tar.bz2", Self.newer])
        #expect(try world.scene.check().maintainedCount == 1)
    }

    @Test("The first list by new keys takes nothing out of the index unless that is wanted")
    func firstListKeepsAll() async throws {
        let world = try await MaintainersScene.make()
        let successors = try Maintainers(of: "zlib", count: 1, threshold: 1)
        let newer = try FixturePackage(Self.newer)
        let list = try await successors.list([newer], version: 2)
        // Whether it comes with the keys or after them.
        let together = await refusalCode { try await world.delegate(successors, list: list) }
        #expect(together == "channel.list-awaited")
        try await world.delegate(successors)
        let draft = try MaintainersDraft(of: PackageName("zlib"), in: world.scene.directory)
        #expect(draft.isFirst && draft.fileCount == 0)
        let listing = try ChannelListing(directory: world.scene.directory)
        #expect(draft.unlisted(in: listing).map(\.description) == [world.zlib.path])
        let before = try world.scene.files()
        #expect(await refusalCode { try await world.accept(list, [newer]) } == "channel.list-awaited")
        #expect(try world.scene.files() == before)
        let change = try await world.accept(list, [newer], removingUnlisted: true)
        #expect(change.removed.map(\.description) == [world.zlib.path])
        #expect(try world.scene.check().maintainedCount == 1)
    }

    @Test("A role that another's tool spelled with capitals gets the new keys, and drafts go on from it")
    func capitals() async throws {
        let world = try await MaintainersScene.make(delegated: false)
        let name = try #require(RoleName("maintainers.ZLib"))
        let role = try #require(MaintainersRole(name))
        do {
            var channel = try world.scene.open()
            try channel.editor.delegateElsewhere(
                role.scope,
                to: role.name,
                keys: RoleSetup(world.maintainers.publicKeys, threshold: 2),
                order: MaintainersRole.precedes
            )
            let list = try await world.maintainers.list([world.zlib])
            try channel.editor.adopt(list, as: role.name)
            var publication = Publication()
            var change = ChannelChange()
            try await channel.publish(
                [],
                &publication,
                &change,
                signers: channel.keys.signers(for: .targets) { _ in nil }
                    + channel.keys.signers(for: .online) { _ in nil },
                now: ChannelScene.start
            )
        }
        let zlib = try PackageName("zlib"), root = try world.scene.knownRoot()
        #expect(try MaintainersDraft(of: zlib, in: world.scene.directory, root: root).version == 2)
        let successors = try Maintainers(of: "zlib", count: 1, threshold: 1)
        try await world.delegate(successors, list: try await successors.list([world.zlib], version: 2))
        let targets = try world.scene.open().editor.roles[.targets]
        #expect(targets?.delegations?.names.map(\.text) == ["maintainers.ZLib", "linux-64", "noarch"])
        #expect(targets?.delegations?.role(named: role.name)?.keys.threshold == 1)
        #expect(try world.scene.check().maintainedCount == 1)
    }

    @Test("A draft takes no file from a folder that need not be the channel's own")
    func draftsFromKnownRoot() async throws {
        let world = try await MaintainersScene.make()
        let forged = try await MaintainersScene.make()
        let zlib = try PackageName("zlib")
        let root = try world.scene.knownRoot()
        guard case .file(let bytes) = root else { return }
        #expect(throws: Failure.self) { try MaintainersDraft(of: zlib, in: forged.scene.directory) }
        #expect(
            refusalCode { _ = try MaintainersDraft(of: zlib, in: forged.scene.directory, root: root) } != nil
        )
        let digest = MaintainersDraft.KnownRoot.digest(.of(bytes))
        #expect(
            refusalCode { _ = try MaintainersDraft(of: zlib, in: forged.scene.directory, root: digest) }
                == "ceremony.other-root"
        )
        #expect(try MaintainersDraft(of: zlib, in: world.scene.directory, root: digest).fileCount == 1)
    }

    @Test("Adding and taking away a delegation needs the targets key, and nothing changes without it")
    func needsTargetsKey() async throws {
        let world = try await MaintainersScene.make()
        try world.lockUpOfflineKeys()
        let before = try world.scene.files()
        #expect(await refusalCode { try await world.removeDelegation() } == "channel.key-not-authorised")
        #expect(
            await refusalCode { try await world.delegate(try Maintainers(of: "zlib")) }
                == "channel.key-not-authorised"
        )
        #expect(try world.scene.files() == before)
    }

    @Test("Taken away and made again, the delegation goes on above the versions that clients have seen")
    func removesAndReturns() async throws {
        let world = try await MaintainersScene.make()
        try await world.removeDelegation()
        #expect(try world.scene.check().maintainedCount == 0)
        let newer = try FixturePackage(Self.newer)
        try await world.scene.add([newer])
        #expect(await refusalCode { try await world.removeDelegation() } == "channel.not-delegated")
        // The list of before is there still, and takes effect again.
        try await world.delegate()
        #expect(refusalCode { try world.scene.check() } == "channel.maintainers-unsigned")
        let old = try await world.maintainers.list([world.zlib, newer], version: 1)
        #expect(await refusalCode { try await world.accept(old) } == "tuf.rollback")
        try await world.accept(try await world.maintainers.list([world.zlib, newer], version: 2))
        #expect(try world.scene.check().maintainedCount == 2)
    }

    @Test("Maintainers are replaced by the offline key; their successors' list takes over")
    func rotates() async throws {
        let world = try await MaintainersScene.make()
        let successors = try Maintainers(of: "zlib", count: 2, threshold: 1)
        try await world.delegate(successors)
        #expect(refusalCode { try world.scene.check() } == "channel.maintainers-unsigned")
        let status = try ChannelStatus(directory: world.scene.directory, now: ChannelScene.start)
        #expect(status.maintained.first?.version == nil)
        #expect(status.maintained.first?.remaining(at: ChannelScene.start) == "awaited")
        let old = try await world.maintainers.list([world.zlib], version: 2)
        #expect(await refusalCode { try await world.accept(old) } == "tuf.signatures")
        try await world.accept(try await successors.list([world.zlib], version: 2))
        #expect(try world.scene.check().maintainedCount == 1)
    }

    @Test("The status tells both models, and what expires; signing says who must sign what is due")
    func status() async throws {
        let world = try await MaintainersScene.make()
        let later = ChannelScene.start.advanced(byDays: 95)
        let change = try await world.scene.sign(now: later)
        #expect(
            change.left.map(\.description) == [
                "`maintainers.zlib` expires on 2027-03-01T12:00:00Z and needs a new list that its maintainers have signed"
            ]
        )
        let status = try ChannelStatus(directory: world.scene.directory, now: later)
        #expect(!status.roles.contains { $0.name.contains("maintainers") })
        let zlib = try #require(status.maintained.first)
        #expect(status.maintained.count == 1 && zlib.package == "zlib" && zlib.threshold == 2)
        #expect(zlib.keyIDs.count == 3 && zlib.version == 1 && zlib.fileCount == 1)
        #expect(zlib.remaining(at: later) == "5 days left")
        let json = try #require(status.json["maintainers"]?.array?.first?.object)
        #expect(json["package"] == "zlib" && json["expired"] == .bool(false) && json["files"] == 1)
        let end = ChannelScene.start.advanced(byDays: 100)
        try await world.scene.sign(now: end)
        #expect(refusalCode { try world.scene.check(now: end) } == "tuf.expired")
    }

    @Test("What maintainers sign is only told when it runs out, and is urgent when it has")
    func signsTheRest() async throws {
        let world = try await MaintainersScene.make()
        #expect(try await world.scene.sign(.everything).left.isEmpty)
        let end = ChannelScene.start.advanced(byDays: 100)
        let late = try await world.scene.sign(.everything, now: end)
        #expect(late.left.map(\.name) == ["maintainers.zlib"] && late.left.allSatisfy(\.isUrgent))
        #expect(late.json["status"] == "incomplete")
        try world.lockUpOfflineKeys()
        try FileManager.default.removeItem(atPath: world.scene.keys.directory + "/online-1.key")
        let left = try await world.scene.sign(.everything).left.map(\.name)
        #expect(left.contains("linux-64") && !left.contains("maintainers.zlib"))
    }

    @Test("The list of a channel has their packages, also while a list is awaited")
    func lists() async throws {
        let world = try await MaintainersScene.make()
        let expected = try [FixturePackage.other().path, world.zlib.path]
        func files() throws -> [String] {
            try ChannelListing(directory: world.scene.directory).packages.map(\.file.description)
        }
        #expect(try files() == expected)
        try await world.delegate(Maintainers(of: "zlib"))
        #expect(try files() == expected)
    }

    @Test("A ceremony goes past what maintainers sign, and past what is awaited from them")
    func ceremonies() async throws {
        let world = try await MaintainersScene.make()
        try await world.delegate(Maintainers(of: "bzip2"))
        let finished = try await world.scene.ceremony { try $0.replace(.key($1), by: $2, named: "online-2") }
        try FileManager.default.removeItem(atPath: world.scene.keys.directory + "/online-1.key")
        let change = try await world.scene.publish(finished)
        #expect(change.subdirs.isEmpty && change.signed.contains { $0.hasPrefix("linux-64 ") })
        #expect(!change.signed.contains { $0.contains("maintainers") })
        #expect(try world.scene.check().maintainedCount == 1)
        let newer = try FixturePackage(Self.newer)
        let list = try await world.maintainers.list([world.zlib, newer], version: 2)
        try await world.accept(list, [newer])
        #expect(try world.scene.check().maintainedCount == 2)
    }

    @Test("A ceremony replaces a maintainer's key; a list by too few of those that count is awaited")
    func ceremonyReplacesMaintainer() async throws {
        let world = try await MaintainersScene.make()
        let old = world.maintainers.publicKeys[0]
        let finished = try await world.scene.ceremony { draft, _, new in
            try draft.replace(.key(old), by: new, named: nil)
        }
        let change = try await world.scene.publish(finished, awaitingLists: true)
        #expect(change.signed.first == "targets version 3" && change.subdirs.isEmpty)
        #expect(refusalCode { try world.scene.check() } == "channel.maintainers-unsigned")
        let rest = Maintainers(package: "zlib", keys: Array(world.maintainers.keys.dropFirst()), threshold: 2)
        try await world.accept(try await rest.list([world.zlib], version: 2))
        #expect(try world.scene.check().maintainedCount == 1)
    }

    @Test("A draft begins with the list in force, and needs no key")
    func drafts() async throws {
        let world = try await MaintainersScene.make()
        let newer = try FixturePackage(Self.newer)
        let root = try world.scene.knownRoot()
        var draft = try MaintainersDraft(of: PackageName("zlib"), in: world.scene.directory, root: root)
        try draft.vouch(for: world.scene.incoming(newer))
        try draft.vouch(for: world.scene.incoming(world.zlib))
        var list = try draft.list(expires: ChannelScene.start.advanced(byDays: 9))
        #expect(
            list.version == 2
                && list.entries.map(\.file.fileName.text) == [world.zlib.fileName.text, Self.newer]
        )
        for key in world.maintainers.keys.dropFirst() { try await list.sign(by: key) }
        let read = try MaintainersList(parsing: list.encoded(), of: "list")
        #expect(read.signatureCount == 2 && read.package?.raw == "zlib")
        try await world.accept(list.encoded(), [newer])
        #expect(try world.scene.check().maintainedCount == 2)

        #expect(!draft.isFirst && draft.isNew(list.entries[1].file) && !draft.isNew(list.entries[0].file))

        var next = try MaintainersDraft(of: PackageName("zlib"), in: world.scene.directory, root: root)
        try next.withdraw(ChannelFile(world.zlib.path))
        #expect(next.withdrawn.map(\.description) == [world.zlib.path])
        #expect(try next.list(expires: ChannelScene.start).entries.map(\.file.fileName.text) == [Self.newer])
        #expect(refusalCode { try next.withdraw(ChannelFile(world.zlib.path)) } == "channel.package-unknown")
        let other = try world.scene.incoming(FixturePackage("zlib-ng-2.0-0.conda"))
        #expect(refusalCode { try next.vouch(for: other) } == "channel.not-theirs")
        let altered = try world.scene.incoming(FixturePackage(Self.newer, holding: "other"))
        #expect(refusalCode { try next.vouch(for: altered) } == "channel.package-exists")
    }

    @Test("A publication that dies before its commit leaves no list behind, and after it the whole one")
    func dies() async throws {
        let world = try await MaintainersScene.make()
        let newer = try FixturePackage(Self.newer)
        let list = try await world.maintainers.list([world.zlib, newer], version: 2)
        for step in [Publication.Step.committing, .moving("tuf/2.maintainers.zlib.json")] {
            let copy = try world.scene.copy()
            // Opened inside: a channel holds its lock as long as it lives.
            await #expect(throws: Failure.self) {
                let incoming = [try copy.incoming(newer)]
                var channel = try copy.open()
                channel.observer = { if $0 == step { throw Failure(.cancelled, "died") } }
                return try await channel.accept(
                    list,
                    of: PackageName("zlib"),
                    packages: incoming,
                    now: ChannelScene.start
                )
            }
            let report = try copy.check()
            #expect(report.maintainedCount == (step == .committing ? 1 : 2))
        }
    }
}
