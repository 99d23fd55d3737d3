// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// What was demanded of a package's publishers, who attested to it, and what each demand makes of each of
/// them: the same facts that the findings about publishers come from, in a form to be shown.
///
/// It decides nothing: whether the package is allowed is for the verdict to say.
public struct PublisherReview: Sendable {
    /// One source's demand, and what became of it.
    public struct Demand: Sendable {
        /// Whose demand it is.
        public let source: PublisherDemands.Source
        /// The entry that counts for the package.
        public let entry: PublisherEntry
        /// Why nothing is demanded of this package all the same, in words; nil if it is.
        public let exemption: String?
        /// Whether enough of the entry's publishers attest to the package.
        public let isMet: Bool
    }

    /// What one demand makes of one attestation.
    public struct Answer: Sendable {
        /// Whose demand it is.
        public let source: PublisherDemands.Source
        /// Which packages its entry is about.
        public let pattern: PackagePattern
        /// The publisher of the entry that the signer is, or what is different about the nearest one.
        public let result: Result

        /// How the comparison came out.
        public enum Result: Sendable {
            /// The signer is this publisher.
            case allowed(Publisher)
            /// The signer is none of the entry's publishers.
            case notAllowed(PublisherMismatch)
        }
    }

    /// A verified attestation, and what each demand makes of it.
    public struct Seen: Sendable {
        /// The attestation.
        public let attestation: Attestation
        /// One answer a demand, the owner's first. Empty if it is not about publishing, or nobody demands
        /// anything.
        public let answers: [Answer]
        /// Whether it is meant for another channel than the one the package was looked for in. A demand may
        /// name further channels, so that an answer can allow it all the same.
        public let isForOtherChannel: Bool
    }

    /// What is demanded, the strongest source first.
    public let demands: [Demand]
    /// What was seen before, if the user wants that to count.
    public let known: KnownPublishers?
    /// How what is there compares with what was seen before; nil if that does not count.
    public let comparison: KnownPublishers.Comparison?
    /// Whether what was seen before decides, for nobody stronger does.
    public let decidesByFirstUse: Bool
    /// The attestations that were verified.
    public let seen: [Seen]
    /// The entries of the sidecar that were not.
    public let unverified: [UnverifiedAttestation]
    /// What became of the sidecar; nil if none was asked for.
    public let sidecar: Sidecar?

    /// Reviews evidence.
    public init(_ evidence: Evidence) {
        let judgements = evidence.publisherJudgements
        demands = judgements.map { demand in
            Demand(
                source: demand.source,
                entry: demand.entry,
                exemption: demand.exemption,
                isMet: demand.isSatisfied
            )
        }
        known = evidence.publishers?.known
        comparison = known?.comparison(evidence.firstUsePublishers, evidence.packageDigest)
        decidesByFirstUse = known != nil && !judgements.contains(where: \.isDecisive)
        seen = evidence.attestations.map { attestation in
            Seen(
                attestation: attestation,
                answers: attestation.isPublication
                    ? judgements.compactMap { Self.answer($0, attestation, in: evidence.channel) } : [],
                isForOtherChannel: PublisherCount.channelMismatch(attestation, evidence.channel) != nil
            )
        }
        unverified = evidence.unverifiedAttestations
        sidecar = evidence.sidecar
    }

    private static func answer(
        _ demand: PublisherJudgement,
        _ attestation: Attestation,
        in channel: String
    ) -> Answer? {
        let count = PublisherCount(demand.entry, [attestation], in: channel)
        let result =
            count.counted.first.map { Answer.Result.allowed($0.publisher) }
            ?? count.nearest.map { .notAllowed($0) }
        return result.map { Answer(source: demand.source, pattern: demand.entry.pattern, result: $0) }
    }
}

extension Verdict {
    /// What was demanded of the package's publishers, and who they are; nil if the verdict does not say what
    /// it was made of.
    public var publisherReview: PublisherReview? { evidence.map(PublisherReview.init) }
}
