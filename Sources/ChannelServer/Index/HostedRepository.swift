// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import Gatekeeper
internal import SigningKeys
internal import TUF
internal import TrustCore

/// The TUF metadata of a hosted channel, read from its documents and verified from the first root down.
///
/// Nothing of it is remembered between two uses: the documents say what is in force.
struct HostedRepository: Sendable {
    static let timestampPath = ChannelLayout.metadataFile("timestamp.json")
    static let firstRootPath = ChannelLayout.metadataFile("1.root.json")

    let channel: HostedChannel
    /// The metadata, to be edited.
    var editor: RepositoryEditor
    /// The roots, oldest first.
    let roots: [[UInt8]]
    /// The top-level targets metadata in force.
    let targets: [UInt8]
    /// The blob of the timestamp that was in force when this was read; nil for a repository that is just
    /// beginning. Whoever publishes compares it with what is in force then.
    let timestamp: Digest?

    /// Reads a channel's metadata.
    ///
    /// - Returns: nil if the channel has no root yet: its index is served without signatures.
    /// - Throws: the refusal of whatever is wrong with the metadata.
    init?(
        of channel: HostedChannel,
        lifetimes: RoleLifetimes,
        database: any ServerDatabase,
        blobs: any BlobStore
    ) async throws {
        let scope = HostedDocument.Scope.channel(channel.id)
        let (first, timestamp) = try await database.read { transaction in
            (
                try transaction.document(Self.firstRootPath, in: scope),
                try transaction.document(Self.timestampPath, in: scope)
            )
        }
        guard first != nil, let timestamp else { return nil }
        let reader = MetadataReader(scope: scope, database: database, blobs: blobs)
        let files = try await reader.files()
        guard let root = files["1.root.json"] else {
            throw Refusal(TUFCode.metadataMissing, "root metadata", at: Self.firstRootPath)
        }
        editor = try RepositoryEditor(
            trustedRoot: root,
            isSignedElsewhere: { MaintainersRole($0) != nil },
            read: { files[$0] }
        )
        editor.lifetimes = lifetimes
        roots = (1...max(1, Int(clamping: editor.root.version))).compactMap { files["\($0).root.json"] }
        let version = editor.status.first { $0.role == .targets }?.version ?? 0
        targets = files["\(version).targets.json"] ?? []
        self.channel = channel
        self.timestamp = timestamp.blob
    }

    /// Begins a repository with what a ceremony signed.
    init(of channel: HostedChannel, beginningWith ceremony: FinishedCeremony, lifetimes: RoleLifetimes) throws
    {
        self.channel = channel
        editor = try RepositoryEditor(beginningWith: ceremony)
        editor.lifetimes = lifetimes
        roots = []
        targets = []
        timestamp = nil
    }

    /// The subdirs whose indexes are signed.
    var subdirs: [Subdir] {
        (editor.roles[.targets]?.delegations?.names ?? []).compactMap { name in
            MaintainersRole(name) == nil ? try? Subdir(name.text) : nil
        }
    }

    /// The version of the snapshot; nil if none was signed.
    var snapshotVersion: Int64? {
        editor.status.first { $0.role == .snapshot }.flatMap { $0.version > 0 ? $0.version : nil }
    }

    /// The keys by which timestamp, snapshot and subdirs are signed, by the ids that they have of themselves.
    var onlineKeys: Set<KeyID> {
        let delegations = editor.roles[.targets]?.delegations
        let authorities =
            [editor.root.authority(for: .timestamp), editor.root.authority(for: .snapshot)]
            + subdirs.compactMap { subdir in
                RoleName(subdir.text).flatMap { delegations?.authority(for: $0) }
            }
        return Set(
            authorities.flatMap { authority in
                authority.role.keyIDs.compactMap { authority.keys[$0]?.computedID }
            }
        )
    }

    /// The files of a channel's metadata that are in force, by their names in the folder; none where there is no root.
    /// Nothing is verified here.
    static func files(of channel: HostedChannel, database: any ServerDatabase, blobs: any BlobStore)
        async throws -> [String: [UInt8]]
    {
        try await MetadataReader(scope: .channel(channel.id), database: database, blobs: blobs).files()
    }

    /// The roles of the online keys that are due at a moment, and when the next one will be.
    ///
    /// The timestamp is renewed hourly, so that a client can tell an hour's silence from a mirror that hides
    /// news; the others when a third of their life is left.
    func renewals(at now: Timestamp) -> (due: [RoleName], next: Timestamp) {
        var due: [RoleName] = []
        var next = now.advanced(bySeconds: HostedRepository.timestampInterval)
        for role in editor.status where Self.isOnline(role.role) {
            guard let expires = role.expires else { continue }
            let life = editor.lifetimes.seconds(for: role.role)
            let rest =
                role.role == .timestamp ? max(life / 2, life - HostedRepository.timestampInterval) : life / 3
            let moment = expires.advanced(bySeconds: -rest)
            if moment <= now || role.version < editor.leastVersion {
                due.append(role.role)
            } else {
                next = min(next, moment)
            }
        }
        return (due, next)
    }

    /// How often the timestamp is signed, at least, in seconds.
    static let timestampInterval: Int64 = 3600

    private static func isOnline(_ role: RoleName) -> Bool {
        role != .root && role != .targets && MaintainersRole(role) == nil
    }

    /// Whether the role of a subdir vouches for just these files, as far as they are part of an index.
    func vouches(for files: [IndexFile], in subdir: Subdir) -> Bool {
        guard let role = RoleName(subdir.text), let metadata = editor.roles[role] else { return false }
        return files.allSatisfy { file in
            TargetPath(ChannelLayout.file(file.name, in: subdir)).flatMap { metadata.targets[$0] }
                == file.target
        }
    }

    /// Vouches for the files of a subdir's index. Nothing happens if no role may.
    mutating func vouch(for files: [IndexFile], in subdir: Subdir) throws {
        guard subdirs.contains(subdir) else { return }
        let role = try ChannelProposal.role(of: subdir)
        for file in files {
            guard let path = TargetPath(ChannelLayout.file(file.name, in: subdir)) else { continue }
            try editor.setTarget(path, to: file.target, in: role)
        }
    }

    /// Signs what was edited and what is due; answers the new files, and the paths of those that they
    /// supersede.
    ///
    /// - Throws: `index.online-keys` if the keys do not suffice.
    mutating func sign(by signers: [any Signer], renewing due: [RoleName], now: Timestamp) async throws
        -> (files: [RepositoryFile], superseded: [(path: String, seconds: Int64)])
    {
        let before = editor.status
        for role in due {
            let quorum = editor.quorum(of: role, among: signers)
            guard quorum.present < quorum.needed else { continue }
            throw Refusal(
                IndexCode.onlineKeys,
                channel.name.text,
                at: "role `\(role)`",
                expected: "\(quorum.needed) of its keys",
                found: "\(quorum.present)"
            )
        }
        editor.renew(due, by: signers)
        guard editor.hasChanges else { return ([], []) }
        let files: [RepositoryFile]
        do {
            files = try await editor.publish(signers: signers, now: now)
        } catch let refusal as Refusal where refusal.is(TUFCode.signatures) {
            throw Refusal(
                IndexCode.onlineKeys,
                channel.name.text,
                expected: refusal.expected,
                found: refusal.found,
                cause: refusal
            )
        }
        let signed = Set(files.map(\.role))
        let grace = MetadataRetention(editor.lifetimes).grace
        let superseded = before.compactMap { role -> (path: String, seconds: Int64)? in
            guard signed.contains(role.role), role.role != .root, role.role != .timestamp, role.version > 0
            else {
                return nil
            }
            return (ChannelLayout.metadataFile("\(role.version).\(role.role.encoded).json"), grace)
        }
        return (files, superseded)
    }
}

/// Reads a channel's metadata files that are in force, all at once: the editor does not wait for a store.
private struct MetadataReader: Sendable {
    let scope: HostedDocument.Scope
    let database: any ServerDatabase
    let blobs: any BlobStore

    /// The roots, the timestamp, and what it leads to, by their names in the folder. Nothing is verified
    /// here.
    func files() async throws -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        var version = 1
        while version <= RootChain.maximumCount, let bytes = try await read("\(version).root.json") {
            files["\(version).root.json"] = bytes
            version += 1
        }
        guard let timestamp = try await read("timestamp.json") else { return files }
        files["timestamp.json"] = timestamp
        let signed = try SignedMetadata<TimestampMetadata>(parsing: timestamp, as: .timestamp)
        let name = "\(signed.role.snapshot.version).snapshot.json"
        guard let snapshot = try await read(name) else { return files }
        files[name] = snapshot
        let listed = try SignedMetadata<SnapshotMetadata>(parsing: snapshot, as: .snapshot).role.files
        for (role, file) in listed {
            let name = "\(file.version).\(role.encoded).json"
            files[name] = try await read(name)
        }
        return files
    }

    private func read(_ name: String) async throws -> [UInt8]? {
        let scope = scope
        let path = ChannelLayout.metadataFile(name)
        guard let document = try await database.read({ try $0.document(path, in: scope) }) else { return nil }
        return try await blobs.bytes(of: document.blob, maximumLength: SignedChannel.metadataLimit)
    }
}
