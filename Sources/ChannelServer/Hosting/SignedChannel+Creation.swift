// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
import DurableFiles
public import SigningKeys
import TUF
public import TrustCore

/// A channel that was just made.
public struct CreatedChannel: Sendable {
    /// SHA-256 of the root's bytes: what users pin.
    public let rootDigest: Digest
    /// The subdirs that are delegated.
    public let subdirs: [Subdir]
}

extension SignedChannel {
    /// Makes a channel with empty indexes, and its keys.
    ///
    /// Every subdir gets all index files at once, for clients remember a missing shard index as "this channel
    /// has none".
    ///
    /// - Throws: `channel.already-there`, also for index files that nobody signed, or `channel.keys-served`;
    ///   then nothing was made.
    public static func create(
        directory: String,
        keys: KeyRing,
        settings: ChannelSettings,
        scheme: SignatureScheme,
        root: KeyRing.Quorum,
        offline: KeyProtection,
        online: KeyProtection,
        now: Timestamp
    ) async throws -> CreatedChannel {
        try refuseServed(keys.directory, in: directory)
        let first = directory + "/" + ChannelLayout.metadataFile("1.root.json")
        guard !Folder.exists(first), !Publication.isPending(directory) else {
            throw Refusal(ChannelCode.alreadyThere, directory)
        }
        for subdir in settings.subdirs { try refuseIndexes(of: subdir, in: directory) }
        guard try KeyRing.Purpose.tuf.allSatisfy({ try keys.files(of: $0).isEmpty }) else {
            throw Refusal(ChannelCode.alreadyThere, keys.directory)
        }
        let lock = try FileLock(Publication.privateFolder(of: directory) + "/lock")
        defer { withExtendedLifetime(lock) {} }
        let rootKeys = try keys.create(.root, count: root.count, scheme: scheme, protection: offline)
        let targetsKeys = try keys.create(.targets, count: 1, scheme: scheme, protection: offline)
        let onlineKeys = try keys.create(.online, count: 1, scheme: scheme, protection: online)
        try settings.write(in: keys.directory)
        let onlineSetup = RoleSetup(onlineKeys.map(\.publicKey))
        var editor = try RepositoryEditor(
            root: RoleSetup(rootKeys.map(\.publicKey), threshold: root.threshold),
            timestamp: onlineSetup,
            snapshot: onlineSetup,
            targets: RoleSetup(targetsKeys.map(\.publicKey))
        )
        editor.lifetimes = settings.lifetimes.roles
        var publication = Publication()
        for subdir in settings.subdirs {
            try editor.delegate(subdir, keys: onlineSetup)
            try editor.stageIndexes(of: SubdirContents(subdir), &publication)
        }
        let files = try await editor.publish(signers: rootKeys + targetsKeys + onlineKeys, now: now)
        publication.write(files)
        guard let rootFile = files.first(where: { $0.role == .root }) else {
            preconditionFailure("a new repository begins with a root")
        }
        // The owner's own anchor, before anything is served.
        try DurableFile.write(rootFile.bytes, to: keys.directory + "/" + rootCopy)
        try publication.commit(to: directory)
        return CreatedChannel(rootDigest: Digest.of(rootFile.bytes), subdirs: settings.subdirs)
    }

    /// Refuses (`channel.already-there`) to write a new index over one that somebody may still need.
    static func refuseIndexes(of subdir: Subdir, in directory: String) throws {
        for name in ChannelLayout.indexFiles {
            let path = directory + "/" + ChannelLayout.file(name, in: subdir)
            guard Folder.exists(path) else { continue }
            throw Refusal(ChannelCode.alreadyThere, path, expected: "no index yet")
        }
    }

    /// Refuses (`channel.keys-served`) keys in the channel's folder. Links on the way there are not looked
    /// through.
    static func refuseServed(_ keys: String, in directory: String) throws {
        let channel = try Folder.absolute(directory)
        guard (try Folder.absolute(keys) + "/").utf8.starts(with: (channel + "/").utf8) else { return }
        throw Refusal(ChannelCode.keysServed, keys, expected: "a folder outside \(channel)")
    }
}

extension RepositoryEditor {
    /// Delegates a subdir's paths to a role of its name. Terminating: no other role may speak about these
    /// paths.
    mutating func delegate(_ subdir: Subdir, keys: RoleSetup) throws {
        let role = try ChannelProposal.role(of: subdir)
        try delegate(ChannelProposal.scope(of: subdir), to: role, keys: keys, terminating: true)
    }

    /// Encodes a subdir's indexes, makes them targets, and plans to write them.
    mutating func stageIndexes(of contents: SubdirContents, _ publication: inout Publication) throws {
        let subdir = contents.subdir
        guard let role = RoleName(subdir.text) else { return }
        let (files, shards) = try contents.encoded()
        for (digest, bytes) in shards {
            publication.write(bytes, to: ChannelLayout.shard(digest, in: subdir), .shard)
        }
        for (name, bytes) in files {
            guard let path = TargetPath(ChannelLayout.file(name, in: subdir)) else { continue }
            try setTarget(path, to: TargetFile(of: bytes), in: role)
            publication.write(
                bytes,
                to: ChannelLayout.immutableFile(name, digest: Digest.of(bytes), in: subdir),
                .index
            )
            publication.write(bytes, to: path.text, .plainIndex)
        }
    }
}

extension Publication {
    /// Plans signed metadata files, root and timestamp last of all.
    mutating func write(_ files: [RepositoryFile]) {
        for file in files {
            let stage: Stage =
                switch file.role {
                case .timestamp: .timestamp
                case .root: .root
                default: .metadata
                }
            write(file.bytes, to: ChannelLayout.metadataFile(file.name), stage)
        }
    }
}
