// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
import DurableFiles
public import Transport
public import TrustCore
public import TrustPolicy

/// What an ``ObservedUpstream`` works with. Time and network are passed in.
public struct ObservedConfiguration: Sendable {
    /// What becomes of an index that the channel had replaced by a newer one.
    public enum Rollback: String, Sendable, CaseIterable {
        /// The newer one stays, marked as stale, for as long as a view may be that nobody confirms.
        case keepNewer = "keep-newer"
        /// It is refused, and nothing is shown until the channel shows something newer.
        case refuse
        /// It is taken, and reported.
        case warn
    }

    /// The channel's canonical address.
    public var channel: ChannelURL
    /// Where its files are fetched from, in order of preference; the canonical address where none are named.
    public var mirrors: [ChannelURL] = []
    /// Mirrors of others whose indexes are compared, and which nothing is fetched from.
    public var compared: [ChannelURL] = []
    /// How many of those must list the same hash.
    public var demandedMirrors = 0
    /// The folder of verified downloads.
    public var cacheDirectory: String
    /// The folder of the ledgers, and of what else is remembered of observed channels.
    public var ledgerDirectory: String
    /// Fetches over the network; makes one attempt each time.
    public var fetcher: any Fetcher
    /// The moment at which something is judged.
    public var now: @Sendable () -> Timestamp
    /// For how many seconds a view is not asked about again.
    public var freshness: Int64 = 300
    /// For how many seconds after it was last confirmed a view is shown. Nobody signs an end.
    public var grace: Int64 = 86_400
    /// After how many seconds the channel is asked again where it did not answer, or not well.
    public var pause: Int64 = 30
    /// For how many seconds the text of an index is kept after a newer one took its place.
    public var retention: Int64 = 3_600
    /// How long one server may take for one index.
    public var indexTime: Duration = .seconds(600)
    /// The same for mirrors that are compared.
    public var comparisonTime: Duration = .seconds(60)
    /// Whether credentials go along that a client showed. Then nothing that was fetched by somebody else's, or before the
    /// server took these, is an answer.
    public var isPrivate = false
    /// What is demanded of every package.
    public var policy = Policy.observed
    /// What becomes of a file whose hash changed.
    public var hashChange = ObservedRecord.ChangeMode.refuse
    /// What becomes of an index that went back.
    public var rollback = Rollback.keepNewer
    /// What the user demands of publishers, and whom this machine has seen before; read for each package anew.
    public var publishers: @Sendable () throws -> UserPublishers = { UserPublishers() }
    /// Whose word counts on who signed attestations.
    public var sigstore = SigstoreTrust(publicInstance: nil)
    /// Of which packages attestations are fetched.
    public var attestations = GateConfiguration.AttestationInterest.demanded
    /// How often mirrors are tried again.
    public var retry = MirrorRetry()
    /// Is told of transfers, and of mirrors that misbehave.
    public var observer: (any TransferObserver)?
    /// Is told of what was wrong and did not stop anything.
    public var report: @Sendable (Refusal) -> Void = { _ in }

    /// Makes a configuration with the defaults.
    public init(
        channel: ChannelURL,
        cacheDirectory: String,
        ledgerDirectory: String,
        fetcher: any Fetcher,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.channel = channel
        self.cacheDirectory = cacheDirectory
        self.ledgerDirectory = ledgerDirectory
        self.fetcher = fetcher
        self.now = now
    }

    /// Whether what was confirmed then need not be asked for again.
    func isFresh(_ state: ObservedState, _ now: Timestamp) -> Bool {
        state.checked <= now && now < state.checked.advanced(bySeconds: freshness)
    }

    /// The file in it that says which channel it is of.
    static let nameFile = "channel.txt"

    /// The folder of this channel.
    var channelDirectory: String {
        ledgerDirectory + "/" + Digest.of(Array(channel.identity.utf8)).hex.prefix(32)
    }

    /// Writes down which channel the folder is of, for whoever lists them; not of one that is asked for with credentials.
    func noteName() throws {
        guard !isPrivate else { return }
        let path = channelDirectory + "/" + Self.nameFile
        guard !Folder.exists(path) else { return }
        try Folder.createDurably(channelDirectory, mode: 0o700)
        try DurableFile.write(Array(channel.identity.utf8), to: path, mode: 0o600)
    }

    /// The mirrors, each time as if nothing were known of them: what was wrong with one may be mended since.
    func fetching(from sources: [ChannelURL], rounds: Int? = nil) throws -> MirroredFetcher {
        var retry = retry
        retry.rounds = rounds ?? retry.rounds
        return MirroredFetcher(
            try MirrorList(
                channel.identity,
                mirrors: sources.map(\.textWithCredentials),
                canonicalPlace: .nowhere
            ),
            over: fetcher,
            retry: retry,
            observer: observer
        )
    }

    /// The mirrors that the channel's files come from.
    func sources() throws -> MirroredFetcher { try fetching(from: mirrors.isEmpty ? [channel] : mirrors) }
}
