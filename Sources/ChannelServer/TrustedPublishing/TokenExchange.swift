// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import TrustCore
internal import TrustPolicy

/// Gives keys for tokens: verifies a token, finds the publishers that its job fits, and mints a key that is good for
/// minutes and for their packages only.
///
/// That the token was used, and the key, are written in one transaction: of two requests with one token one gets a key.
struct TokenExchange: Sendable {
    /// How long a key is good for, in seconds.
    static let keyLifetime: Int64 = 15 * 60
    /// Keys are remembered for so many seconds after they expired: a day.
    static let rememberedFor: Int64 = 86_400

    /// A key that was minted.
    struct MintedKey: Sendable {
        /// The secret, for whoever sent the token, once.
        let secret: AccessKeySecret
        /// From when on it counts for nothing.
        let expires: Timestamp
    }

    let parts: ServerParts
    let verifier: TokenVerifier

    /// Exchanges a token.
    ///
    /// - Throws: an `oidc.…` code; a `Failure` if the issuer's keys cannot be had, or for trouble with the database.
    func key(for text: String) async throws -> MintedKey {
        let now = parts.now()
        let token = try await verifier.verify(text, now: now)
        let job = try Workload(token)
        let secret = AccessKeySecret(random: parts.random)
        let expires = now.advanced(bySeconds: Self.keyLifetime)
        try await parts.database.write { transaction in
            let publishers = try Self.publishers(for: job, transaction)
            guard try transaction.useToken(token.id, of: token.issuer.url, until: token.refusedFrom) else {
                throw Refusal(OIDCCode.replayed, UnverifiedToken.what)
            }
            let key = try transaction.insertKey(
                hash: secret.hash,
                holder: FilePublisher(.workload, job.identity, issuer: job.issuer),
                scopes: Self.scopes(publishers),
                label: "trusted publisher "
                    + publishers.prefix(8).map { String($0.id) }.joined(separator: ", "),
                created: now,
                expires: expires
            )
            try transaction.mintedKey(key.id, for: publishers.map(\.id))
            try transaction.forgetMinted(
                tokensBefore: now,
                keysBefore: now.advanced(bySeconds: -Self.rememberedFor)
            )
        }
        return MintedKey(secret: secret, expires: expires)
    }

    /// The publishers that a job fits, at least one.
    ///
    /// - Throws: `oidc.no-publisher`; or, for a job of a repository that a publisher names, what else does not fit.
    private static func publishers(for job: Workload, _ transaction: any ReadTransaction) throws
        -> [TrustedPublisher]
    {
        var fitting: [TrustedPublisher] = []
        var reasons: Set<OIDCCode> = []
        for publisher in try transaction.trustedPublishers(issuer: job.issuer, anchors: job.anchors) {
            if let reason = publisher.demand.mismatch(job) {
                reasons.insert(reason)
            } else if try publisher.isOvertaken(transaction) {
                reasons.insert(.noPublisher)
            } else {
                fitting.append(publisher)
            }
        }
        guard fitting.isEmpty else { return fitting }
        // The publisher that the job fits best says what is left.
        let nearest = [OIDCCode.event, .environment, .ref, .workflow].first(where: reasons.contains)
        throw Refusal(nearest ?? .noPublisher, UnverifiedToken.what)
    }

    /// What the key is for: each channel once, with all packages that its publishers name.
    private static func scopes(_ publishers: [TrustedPublisher]) -> [AccessScope] {
        Dictionary(grouping: publishers, by: \.channel).sorted { $0.key < $1.key }.map {
            channel,
            publishers in
            let patterns = publishers.flatMap(\.packages)
            return AccessScope(
                actions: [.publish],
                channel: channel,
                packages: patterns.contains(.all) ? nil : Set(patterns.map(\.description))
            )
        }
    }
}

extension TrustedPublisher {
    /// Whether the package that a pending publisher waits for was published by somebody else meanwhile.
    fileprivate func isOvertaken(_ transaction: any ReadTransaction) throws -> Bool {
        guard isPending, let name = Self.onlyName(packages) else { return false }
        return try !transaction.files(named: name, of: channel).isEmpty
    }
}

extension Workload {
    /// What rows of the database are found by: see ``WorkloadDemand``.
    var anchors: [String] {
        [repositoryID.map { "repository:" + $0 }, "subject:" + subject].compactMap { $0 }
    }
}
