// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// A TUF client: an update in the order of the specification (1.0.34, section 5), one request after another,
/// then look-ups, one after another or many at once.
///
/// The rules are in ``UpdateWorkflow``, ``TargetSearch``, ``TargetBatch`` and ``RoleListing``; this drives
/// them over a fetcher and a store. An updater belongs to one moment and one repository; for a later update
/// make another one with the same store.
public actor Updater {
    private let trustedRoot: [UInt8]
    private let store: any MetadataStore
    private let fetcher: (any Fetcher)?
    private let source: MetadataSource
    private let now: Timestamp
    private let limits: TUFLimits
    private let clock: any Clock<Duration>
    private var updated: UpdateSession?

    /// Makes a client. Nothing is read or fetched yet.
    ///
    /// - Parameters:
    ///   - trustedRoot: The bytes of a root file that came by a way the user trusts.
    ///   - metadataURL: Where the metadata is, used byte for byte; a final `/` is added if it has none.
    ///   - store: Where verified metadata is kept. Each repository needs one of its own.
    ///   - fetcher: How to fetch.
    ///   - now: The moment that decides what is expired.
    ///   - limits: What the repository may ask of us.
    ///   - clock: What `TUFLimits.duration` is measured by; it only goes forward, and decides nothing about
    ///     expiry.
    public init(
        trustedRoot: [UInt8],
        metadataURL: String,
        store: any MetadataStore,
        fetcher: any Fetcher,
        now: Timestamp,
        limits: TUFLimits = TUFLimits(),
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.trustedRoot = trustedRoot
        self.store = store
        self.fetcher = fetcher
        source = .repository(
            url: Self.folder(metadataURL),
            fetcher: fetcher,
            budget: ByteBudget(limits.updateBytes)
        )
        self.now = now
        self.limits = limits
        self.clock = clock
    }

    /// Makes a client that works with what earlier updates stored, and fetches nothing.
    ///
    /// All of it is verified again, from the trusted root on, by the same workflow; what is expired at the
    /// given moment is refused (`tuf.expired`). Whether the repository has newer metadata is not known:
    /// ``horizon()`` says until when that can matter.
    public init(
        offline store: any MetadataStore,
        trustedRoot: [UInt8],
        now: Timestamp,
        limits: TUFLimits = TUFLimits()
    ) {
        self.trustedRoot = trustedRoot
        self.store = store
        fetcher = nil
        source = .offline
        self.now = now
        self.limits = limits
        clock = ContinuousClock()
    }

    /// Updates the top-level roles: root, timestamp, snapshot, targets.
    ///
    /// - Throws: a `Refusal` for bad metadata, a `Failure` if something could not be found out. What was
    ///   verified before stays in the store; what was not is nowhere.
    public func refresh() async throws { _ = try await update { nil } }

    /// What the repository promises about a file, and which role does; nil if none does. Updates first if
    /// need be.
    public func target(_ path: TargetPath) async throws -> TargetDescription? {
        try await current().search(for: path, before: deadline())
    }

    /// What the repository promises about a file (`tuf.target-not-found` if nothing). Updates first if need
    /// be.
    public func requiredTarget(_ path: TargetPath) async throws -> TargetDescription {
        guard let target = try await target(path) else { throw Refusal(TUFCode.targetNotFound, path.text) }
        return target
    }

    /// What the repository promises about each of many files, in their order. Updates first if need be.
    ///
    /// Each result is the one that ``target(_:)`` has for that path; a refusal for one says nothing about the
    /// others. The roles that the paths need, such as their hash bins, are loaded at the same time, up to
    /// `TUFLimits.simultaneousRequests` of them, and each only once.
    ///
    /// - Throws: what ``refresh()`` does, or a `Failure` if the store is not free; never because of one path.
    public func targets(_ paths: [TargetPath]) async throws -> [Result<TargetDescription?, any Error>] {
        let limit = limits.simultaneousRequests
        return try await current().lookUp(paths, atOnce: limit, before: deadline())
    }

    /// The files that a role vouches for by the first chain of delegations that leads to it, see
    /// ``RoleListing``; nil if none does. Updates first if need be.
    public func targets(of name: RoleName) async throws -> [TargetDescription]? {
        try await current().list(name, before: deadline())
    }

    /// What is trusted after an update. Updates first if need be.
    public func trusted() async throws -> TrustedMetadata { try await current().trusted }

    /// Until when what was used so far can be relied on without an update. Updates first if need be.
    public func horizon() async throws -> FreshnessHorizon { try await current().trusted.horizon }

    /// Downloads a file into memory and checks it.
    ///
    /// - Parameters:
    ///   - target: What the repository promises about it.
    ///   - baseURL: Where the files are, used byte for byte; a final `/` is added if it has none.
    ///   - naming: Whether file names carry a digest.
    /// - Throws: a `Refusal` with `tuf.target-missing`, `tuf.target-length`, `tuf.target-hash` or
    ///   `limit.too-large`, or a `Failure`.
    public func download(
        _ target: TargetDescription,
        from baseURL: String,
        naming: TargetNaming = .byRepository
    ) async throws -> [UInt8] {
        guard let fetcher else {
            throw Failure(.network, "offline, so nothing can be downloaded", at: Self.folder(baseURL))
        }
        guard let length = Int(exactly: target.file.length), length <= limits.targetFile else {
            throw Refusal(
                CoreCode.tooLarge,
                target.path.text,
                expected: "at most \(limits.targetFile) bytes",
                found: "\(target.file.length) bytes promised"
            )
        }
        let isConsistent = try await current().trusted.root.role.consistentSnapshot
        let isPrefixed = isConsistent && naming == .byRepository
        let url = Self.folder(baseURL) + target.fileName(isPrefixed: isPrefixed)
        guard let bytes = try await fetcher.bytes(url, maximumLength: length) else {
            throw Refusal(TUFCode.targetMissing, target.path.text, at: url)
        }
        do { try target.verify(bytes) } catch let refusal as Refusal { throw refusal.located(at: url) }
        return bytes
    }

    private func current() async throws -> UpdateSession {
        if let updated { return updated }
        return try await update { updated }
    }

    /// Updates, unless somebody else has while this waited for the store: look-ups that begin at once share
    /// one update.
    private func update(unless done: () -> UpdateSession?) async throws -> UpdateSession {
        let lock = try await store.lock()
        defer { lock.release() }
        if let session = done() { return session }
        let workflow = try UpdateWorkflow(trustedRoot: trustedRoot, now: now, limits: limits)
        let session = UpdateSession(workflow, store: store, source: source)
        try await session.refresh(before: deadline())
        updated = session
        return session
    }

    private func deadline() -> Deadline { Deadline(after: limits.duration, on: clock) }

    private static func folder(_ url: String) -> String {
        url.utf8.last == UInt8(ascii: "/") ? url : url + "/"
    }
}
