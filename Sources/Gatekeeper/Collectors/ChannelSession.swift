// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Sigstore
import TUF
import Transport
import TrustCore
import TrustPolicy

/// One run's view of one channel: its metadata refreshed once, from the mirror that also had the first indexes.
/// What that metadata names, further indexes, shards and packages, may come from any mirror, for it is named by
/// its digest.
///
/// Only if a list of maintainers turns out to be expired, the mirrors are asked once more, and the newest view
/// that one of them has takes the place of the first.
actor ChannelSession {
    let channel: TrustedChannel
    let now: Timestamp
    let cache: BlobCache
    let mirrors: MirroredFetcher
    /// Where the metadata of conda content trust is: the same mirrors, or the one address that it was pinned with.
    let trustMirrors: MirroredFetcher
    private let pause: @Sendable (Duration) async throws -> Void
    /// Verifies attestations for this channel; nil if no instance's word counts here. The instance's keys are
    /// looked for, and its own certificates checked, once a run, and not before they are needed.
    private(set) lazy var verifier = Task { [sigstore, channel] in
        try await sigstore.verifier(for: channel.url)
    }
    private let sigstore: SigstoreTrust
    let metadataTime: Duration
    let uptime: @Sendable () -> Duration
    private let fetcher: any Fetcher
    private let retry: MirrorRetry
    private let observer: (any TransferObserver)?
    /// What is known of the subdirs that were asked for.
    var indexes: [Subdir: Index] = [:]
    /// Who may sign the channel's records, once that was found out.
    var trust: RecordTrust?
    /// The mirrors, by their names, that showed the indexes which nobody signs, and what others showed.
    var shownBy: [Subdir: String] = [:]
    /// One that could not be read is nil, and not asked again.
    var others: [Subdir: [String: WholeIndex?]] = [:]
    /// The view of the channel that everything in this run is read from.
    var reader: SignedIndexReader?
    /// The lists of maintainers in it that are no good whichever mirror they come from.
    private var refusedLists: [PackageName: Refusal] = [:]
    /// How many views there were.
    private var viewCount = 0
    /// Whether the mirrors were asked for a newer view.
    private var hasLookedForNewer = false
    /// The mirror that had one.
    private var newest: MirroredFetcher?
    /// The reading of metadata that is under way: the next one goes on from what it finds.
    private var reading: Task<Void, Never>?

    enum Index {
        case open(any SubdirIndex)
        /// The signed metadata lists none.
        case absent
    }

    /// How indexes are read to be passed on; nil to read no more than packages need.
    let proxied: ProxiedReading?
    /// The forms of indexes that were asked for to be passed on.
    var forms: [ProxiedIndexKey: Index] = [:]
    /// Metadata of an earlier refresh, by which the channel is read instead of by what mirrors show.
    var held: HeldMetadata?

    init(
        _ channel: TrustedChannel,
        _ configuration: GateConfiguration,
        cache: BlobCache,
        proxied: ProxiedReading? = nil
    ) throws {
        self.channel = channel
        self.proxied = proxied
        self.cache = cache
        now = configuration.now
        pause = configuration.retry.sleep
        sigstore = configuration.sigstore
        metadataTime = configuration.metadataTime
        uptime = configuration.uptime
        fetcher = configuration.fetcher
        retry = configuration.retry
        observer = configuration.observer
        let sources = configuration.mirrorOverride.isEmpty ? channel.sources : configuration.mirrorOverride
        mirrors = try Self.mirrors(of: channel.url, sources, configuration)
        trustMirrors =
            if let url = channel.contentTrust?.metadataURL {
                try Self.mirrors(of: url, [url], configuration)
            } else {
                mirrors
            }
    }

    private static func mirrors(
        of url: ChannelURL,
        _ sources: [ChannelURL],
        _ configuration: GateConfiguration
    ) throws -> MirroredFetcher {
        MirroredFetcher(
            try MirrorList(
                // Without credentials: this is the name that messages show; mirrors have their own.
                url.identity,
                mirrors: sources.map(\.textWithCredentials),
                // The mirrors that the user named are all that is asked: the canonical address may not exist.
                canonicalPlace: .nowhere
            ),
            over: configuration.fetcher,
            retry: configuration.retry,
            observer: configuration.observer
        )
    }

    /// Opens the indexes that are not open yet, all from one mirror. The first time the metadata is refreshed from
    /// it: the first that gives current, correctly signed metadata and exactly the index files that it names.
    func open(_ subdirs: [Subdir]) async throws {
        // Without waiting for what others read: it may take a while.
        guard subdirs.contains(where: { indexes[$0] == nil }) else { return }
        if proxied != nil { return try await openCheapest(subdirs) }
        try await inTurn {
            let missing = subdirs.filter { self.indexes[$0] == nil }
            guard !missing.isEmpty else { return }
            try await self.read(missing)
        }
    }

    /// Waits until nobody else reads metadata: a view asks one mirror at a time.
    func inTurn<Value: Sendable>(_ work: @escaping () async throws -> Value) async throws -> Value {
        while let other = reading { await other.value }
        let task = Task { () async -> Result<Value, any Error> in
            defer { reading = nil }
            do { return .success(try await work()) } catch { return .failure(error) }
        }
        reading = Task { _ = await task.value }
        return try await withTaskCancellationHandler {
            try await task.value.get()
        } onCancel: {
            task.cancel()
        }
    }

    func read(_ subdirs: [Subdir]) async throws {
        let trust = try await loadTrust()
        if channel.pin == .records, let trust { return try await readUnsigned(subdirs, trust) }
        let kept = reader
        let (view, opened) = try await fromMirror("the signed index") { mirror in
            try await self.read(subdirs, kept, from: mirror)
        }
        if kept == nil { viewCount += 1 }
        reader = view
        for subdir in subdirs { indexes[subdir] = opened[subdir].map { .open($0) } ?? .absent }
    }

    /// Tries mirror after mirror to read metadata; first the one with the newest view, if they were compared, for
    /// others would be blamed for what they lack.
    func fromMirror<Value>(
        _ resource: String,
        _ attempt: (BoundMirror) async throws -> Value
    ) async throws -> Value {
        if let newest, let value = try? await read(resource, from: newest, attempt) { return value }
        return try await read(resource, from: mirrors, attempt)
    }

    func read<Value>(
        _ resource: String,
        from mirrors: MirroredFetcher,
        _ attempt: (BoundMirror) async throws -> Value
    ) async throws -> Value {
        try await mirrors.withMirror(resource) { mirror in
            do { return try await attempt(mirror) } catch let failure as Failure
                where (failure.cause as? TransferFault) == .slow
            {
                // The trust store is free between two attempts: whoever waits for it looks every few milliseconds.
                try await pause(.milliseconds(50))
                throw failure
            }
        }
    }

    /// A view that all of an attempt could be read from is kept for the run, whichever mirror has the rest of the
    /// files then. One whose own mirror failed halfway is not: another mirror may know better what is current.
    private func read(_ subdirs: [Subdir], _ kept: SignedIndexReader?, from mirror: BoundMirror) async throws
        -> (SignedIndexReader, [Subdir: any SubdirIndex])
    {
        let reader = if let kept { kept } else { try await view(from: mirror) }
        var opened: [Subdir: any SubdirIndex] = [:]
        for subdir in subdirs {
            opened[subdir] = try await open(subdir, of: reader, from: mirror)
        }
        return (reader, opened)
    }

    func open(_ subdir: Subdir, of reader: SignedIndexReader, from mirror: BoundMirror) async throws
        -> (any SubdirIndex)?
    {
        try await reader.open(subdir, from: mirror, signedBy: trust)
    }

    /// The channel as a mirror has it now, or as held metadata has it.
    func view(from mirror: BoundMirror) async throws -> SignedIndexReader {
        guard let root = channel.pinnedRoot else {
            preconditionFailure("a channel without TUF root is not read by TUF metadata")
        }
        return try await SignedIndexReader(
            channel,
            root: root,
            mirror: mirror,
            within: metadataTime,
            uptime: uptime,
            cache: cache,
            now: now,
            store: proxied?.store,
            held: held
        )
    }

    /// What the signed index says of a file name; nil if the signed metadata lists no index for the subdir, which
    /// is no fault of the mirror that serves it.
    func entry(of fileName: ArchiveFileName, in subdir: Subdir) async throws -> IndexEntry? {
        try await open([subdir])
        let seen = viewCount
        do {
            return try await entryInView(of: fileName, in: subdir)
        } catch let refusal as Refusal where refusal.is(TUFCode.expired) {
            guard try await hasView(after: seen) else { throw refusal }
            return try await entryInView(of: fileName, in: subdir)
        }
    }

    /// Index and maintainers' list are of one view, also if another takes its place in the meantime.
    private func entryInView(of fileName: ArchiveFileName, in subdir: Subdir) async throws -> IndexEntry? {
        guard case .open(let index) = indexes[subdir] else { return nil }
        let reader = reader
        let entry = try await entry(of: fileName, in: subdir, index).with(try reader?.publishers.get())
        guard entry.record != nil, let reader else { return entry }
        return entry.with(try await vouching(for: fileName, in: subdir, by: reader))
    }

    /// What the maintainers of a package say of one of its files; nil if the offline keys do not demand that they
    /// sign it.
    ///
    /// Their metadata is fetched only for packages that are asked for: that it is expired, or not signed by who
    /// must, is no reason to refuse others. Any mirror may have it, for the snapshot says which version it is.
    private func vouching(
        for fileName: ArchiveFileName,
        in subdir: Subdir,
        by reader: SignedIndexReader
    ) async throws -> MaintainerVouching? {
        let package = fileName.name
        guard reader.isMaintained(package) else { return nil }
        if let known = try await reader.vouchingIfLoaded(for: fileName, in: subdir) { return known }
        let seen = viewCount
        return try await inTurn {
            if self.viewCount == seen, let refusal = self.refusedLists[package] { throw refusal }
            let answer = try await self.fromMirror("what the maintainers of `\(package)` signed") {
                mirror -> Result<MaintainerVouching?, Refusal> in
                do {
                    return .success(try await reader.vouching(for: fileName, in: subdir, from: mirror))
                } catch let refusal as Refusal {
                    guard await reader.isPromised(refusal, of: package) else { throw refusal }
                    return .failure(refusal)
                }
            }
            if case .failure(let refusal) = answer, self.viewCount == seen {
                self.refusedLists[package] = refusal
            }
            return try answer.get()
        }
    }

    /// Loads what the maintainers of packages signed, many lists at the same time: one after another they would
    /// cost a round trip each. If one is expired, a newer view is looked for before anything is admitted by this
    /// one. What is refused then is refused with its package, by ``entry(of:in:)``.
    func loadLists(for urls: [PackageURL]) async throws {
        try await inTurn {
            try await self.loadMissingLists(for: urls)
            guard self.refusedLists.values.contains(where: { $0.is(TUFCode.expired) }) else { return }
            let seen = self.viewCount
            await self.lookForNewer()
            if self.viewCount != seen { try await self.loadMissingLists(for: urls) }
        }
    }

    private func loadMissingLists(for urls: [PackageURL]) async throws {
        guard let reader else { return }
        let missing = try await reader.missingLists(for: urls).filter { refusedLists[$0.key] == nil }
        guard !missing.isEmpty else { return }
        let refused = try await fromMirror("what the maintainers of \(missing.count) packages signed") {
            try await reader.loadLists(missing, from: $0)
        }
        refusedLists.merge(refused) { $1 }
    }

    /// Whether there is another view by now than the one that was the last; looks for one if nobody has.
    private func hasView(after seen: Int) async throws -> Bool {
        try await inTurn { if self.viewCount == seen { await self.lookForNewer() } }
        guard !Task.isCancelled else { throw Failure(.cancelled, "the transfer was stopped") }
        return viewCount != seen
    }

    /// Asks every mirror once more, and goes on with the newest view there is: a mirror that lags may have shown
    /// one whose lists have expired since.
    ///
    /// The trust store takes no view that is older than one it knows, so the last that comes through is the
    /// newest. A mirror that has none is reported, and may still have packages.
    private func lookForNewer() async {
        // What is passed on stays of one view: the next refresh brings another.
        guard proxied == nil, !hasLookedForNewer, let old = reader else { return }
        hasLookedForNewer = true
        // Who was stopped has not looked.
        defer { if Task.isCancelled { hasLookedForNewer = false } }
        var best = (reader: old, mirror: mirrors)
        for address in mirrors.mirrors.addresses where !mirrors.health.isCondemned(address) {
            guard let once = try? alone(address, MirrorRetry(rounds: 1)),
                let mirror = try? alone(address, retry),
                let view = try? await read("the signed index", from: once, { try await self.view(from: $0) }),
                await view.isAnother(than: best.reader)
            else { continue }
            best = (view, mirror)
        }
        guard await best.reader.isAnother(than: old) else { return }
        let subdirs = indexes.keys.sorted()
        let found = try? await read("the signed index", from: best.mirror) { mirror in
            try await self.read(subdirs, best.reader, from: mirror)
        }
        guard let (view, opened) = found else { return }
        viewCount += 1
        reader = view
        refusedLists = [:]
        newest = best.mirror
        for subdir in subdirs { indexes[subdir] = opened[subdir].map { .open($0) } ?? .absent }
    }

    /// A fetcher that asks one mirror only.
    func alone(_ address: String, _ retry: MirrorRetry) throws -> MirroredFetcher {
        MirroredFetcher(
            try MirrorList(mirrors.mirrors.canonical, mirrors: [address], canonicalPlace: .nowhere),
            over: fetcher,
            retry: retry,
            observer: observer
        )
    }
}
