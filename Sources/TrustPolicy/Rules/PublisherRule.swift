// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// Where the channel's owner or the user says who may publish a package, those must have attested to it, and
/// so many of them.
///
/// The owner's and the user's demand are judged each by itself: the user can narrow and never widen.
public struct RequirePublisher: Rule {
    /// `publisher`.
    public let name = "publisher"
    /// Makes the rule.
    public init() {}

    /// Holds if nobody says who may publish the package, or if enough of those attest to it. Without any
    /// attestation it is ``RequireAttestation`` that objects.
    public func judge(_ evidence: Evidence) -> Finding {
        evidence.publisherJudgements.map { judge($0, evidence) }.worst
            ?? Finding(name, .notApplicable, "nobody says who may publish the package")
    }

    private func judge(_ demand: PublisherJudgement, _ evidence: Evidence) -> Finding {
        if let exemption = demand.exemption { return Finding(name, .notApplicable, exemption) }
        guard !evidence.publications.isEmpty else {
            return Finding(name, .notApplicable, "there is no attestation whose signer could be compared")
        }
        let counted = demand.count.counted
        let who = counted.map { PublisherIdentity($0.attestation).description }.joined(separator: "; and ")
        guard !counted.isEmpty else {
            guard let nearest = demand.count.nearest else {
                return demand.objection(name, .otherIdentity, "\(demand.words) allows none of its signers")
            }
            return demand.objection(
                name,
                nearest.code,
                "\(demand.words) does not allow it: \(nearest.description)\(others(demand))"
            )
        }
        guard demand.isSatisfied else {
            return demand.objection(
                name,
                .tooFewPublishers,
                "\(demand.words) demands \(demand.entry.threshold) of \(demand.entry.publishers.count) "
                    + "publishers, found \(counted.count): \(who)"
            )
        }
        let quorum =
            demand.entry.threshold == 1
            ? "" : " (\(demand.entry.threshold) of \(demand.entry.publishers.count))"
        return Finding(name, .satisfied, "allowed by \(demand.words)\(quorum): \(who)")
    }

    private func others(_ demand: PublisherJudgement) -> String {
        let count = demand.entry.publishers.count
        return count == 1 ? "" : " (the nearest of \(count) publishers)"
    }
}
