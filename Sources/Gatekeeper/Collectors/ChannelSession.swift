// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TUF
import Transport
import TrustCore
import TrustPolicy

/// One run's view of one channel: its metadata refreshed once, its indexes fetched from one mirror, its
/// shards and packages from any, for those are named by their digest.
actor ChannelSession {
    private let channel: TrustedChannel
    private let now: Timestamp
    private let cache: BlobCache
    private let mirrors: MirroredFetcher
    private var indexes: [Subdir: any SubdirIndex] = [:]
    /// The metadata as mirrors showed it, refreshed once each, by their names.
    private var readers: [String: SignedIndexReader] = [:]
    /// The one that the indexes came by.
    private var opener: SignedIndexReader?

    init(_ channel: TrustedChannel, _ configuration: GateConfiguration, cache: BlobCache) throws {
        self.channel = channel
        self.cache = cache
        now = configuration.now
        let sources = configuration.mirrorOverride.isEmpty ? channel.sources : configuration.mirrorOverride
        mirrors = MirroredFetcher(
            try MirrorList(
                // Without credentials: this is the name that messages show; mirrors have their own.
                channel.url.identity,
                mirrors: sources.map(\.textWithCredentials),
                // The mirrors that the user named are all that is asked: the canonical address may not exist.
                canonicalPlace: .nowhere
            ),
            over: configuration.fetcher,
            retry: configuration.retry,
            observer: configuration.observer
        )
    }

    /// Refreshes the metadata and opens the indexes that are not open yet, all from one mirror: the first
    /// that gives current, correctly signed metadata and exactly the index files that it names.
    func open(_ subdirs: [Subdir]) async throws {
        let missing = subdirs.filter { indexes[$0] == nil }
        guard !missing.isEmpty else { return }
        let opened = try await mirrors.withMirror("the signed index") { mirror in
            try await self.reading(from: mirror) { reader in
                var opened: [Subdir: any SubdirIndex] = [:]
                for subdir in missing { opened[subdir] = try await reader.open(subdir) }
                self.opener = reader
                return opened
            }
        }
        indexes.merge(opened) { $1 }
        // Not inside the attempt: that the signed metadata lists no index is no fault of the mirror that serves it.
        for subdir in missing where opened[subdir] == nil {
            throw Refusal(GateCode.indexMissing, subdir.text, at: channel.url.description)
        }
    }

    /// What the signed index says of a file name.
    func entry(of fileName: ArchiveFileName, in subdir: Subdir) async throws -> IndexEntry {
        try await open([subdir])
        guard let index = indexes[subdir] else {
            preconditionFailure("what was opened is there or was thrown")
        }
        let entry = try await index.entry(of: fileName, mirrors: mirrors, cache: cache)
        return entry.record == nil ? entry : entry.with(try await vouching(for: fileName, in: subdir))
    }

    /// What the maintainers of a package say of one of its files; nil if the offline keys do not demand that they
    /// sign it.
    ///
    /// Their metadata is fetched only for packages that are asked for: that it is expired, or withheld, is no
    /// reason to refuse others.
    private func vouching(
        for fileName: ArchiveFileName,
        in subdir: Subdir
    ) async throws -> MaintainerVouching? {
        guard let opener, try await opener.isMaintained(fileName.name) else { return nil }
        return try await mirrors.withMirror("what the maintainers of `\(fileName.name)` signed") { mirror in
            try await self.reading(from: mirror) { try await $0.vouching(for: fileName, in: subdir) }
        }
    }

    /// Reads what a mirror shows. Where it fails, its metadata is refreshed before it is asked again.
    private func reading<Value>(
        from mirror: BoundMirror,
        _ body: (SignedIndexReader) async throws -> Value
    ) async throws -> Value {
        do {
            let reader = try await reader(of: mirror)
            return try await body(reader)
        } catch {
            readers[mirror.name] = nil
            throw error
        }
    }

    private func reader(of mirror: BoundMirror) async throws -> SignedIndexReader {
        if let known = readers[mirror.name] { return known }
        let reader = try await SignedIndexReader(channel, mirror: mirror, cache: cache, now: now)
        readers[mirror.name] = reader
        return reader
    }

    /// Downloads a package into the cache, from the first mirror that serves the promised bytes.
    func download(_ url: PackageURL, _ entry: IndexEntry, sha256: Digest) async throws -> String {
        let location = try PackageLocation(channel: channel.url, subdir: url.subdir, baseURL: entry.baseURL)
        let path = try channel.url.path(of: location.url(of: url.fileName))
        return try await mirrors.fetch(
            path,
            expected: sha256,
            size: entry.maintainers?.file?.length ?? entry.record?.size,
            maximumLength: Self.packageLimit,
            into: cache
        )
    }

    /// Larger packages than this are not fetched, whatever the index says.
    private static let packageLimit = 64 << 30
}
