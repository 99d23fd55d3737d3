// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TestSupport
import Testing
import TrustCore

@testable import TUF

@Suite("Metadata that others sign")
struct AdoptionTests {
    private static let role: RoleName = "others"
    private static let path: TargetPath = "linux-64/theirs-1"

    /// A channel whose owner has delegated some paths to a key of somebody else.
    private static func channel(_ key: PrivateKey) async throws -> EditorTests.Channel {
        var channel = try await EditorTests.Channel()
        try delegate(to: key, in: &channel)
        try await channel.publish(channel.keys.all)
        return channel
    }

    private static func delegate(to key: PrivateKey, in channel: inout EditorTests.Channel) throws {
        try channel.editor.delegateElsewhere(
            .paths("*/theirs-*"),
            to: role,
            keys: RoleSetup([key.publicKey]),
            order: { a, b in a.name == role && b.name != role }
        )
    }

    private static func metadata(
        _ version: Int64,
        by key: PrivateKey,
        path: TargetPath = path
    ) async throws -> [UInt8] {
        let metadata = TargetsMetadata(
            header: MetadataHeader(version: version, expires: SimulatedRepository.now.advanced(byDays: 9)),
            targets: [path: TargetFile(of: [1])]
        )
        var envelope = try MetadataEnvelope(signed: metadata.encoded())
        let id = KeyDefinition(key.publicKey).computedID.text
        envelope.add(Signature(keyID: id, bytes: try key.sign(envelope.signedBytes)))
        return envelope.encoded()
    }

    @Test("It is published byte for byte by the online key, and clients find the file by it")
    func isPublished() async throws {
        let key = PrivateKey.fresh
        var channel = try await Self.channel(key)
        let bytes = try await Self.metadata(1, by: key)
        try channel.editor.adopt(bytes, as: Self.role)
        #expect(channel.editor.status.contains { $0.role == Self.role && $0.hasChanges })
        let written = try await channel.publish([channel.keys.online])
        #expect(written == ["1.others.json", "3.snapshot.json", "timestamp.json"])
        #expect(channel.files["1.others.json"] == bytes)
        #expect(try await channel.client().requiredTarget(Self.path).chain == [.targets, Self.role])
        #expect(try await channel.publish([channel.keys.online]).isEmpty)
    }

    @Test("The order of the search is the owner's: before roles that cover the same paths")
    func order() async throws {
        let channel = try await Self.channel(.fresh)
        let names = channel.editor.roles[.targets]?.delegations?.names.map(\.text)
        #expect(names == ["others", "linux-64", "noarch"])
    }

    @Test("Beside hash bins nothing can be delegated to others")
    func bins() async throws {
        var channel = try await EditorTests.Channel()
        let key = PrivateKey.fresh
        try channel.editor.delegateToBins(prefix: "bin", bitLength: 1, keys: RoleSetup([key.publicKey]))
        #expect(refusalCode { try Self.delegate(to: key, in: &channel) } == "tuf.succinct-roles")
    }

    @Test("Wrong keys, old versions, paths of others and unknown roles are refused")
    func refuses() async throws {
        let key = PrivateKey.fresh
        var channel = try await Self.channel(key)
        let foreign = try await Self.metadata(1, by: .fresh)
        #expect(refusalCode { try channel.editor.adopt(foreign, as: Self.role) } == "tuf.signatures")
        let wide = try await Self.metadata(1, by: key, path: "linux-64/repodata.json")
        #expect(refusalCode { try channel.editor.adopt(wide, as: Self.role) } == "tuf.not-delegated")
        let first = try await Self.metadata(1, by: key)
        #expect(refusalCode { try channel.editor.adopt(first, as: "unknown") } == "tuf.not-delegated")
        #expect(refusalCode { try channel.editor.adopt(first, as: .targets) } == "tuf.not-delegated")
        try channel.editor.adopt(first, as: Self.role)
        try await channel.publish([channel.keys.online])
        #expect(refusalCode { try channel.editor.adopt(first, as: Self.role) } == "tuf.rollback")
        // Taken away and back: the snapshot remembers.
        try channel.editor.removeDelegation(to: Self.role)
        try Self.delegate(to: key, in: &channel)
        #expect(refusalCode { try channel.editor.adopt(first, as: Self.role) } == "tuf.rollback")
        try channel.editor.adopt(try await Self.metadata(2, by: key), as: Self.role)
    }

    @Test("A repository is loaded while such a role is awaited, and only such a one")
    func isAwaited() async throws {
        let key = PrivateKey.fresh
        var channel = try await Self.channel(key)
        func load(_ isSignedElsewhere: @escaping @Sendable (RoleName) -> Bool) throws -> RepositoryEditor {
            let files = channel.files
            return try RepositoryEditor(
                trustedRoot: try #require(files["1.root.json"]),
                isSignedElsewhere: isSignedElsewhere
            ) { files[$0] }
        }
        #expect(refusalCode { _ = try load { _ in false } } == "tuf.role-not-in-snapshot")
        #expect(try load { $0 == Self.role }.roles[Self.role] == nil)
        try channel.editor.adopt(try await Self.metadata(1, by: key), as: Self.role)
        try await channel.publish([channel.keys.online])
        #expect(try load { _ in false }.roles[Self.role]?.version == 1)
        // Other keys now: what the old ones signed is as good as nothing.
        try Self.delegate(to: .fresh, in: &channel)
        try await channel.publish(channel.keys.all)
        #expect(refusalCode { _ = try load { _ in false } } == "tuf.signatures")
        let loaded = try load { $0 == Self.role }
        #expect(loaded.roles[Self.role] == nil && loaded.lastVersion(of: Self.role) == 1)
    }

    @Test("An editor that reads on demand awaits such a role too, and publishes it without reading others")
    func isAwaitedOnDemand() async throws {
        let key = PrivateKey.fresh
        var channel = try await Self.channel(key)
        let files = channel.files
        let root = try #require(files["1.root.json"])
        var strict = try RepositoryEditor(onDemand: root) { files[$0] }
        #expect(refusalCode { try strict.read(Self.role) } == "tuf.role-not-in-snapshot")
        var editor = try RepositoryEditor(
            onDemand: root,
            isSignedElsewhere: { $0 == Self.role },
            read: { files[$0] }
        )
        try editor.read(Self.role)
        #expect(editor.roles[Self.role] == nil && !editor.hasChanges)
        try editor.adopt(try await Self.metadata(1, by: key), as: Self.role)
        #expect(editor.hasChanges)
        channel.editor = editor
        try await channel.publish([channel.keys.online])
        #expect(channel.files["1.others.json"] != nil && !channel.editor.hasChanges)
    }
}
