// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import Logging
public import TrustCore

/// What all of the server's areas work with.
public struct ServerParts: Sendable {
    /// What the server knows.
    public let database: any ServerDatabase
    /// The bytes of files.
    public let blobs: any BlobStore
    /// Who callers are, and what they may do.
    public let access: any AccessControl
    /// Where the server is for others, such as `https://channels.example.org`, without a slash at the end.
    public let publicURL: String
    /// The time.
    public let now: @Sendable () -> Timestamp
    /// Random bytes for secrets and names.
    public let random: @Sendable (Int) -> [UInt8]
    /// Is called after each commit that leaves work to do: an index that lags behind, a log that grew.
    public let changed: @Sendable () -> Void
    /// The log.
    public let logger: Logger
    /// How much may be put into channels.
    public let quotas: ChannelQuotas
    /// Counts who asks how often.
    public let limiter: RequestLimiter
    /// What is counted for those who watch the server.
    public let metrics: ServerMetrics
    /// What keeps the server from doing all of its work.
    public let condition: ServerCondition

    /// Puts parts together.
    public init(
        database: any ServerDatabase,
        blobs: any BlobStore,
        access: any AccessControl,
        publicURL: String,
        now: @escaping @Sendable () -> Timestamp,
        random: @escaping @Sendable (Int) -> [UInt8],
        changed: @escaping @Sendable () -> Void,
        logger: Logger,
        quotas: ChannelQuotas = ChannelQuotas(),
        limiter: RequestLimiter = RequestLimiter(),
        metrics: ServerMetrics = ServerMetrics(),
        condition: ServerCondition = ServerCondition()
    ) {
        self.database = database
        self.blobs = blobs
        self.access = access
        self.publicURL = publicURL
        self.now = now
        self.random = random
        self.changed = changed
        self.logger = logger
        self.quotas = quotas
        self.limiter = limiter
        self.metrics = metrics
        self.condition = condition
    }

    /// A name for a request, that nobody else has.
    func requestID() -> String { Hex.encode(random(8)) }

    /// The channel of a name that a caller may do something to.
    ///
    /// - Throws: as ``AccessControl/channel(_:for:of:package:in:)``.
    func channel(_ name: String, for action: ServerAction, of caller: Caller, package: String? = nil)
        async throws
        -> HostedChannel
    {
        try await access.channel(name, for: action, of: caller, package: package, in: database)
    }
}
