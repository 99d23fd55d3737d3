// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import SigningKeys
import TUF
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("Ceremonies that pass packages to maintainers")
struct DelegationCeremonyTests {
    /// A ceremony that delegates packages; in a world in which `zlib` and `xz` are the online key's.
    private static func delegating(_ maintainers: [Maintainers], in world: MaintainersScene) async throws
        -> FinishedCeremony
    {
        try await world.scene.ceremony { draft, _, _ in
            for one in maintainers { try draft.delegate(one) }
        }
    }

    private static func zlib() throws -> PackageName { try PackageName("zlib") }

    @Test("With their list, a package passes to its maintainers in one step, and nothing is taken out")
    func withList() async throws {
        let world = try await MaintainersScene.make(delegated: false)
        let finished = try await Self.delegating([world.maintainers], in: world)
        // Whoever publishes has the online key alone.
        try world.lockUpOfflineKeys()
        let list = try await world.maintainers.list([world.zlib])
        let change = try await world.scene.publish(finished, lists: [Self.zlib(): list])
        #expect(
            change.signed == [
                "targets version 2", "maintainers.zlib version 1", "snapshot version 3",
                "timestamp version 3",
            ]
        )
        #expect(change.removed.isEmpty && change.subdirs.isEmpty)
        let report = try world.scene.check()
        #expect(report.packageCount == 2 && report.maintainedCount == 1)
        let code = await refusalCode { try await world.scene.add([FixturePackage("zlib-9-0.conda")]) }
        #expect(code == "channel.maintainers-unsigned")
    }

    @Test("Without a list nothing is published, unless that is wanted; then it is accepted later")
    func withoutList() async throws {
        let world = try await MaintainersScene.make(delegated: false)
        let finished = try await Self.delegating([world.maintainers], in: world)
        let before = try world.scene.files()
        #expect(await refusalCode { try await world.scene.publish(finished) } == "channel.list-awaited")
        #expect(try world.scene.files() == before)
        try await world.scene.publish(finished, awaitingLists: true)
        #expect(refusalCode { try world.scene.check() } == "channel.maintainers-unsigned")
        try await world.accept(try await world.maintainers.list([world.zlib]))
        #expect(try world.scene.check().maintainedCount == 1)
    }

    @Test("Published again, newer lists are taken, and those of before are left alone")
    func again() async throws {
        let world = try await MaintainersScene.make(delegated: false)
        let finished = try await Self.delegating([world.maintainers], in: world)
        try await world.scene.publish(finished, awaitingLists: true)
        let lists = [try Self.zlib(): try await world.maintainers.list([world.zlib])]
        let change = try await world.scene.publish(finished, lists: lists)
        #expect(change.signed.first == "maintainers.zlib version 1")
        #expect(try world.scene.check().maintainedCount == 1)
        #expect(try await world.scene.publish(finished, lists: lists).signed.isEmpty)
    }

    @Test("A list with the right digest and a wrong length is none: clients would refuse the file")
    func wrongLength() async throws {
        let world = try await MaintainersScene.make(delegated: false)
        func short(_ package: FixturePackage) -> [String: TargetFile] {
            [package.path: TargetFile(length: 1, hashes: FileHashes([package.sha256]))]
        }
        let list = try await world.maintainers.list(short(world.zlib))
        #expect(await refusalCode { try await world.delegate(list: list) } == "channel.package-exists")
        // Nor does one of before count, of a file that came since.
        let newer = try FixturePackage("zlib-1.3.2-h0_0.conda")
        let both = short(newer).merging([world.zlib.path: TargetFile(of: world.zlib.bytes)]) { $1 }
        try await world.delegate(list: try await world.maintainers.list(both))
        try await world.removeDelegation()
        try await world.scene.add([newer])
        let again = try await Self.delegating([world.maintainers], in: world)
        #expect(await refusalCode { try await world.scene.publish(again) } == "channel.list-awaited")
    }

    @Test("A package without files may pass without a list")
    func withoutFiles() async throws {
        let world = try await MaintainersScene.make(delegated: false)
        let bzip2 = try Maintainers(of: "bzip2")
        try await world.scene.publish(try await Self.delegating([bzip2], in: world))
        let package = try FixturePackage("bzip2-1-0.conda")
        try await world.accept(try await bzip2.list([package]), of: "bzip2", [package])
        #expect(try world.scene.check().maintainedCount == 1)
    }

    @Test(
        "A list that clients would not believe leaves the channel as it was",
        arguments: [
            ("zlib", 1, "tuf.signatures"), ("xz", 2, "channel.not-delegated"),
        ]
    )
    func badLists(package: String, signers: Int, code: String) async throws {
        let world = try await MaintainersScene.make(delegated: false)
        let finished = try await Self.delegating([world.maintainers], in: world)
        let before = try world.scene.files()
        let list = try await world.maintainers.list([world.zlib], signers: signers)
        let lists = [try PackageName(package): list]
        #expect(await refusalCode { try await world.scene.publish(finished, lists: lists) } == code)
        #expect(try world.scene.files() == before)
        // What was refused is no part of the next attempt.
        let good = try await world.maintainers.list([world.zlib])
        try await world.scene.publish(finished, lists: [Self.zlib(): good])
        #expect(try world.scene.check().maintainedCount == 1)
    }

    @Test("Several packages pass at once; what their lists do not name is taken out, of one subdir too")
    func several() async throws {
        let world = try await MaintainersScene.make(delegated: false)
        let bzip2 = try Maintainers(of: "bzip2", count: 1, threshold: 1)
        let kept = try FixturePackage("bzip2-1-0.conda"), gone = try FixturePackage("bzip2-2-0.conda")
        try await world.scene.add([kept, gone])
        let finished = try await Self.delegating([world.maintainers, bzip2], in: world)
        let lists = [
            try Self.zlib(): try await world.maintainers.list([FixturePackage]()),
            try PackageName("bzip2"): try await bzip2.list([kept]),
        ]
        let code = await refusalCode { try await world.scene.publish(finished, lists: lists) }
        #expect(code == "channel.list-awaited")
        let change = try await world.scene.publish(finished, lists: lists, removingUnlisted: true)
        #expect(change.removed.map(\.description) == [gone.path, world.zlib.path])
        #expect(try world.scene.listed() == ["xz-5.6-h0_0.tar.bz2", kept.fileName.text])
        #expect(try world.scene.check().maintainedCount == 1)
    }

    @Test("Longer names are searched first, and maintainers before subdirs, a new one too")
    func order() async throws {
        let world = try await MaintainersScene.make()
        let subdir = try Subdir("win-64")
        let finished = try await world.scene.ceremony { draft, _, _ in
            try draft.delegate(ChannelProposal.scope(of: subdir), to: ChannelProposal.role(of: subdir))
            for name in ["bzip2", "zlib-ng"] {
                try draft.delegate(Maintainers(of: name, count: 1, threshold: 1))
            }
        }
        try await world.scene.publish(finished)
        let roles = try world.scene.open().editor.roles[.targets]?.delegations?.names.map(\.text)
        #expect(
            roles == [
                "maintainers.zlib-ng", "maintainers.bzip2", "maintainers.zlib", "linux-64", "noarch",
                "win-64",
            ]
        )
        #expect(try world.scene.check().maintainedCount == 1)
    }

    @Test("A package passes back to the online key, and again to maintainers, above what was seen")
    func back() async throws {
        let world = try await MaintainersScene.make()
        let back = try await world.scene.ceremony { draft, _, _ in
            try draft.removeDelegation(of: Self.zlib())
            let code = refusalCode { try draft.removeDelegation(of: PackageName("xz")) }
            #expect(code == "channel.not-delegated")
        }
        let role = try #require(RoleName("maintainers.zlib"))
        func publish() async throws -> ChannelChange {
            var channel = try world.scene.open()
            let change = try await channel.publish(back, now: ChannelScene.start)
            // The list is forgotten at once, not only when the channel is opened again.
            #expect(channel.editor.roles[role] == nil)
            return change
        }
        let change = try await publish()
        #expect(change.signed == ["targets version 3", "snapshot version 4", "timestamp version 4"])
        let newer = try FixturePackage("zlib-1.3.2-h0_0.conda")
        try await world.scene.add([newer])
        #expect(try world.scene.check().maintainedCount == 0)
        let again = try await Self.delegating([world.maintainers], in: world)
        // The list of before would take effect again, and does not name what came since.
        #expect(await refusalCode { try await world.scene.publish(again) } == "channel.list-awaited")
        let old = try await world.maintainers.list([world.zlib, newer], version: 1)
        let code = await refusalCode { try await world.scene.publish(again, lists: [Self.zlib(): old]) }
        #expect(code == "tuf.rollback")
        let list = try await world.maintainers.list([world.zlib, newer], version: 2)
        try await world.scene.publish(again, lists: [Self.zlib(): list])
        #expect(try world.scene.check().maintainedCount == 2)
    }

    @Test("The list of before is enough where it names all, and is signed by enough of those who count")
    func listOfBefore() async throws {
        let world = try await MaintainersScene.make()
        // One more maintainer: two of those who signed still count.
        try await world.scene.publish(
            try await world.scene.ceremony { draft, _, new in
                try draft.add(new, named: nil, to: #require(CeremonyRole("maintainers.zlib")))
            }
        )
        #expect(try world.scene.check().maintainedCount == 1)
        // One of them goes.
        let role = try #require(CeremonyRole("maintainers.zlib"))
        let finished = try await world.scene.ceremony { draft, _, _ in
            try draft.remove(.key(world.maintainers.publicKeys[0]), from: role)
        }
        #expect(await refusalCode { try await world.scene.publish(finished) } == "channel.list-awaited")
        let rest = Maintainers(package: "zlib", keys: Array(world.maintainers.keys.dropFirst()), threshold: 2)
        let list = try await rest.list([world.zlib], version: 2)
        try await world.scene.publish(finished, lists: [Self.zlib(): list])
        #expect(try world.scene.check().maintainedCount == 1)
    }

    @Test("An expired list of before is none")
    func expiredList() async throws {
        let world = try await MaintainersScene.make()
        let finished = try await world.scene.ceremony { draft, _, new in
            try draft.add(new, named: nil, to: #require(CeremonyRole("maintainers.zlib")))
        }
        let end = ChannelScene.start.advanced(byDays: 100)
        let code = await refusalCode { try await world.scene.publish(finished, now: end) }
        #expect(code == "channel.list-awaited")
    }

    @Test("The words say which package passes from whom to whom")
    func words() async throws {
        let world = try await MaintainersScene.make()
        let old = world.maintainers.publicKeys.map { "ed25519 \($0.fingerprint.hex)" }
        let proposal = try world.scene.proposal { draft, _, new in
            try draft.delegate(PackageName("Bzip2"), threshold: 1)
            try draft.add(new, named: nil, to: #require(CeremonyRole("maintainers.bzip2")))
            try draft.replace(.key(world.maintainers.publicKeys[0]), by: new, named: nil)
        }
        let role = try #require(RoleName("maintainers.bzip2"))
        let new = try #require(proposal.targets?.role.delegations?.role(named: role))
        let passages = PackagePassage.all(in: proposal, now: ChannelScene.start)
        #expect(passages.map(\.direction) == [.toMaintainers, .amongMaintainers])
        #expect(new.scope == .paths("*/bzip2-*") && new.terminating)
        let gained = "  gains power: " + (passages[0].gained.first?.full ?? "")
        #expect(
            passages[0].lines == [
                "package `bzip2` passes from the online keys to its maintainers",
                "  loses power: whoever has the online keys, which alone vouched for its files", gained,
                "  clients refuse every file that is not on a list signed by 1 of 1",
            ]
        )
        #expect(passages[1].lines.contains(gained) && passages[1].lines.contains("  loses power: \(old[0])"))
        let back = try world.scene.proposal { draft, _, _ in try draft.removeDelegation(of: Self.zlib()) }
        let lines = PackagePassage.all(in: back, now: ChannelScene.start).flatMap(\.lines)
        #expect(lines.first == "package `zlib` passes from its maintainers back to the online keys")
        #expect(lines.last == "  gains power: whoever has the online keys, which alone vouch for its files")
        #expect(Set(old.map { "  loses power: " + $0 }).isSubset(of: lines))
        // What leaves the package alone is no passage.
        let renewed = try world.scene.proposal { draft, _, new in
            try draft.add(new, named: nil, to: .topLevel(.timestamp))
        }
        #expect(PackagePassage.all(in: renewed, now: ChannelScene.start).isEmpty)
    }

    /// An edit that makes no sense.
    private static let wrong: [(edit: @Sendable (inout CeremonyDraft) throws -> Void, code: String)] = [
        ({ try $0.delegate(PackageName("zlib"), threshold: 1) }, "ceremony.role-unknown"),
        ({ try $0.delegate(PackageName("ZLIB"), threshold: 1) }, "ceremony.role-unknown"),
        ({ try $0.delegate(PackageName("__glibc"), threshold: 1) }, "name.virtual"),
        ({ try $0.delegate(PackageName("bzip2"), threshold: 0) }, "ceremony.threshold-below-one"),
        // Nobody was given a key.
        ({ try $0.delegate(PackageName("bzip2"), threshold: 1) }, "ceremony.threshold-unreachable"),
        (
            {
                try $0.removeDelegation(of: PackageName("zlib"))
                try $0.setThreshold(1, of: #require(CeremonyRole("maintainers.zlib")))
            }, "ceremony.role-unknown"
        ),
        (
            {
                try $0.removeDelegation(of: PackageName("zlib"))
                try $0.removeDelegation(of: PackageName("zlib"))
            }, "ceremony.role-unknown"
        ),
    ]

    @Test("What makes no sense is not proposed", arguments: wrong.indices)
    func refuses(index: Int) async throws {
        let world = try await MaintainersScene.make()
        let (edit, code) = Self.wrong[index]
        #expect(refusalCode { _ = try world.scene.proposal { draft, _, _ in try edit(&draft) } } == code)
    }

    @Test("A targets key that is elsewhere signs a delegation, and one that has no say does not")
    func keyElsewhere() async throws {
        let world = try await MaintainersScene.make(delegated: false)
        let key = try KeyFile.read(world.scene.keys.directory + "/targets-1.key").unlock { nil }
        try world.lockUpOfflineKeys()
        let list = try await world.maintainers.list([world.zlib])
        func delegate(_ signer: PrivateKey) async throws {
            var channel = try world.scene.open()
            _ = try await channel.delegate(
                Self.zlib(),
                to: world.maintainers.publicKeys,
                threshold: 2,
                list: list,
                signingTargetsBy: [signer],
                now: ChannelScene.start
            )
        }
        func remove(_ signer: PrivateKey) async throws {
            var channel = try world.scene.open()
            _ = try await channel.removeDelegation(
                of: Self.zlib(),
                signingTargetsBy: [signer],
                now: ChannelScene.start
            )
        }
        let other = try PrivateKey.generate(.ed25519)
        #expect(await refusalCode { try await delegate(other) } == "channel.key-not-authorised")
        try await delegate(key)
        #expect(try world.scene.check().maintainedCount == 1)
        #expect(await refusalCode { try await remove(other) } == "channel.key-not-authorised")
        try await remove(key)
        #expect(try world.scene.check().maintainedCount == 0)
    }
}

extension CeremonyDraft {
    /// Passes a package to maintainers.
    fileprivate mutating func delegate(_ maintainers: Maintainers) throws {
        try delegate(PackageName(maintainers.package), threshold: maintainers.threshold)
        let role = try #require(CeremonyRole(maintainers.roleName))
        for key in maintainers.publicKeys { try add(key, named: nil, to: role) }
    }
}
