// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TestSupport
import Testing
import TrustCore

@testable import TUF

@Suite("Editing a repository")
struct EditorTests {
    /// Offline keys for root and targets, one online key for the rest, as a channel has them.
    struct Keys {
        let root = PrivateKey.fresh
        let targets = PrivateKey.fresh
        let online = PrivateKey.fresh

        init() throws {}

        var all: [any Signer] { [root, targets, online] }

        func editor(consistentSnapshot: Bool = true) throws -> RepositoryEditor {
            try RepositoryEditor(
                root: RoleSetup([root.publicKey]),
                timestamp: RoleSetup([online.publicKey]),
                snapshot: RoleSetup([online.publicKey]),
                targets: RoleSetup([targets.publicKey]),
                consistentSnapshot: consistentSnapshot
            )
        }
    }

    /// A channel: its editor, its files, and a client that pinned the first root.
    struct Channel {
        let keys: Keys
        var editor: RepositoryEditor
        var files: [String: [UInt8]] = [:]
        let store = InMemoryMetadataStore()
        let server = MemoryServer()
        var now = SimulatedRepository.now

        init(consistentSnapshot: Bool = true) async throws {
            keys = try Keys()
            editor = try keys.editor(consistentSnapshot: consistentSnapshot)
            for subdir in ["linux-64", "noarch"] {
                try editor.delegate(
                    .paths("\(subdir)/*"),
                    to: #require(RoleName(subdir)),
                    keys: RoleSetup([keys.online.publicKey]),
                    terminating: true
                )
            }
            try await publish(keys.all)
        }

        @discardableResult
        mutating func publish(_ signers: [any Signer], renewingWithin window: Int64 = 0) async throws
            -> [String]
        {
            let written = try await editor.publish(signers: signers, now: now, renewingWithin: window)
            for file in written { files[file.name] = file.bytes }
            return written.map(\.name)
        }

        func client() throws -> Updater {
            server.files = files
            return Updater(
                trustedRoot: try #require(files["1.root.json"]),
                metadataURL: MemoryServer.url,
                store: store,
                fetcher: server,
                now: now
            )
        }
    }

    static let linux: RoleName = "linux-64"
    static let index: TargetPath = "linux-64/repodata.json.zst"

    @Test("A new channel is written in the order that keeps readers whole")
    func order() async throws {
        let keys = try Keys()
        var editor = try keys.editor()
        try editor.delegate(.paths("linux-64/*"), to: Self.linux, keys: RoleSetup([keys.online.publicKey]))
        let files = try await editor.publish(signers: keys.all, now: SimulatedRepository.now)
        #expect(
            files.map(\.name) == [
                "1.root.json", "1.linux-64.json", "1.targets.json", "1.snapshot.json", "timestamp.json",
            ]
        )
        #expect(try await editor.publish(signers: keys.all, now: SimulatedRepository.now).isEmpty)
    }

    @Test("An index is published by the online key alone, and a client finds who vouches for it")
    func publishIndex() async throws {
        var channel = try await Channel()
        let content = Array("index".utf8)
        try channel.editor.setTarget(Self.index, to: TargetFile(of: content), in: Self.linux)
        let written = try await channel.publish([channel.keys.online])
        #expect(written == ["2.linux-64.json", "2.snapshot.json", "timestamp.json"])
        let client = try channel.client()
        let found = try await client.requiredTarget(Self.index)
        #expect(found.chain == [.targets, Self.linux])
        try found.verify(content)
        // Editing to what is there already signs nothing.
        try channel.editor.setTarget(Self.index, to: TargetFile(of: content), in: Self.linux)
        #expect(try await channel.publish([channel.keys.online]).isEmpty)
        try channel.editor.removeTarget(Self.index, from: Self.linux)
        try await channel.publish([channel.keys.online])
        #expect(try await channel.client().target(Self.index) == nil)
    }

    @Test("Snapshot and timestamp promise length and digests")
    func promises() async throws {
        let channel = try await Channel()
        let client = try channel.client()
        let trusted = try await client.trusted()
        let promised = try #require(trusted.timestamp?.role.snapshot)
        #expect(promised.length == channel.files["1.snapshot.json"].map { UInt64($0.count) })
        #expect(promised.hashes != nil)
        #expect(
            trusted.snapshot?.role.files.values.allSatisfy { $0.length != nil && $0.hashes != nil } == true
        )
    }

    @Test("A role that was edited cannot be published without its keys, and nothing changes")
    func missingSigner() async throws {
        var channel = try await Channel()
        try channel.editor.setTarget("top", to: TargetFile(of: []), in: .targets)
        let before = channel.editor.status
        let online = channel.keys.online
        #expect(await refusalCode { try await channel.publish([online]) } == "tuf.signatures")
        #expect(channel.editor.status == before)
    }

    @Test("What is due is renewed by whoever is there; the rest waits")
    func renewal() async throws {
        var channel = try await Channel()
        channel.now = channel.now.advanced(byDays: 1)
        #expect(try await channel.publish([channel.keys.online]).isEmpty)
        #expect(
            try await channel.publish([channel.keys.online], renewingWithin: 86_400) == ["timestamp.json"]
        )
        channel.now = channel.now.advanced(byDays: 40)
        #expect(
            try await channel.publish([channel.keys.online])
                == ["2.linux-64.json", "2.noarch.json", "2.snapshot.json", "timestamp.json"]
        )
        channel.now = channel.now.advanced(byDays: 400)
        let online = try await channel.publish([channel.keys.online])
        #expect(!online.contains { $0.hasSuffix("targets.json") || $0.hasSuffix("root.json") })
        #expect(await refusalCode { try await channel.client().refresh() } == "tuf.expired")
        #expect(
            try await channel.publish([channel.keys.root, channel.keys.targets, channel.keys.online])
                == ["2.root.json", "2.targets.json", "4.snapshot.json", "timestamp.json"]
        )
        try await channel.client().refresh()
    }

    @Test("A root rotation needs the old keys and the new ones")
    func rotation() async throws {
        var channel = try await Channel()
        try await channel.client().refresh()
        let new = try PrivateKey.generate(.ed25519)
        try channel.editor.setRole(.root, to: RoleSetup([new.publicKey]))
        let (old, online) = (channel.keys.root, channel.keys.online)
        #expect(await refusalCode { try await channel.publish([new, online]) } == "tuf.signatures")
        #expect(await refusalCode { try await channel.publish([old, online]) } == "tuf.signatures")
        #expect(try await channel.publish([old, new]) == ["2.root.json"])
        try await channel.client().refresh()
        #expect(channel.store.read(.root(version: 2)) == channel.files["2.root.json"])
    }

    @Test("A rotated online key is followed by new snapshot, timestamp and subdir metadata")
    func onlineRotation() async throws {
        var channel = try await Channel()
        try await channel.client().refresh()
        let new = try PrivateKey.generate(.ecdsaP256)
        let setup = RoleSetup([new.publicKey])
        try channel.editor.setRole(.timestamp, to: setup)
        try channel.editor.setRole(.snapshot, to: setup)
        for subdir in ["linux-64", "noarch"] {
            try channel.editor.delegate(
                .paths("\(subdir)/*"),
                to: #require(RoleName(subdir)),
                keys: setup,
                terminating: true
            )
        }
        let written = try await channel.publish([channel.keys.root, channel.keys.targets, new])
        #expect(
            written == [
                "2.root.json", "2.linux-64.json", "2.noarch.json", "2.targets.json", "2.snapshot.json",
                "timestamp.json",
            ]
        )
        let client = try channel.client()
        #expect(try await client.target(Self.index) == nil)
    }

    @Test("A repository goes on from its files, verified from the trusted root", arguments: [true, false])
    func loading(_ consistentSnapshot: Bool) async throws {
        var channel = try await Channel(consistentSnapshot: consistentSnapshot)
        try channel.editor.setTarget(Self.index, to: TargetFile(of: [1]), in: Self.linux)
        try await channel.publish([channel.keys.online])
        let files = channel.files
        let pinned = try #require(files["1.root.json"])
        var loaded = try RepositoryEditor(trustedRoot: pinned) { files[$0] }
        #expect(loaded.status == channel.editor.status)
        #expect(try await loaded.publish(signers: channel.keys.all, now: channel.now).isEmpty)
        try loaded.setTarget(Self.index, to: TargetFile(of: [2]), in: Self.linux)
        channel.editor = loaded
        try await channel.publish([channel.keys.online])
        #expect(try await channel.client().requiredTarget(Self.index).file == TargetFile(of: [2]))
    }

    @Test(
        "A repository that was tampered with is not gone on with",
        arguments: [
            "1.targets.json", "1.linux-64.json", "1.snapshot.json", "timestamp.json",
        ]
    )
    func loadingTampered(_ name: String) async throws {
        let channel = try await Channel()
        var files = channel.files
        try UpdateAttackTests.alter(&files[name])
        let tampered = files
        let pinned = try #require(tampered["1.root.json"])
        let code = refusalCode { try RepositoryEditor(trustedRoot: pinned) { tampered[$0] } }
        #expect(code == (name == "timestamp.json" ? "tuf.signatures" : "tuf.metadata-hash"))
    }

    @Test("A role that was taken away stays in the snapshot, and comes back above its old version")
    func removedDelegation() async throws {
        var channel = try await Channel()
        try channel.editor.setTarget(Self.index, to: TargetFile(of: [1]), in: Self.linux)
        try await channel.publish(channel.keys.all)
        try await channel.client().refresh()
        try channel.editor.removeDelegation(to: Self.linux)
        try await channel.publish(channel.keys.all)
        #expect(try await channel.client().target(Self.index) == nil)
        let files = channel.files
        channel.editor = try RepositoryEditor(trustedRoot: #require(files["1.root.json"])) { files[$0] }
        try channel.editor.delegate(
            .paths("linux-64/*"),
            to: Self.linux,
            keys: RoleSetup([channel.keys.online.publicKey])
        )
        #expect(try await channel.publish(channel.keys.all).first == "3.linux-64.json")
        #expect(try await channel.client().target(Self.index) == nil)
    }

    @Test("A path is vouched for only by a role that it is delegated to")
    func notDelegated() async throws {
        var channel = try await Channel()
        let path: TargetPath = "osx-64/repodata.json"
        #expect(
            refusalCode { try channel.editor.setTarget(path, to: TargetFile(of: []), in: Self.linux) }
                == "tuf.not-delegated"
        )
        let unknown: RoleName = "osx-64"
        #expect(
            refusalCode { try channel.editor.setTarget(path, to: TargetFile(of: []), in: unknown) }
                == "tuf.not-delegated"
        )
    }

    @Test("Files are downloaded under the name that the layout gives them")
    func download() async throws {
        var channel = try await Channel()
        let content = Array("index".utf8)
        let file = TargetFile(of: content, by: [.sha256, .sha512])
        try channel.editor.setTarget(Self.index, to: file, in: Self.linux)
        try await channel.publish([channel.keys.online])
        channel.files["\(Self.index.prefixed(by: Digest.of(content)))"] = content
        channel.files[Self.index.text] = content
        let client = try channel.client()
        let target = try await client.requiredTarget(Self.index)
        #expect(try await client.download(target, from: MemoryServer.url) == content)
        #expect(channel.server.takeRequests().last == "linux-64/\(Digest.of(content).hex).repodata.json.zst")
        #expect(try await client.download(target, from: MemoryServer.url, naming: .fixed) == content)
        #expect(channel.server.takeRequests().last == "linux-64/repodata.json.zst")
    }

    @Test(
        "Names that servers ask for in different ways are refused for new roles",
        arguments: ["team/x", "team x", ".team", "tëam", "a%2Fb", "a\\b", "../x"]
    )
    func plainNames(text: String) async throws {
        var channel = try await Channel()
        let name = try #require(RoleName(text))
        let setup = RoleSetup([channel.keys.online.publicKey])
        #expect(
            refusalCode { try channel.editor.delegate(.paths("a/*"), to: name, keys: setup) }
                == "tuf.role-name"
        )
        #expect(
            refusalCode { try channel.editor.delegateToBins(prefix: name, bitLength: 1, keys: setup) }
                == "tuf.role-name"
        )
        #expect(channel.editor.roles[name] == nil)
    }

    @Test("The files of a role that was taken away do not come back with another delegation to its name")
    func forgetsRevokedFiles() async throws {
        for isPublishedBetween in [true, false] {
            var channel = try await Channel()
            let setup = RoleSetup([channel.keys.online.publicKey])
            let path: TargetPath = "linux-64/team-a"
            try channel.editor.delegate(.paths("linux-64/team-*"), to: "team", keys: setup, from: Self.linux)
            try channel.editor.setTarget(path, to: TargetFile(of: [1]), in: "team")
            if isPublishedBetween { try await channel.publish(channel.keys.all) }
            try channel.editor.removeDelegation(to: Self.linux)
            // The role below it is as unreachable as itself.
            #expect(channel.editor.roles[Self.linux] == nil && channel.editor.roles["team"] == nil)
            #expect(!channel.editor.status.contains { $0.role == "team" || $0.role == Self.linux })
            try channel.editor.delegate(.paths("linux-64/*"), to: Self.linux, keys: setup)
            try channel.editor.delegate(.paths("linux-64/team-*"), to: "team", keys: setup, from: Self.linux)
            #expect(channel.editor.roles["team"]?.targets.isEmpty == true)
            let written = try await channel.publish(channel.keys.all)
            #expect(written.contains(isPublishedBetween ? "2.team.json" : "1.team.json"))
            #expect(try await channel.client().target(path) == nil)
        }
    }

    @Test("Hash bins in place of named roles leave nothing of those to be signed")
    func forgetsReplacedRoles() async throws {
        var channel = try await Channel()
        try channel.editor.setTarget(Self.index, to: TargetFile(of: [1]), in: Self.linux)
        try channel.editor.delegateToBins(
            prefix: "bin",
            bitLength: 1,
            keys: RoleSetup([channel.keys.online.publicKey])
        )
        #expect(channel.editor.roles.keys.sorted() == ["bin-0", "bin-1", .targets])
        let written = try await channel.publish(channel.keys.all)
        #expect(!written.contains { $0.hasSuffix("linux-64.json") })
        #expect(try await channel.client().target(Self.index) == nil)
    }
}
