// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import TrustCore

/// Finds what is served under a path: documents, package files, and the attestations beside them.
///
/// No path ever becomes a path of the file system: the database knows names, blobs know digests.
struct ChannelFiles: Sendable {
    let database: any ServerDatabase

    /// How long clients may rely on what changes, in seconds: index files, metadata, checkpoints.
    static let mutableSeconds = 30
    /// The same for what says how fresh everything else is.
    static let freshnessSeconds = 10

    /// What a path leads to.
    enum Found: Sendable {
        /// Something to download; the channel's number where there is one, for a private channel's rights.
        case resource(ServedResource, HostedChannel?)
        /// The attestations of a file, whose length the database does not know.
        case attestations(Sidecar, HostedChannel)
        /// The channel is there, and has nothing under the path.
        case nothing(HostedChannel)
        /// A package file whose bytes are not served any more.
        case removed(HostedChannel)
        /// An index file of a subdir whose index is not made yet.
        case notYet(HostedChannel)
        /// There is no such channel, or log.
        case unknown
    }

    /// Looks a path up, in one transaction.
    func find(_ path: ServedPath) async throws -> Found {
        let parts = path.parts
        guard parts.count >= 2 else { return .unknown }
        let rest = parts.dropFirst().joined(separator: "/")
        return try await database.read { transaction in
            if parts[0] == "log" {
                guard let log = try transaction.logs().first(where: { $0.channel == nil }),
                    let document = try transaction.document(rest, in: .log(log.id))
                else { return .unknown }
                return .resource(Self.resource(document, isPrivate: false), nil)
            }
            guard let name = try? ChannelName(parts[0]), let channel = try transaction.channel(name) else {
                return .unknown
            }
            return try Self.find(rest, Array(parts.dropFirst()), of: channel, transaction)
        }
    }

    private static func find(
        _ path: String,
        _ parts: [String],
        of channel: HostedChannel,
        _ transaction: any ReadTransaction
    ) throws -> Found {
        let isPrivate = channel.visibility != .everybody
        if parts[0] == "log" {
            let log = try transaction.logs().first { $0.channel == channel.id }
            let document = try log.flatMap {
                try transaction.document(parts.dropFirst().joined(separator: "/"), in: .log($0.id))
            }
            return document.map { .resource(resource($0, isPrivate: isPrivate), channel) }
                ?? .nothing(channel)
        }
        if let document = try transaction.document(path, in: .channel(channel.id)) {
            return .resource(resource(document, isPrivate: isPrivate), channel)
        }
        guard parts.count == 2, let subdir = try? Subdir(parts[0]) else { return .nothing(channel) }
        if let name = try? ArchiveFileName(parts[1]) {
            guard let file = try transaction.file(name, in: subdir, of: channel.id) else {
                return .nothing(channel)
            }
            guard file.state != .removed else { return .removed(channel) }
            return .resource(package(file, isPrivate: isPrivate), channel)
        }
        if let sidecar = try attestations(parts[1], subdir, channel, transaction) {
            return .attestations(sidecar, channel)
        }
        let isAwaited = try isIndex(parts[1]) && isLive(subdir, in: channel, transaction)
        return isAwaited ? .notYet(channel) : .nothing(channel)
    }

    /// Whether it is a form of the index that is made for every subdir. That another form is not there is an answer.
    private static func isIndex(_ name: String) -> Bool {
        IndexFile.names.contains { ByteKey.areEqual($0, name) }
    }

    /// Whether a subdir has packages, or an index from the beginning on: then its index follows.
    private static func isLive(
        _ subdir: Subdir,
        in channel: HostedChannel,
        _ transaction: any ReadTransaction
    ) throws -> Bool {
        let wanted = (try? ChannelIndexSettings(channel.settings).subdirs) ?? [.noarch]
        return try wanted.contains(subdir) || transaction.subdirs(of: channel.id).contains(subdir)
    }

    private static func resource(_ document: HostedDocument, isPrivate: Bool) -> ServedResource {
        let isFreshness = document.path == "tuf/timestamp.json" || document.path == "checkpoint"
        let seconds = isFreshness ? freshnessSeconds : mutableSeconds
        return ServedResource(
            blob: document.blob,
            size: document.size,
            mediaType: document.mediaType,
            caching: document.isImmutable
                ? .forever(isPrivate: isPrivate) : .seconds(seconds, isPrivate: isPrivate),
            modified: document.modified
        )
    }

    private static func package(_ file: HostedFile, isPrivate: Bool) -> ServedResource {
        ServedResource(
            blob: file.sha256,
            size: file.size,
            mediaType: file.fileName.format == .conda ? "application/zip" : "application/x-bzip2",
            caching: .forever(isPrivate: isPrivate),
            modified: Timestamp(seconds: Int64(clamping: file.acceptedAt / 1000))
        )
    }
}
