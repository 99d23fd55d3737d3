// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
public import TrustCore

/// Changes and shows which trusted publishers a channel has; each change is in the publish log.
///
/// Whether whoever asks may do so was decided before.
public struct TrustedPublishers: Sendable {
    private let database: any ServerDatabase
    private let issuers: TokenIssuers
    private let publicURL: String
    private let now: @Sendable () -> Timestamp

    /// - Parameters:
    ///   - database: the server's.
    ///   - issuers: whose tokens the server believes.
    ///   - publicURL: where the server is, for the name of its log.
    ///   - now: the time.
    public init(
        _ database: any ServerDatabase,
        issuers: TokenIssuers,
        publicURL: String,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.database = database
        self.issuers = issuers
        self.publicURL = publicURL
        self.now = now
    }

    /// A channel's publishers, by number.
    public func list(_ channel: HostedChannel) async throws -> [TrustedPublisher] {
        try await database.read { try $0.trustedPublishers(of: channel.id) }
    }

    /// Names a publisher.
    ///
    /// - Parameters:
    ///   - packages: names, `prefix-*` or `*`; one name where it is pending.
    ///   - demand: what jobs must be.
    ///   - isPending: whether it is for a package that does not exist yet.
    ///   - channel: the channel.
    ///   - actor: who does it; nil for the server's operator.
    /// - Throws: `oidc.publisher-form`, `oidc.publisher-exists`, `oidc.package-exists`.
    public func add(
        _ packages: [String],
        _ demand: WorkloadDemand,
        isPending: Bool,
        to channel: HostedChannel,
        by actor: FilePublisher?
    ) async throws -> TrustedPublisher {
        let demand = try demand.check(by: issuers), time = now(), publicURL = publicURL
        let patterns = try TrustedPublisher.patterns(packages, isPending: isPending)
        return try await database.write { transaction in
            let known = try transaction.trustedPublishers(of: channel.id)
            guard !known.contains(where: { $0.isSame(patterns, demand) }) else {
                throw Refusal(OIDCCode.publisherExists, channel.name.text)
            }
            if isPending, let name = TrustedPublisher.onlyName(patterns) {
                guard try transaction.files(named: name, of: channel.id).isEmpty else {
                    throw Refusal(OIDCCode.packageExists, name.normalized)
                }
            }
            let publisher = try transaction.insertPublisher(
                of: channel.id,
                patterns,
                demand,
                isPending: isPending,
                created: time
            )
            let change = PublisherChange(.add, publisher, by: actor, at: time)
            try transaction.append(change, of: channel, publicURL: publicURL)
            return publisher
        }
    }

    /// Takes a publisher away, and the keys that were minted for it; answers what it was.
    ///
    /// - Parameters:
    ///   - id: the publisher's number.
    ///   - channel: the channel.
    ///   - actor: who does it; nil for the server's operator.
    /// - Throws: `oidc.publisher-unknown`.
    public func remove(
        _ id: Int64,
        of channel: HostedChannel,
        by actor: FilePublisher?
    ) async throws -> TrustedPublisher {
        let time = now(), publicURL = publicURL
        return try await database.write { transaction in
            guard
                let publisher = try transaction.trustedPublishers(of: channel.id).first(where: { $0.id == id }
                )
            else { throw Refusal(OIDCCode.publisherUnknown, "\(id) of \(channel.name)") }
            try transaction.remove(publisher)
            let change = PublisherChange(.remove, publisher, by: actor, at: time)
            try transaction.append(change, of: channel, publicURL: publicURL)
            return publisher
        }
    }

    /// What each publisher makes of a job, without any token or key: nil where it fits.
    public func judge(_ job: Workload, in channel: HostedChannel) async throws
        -> [(publisher: TrustedPublisher, mismatch: OIDCCode?)]
    {
        try await list(channel).map { ($0, $0.demand.mismatch(job)) }
    }
}
