// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// Where a signer gets what a bundle needs, and of how many logs and authorities (`SigningConfig`,
/// protobuf-specs, version 0.2).
///
/// Where it came from decides what it is worth; that is not said here.
public struct SigningConfig: Sendable {
    /// A service of the instance.
    public struct Service: Sendable, Hashable {
        /// Where it is.
        public let url: String
        /// The version of the protocol that it speaks.
        public let majorAPIVersion: Int64
        /// When it may be used.
        public let validFor: ValidityPeriod
        /// Who runs it; empty if the configuration does not say.
        public let operatorName: String

        /// Takes what a configuration says of a service.
        public init(url: String, majorAPIVersion: Int64, validFor: ValidityPeriod, operatorName: String) {
            self.url = url
            self.majorAPIVersion = majorAPIVersion
            self.validFor = validFor
            self.operatorName = operatorName
        }
    }

    /// How many services of a kind a signature needs, never two of one operator.
    public enum Selector: Sendable, Hashable {
        /// Those of all operators.
        case all
        /// That of any one operator.
        case any
        /// So many.
        case exact(Int)
    }

    /// The authorities for certificates (Fulcio).
    public let certificateAuthorities: [Service]
    /// The providers of identity tokens (OpenID Connect).
    public let identityProviders: [Service]
    /// The transparency logs (Rekor).
    public let transparencyLogs: [Service]
    /// How many of the logs a signature needs.
    public let transparencyLogSelector: Selector
    /// The authorities for timestamps (RFC 3161); empty if signatures need none.
    public let timestampAuthorities: [Service]
    /// How many of the authorities for timestamps a signature needs.
    public let timestampAuthoritySelector: Selector

    /// Takes the parts of a configuration.
    public init(
        certificateAuthorities: [Service],
        identityProviders: [Service],
        transparencyLogs: [Service],
        transparencyLogSelector: Selector = .any,
        timestampAuthorities: [Service],
        timestampAuthoritySelector: Selector = .any
    ) {
        self.certificateAuthorities = certificateAuthorities
        self.identityProviders = identityProviders
        self.transparencyLogs = transparencyLogs
        self.transparencyLogSelector = transparencyLogSelector
        self.timestampAuthorities = timestampAuthorities
        self.timestampAuthoritySelector = timestampAuthoritySelector
    }
}

// MARK: - Selection

extension SigningConfig {
    /// The authority to ask for a certificate at a time (`trust-root.services` if there is none).
    ///
    /// - Parameter versions: the versions of the protocol that the caller speaks; so for the others.
    public func certificateAuthority(at moment: Moment, speaking versions: Set<Int64> = [1]) throws -> Service
    {
        try Self.one(certificateAuthorities, "certificate authority", moment, versions)
    }

    /// The provider to ask for an identity token at a time (`trust-root.services` if there is none).
    public func identityProvider(at moment: Moment, speaking versions: Set<Int64> = [1]) throws -> Service {
        try Self.one(identityProviders, "identity provider", moment, versions)
    }

    /// The logs that a signature made at a time must be in (`trust-root.services` if there are too few).
    public func transparencyLogs(at moment: Moment, speaking versions: Set<Int64> = [1, 2]) throws
        -> [Service]
    {
        try Self.select(
            transparencyLogs,
            "transparency log",
            transparencyLogSelector,
            moment,
            versions
        )
    }

    /// The authorities whose timestamps a signature made at a time must have: none if the configuration names
    /// none, and `trust-root.services` if it names some and too few of them count.
    public func timestampAuthorities(at moment: Moment, speaking versions: Set<Int64> = [1]) throws
        -> [Service]
    {
        guard !timestampAuthorities.isEmpty else { return [] }
        return try Self.select(
            timestampAuthorities,
            "timestamp authority",
            timestampAuthoritySelector,
            moment,
            versions
        )
    }

    /// Those that count, the best first: by version of the protocol, then by start of validity. Of equals,
    /// the one that the configuration has first.
    private static func ranked(_ services: [Service], _ moment: Moment, _ versions: Set<Int64>) -> [Service] {
        services.enumerated()
            .filter { versions.contains($0.element.majorAPIVersion) && $0.element.validFor.contains(moment) }
            .sorted { a, b in
                if a.element.majorAPIVersion != b.element.majorAPIVersion {
                    return a.element.majorAPIVersion > b.element.majorAPIVersion
                }
                if a.element.validFor.start != b.element.validFor.start {
                    return a.element.validFor.start > b.element.validFor.start
                }
                return a.offset < b.offset
            }
            .map(\.element)
    }

    private static func one(
        _ services: [Service],
        _ kind: String,
        _ moment: Moment,
        _ versions: Set<Int64>
    ) throws -> Service {
        guard let best = ranked(services, moment, versions).first else { throw tooFew(kind, 1, 0) }
        return best
    }

    private static func select(
        _ services: [Service],
        _ kind: String,
        _ selector: Selector,
        _ moment: Moment,
        _ versions: Set<Int64>
    ) throws -> [Service] {
        var operators: Set<ByteKey> = []
        // A second service of one operator adds no independence.
        let best = ranked(services, moment, versions).filter {
            operators.insert(ByteKey($0.operatorName)).inserted
        }
        let demanded =
            switch selector {
            case .all: max(best.count, 1)
            case .any: 1
            case .exact(let count): count
            }
        guard demanded > 0, best.count >= demanded else { throw tooFew(kind, demanded, best.count) }
        return Array(best.prefix(demanded))
    }

    private static func tooFew(_ kind: String, _ demanded: Int, _ found: Int) -> Refusal {
        Refusal(
            TrustRootCode.services,
            "the signing configuration",
            at: kind,
            expected: "\(demanded) of different operators, valid at the time of signing",
            found: "\(found)"
        )
    }
}
