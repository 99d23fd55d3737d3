// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustPolicy

/// That somebody else than before attests to a package.
struct PublisherChange {
    private let before: [String]
    private let now: [PublisherIdentity]
    /// Whether somebody stronger than first use says who may publish the package.
    let isNamed: Bool

    /// Nil if nothing changed, or what was seen before does not count.
    init?(_ verdict: Verdict) {
        guard let review = verdict.publisherReview, review.comparison == .changed,
            let sighting = review.known?.sighting
        else { return nil }
        now = review.seen.filter(\.attestation.isPublication).map { PublisherIdentity($0.attestation) }
        let since = "since \(sighting.firstSeen), with \(sighting.file)"
        before =
            sighting.publishers.map { "\($0.description), \(since)" }
            + sighting.accepted.map { "\($0.description), as you accepted" }
        isNamed = !review.decidesByFirstUse
    }

    var lines: [String] {
        before.map { "before  \($0)" } + now.map { "now     \($0.description)" }
    }
}
