// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
public import TrustCore

/// The verified shard index of one subdir (CEP 16), whose shards are fetched as they are asked for.
public struct UpstreamShards: Sendable {
    /// Which one.
    public let subdir: Subdir
    /// SHA-256 of the index's bytes, as the channel has it: differs whenever a shard does.
    public let id: Digest
    /// The digest of each package's shard.
    public let index: ShardIndex
    /// Whether somebody signs it: else nobody vouches for the dates in its records.
    public let isSigned: Bool
    /// Those of which files are not to be listed, whatever the policy says.
    public let changed: ChangedShards
    private let fetch: @Sendable (PackageName, Digest) async throws -> UpstreamShard

    /// Makes an index of what was verified.
    ///
    /// - Parameter fetch: answers the shard with a digest, whose bytes have it, and which was written down where that is
    ///   demanded.
    init(
        _ subdir: Subdir,
        id: Digest,
        _ index: ShardIndex,
        isSigned: Bool,
        changed: ChangedShards = .none,
        fetch: @escaping @Sendable (PackageName, Digest) async throws -> UpstreamShard
    ) {
        self.subdir = subdir
        self.id = id
        self.index = index
        self.isSigned = isSigned
        self.changed = changed
        self.fetch = fetch
    }

    /// A package's shard: the very bytes that the index names, and what of them may be passed on; nil if the channel does
    /// not have the package.
    ///
    /// - Throws: a `Refusal` where no mirror gives what the index promises, or nothing of it can be read, a `Failure` where
    ///   none answers.
    public func shard(of name: PackageName) async throws -> UpstreamShard? {
        guard let digest = index.digest(of: name) else { return nil }
        return try await fetch(name, digest)
    }

    /// A package's shard that this index names, or one of shortly before did.
    public func shard(of name: PackageName, _ digest: Digest) async throws -> UpstreamShard {
        try await fetch(name, digest)
    }
}

extension ShardIndex {
    /// Demands that packages and shards are below the channel's own address.
    ///
    /// - Throws: `gate.outside-channel`, or a `repodata.base-url…` code.
    func demandInside(_ channel: ChannelURL, _ subdir: Subdir) throws {
        for base in [baseURL, shardsBaseURL] {
            let place = try PackageLocation(channel: channel, subdir: subdir, baseURL: base)
            _ = try channel.path(of: place.folderWithCredentials + "/")
        }
    }
}
