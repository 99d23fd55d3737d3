// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
public import Transport
public import TrustCore
public import TrustPolicy

/// What a ``Gate`` works with. Time and network are passed in.
public struct GateConfiguration: Sendable {
    /// The pinned channels.
    public var trustStore: TrustStore
    /// The folder of verified downloads.
    public var cacheDirectory: String
    /// Fetches over the network; makes one attempt each time.
    public var fetcher: any Fetcher
    /// The moment at which everything is judged.
    public var now: Timestamp
    /// What is demanded of every package.
    public var policy: Policy
    /// Mirrors to use instead of those that the channel was pinned with.
    public var mirrorOverride: [ChannelURL]
    /// How often mirrors are tried again.
    public var retry: MirrorRetry
    /// How long one mirror may take for the metadata of one refresh, before the next one is asked.
    ///
    /// Meanwhile other processes wait for the trust store, at most for `DirectoryMetadataStore.maximumWait`: this
    /// should be well below.
    public var metadataTime: Duration
    /// How long ago some moment was, by a clock that only goes forward: ``metadataTime`` is measured by it.
    public var uptime: @Sendable () -> Duration
    /// Is told of transfers and of mirrors that misbehave.
    public var observer: (any TransferObserver)?
    /// How many packages are downloaded at once.
    public var parallelDownloads: Int
    /// Whose word counts on who signed attestations, channel by channel; at first nobody's, and then a
    /// package whose attestation is demanded is refused.
    public var sigstore: SigstoreTrust
    /// What the user demands of publishers, and whom the user's machine has seen before; at first nothing.
    public var publishers: UserPublishers
    /// When this machine first saw a package in the channel's index, with this digest; at first it never did. Only a cooldown in
    /// the user's policy asks, and only where nobody signs since when the index lists the package.
    public var firstSeen: @Sendable (PackageURL, Digest) -> Timestamp?
    /// Of which packages attestations are fetched.
    public var attestations: AttestationInterest

    /// Of which packages attestations are fetched.
    public enum AttestationInterest: Sendable {
        /// Of those whose publishers matter to somebody: the channel's owner, the user, or by what was seen
        /// before.
        case demanded
        /// Of those, and of all that the index promises attestations of: to be shown.
        case promised
    }

    /// Makes a configuration with the standard policy.
    public init(trustStore: TrustStore, cacheDirectory: String, fetcher: any Fetcher, now: Timestamp) {
        self.trustStore = trustStore
        self.cacheDirectory = cacheDirectory
        self.fetcher = fetcher
        self.now = now
        policy = .standard
        mirrorOverride = []
        retry = MirrorRetry()
        metadataTime = .seconds(60)
        let start = ContinuousClock.now
        uptime = { start.duration(to: .now) }
        observer = nil
        parallelDownloads = 4
        sigstore = SigstoreTrust(publicInstance: nil)
        publishers = UserPublishers()
        firstSeen = { _, _ in nil }
        attestations = .demanded
    }
}
