// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
public import TrustCore

/// A channel's indexes at one moment: one consistent, verified view, whichever subdirs of it are read, and when.
public struct UpstreamView: Sendable {
    /// The channel's canonical address.
    public let channel: ChannelURL
    /// Differs whenever anything in the view differs.
    public let id: Digest
    /// When what is behind the channel last confirmed the view.
    public let checked: Timestamp
    /// Until when it may be shown; nil if nobody signs an end.
    public let goodUntil: Timestamp?
    /// Whether it was to be confirmed since, and nobody answered.
    public let isStale: Bool
    private let late: @Sendable () async -> Timestamp?
    private let newest: @Sendable (Timestamp) -> Bool
    private let open: @Sendable (Subdir) async throws -> UpstreamSubdir?
    private let sharded: @Sendable (Subdir) async throws -> UpstreamShards?
    private let whole: @Sendable (Subdir) async -> Bool
    private let listing: @Sendable (ArchiveFileName, Subdir) async throws -> IndexEntry?

    /// Makes a view.
    ///
    /// - Parameters:
    ///   - late: tells since when an index was not confirmed that was read after the view was made; nil if all were.
    ///   - newest: tells whether it is what would be given at a moment, without asking anybody; never, if that cannot be told.
    ///   - sharded: reads a shard index of this very view; nil if the channel has none for the subdir.
    ///   - whole: tells whether the whole index of a subdir was read.
    ///   - listing: reads what the index says of a file, by what was read already, or else by what costs least.
    ///   - open: reads a whole index of this very view; nil if the channel has none for the subdir.
    init(
        of channel: ChannelURL,
        id: Digest,
        checked: Timestamp,
        goodUntil: Timestamp?,
        isStale: Bool,
        late: @escaping @Sendable () async -> Timestamp? = { nil },
        newest: @escaping @Sendable (Timestamp) -> Bool = { _ in false },
        sharded: @escaping @Sendable (Subdir) async throws -> UpstreamShards? = { _ in nil },
        whole: @escaping @Sendable (Subdir) async -> Bool = { _ in true },
        listing: @escaping @Sendable (ArchiveFileName, Subdir) async throws -> IndexEntry? = { _, _ in nil },
        open: @escaping @Sendable (Subdir) async throws -> UpstreamSubdir?
    ) {
        self.channel = channel
        self.id = id
        self.checked = checked
        self.goodUntil = goodUntil
        self.isStale = isStale
        self.late = late
        self.newest = newest
        self.open = open
        self.sharded = sharded
        self.whole = whole
        self.listing = listing
    }

    /// Whether it is the view that ``AdmittingChannel/view()`` would give at this moment, as far as can be told without waiting
    /// for anybody; false where it cannot.
    package func isNewest(at now: Timestamp) -> Bool { newest(now) }

    /// The whole index of a subdir in this view, which may be large; nil if the channel has none.
    ///
    /// - Throws: a `Refusal` where no mirror gives what the view promises, or the channel has nothing but shards
    ///   (`gate.shards-only`); a `Failure` where none answers.
    public func subdir(_ subdir: Subdir) async throws -> UpstreamSubdir? { try await open(subdir) }

    /// The shard index of a subdir in this view; nil if the channel has none that can be passed on.
    ///
    /// Where somebody signs both, it is of the same state of the channel as the whole index. Where nobody does, each is as
    /// the channel shows it: the next view tells whether they fit together.
    /// - Throws: as ``subdir(_:)``.
    public func shards(of subdir: Subdir) async throws -> UpstreamShards? { try await sharded(subdir) }

    /// When what is behind the channel last confirmed all that was read of the view by now; nil if it did, as far as it was to.
    public func staleSince() async -> Timestamp? {
        let late = await late()
        guard isStale else { return late }
        return late.map { min($0, checked) } ?? checked
    }

    /// Whether the whole index of a subdir was read for this view, so that it costs nothing to ask it.
    public func hasWhole(_ subdir: Subdir) async -> Bool { await whole(subdir) }

    /// What the index says of a file; nil if the channel has no index for the subdir. Nothing is read for it that is not
    /// needed.
    func entry(of file: ArchiveFileName, in subdir: Subdir) async throws -> IndexEntry? {
        try await listing(file, subdir)
    }
}
