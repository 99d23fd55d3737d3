// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import DurableFiles
import TUF
import TrustCore

/// Which files of a channel are kept, although the state in force does not lead to them any more.
///
/// A reader that began before a publication, and a mirror that lags behind, go on asking for index files,
/// shards and metadata of the state before. So these stay for some days after they were superseded. The time
/// of supersession is their modification time, which the publication sets. Roots stay for ever, for clients
/// follow their chain from the one they pinned (TUF specification 1.0.34, section 5.3); so do packages, which
/// lock files name.
struct Retention {
    /// How long superseded files stay at least, in seconds.
    static let grace: Int64 = 7 * 86_400

    let directory: String
    /// The roles in force before the publication.
    let roles: [RoleName: TargetsMetadata]
    /// Their versions.
    let status: [RoleStatus]
    /// How long the channel's metadata is valid: what was superseded stays while a timestamp may name it.
    let lifetimes: RoleLifetimes

    /// The files that neither the state in force nor the planned one leads to, and that were superseded long
    /// ago.
    func unneeded(besides planned: Set<ByteKey>, now: Timestamp) throws -> [String] {
        let limit = now.advanced(bySeconds: -max(Self.grace, MetadataRetention(lifetimes).grace))
        var candidates = try metadata() + policies()
        for (role, metadata) in roles.sorted(by: { $0.key < $1.key }) {
            // Where the index in force is damaged nobody can say what it leads to: all of it stays until it is repaired.
            guard let subdir = try? Subdir(role.text), let needed = try? needed(by: metadata, of: subdir)
            else {
                continue
            }
            candidates += try indexFiles(of: subdir).filter { !needed.contains(ByteKey($0)) }
        }
        return candidates.filter { path in
            guard !planned.contains(ByteKey(path)),
                let modified = DurableFile.modified(directory + "/" + path)
            else {
                return false
            }
            return modified < limit
        }
    }

    /// Notes on the files that the planned state no longer leads to that they were superseded now.
    func markSuperseded(
        in subdirs: [Subdir],
        besides planned: Set<ByteKey>,
        signing files: [RepositoryFile],
        now: Timestamp
    ) throws {
        var paths = status.filter { role in files.contains { $0.role == role.role } }.compactMap(Self.file)
        if files.contains(where: { $0.role == .targets }) {
            paths += [policy].compactMap(\.self).filter { !planned.contains(ByteKey($0)) }
        }
        for subdir in subdirs {
            guard let role = RoleName(subdir.text), let metadata = roles[role],
                let needed = try? needed(by: metadata, of: subdir)
            else { continue }
            paths += needed.subtracting(planned).map(\.text)
        }
        for path in paths { try DurableFile.setModified(directory + "/" + path, to: now) }
    }

    /// The immutable index files and the shards that a subdir's role leads to.
    private func needed(by metadata: TargetsMetadata, of subdir: Subdir) throws -> Set<ByteKey> {
        var needed: Set<ByteKey> = []
        for (path, file) in metadata.targets {
            guard let digest = file.hashes.digest(by: .sha256) else { continue }
            needed.insert(ByteKey(path.prefixed(by: digest)))
        }
        guard let path = TargetPath(ChannelLayout.file(ChannelLayout.shardIndex, in: subdir)),
            let target = metadata.targets[path]
        else { return needed }
        let bytes = try SignedFiles(directory: directory).read(target, ChannelLayout.shardIndex, in: subdir)
        let index = try ShardIndex.read(bytes, of: path.text, subdir: subdir)
        for name in index.packageNames {
            guard let digest = index.digest(of: try PackageName(name)) else { continue }
            needed.insert(ByteKey(ChannelLayout.shard(digest, in: subdir)))
        }
        return needed
    }

    /// All index files under immutable names, and all shards, that stand in a subdir.
    private func indexFiles(of subdir: Subdir) throws -> [String] {
        let folder = directory + "/" + subdir.text
        let indexes = try Folder.names(in: folder).filter { name in
            ChannelLayout.indexFiles.contains { Self.isDigest(of: name, before: "." + $0) }
        }
        let shards = try Folder.names(in: folder + "/shards").filter {
            Self.isDigest(of: $0, before: ".msgpack.zst")
        }
        return indexes.map { "\(subdir.text)/\($0)" } + shards.map { "\(subdir.text)/shards/\($0)" }
    }

    /// The owner's policy in force, under its immutable name; nil if there is none.
    private var policy: String? {
        roles[.targets]?.targets[PublishersFile.path]?.hashes.digest(by: .sha256).map(
            PublishersFile.immutableName
        )
    }

    /// All policies of the owner but the one in force.
    private func policies() throws -> [String] {
        try Folder.names(in: directory).filter { PublishersFile.isImmutableName($0) && $0 != policy }
    }

    /// All metadata of roles in force, in older versions.
    private func metadata() throws -> [String] {
        let newest = Dictionary(
            status.compactMap { role in role.version > 0 ? (role.role, role.version) : nil },
            uniquingKeysWith: max
        )
        return try Folder.names(in: directory + "/" + ChannelLayout.metadata).filter { name in
            MetadataRetention.isSuperseded(name) { newest[$0] }
        }.map(ChannelLayout.metadataFile)
    }

    /// The file of a role in force; nil for roots, which stay, and for the timestamp, which has one name
    /// only.
    private static func file(of role: RoleStatus) -> String? {
        guard role.role != .root, role.role != .timestamp, role.version > 0 else { return nil }
        return ChannelLayout.metadataFile("\(role.version).\(role.role.encoded).json")
    }

    private static func isDigest(of name: String, before suffix: String) -> Bool {
        name.hasSuffix(suffix) && Digest(.sha256, hex: name.dropLast(suffix.count)) != nil
    }
}
