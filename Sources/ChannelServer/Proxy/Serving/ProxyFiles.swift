// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import Gatekeeper
internal import HTTPTypes
internal import NIOCore
internal import TrustCore
internal import TrustPolicy

/// Finds what a client asked for, if it may have it: the one way from an address to bytes.
///
/// Nothing is answered but what an ``AdmittingChannel`` admitted, or what was made of an index that it verified.
struct ProxyFiles: Sendable {
    let channels: ProxyChannels
    let rendered: any RenderedChannel
    let notices: ProxyNotices
    let tally: ProxyTally
    let now: @Sendable () -> Timestamp
    /// Packages that were found a moment ago.
    let known: RecentPackages
    /// The bytes of small packages that were wanted lately.
    let memory = BlobMemory()
    private let admissions = SharedWork<AdmissionKey, Admission>(limit: 16)

    init(
        channels: ProxyChannels,
        rendered: any RenderedChannel,
        notices: ProxyNotices,
        tally: ProxyTally,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.channels = channels
        self.rendered = rendered
        self.notices = notices
        self.tally = tally
        self.now = now
        known = RecentPackages(now: now) { Self.moment(channels, rendered) }
    }

    /// What is in force now; nil where that cannot be told at once.
    private static func moment(_ channels: ProxyChannels, _ rendered: any RenderedChannel) -> RecentPackage
        .Moment?
    {
        rendered.hiding.map { RecentPackage.Moment(channels: channels.state, policy: $0) }
    }

    /// What is the same work, whoever wants it: never for two who showed different credentials, nor under two policies.
    private struct AdmissionKey: Hashable {
        let channel: String
        let credentials: Digest?
        let view: Digest
        let policy: Digest?
        let subdir: Subdir
        let file: ArchiveFileName
    }

    /// Finds a file.
    ///
    /// - Throws: a `Refusal` or a ``ProxyRefusal`` for what must not be passed on, a `Failure` where that could not be found
    ///   out.
    func find(_ address: ProxyAddress) async throws -> FoundFile {
        let channel = try channels.meant(by: address)
        switch address.file {
        case .notices: return await notices.file(of: channel, now: now())
        case .unverified(let name): throw Refusal(ProxyCode.notServed, name)
        case .index(let form, let subdir):
            let source: IndexSource = form == .shardIndex ? .shards : .whole
            return try await indexFile(address, channel, subdir, by: source) { shown, view, now in
                switch shown {
                case .shards(let shards): shards.index
                case .whole(let upstream): try await rendered.file(form, of: upstream, in: view, now: now)
                }
            }
        case .shard(let digest, let subdir):
            return try await indexFile(address, channel, subdir, by: .shards) { shown, view, now in
                let shard =
                    switch shown {
                    case .shards(let shards): try await shards.shard(digest)
                    case .whole(let upstream):
                        try await rendered.shard(digest, of: upstream, in: view, now: now)
                    }
                return shard?.sha256 == digest ? shard : nil
            }
        case .package(let file, let subdir):
            return try await package(file, subdir, channel, address)
        case .sidecar(let file, let digest, let subdir):
            return try await sidecar(file, digest, subdir, channel, address)
        }
    }

    /// What an answer is made of.
    private enum IndexSource {
        /// The channel's own shards, where they can be passed on.
        case shards
        /// Its whole index.
        case whole
        /// Whichever costs less.
        case any
    }

    /// What clients are shown of a subdir.
    private enum ShownIndex {
        case shards(ShownShards)
        case whole(UpstreamSubdir)
    }

    /// The newest view of a channel, and its index of a subdir.
    private func open(
        _ channel: ProxiedChannel,
        _ subdir: Subdir,
        by source: IndexSource,
        for address: ProxyAddress
    ) async throws -> (instance: any AdmittingChannel, view: UpstreamView, shown: ShownIndex) {
        let instance = try await channels.instance(of: channel)
        let view = try await instance.view()
        tally.viewed(view)
        var mayBeSharded = source != .whole
        if source == .any { mayBeSharded = await !view.hasWhole(subdir) }
        if mayBeSharded, let shards = try await rendered.shards(of: subdir, in: view, now: now()) {
            return (instance, view, .shards(shards))
        }
        guard let upstream = try await view.subdir(subdir) else {
            throw Refusal(ProxyCode.notListed, address.file.name, found: "no subdir `\(subdir)`")
        }
        return (instance, view, .whole(upstream))
    }

    private func indexFile(
        _ address: ProxyAddress,
        _ channel: ProxiedChannel,
        _ subdir: Subdir,
        by source: IndexSource,
        _ make: (ShownIndex, UpstreamView, Timestamp) async throws -> ProxyIndexFile?
    ) async throws -> FoundFile {
        let (_, view, shown) = try await open(channel, subdir, by: source, for: address)
        guard let file = try await make(shown, view, now()) else {
            throw Refusal(ProxyCode.notListed, address.file.name)
        }
        var isShard = false
        if case .shard = address.file { isShard = true }
        let isPrivate = channel.hasCredentials
        let opened: BodySource? =
            if let bytes = file.bytes {
                .buffer(ByteBuffer(bytes: bytes))
            } else {
                try await ServedFile.open(file.path, length: file.length)
            }
        guard let source = opened else {
            throw Failure(.disk, "a file of the index is not there any more", at: file.path)
        }
        return FoundFile(
            resource: ServedResource(
                blob: file.sha256,
                size: file.length,
                mediaType: file.contentType,
                caching: isShard ? .forever(isPrivate: isPrivate) : .seconds(0, isPrivate: isPrivate),
                modified: now()
            ),
            source: source,
            fields: await Self.staleness(of: view)
        )
    }

    private func package(
        _ file: ArchiveFileName,
        _ subdir: Subdir,
        _ channel: ProxiedChannel,
        _ address: ProxyAddress
    ) async throws -> FoundFile {
        let moment = Self.moment(channels, rendered)
        let (instance, view, shown) = try await open(channel, subdir, by: .any, for: address)
        try await demandShown(file, shown, view, address)
        // What is thrown out of a cache between the two is fetched again, once.
        for isLast in [false, true] {
            let package = try await admitted(file, subdir, instance, view, channel, address)
            let size = package.record.size
            let opened = try await ServedFile.open(package.archivePath, package.sha256, memory)
            guard let (source, length) = opened else {
                if isLast { break }
                continue
            }
            guard size == nil || size == length else {
                throw Failure(
                    .disk,
                    "an admitted package has another length than its record",
                    at: package.archivePath
                )
            }
            tally.admitted(package, size: length)
            let resource = ServedResource(
                blob: package.sha256,
                size: length,
                mediaType: file.format == .conda ? "application/zip" : "application/x-bzip2",
                caching: .forever(isPrivate: channel.hasCredentials),
                modified: now()
            )
            var found = FoundFile(resource: resource, source: source, fields: await Self.staleness(of: view))
            // What somebody may see by credentials is nobody else's.
            if !channel.hasCredentials, let moment, let standing = package.standing {
                found.known = RecentPackage(
                    resource,
                    at: package.archivePath,
                    found.fields,
                    since: moment,
                    view,
                    standing
                )
            }
            return found
        }
        throw Failure(.disk, "an admitted package was thrown out of the cache", at: address.description)
    }

    /// The file of a package that was found before, if it is still what it was.
    func open(_ package: RecentPackage) async throws -> FoundFile? {
        let opened = try await ServedFile.open(package.archivePath, package.resource.blob, memory)
        guard let (source, length) = opened, length == package.resource.size else { return nil }
        return FoundFile(resource: package.resource, source: source, fields: package.fields)
    }

    private func admitted(
        _ file: ArchiveFileName,
        _ subdir: Subdir,
        _ instance: any AdmittingChannel,
        _ view: UpstreamView,
        _ channel: ProxiedChannel,
        _ address: ProxyAddress
    ) async throws -> AdmittedPackage {
        let key = AdmissionKey(
            channel: channel.url.identity,
            credentials: channel.credentials,
            view: view.id,
            policy: rendered.hiding,
            subdir: subdir,
            file: file
        )
        let admission = try await admissions.value(of: key) {
            try await instance.admit(file, in: subdir, of: view)
        }
        switch admission {
        case .admitted(let package): return package
        case .refused(let verdict): throw ProxyRefusal(verdict.objections, of: address.file.name)
        }
    }

    private func sidecar(
        _ file: ArchiveFileName,
        _ digest: Digest,
        _ subdir: Subdir,
        _ channel: ProxiedChannel,
        _ address: ProxyAddress
    ) async throws -> FoundFile {
        let (instance, view, shown) = try await open(channel, subdir, by: .any, for: address)
        try await demandShown(file, shown, view, address)
        guard let bytes = try await instance.sidecar(of: file, in: subdir, of: view),
            Digest.of(bytes) == digest
        else { throw Refusal(ProxyCode.notListed, address.file.name) }
        return FoundFile(
            resource: ServedResource(
                blob: digest,
                size: UInt64(bytes.count),
                mediaType: "application/json",
                caching: .forever(isPrivate: channel.hasCredentials),
                modified: now()
            ),
            source: .buffer(ByteBuffer(bytes: bytes)),
            fields: await Self.staleness(of: view)
        )
    }

    /// What is hidden from indexes is refused, too, whoever knows its name.
    private func demandShown(
        _ file: ArchiveFileName,
        _ shown: ShownIndex,
        _ view: UpstreamView,
        _ address: ProxyAddress
    ) async throws {
        let objections =
            switch shown {
            case .shards(let shards): try await shards.objections(to: file)
            case .whole(let upstream):
                try await rendered.objections(to: file, of: upstream, in: view, now: now())
            }
        guard objections.isEmpty else { throw ProxyRefusal(objections, of: address.file.name) }
    }

    private static let warning = HTTPField.Name("Warning")
    private static let stale = HTTPField.Name("Kingsnake-Stale")

    /// What is said where upstream did not confirm the view: when it did last.
    private static func staleness(of view: UpstreamView) async -> [(HTTPField.Name, String)] {
        guard let since = await view.staleSince() else { return [] }
        let said = [
            (warning, "110 kingsnake \"the channel did not confirm it; its last verified index is used\""),
            (stale, "\(since)"),
        ]
        return said.compactMap { name, value in name.map { ($0, value) } }
    }
}
