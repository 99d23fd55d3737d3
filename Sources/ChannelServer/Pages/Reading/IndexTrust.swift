// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import Synchronization
internal import TUF
internal import TrustCore

/// What the TUF metadata in force say about a channel's index.
struct IndexTrust: Sendable {
    /// SHA-256 of the first root: what users pin.
    let firstRoot: Digest?
    /// The roles of the metadata in force.
    let roles: [RoleStatus]
    /// The subdirs whose index, as it is served, they vouch for.
    let signed: Set<Subdir>

    /// The status of a role.
    func role(_ name: RoleName) -> RoleStatus? { roles.first { $0.role == name } }
    /// The status of a subdir's role.
    func role(of subdir: Subdir) -> RoleStatus? { RoleName(subdir.text).flatMap { role($0) } }

    /// The roles that have expired at a moment.
    func expired(at now: Timestamp) -> [RoleStatus] { roles.filter { $0.expires.map { $0 <= now } ?? false } }
}

/// What there is to say about whether an index is signed.
enum ChannelSigning: Sendable {
    /// There is no root.
    case unsigned
    /// There is.
    case signed(IndexTrust)
    /// The metadata cannot be read, or contradict each other.
    case broken
}

/// Reads channels' metadata, and keeps what it read until others are in force.
final class IndexTrustReader: Sendable {
    private let database: any ServerDatabase
    private let blobs: any BlobStore
    private let known = Mutex<[Int64: (timestamp: Digest, signing: ChannelSigning)]>([:])
    /// Of how many channels it is kept.
    private static let capacity = 512

    init(_ parts: ServerParts) {
        database = parts.database
        blobs = parts.blobs
    }

    /// What a channel's metadata in force say.
    ///
    /// - Throws: a `Failure` of the database.
    func signing(of channel: HostedChannel) async throws -> ChannelSigning {
        let scope = HostedDocument.Scope.channel(channel.id)
        let timestamp = try await database.read {
            try $0.document(HostedRepository.timestampPath, in: scope)?.blob
        }
        guard let timestamp else { return .unsigned }
        if let entry = known.withLock({ $0[channel.id] }), entry.timestamp == timestamp {
            return entry.signing
        }
        let signing: ChannelSigning
        do {
            signing = try await read(channel)
        } catch is Refusal {
            signing = .broken
        }
        known.withLock { known in
            if known.count >= Self.capacity { known.removeAll() }
            known[channel.id] = (timestamp, signing)
        }
        return signing
    }

    private func read(_ channel: HostedChannel) async throws -> ChannelSigning {
        let lifetimes =
            (try? ChannelIndexSettings(channel.settings))?.lifetimes ?? ChannelSettings.Lifetimes().roles
        let repository = try await HostedRepository(
            of: channel,
            lifetimes: lifetimes,
            database: database,
            blobs: blobs
        )
        guard let repository else { return .unsigned }
        let id = channel.id
        let signed = try await database.read { transaction in
            try repository.subdirs.filter { subdir in
                let files = try ChannelIndexer.files(of: subdir, id, transaction)
                return !files.isEmpty && repository.vouches(for: files, in: subdir)
            }
        }
        return .signed(
            IndexTrust(
                firstRoot: repository.roots.first.map { Digest.of($0) },
                roles: repository.editor.status,
                signed: Set(signed)
            )
        )
    }
}
